"""Streams to streams: the inputs of a case as one stream of items, and the network that joins them."""
