"""Other tools that are run: their findings are evidence beside the model's own."""
