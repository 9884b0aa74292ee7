"""A repository becomes a corpus split by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import InputError
from octad.records.code import Code
from octad_train.data.code.own_repository import write_corpus
from octad_train.data.code.rows import read_rows

VERBS = ("load", "store", "merge", "split", "count", "print", "parse", "write", "close", "check")


def code(number: int) -> Code:
    verb, noun = VERBS[number % 10], VERBS[number // 10]
    text = f"""\
def {verb}_{noun}(items, {noun}):
    unused = 1
    {verb}ed = [item for item in items if item > {number}]
    if {noun} is None or not {verb}ed:
        return {noun}.{verb}({number} + len(items))
    return sum({verb}ed) * {noun} - {number}
"""
    return Code(path=f"src/{verb}_{noun}.py", text=text)


def test_files_are_split_and_marked(tmp_path: Path) -> None:
    codes = [code(number) for number in range(60)]
    totals = write_corpus(codes, "mine", tmp_path)
    rows = {part: list(read_rows(tmp_path / f"{part}.jsonl.xz")) for part in totals}
    assert {part: len(found) for part, found in rows.items()} == totals
    paths = [{row.path for row in found} for found in rows.values()]
    assert not (paths[0] & paths[1] or paths[0] & paths[2] or paths[1] & paths[2])
    assert all((2, "F841") in row.marks for found in rows.values() for row in found)


def test_too_little_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too few functions in mine"):
        write_corpus([code(1)], "mine", tmp_path)
    with pytest.raises(InputError, match="1 to"):
        write_corpus([code(1).model_copy(update={"path": f"{n}.py"}) for n in range(99)], "mine", tmp_path)
