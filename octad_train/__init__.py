"""The laboratory beside octad: data, injected bugs, simulations, losses, training, evaluation, export."""
