"""Evidence with a measured faithfulness."""
