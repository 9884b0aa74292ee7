"""What is said of the commits of a release."""
