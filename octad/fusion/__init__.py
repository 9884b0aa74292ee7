"""How the inputs of a case become one stream of items: what is read, and the network that reads it."""
