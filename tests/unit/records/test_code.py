"""What a unit of code may say of where it stands."""

from __future__ import annotations

import pytest

from octad.records.code import Code


def test_a_line_beyond_all_files_is_refused() -> None:
    """Reports number lines from the first of a file: one far away would be as much to hold."""
    with pytest.raises(ValueError, match="first_line"):
        Code(path="a.py", text="x\n", first_line=10**9)
