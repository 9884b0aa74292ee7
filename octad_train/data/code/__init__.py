"""Labelled units of code, and the corpus that they are made from."""
