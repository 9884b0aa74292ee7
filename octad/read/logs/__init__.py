"""Log files to messages and templates, whatever format they are in."""
