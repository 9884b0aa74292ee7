"""Uses that do not fit the definition they refer to."""
