"""Bytes to records: files, folders, git revisions, patches; suppressions and baselines."""
