"""Labelled texts: what people wrote of what they changed."""
