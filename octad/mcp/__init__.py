"""What other programs' assistants may ask, by the Model Context Protocol: tools that only read."""
