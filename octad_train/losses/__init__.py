"""Losses of the heads, one file per kind."""
