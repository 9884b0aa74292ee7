"""One file per agent: its declaration."""
