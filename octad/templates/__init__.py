"""Log lines to the templates that they follow: pure text, deterministic, without learning."""
