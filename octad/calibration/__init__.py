"""Probabilities that mean what they say: temperatures, thresholds, and when to say none."""
