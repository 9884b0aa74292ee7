"""Rows of mined histories, for tests."""

from __future__ import annotations

import json
import lzma
from dataclasses import asdict
from pathlib import Path
from typing import Any

from octad.records.change import Measures
from octad_train.data.changes.mined_history import MinedChange

MEASURES = Measures.model_validate(dict.fromkeys(Measures.model_fields, 2.0))
DIFF = "+++ a/cart.py\n-x = 1\n-\n+x = 2\n+++ b.md\n+text\n+++ gone.py\n-y"


def row(number: int, **fields: Any) -> MinedChange:
    held = dict(revision=f"r{number}", time=1_700_000_000 + number * 3600, hour=12.0, weekday=1, author="Ada",
                message="Do it", measures=MEASURES, files=("cart.py",), diff=DIFF, part="train")  # fmt: skip
    return MinedChange(**held | fields)


def write(path: Path, rows: list[MinedChange]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as out:
        for one in rows:
            fields = asdict(one) | {"measures": list(one.measures.model_dump().values())}
            out.write(json.dumps(fields) + "\n")
