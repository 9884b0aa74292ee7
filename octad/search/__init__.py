"""Functions found by words, by similarity, and as clones of one another; no model is run."""
