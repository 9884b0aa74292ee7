"""Ways to write any report: a file each, found by its name."""
