"""What people said of findings, and what follows for the next ones."""
