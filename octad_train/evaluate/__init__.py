"""Figures beside their floors."""
