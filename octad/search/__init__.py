"""Functions found by words, by likeness, and as clones of one another; no model is run."""
