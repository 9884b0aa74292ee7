"""Files, changes and patches to code."""
