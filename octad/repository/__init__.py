"""What the files of a repository have to do with one another: imports, references, cycles, context."""
