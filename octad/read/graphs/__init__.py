"""Files that name services and what they depend on, to graphs."""
