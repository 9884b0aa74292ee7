"""An endless, deterministic stream of functions, half of them with one injected bug."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from octad.heads.pointer import BugLabel
from octad.records.code import Code
from octad.syntax.edits import item_at
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import Tokens
from octad_train.data.code.printed_variants import printed_variant
from octad_train.data.code.rows import Row
from octad_train.inject.bug_injector import WEIGHTS, inject_into_tokens


@dataclass(frozen=True, slots=True)
class Injected:
    """One example: the function as the model sees it, its items, and its labels.

    `bug` is None for a correct function; `item` is the item of the bug, 0 without one. `marks` are the
    analyser's (line of the file, rule); None where they do not hold (rewritten or buggy text).
    """

    code: Code
    tokens: Tokens
    bug: BugLabel | None
    item: int
    marks: tuple[tuple[int, str], ...] | None


class BuggyFunctions:
    """Examples by (epoch, index): the same ones in every process and every run.

    `clean` is the share of correct functions, `rewritten` the share of functions that are printed from
    their syntax tree first (see `printed_variant`). Functions come in an order drawn anew for every pass; an
    index beyond the number of rows comes round to the same functions with other bugs.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        seed: int = 0,
        *,
        clean: float = 0.5,
        rewritten: float = 0.2,
        limit: int = 480,
        weights: Mapping[str, float] = WEIGHTS,
    ) -> None:
        self.rows = rows
        self.seed = seed
        self.clean = clean
        self.rewritten = rewritten
        self.limit = limit
        self.weights = weights
        self._order: tuple[tuple[int, int], np.ndarray] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def example(self, epoch: int, index: int) -> Injected:
        """The example number `index` of an epoch."""
        rng = np.random.default_rng((self.seed, epoch, index))
        rewritten, buggy = self._drawn(rng)
        return self._made(self.rows[self._place(epoch, index)], rng, rewritten, buggy)

    def rivals(self, epoch: int, index: int, count: int) -> list[Injected]:
        """Up to `count` others in its place: other bugs of the same function, or other correct functions."""
        _, buggy = self._drawn(np.random.default_rng((self.seed, epoch, index)))
        found: dict[str, Injected] = {}
        for number in range(count):
            rng = np.random.default_rng((self.seed, epoch, index, number))
            place = self._place(epoch, index) if buggy else int(rng.integers(len(self.rows)))
            made = self._made(self.rows[place], rng, self._drawn(rng)[0], buggy)
            if (made.bug is not None) == buggy:
                found.setdefault(made.code.text, made)
        return list(found.values())

    def _drawn(self, rng: np.random.Generator) -> tuple[bool, bool]:
        """Whether an example is printed anew, and whether it gets a bug."""
        return rng.random() < self.rewritten, rng.random() >= self.clean

    def _made(self, row: Row, rng: np.random.Generator, rewritten: bool, buggy: bool) -> Injected:
        """An example of a function, with a bug where one is wanted and possible."""
        code = row.code
        marks: tuple[tuple[int, str], ...] | None = row.marks
        again = printed_variant(code.text) if rewritten else None
        if again is not None:
            code, marks = code.model_copy(update={"text": again}), None
        tokens = tokenize(code, self.limit)
        injected = self._injected(code, tokens, rng) if buggy and not tokens.truncated else None
        return injected or Injected(code, tokens, None, 0, marks)

    def _place(self, epoch: int, index: int) -> int:
        """The row that stands at `index` in the order of the epoch and the pass."""
        turn, place = divmod(index, len(self.rows))
        if self._order is None or self._order[0] != (epoch, turn):
            rng = np.random.default_rng((self.seed, epoch, turn, 1))
            self._order = ((epoch, turn), rng.permutation(len(self.rows)))
        return int(self._order[1][place])

    def first(self, epoch: int, count: int) -> list[Injected]:
        """The first `count` examples of an epoch, fewer where there are fewer functions."""
        return [self.example(epoch, index) for index in range(min(count, len(self.rows)))]

    def _injected(self, code: Code, tokens: Tokens, rng: np.random.Generator) -> Injected | None:
        """A bug whose repair is one of those that the items of the buggy text allow."""
        for _ in range(3):
            found = inject_into_tokens(code, tokens, rng, self.weights)
            if found is None:
                return None
            buggy, label = found
            items = tokenize(buggy, self.limit)
            item = item_at(items, label.offset)
            if item > 0 and repairable(items, item, label):
                return Injected(buggy, items, label, item, None)
        return None


def repairable(tokens: Tokens, item: int, label: BugLabel) -> bool:
    """Whether the repair is among those the items of the buggy text offer."""
    if label.name is not None:
        role = tokens.role[item]
        return bool(role) and any(
            word == label.name and other == role
            for word, other in zip(tokens.words, tokens.role.tolist(), strict=True)
        )
    rows = tokens.edits
    return bool(((rows[:, 0] == item) & (rows[:, 1] == label.edit)).any())
