"""Servers that ask the same Runner: what `octad serve` is compared with."""
