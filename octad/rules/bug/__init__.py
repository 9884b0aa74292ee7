"""Bugs of one token: the wrong name, operator, value or word."""
