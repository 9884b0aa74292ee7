"""Ways to write the graph of a report."""
