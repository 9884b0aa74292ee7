"""Trained artefacts: directories whose every file is checked by digest."""
