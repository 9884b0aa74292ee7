"""From the commits of a release to what people are told of it."""
