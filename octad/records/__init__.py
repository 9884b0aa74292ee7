"""What comes in and goes out: plain typed data, no tensors."""
