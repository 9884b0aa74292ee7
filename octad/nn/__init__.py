"""Tensors only: biases, embeddings, recurrent and convolutional encoders."""
