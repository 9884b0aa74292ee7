"""Pairs of changes to one file that are right together and wrong alone."""
