"""What documentation says that its code does not do."""
