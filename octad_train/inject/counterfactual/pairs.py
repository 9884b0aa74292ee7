"""Injects bugs that only show across functions of one file: pairs of changes, right together and wrong alone.

Everything but the use's function has the words concerned only farther than `apart` items from all of their
places in it, comments and strings included, so that no window of so many items around the use holds any.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from octad.records.code import Code
from octad_train.inject.bug_injector import compiles
from octad_train.inject.counterfactual.constant import constant_counterfactuals
from octad_train.inject.counterfactual.field import field_counterfactuals
from octad_train.inject.counterfactual.pair import Counterfactual, Edit, edited, moved
from octad_train.inject.counterfactual.signature import signature_counterfactuals
from octad_train.inject.counterfactual.source import Source, fields, parameters, parsed

__all__ = ["Counterfactual", "Edit", "counterfactuals", "crossed", "names_of"]

APART = 512
VERSIONS = ((False, True), (True, False), (True, True))
"""Whether definition and use are changed, in the texts that are new."""
MOST = 16
"""Counterfactuals of one kind in one file."""
MOST_OF_ONE = 3
"""Counterfactuals of one kind that share a definition."""


def counterfactuals(
    code: Code,
    rng: np.random.Generator,
    apart: int = APART,
    *,
    names: Mapping[str, Sequence[str]] | None = None,
) -> list[Counterfactual]:
    """The counterfactuals of a whole Python file, up to `MOST` of each kind.

    `names` are the `names_of` another file, taken where the file itself has no name to change to.
    """
    try:
        source = Source(code, apart)
    except ValueError:
        return []
    names = names or {}
    found = [
        signature_counterfactuals(source, rng, names.get("signature", ())),
        field_counterfactuals(source, rng, names.get("field", ())),
        constant_counterfactuals(source, rng),
    ]
    return [counterfactual for some in found for counterfactual in _sound(source, some)]


def names_of(code: Code) -> dict[str, tuple[str, ...]]:
    """Names of a file that another may take: parameters under `signature`, attributes under `field`."""
    try:
        tree = parsed(code.text)
    except ValueError:
        return {}
    nodes = list(ast.walk(tree))
    return {
        "signature": tuple(dict.fromkeys(parameters(nodes))),
        "field": tuple(dict.fromkeys(fields(nodes))),
    }


def crossed(code: Code, counterfactual: Counterfactual, *, defined: bool, used: bool) -> tuple[Code, int]:
    """One of the four texts, and the place of the use in it; wrong where just one of the two is changed."""
    edits = [*(counterfactual.defined if defined else ()), *(counterfactual.used if used else ())]
    return code.model_copy(update={"text": edited(code.text, edits)}), moved(counterfactual.use, edits)


def _sound(source: Source, found: Iterator[Counterfactual]) -> list[Counterfactual]:
    """Those whose changes are all far from each other, and of which all four texts compile."""
    code = source.code
    chosen: list[Counterfactual] = []
    times: Counter[int] = Counter()
    if not compiles(code):
        return []
    for counterfactual in found:
        here, there = (
            [edit.start for edit in edits] for edits in (counterfactual.used, counterfactual.defined)
        )
        known = times[counterfactual.definition] == MOST_OF_ONE
        if known or not source.parted([counterfactual.use, *here], [counterfactual.definition, *there]):
            continue
        texts = [crossed(code, counterfactual, defined=defined, used=used)[0] for defined, used in VERSIONS]
        if all(map(compiles, texts)):
            chosen.append(counterfactual)
            times[counterfactual.definition] += 1
        if len(chosen) == MOST:
            break
    return chosen
