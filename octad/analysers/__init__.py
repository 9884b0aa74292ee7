"""Other tools asked for their opinion: their findings are evidence beside the model's own."""
