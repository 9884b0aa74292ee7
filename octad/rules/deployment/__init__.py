"""What is said of a deployment."""
