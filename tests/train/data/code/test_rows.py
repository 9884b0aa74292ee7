from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import UnreadableInput
from octad_train.data.code.rows import Row, read_rows, write_rows


def test_rows_survive_packing_and_damage_is_reported(tmp_path: Path) -> None:
    rows = [Row("p", "a.py", 3, "x = 'ü\u2028'\n", ((3, "E711"),)), Row("p", "b.py", 1, "y", ())]
    assert write_rows(tmp_path / "r.jsonl.xz", rows, preset=1) == 2
    assert list(read_rows(tmp_path / "r.jsonl.xz")) == rows
    (tmp_path / "r.jsonl.xz").write_bytes((tmp_path / "r.jsonl.xz").read_bytes()[:-20])
    with pytest.raises(UnreadableInput):
        list(read_rows(tmp_path / "r.jsonl.xz"))
