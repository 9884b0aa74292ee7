"""The user's own repository as a corpus: its functions, split by file, labelled by nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from octad.errors import InputError
from octad.host.whole_file import make_folder, put, temporary_folder
from octad.records.code import Code
from octad_train.data.code.analyser_labels import marks
from octad_train.data.code.dedup import Seen, signature
from octad_train.data.code.functions import functions
from octad_train.data.code.rows import Row, write_rows

LEAST = 20
"""Fewer functions than this in the training part teach nothing."""


def write_corpus(codes: Sequence[Code], name: str, output: Path) -> dict[str, int]:
    """Write `train`, `valid` and `test` rows, eight to one to one by file; returns their numbers.

    A file lies in one part only, and a function like an earlier one is left out, so that no held-out
    function was learned from. Raises InputError when there is too little to learn from.
    """
    make_folder(output)
    seen = Seen()
    parts: dict[str, list[Row]] = {"train": [], "valid": [], "test": []}
    for row in _rows(codes, name):
        if seen.add(signature(row.text)):
            parts[_part(row.path)].append(row)
    short = [part for part, rows in parts.items() if len(rows) < (LEAST if part == "train" else 1)]
    if short:
        counts = ", ".join(f"{len(rows)} to {part}" for part, rows in parts.items())
        raise InputError(f"too few functions in {name} to learn from ({counts})", hint="name a larger folder")
    return {part: write_rows(output / f"{part}.jsonl.xz", rows, preset=1) for part, rows in parts.items()}


def _rows(codes: Sequence[Code], name: str) -> Iterator[Row]:
    """Functions with the findings that ruff has inside them."""
    with temporary_folder() as folder:
        for number, code in enumerate(codes):
            put(folder / f"{number}.py", code.text.encode("utf-8", "replace"))
        found = marks(folder)
    for number, code in enumerate(codes):
        for function in functions(code.text):
            inside = [
                m for m in found.get(f"{number}.py", []) if function.first_line <= m[0] <= function.last_line
            ]
            yield Row(name, code.path, function.first_line, function.text, tuple(inside))


def _part(path: str) -> str:
    """The part of a file: a digest of its path decides, so that a later run splits alike."""
    tenth = hashlib.sha256(path.encode("utf-8", "replace")).digest()[0] % 10
    return {0: "valid", 1: "test"}.get(tenth, "train")
