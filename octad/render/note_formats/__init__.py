"""Ways to write notes on a release or a change, one to a file."""
