"""Functions of tensors: one loss per file."""
