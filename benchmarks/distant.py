"""Uses that a change of a far definition made wrong: who sees it, on packages that no training saw.

    python -m octad_train.data.code.definition_use_pairs WHEELS .data/distant
    python benchmarks/distant.py --data .data/distant

Every counterfactual is four texts, two right and two wrong, in files of 2,000 items and more;
between definition and use lie more than 512 items, and nothing within 512 items of the
use differs with the definition. So
whoever reads only what is around the use is at exactly one half, whatever it was trained on.

- *512 items around the use*: a review without the definitions, as it was before;
- *rules*: a call that Python would refuse by the head of its definition, a name that the class has not;
- *the head*: `uses` of the shipped weights; and with what another unit uses in place of its definitions.

Beside accuracy: of units as they were released, the share of uses that are called wrong.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from octad.agents.code_reviewer import agent
from octad.extensions.definition_use import is_wrong, used
from octad.heads.consistency import Inconsistencies
from octad.runtime import Runner
from octad.syntax.calls import calls
from octad.syntax.tokenizer import tokenize
from octad_train.data.code import definition_use_pairs as distant
from octad_train.data.code.cases import labelled
from octad_train.data.code.definition_use_pairs import Distant
from octad_train.evaluate.tables import machine, table

KINDS = ("signature", "field", "constant")
STRANGERS = 4
"""Every so many rows are asked with the definitions of others."""
Chances = list[dict[int, float]]
"""Of each row, the probability that a use is wrong, by its offset."""


def around(rows: Sequence[Distant]) -> Chances:
    """What shows without any definition: nothing, whatever the weights."""
    return [dict.fromkeys((use.item for use in used(tokenize(row.code), ())), 0.0) for row in rows]


def asked(rows: Sequence[Distant], folder: Path | None = None) -> Chances:
    """What the head says."""
    runner: Runner[Any, Any] = Runner.load(agent, folder)
    answers = runner.answers([labelled(agent, row)[0] for row in rows])
    return [_by_offset(row, answer.uses) for row, answer in zip(rows, answers, strict=True)]


def _by_offset(row: Distant, found: Inconsistencies) -> dict[int, float]:
    offsets = tokenize(row.code).offsets
    return {int(offsets[one.item, 0]): one.probability for one in found}


def rules(rows: Sequence[Distant]) -> Chances:
    """A call that does not fit by number and names, or a name that is not there nor could be inherited."""
    found: Chances = []
    for row in rows:
        tokens = tokenize(row.code)
        written = calls(row.code)
        own: dict[int, float] = {}
        for use in used(tokens, row.context):
            wrong = is_wrong(tokens, use, written)
            own[int(tokens.offsets[use.item, 0])] = float(wrong)
        found.append(own)
    return found


def strangers(rows: Sequence[Distant]) -> list[Distant]:
    """The rows with what other units of the same kind define, under the names of their own."""
    rng = np.random.default_rng(0)
    made = []
    for row in rows:
        others = [one for one in rows[int(rng.integers(len(rows)))].context if one.sort != "owner"]
        context = tuple(
            one.model_copy(update={"code": others[i % len(others)].code})
            if others and one.sort != "owner"
            else one
            for i, one in enumerate(row.context)
        )
        made.append(row.model_copy(update={"context": tuple(context)}))
    return made


def figures(rows: Sequence[Distant], chances: Chances) -> list[float]:
    """Accuracy at one half of each kind and of all counterfactuals, then the share of false alarms."""
    right: dict[str, list[bool]] = {kind: [] for kind in (*KINDS, "all")}
    false: list[bool] = []
    for row, said in zip(rows, chances, strict=True):
        if row.kind == "released":
            false += [chance >= 0.5 for chance in said.values()]
        for place in row.asked:
            hit = (said.get(place, 0.0) >= 0.5) == (place in row.wrong)
            right[row.kind].append(hit)
            right["all"].append(hit)
    return [float(np.mean(one)) if one else float("nan") for one in (*right.values(), false)]


def main() -> None:
    """Ask everyone, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path(".data/distant"))
    parser.add_argument("--part", choices=("valid", "test"), default="test")
    parser.add_argument("--weights", type=Path)
    arguments = parser.parse_args()
    rows = distant.read(arguments.data / f"{arguments.part}-distant.jsonl.xz")
    asks: dict[str, tuple[list[Distant], Callable[[Sequence[Distant]], Chances]]] = {
        "512 items around the use": (rows, around),
        "rules": (rows, rules),
        "the head": (rows, partial(asked, folder=arguments.weights)),
        "the head, definitions of others": (
            strangers(rows)[::STRANGERS],
            partial(asked, folder=arguments.weights),
        ),
    }
    kinds = [row.kind for row in rows if row.asked]
    counted = [f"{kind} ({kinds.count(kind)})" for kind in KINDS]
    found = [(name, *figures(some, ask(some))) for name, (some, ask) in asks.items()]
    header = ("by", *counted, f"all ({len(kinds)})", "false")
    print(table(f"Distant uses · {machine()}", header, found))


if __name__ == "__main__":
    main()
