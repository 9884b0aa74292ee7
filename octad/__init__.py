"""Octad: small transformer agents for software delivery, on the user's own machine."""

__version__ = "0.1.0"
