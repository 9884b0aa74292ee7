"""One loop for every agent."""
