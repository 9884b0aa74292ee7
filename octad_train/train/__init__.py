"""One training loop for every agent."""
