"""Networks to compare with, and parts that no shipped agent reads with."""
