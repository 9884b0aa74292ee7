"""Rules on documentation that is not true."""
