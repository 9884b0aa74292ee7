"""The only modules that touch files, processes and the terminal: one way each."""
