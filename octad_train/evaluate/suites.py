"""Public sets in the terms of an agent that points at a wrong token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from octad.encoders.code import tokens_of
from octad.encoders.prepared import Prepared
from octad.runtime import Progress, Runner
from octad.syntax.tokens import Role
from octad_train.data.code.great import GreatRow


def varmisuse(
    runner: Runner[Any, Any], rows: Sequence[GreatRow], head: str = "bug", progress: Progress | None = None
) -> dict[str, float]:
    """Detection, localisation, repair and joint on variable misuse alone (Hellendoorn et al. 2020).

    The set knows no other bug, so neither does the pointer: only variables are candidates.
    """
    cases = [runner.agent.case(code=row.code) for row in rows]
    units = [narrowed(runner.prepare(case)) for case in cases]
    outputs = runner.run(units, progress)
    answers = [getattr(runner.finish(*asked), head) for asked in zip(cases, units, outputs, strict=True)]
    labels = [row.label or "correct" for row in rows]
    return runner.agent.heads[head].metrics(answers, labels, units)


def narrowed(unit: Prepared) -> Prepared:
    """The same unit of code, in which only variables can be wrong."""
    tokens = tokens_of(unit)
    role = np.where(tokens.role == Role.VARIABLE, tokens.role, 0).astype(np.uint8)
    (part,) = unit.parts
    source = replace(tokens, role=role, edits=tokens.edits[:0])
    return replace(unit, parts=(part._replace(items=replace(part.items, source=source)),))
