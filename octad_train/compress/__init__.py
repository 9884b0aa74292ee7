"""Model in, smaller or faster model out."""
