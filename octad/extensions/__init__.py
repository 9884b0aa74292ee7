"""What a single agent adds to the path that all agents share, behind one small interface."""
