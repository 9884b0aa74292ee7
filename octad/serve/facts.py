"""Numbers that say what a case and its answer are like, without any of what is in them, for drift.

They are made in the worker, where the case is read anyway, and cost a hundredth of the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from octad.encoders.prepared import Prepared
from octad.encoders.sequences import PieceSequence
from octad.records.report import Finding
from octad.runtime import Asked
from octad.store.artefact import Manifest
from octad.syntax.tokens import Kind, Tokens

PROBABILITY, FINDINGS = "probability_", "findings"
BY_RULE = FINDINGS + ":"
"""Before the name of a rule: how many findings of it; counted, and no measure of drift."""
MOST_RULES = 32
"""Rules of one answer that are told apart."""
_KINDS = {
    "names": (Kind.NAME, Kind.ATTRIBUTE, Kind.METHOD, Kind.PARAMETER, Kind.CALLEE, Kind.DEFINITION),
    "strings": (Kind.STRING,),
    "numbers": (Kind.NUMBER,),
    "comments": (Kind.COMMENT,),
    "marks": (Kind.BRACKET, Kind.DELIMITER, Kind.OPERATOR),
    "unparsed": (Kind.ERROR, Kind.OTHER),
}
"""Shares of the tokens of code."""
CAMEL, SNAKE = 4, 5
"""Shapes of names, as `octad.syntax.tokens.shape` numbers them."""


def facts_of(
    asked: Asked[Any, Any], manifest: Manifest, findings: Iterable[Finding] | None = None
) -> dict[str, float]:
    """Numbers of a case and of its answer, by name, all finite; `findings` are those of the report.

    Of the case: how many `items`, `texts` and `tokens`, how rare and how varied their word pieces are, and of
    code what its tokens are. Of the answer: the highest probability of each head that the weights have, and
    how many findings, in all and by rule.
    """
    found = _sizes(asked.unit) | _pieces(asked.unit.sequences) | _numbers(asked.unit) | _code(asked.unit)
    for head in manifest.outputs:
        top = top_probability(getattr(asked.answer, head, None))
        if top is not None:
            found[PROBABILITY + head] = top
    if findings is not None:
        rules = Counter(one.rule for one in findings)
        found[FINDINGS] = float(rules.total())
        found |= {BY_RULE + rule: float(count) for rule, count in rules.most_common(MOST_RULES)}
    return {name: float(value) for name, value in found.items() if isfinite(value)}


def together(several: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Facts of a question that was read as several cases: means, and of findings the sums."""
    held: dict[str, list[float]] = {}
    for facts in several:
        for name, value in facts.items():
            held.setdefault(name, []).append(value)
    return {
        name: sum(values) / (1 if name.startswith(FINDINGS) else len(values)) for name, values in held.items()
    }


def top_probability(said: Any) -> float | None:
    """The highest probability in what a head says, None where it says nothing."""
    if isinstance(said, bool) or said is None:
        return None
    if isinstance(said, int | float):
        return float(said)
    if isinstance(said, Mapping):
        return _top(said.values())
    if hasattr(said, "probability"):
        return top_probability(said.probability)
    if hasattr(said, "_fields") or is_dataclass(said):
        names = said._fields if hasattr(said, "_fields") else [one.name for one in fields(said)]
        values = [getattr(said, name) for name in names]
        # Of a choice the number beside the candidates is that of none of them.
        return _top(one for one in values if isinstance(one, Mapping | Sequence) and not isinstance(one, str))
    return _top(said) if isinstance(said, Sequence) and not isinstance(said, str | bytes) else None


def _top(said: Iterable[Any]) -> float | None:
    found = [top for one in said if (top := top_probability(one)) is not None]
    return max(found, default=None)


def _sizes(unit: Prepared) -> dict[str, float]:
    texts = sum(one.pooled for one in unit.sequences)
    return {
        "items": float(len(unit) - unit.shared),
        "texts": float(texts),
        "tokens": float(sum(map(len, unit.sequences))),
        "inputs": float(len(unit.parts)),
        "links_per_item": len(unit.edges) / max(1, len(unit)),
    }


def _pieces(sequences: Sequence[PieceSequence]) -> dict[str, float]:
    """What the word pieces of all texts are like; a vocabulary has the frequent ones first.

    `rarity` is the mean logarithm of their numbers in it, `variety` how many differ, by the root of how many
    there are, `whole_words` the share of tokens that are one piece: words that the vocabulary knows.
    """
    pieces = np.concatenate([one.pieces for one in sequences]) if sequences else np.zeros(0, np.int32)
    if not len(pieces):
        return {}
    logarithms = np.log2(1.0 + np.maximum(pieces, 0))
    found = {
        "rarity": float(logarithms.mean()),
        "rarity_spread": float(logarithms.std()),
        "variety": len(np.unique(pieces)) / len(pieces) ** 0.5,
    }
    own = [np.diff(one.starts, append=len(one.pieces)) for one in sequences if not one.pooled]
    lengths = np.concatenate(own) if own else np.zeros(0, np.int64)
    if len(lengths):
        found |= {
            "pieces_per_token": float(lengths.mean()), "whole_words": float((lengths == 1).mean())
        }  # fmt: skip
    return found


def _numbers(unit: Prepared) -> dict[str, float]:
    """How large the numbers of the items are, and how many of them there are."""
    numbers = unit.numbers[unit.shared :]
    if not numbers.size:
        return {}
    set_ones = numbers != 0
    size = float(np.abs(numbers[set_ones], dtype=np.float64).mean()) if set_ones.any() else 0.0
    return {"magnitude": size, "filled": float(set_ones.mean())}


def _code(unit: Prepared) -> dict[str, float]:
    """Shares of what the tokens of code are, the shapes of its names, and how much stands on a line."""
    try:
        tokens: Tokens = unit.source(Tokens)
    except LookupError:
        return {}
    count = max(1, len(tokens) - 1)
    kinds: NDArray[np.int64] = np.bincount(tokens.kind[1:], minlength=len(Kind))
    shapes: NDArray[np.int64] = np.bincount(tokens.shape[1:], minlength=CAMEL + SNAKE)
    found = {name: float(kinds[list(of)].sum()) / count for name, of in _KINDS.items()}
    lines = len(np.unique(tokens.spans[1:, 0]))
    return found | {
        "camel_case": float(shapes[CAMEL]) / count,
        "snake_case": float(shapes[SNAKE]) / count,
        "tokens_per_line": count / max(1, lines),
        "depth": float(tokens.depth[1:].mean()) if len(tokens) > 1 else 0.0,
    }
