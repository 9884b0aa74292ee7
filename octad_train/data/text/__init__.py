"""Labelled text: docstrings beside the code that they are about."""
