"""Git repositories: found, read through a git directory of our own, compared with the files there."""
