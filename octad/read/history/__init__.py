"""Git repositories and event files to changes, measures and events."""
