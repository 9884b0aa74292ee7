"""Bugs, regressions and causes put into what was right."""
