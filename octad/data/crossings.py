"""Plants bugs that only show across functions of one file: pairs of changes, right together and wrong alone.

Everything but the use's function has the words concerned only farther than `apart` items from all of their
places in it, comments and strings included, so that no window of so many items around the use holds any.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from octad.data.crossing import Crossing, Edit, edited, moved
from octad.data.crossing_constant import constant_crossings
from octad.data.crossing_field import field_crossings
from octad.data.crossing_signature import signature_crossings
from octad.data.crossing_source import Source, fields, parameters, parsed
from octad.data.planter import compiles
from octad.records.code import Code

__all__ = ["Crossing", "Edit", "crossed", "crossings", "names_of"]

APART = 512
VERSIONS = ((False, True), (True, False), (True, True))
"""Whether definition and use are changed, in the texts that are new."""
MOST = 16
"""Crossings of one kind in one file."""
MOST_OF_ONE = 3
"""Crossings of one kind that share a definition."""


def crossings(
    code: Code,
    rng: np.random.Generator,
    apart: int = APART,
    *,
    names: Mapping[str, Sequence[str]] | None = None,
) -> list[Crossing]:
    """The crossings of a whole Python file, up to `MOST` of each kind; none where it is short or unreadable.

    `names` are the `names_of` another file, taken where the file itself has no name to change to.
    """
    try:
        source = Source(code, apart)
    except ValueError:
        return []
    names = names or {}
    found = [
        signature_crossings(source, rng, names.get("signature", ())),
        field_crossings(source, rng, names.get("field", ())),
        constant_crossings(source, rng),
    ]
    return [crossing for some in found for crossing in _sound(source, some)]


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


def crossed(code: Code, crossing: Crossing, *, defined: bool, used: bool) -> tuple[Code, int]:
    """One of the four texts, and the place of the use in it; wrong where just one of the two is changed."""
    edits = [*(crossing.defined if defined else ()), *(crossing.used if used else ())]
    return code.model_copy(update={"text": edited(code.text, edits)}), moved(crossing.use, edits)


def _sound(source: Source, found: Iterator[Crossing]) -> list[Crossing]:
    """Those whose changes are all far from each other, and of which all four texts compile."""
    code = source.code
    chosen: list[Crossing] = []
    times: Counter[int] = Counter()
    if not compiles(code):
        return []
    for crossing in found:
        here, there = ([edit.start for edit in edits] for edits in (crossing.used, crossing.defined))
        known = times[crossing.definition] == MOST_OF_ONE
        if known or not source.parted([crossing.use, *here], [crossing.definition, *there]):
            continue
        texts = [crossed(code, crossing, defined=defined, used=used)[0] for defined, used in VERSIONS]
        if all(map(compiles, texts)):
            chosen.append(crossing)
            times[crossing.definition] += 1
        if len(chosen) == MOST:
            break
    return chosen
