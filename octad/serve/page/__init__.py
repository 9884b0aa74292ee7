"""The status page: one shell, one script, one style sheet, and the data that they show."""
