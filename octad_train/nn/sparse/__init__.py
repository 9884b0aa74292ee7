"""Attention over a pattern, in memory linear in the length."""
