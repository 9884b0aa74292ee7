"""Pure functions of program text: items, relations between them, single-token edits, units."""
