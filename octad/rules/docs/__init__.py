"""What documentation says and code does not."""
