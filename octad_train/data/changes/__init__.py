"""Labelled changes, from public sets and from mined histories."""
