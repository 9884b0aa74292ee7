"""Training data: the corpus, planted bugs, labels by oracles, and what removes duplicates."""
