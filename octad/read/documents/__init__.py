"""Documentation: Markdown, reStructuredText, man pages."""
