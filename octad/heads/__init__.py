"""What a stream can be asked: one file per kind of question."""
