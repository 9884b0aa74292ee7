from __future__ import annotations

from octad_train.evaluate.tables import machine, table


def test_a_table_is_aligned_markdown() -> None:
    lines = table("Title", ["name", "x"], [["a", 0.12345], ["long name", float("nan")]]).split("\n")
    assert lines[0] == "## Title"
    assert lines[2:6] == [
        "| name      | x     |",
        "|-----------|-------|",
        "| a         | 0.123 |",
        "| long name | -     |",
    ]
    assert "cores" in machine()
