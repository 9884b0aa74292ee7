"""One file per modality: prepare, collate, encode."""
