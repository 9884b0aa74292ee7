"""The signatures of the definitions that each unit of some files uses, in its own file and in the others."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence

from octad.budget import current
from octad.records.code import Code
from octad.records.repo import Reference
from octad.records.used_definition import UsedDefinition
from octad.repository.build import repository
from octad.syntax.definitions import MOST, Definitions


class Signatures:
    """Looks up the signatures for the units of files that are read together."""

    def __init__(self, codes: Sequence[Code]) -> None:
        self._files = {code.path: Definitions(code) for code in codes if not current().spent()}
        self._away: dict[str, list[tuple[int, int, Reference]]] = defaultdict(list)
        references = repository(codes).references if len(codes) > 1 else ()
        for number, one in enumerate(references):
            if one.target != one.source and "." not in one.name:
                self._away[one.source].append((one.line, number, one))
        for away in self._away.values():
            away.sort(key=lambda each: each[:2])

    def of(self, unit: Code) -> tuple[UsedDefinition, ...]:
        """At most `MOST` definitions, those of the unit's own file first."""
        own = self._files[unit.path].of(unit) if unit.path in self._files else ()
        known = {one.name for one in own}
        away = {one.name: one for one in self._elsewhere(unit) if one.name not in known}
        return (*own, *away.values())[:MOST]

    def _elsewhere(self, unit: Code) -> Iterator[UsedDefinition]:
        last = unit.first_line + unit.text.rstrip("\n").count("\n")
        away = self._away.get(unit.path, [])
        start, stop = bisect_left(away, (unit.first_line,)), bisect_left(away, (last + 1,))
        for _, _, one in sorted(away[start:stop], key=lambda each: each[1]):
            if one.target in self._files:
                found = self._files[one.target].named(one.name)
                if found is not None:
                    yield found
