"""Rows of the packed corpus: one function per line of JSON, compressed with xz."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from octad.errors import UnreadableInput
from octad.records.code import Code

#: A dictionary as large as the text that repeats: sorting by package makes it pay.
_DICTIONARY = 128 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """One function of a released package, and what the analysers say of its lines.

    `marks` holds (line in the file, rule of ruff).
    """

    package: str
    path: str
    first_line: int
    text: str
    marks: tuple[tuple[int, str], ...] = ()

    @property
    def code(self) -> Code:
        """The function as a record."""
        return Code(path=self.path, text=self.text, first_line=self.first_line)


def write_rows(path: Path, rows: Iterable[Row], preset: int = 9) -> int:
    """Write rows to an xz file, whole or not at all; returns their number."""
    partial = path.with_suffix(".partial")
    filters = [
        {"id": lzma.FILTER_LZMA2, "preset": preset, "dict_size": _DICTIONARY if preset == 9 else 1 << 22}
    ]
    total = 0
    with lzma.open(partial, "wt", encoding="utf-8", filters=filters) as out:
        for row in rows:
            fields = [row.package, row.path, row.first_line, row.text, row.marks]
            out.write(json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n")
            total += 1
    partial.replace(path)
    return total


def read_rows(path: Path) -> Iterator[Row]:
    """Read what `write_rows` wrote. Raises UnreadableInput for a missing or damaged file."""
    try:
        with lzma.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                package, name, first_line, text, found = json.loads(line)
                yield Row(package, name, first_line, text, tuple((at, rule) for at, rule in found))
    except (OSError, lzma.LZMAError, EOFError, ValueError, TypeError) as error:
        raise UnreadableInput(
            f"{path} cannot be read: {error}", hint="build it with `python -m octad_train.data.code.corpus`"
        ) from error
