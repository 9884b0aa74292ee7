"""What documentation says of a project, checked against the project itself."""
