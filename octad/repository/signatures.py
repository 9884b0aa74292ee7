"""The signatures of the definitions that each unit of some files uses, in its own file and in the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from octad.records.code import Code
from octad.records.repo import Reference
from octad.records.used_definition import UsedDefinition
from octad.repository.build import repository
from octad.syntax.definitions import MOST, Definitions


class Signatures:
    """Looks up the signatures for the units of files that are read together."""

    def __init__(self, codes: Sequence[Code]) -> None:
        self._files = {code.path: Definitions(code) for code in codes}
        self._away: dict[str, list[Reference]] = defaultdict(list)
        for one in repository(codes).references if len(codes) > 1 else ():
            if one.target != one.source and "." not in one.name:
                self._away[one.source].append(one)

    def of(self, unit: Code) -> tuple[UsedDefinition, ...]:
        """At most `MOST` definitions, those of the unit's own file first."""
        own = self._files[unit.path].of(unit)
        known = {one.name for one in own}
        away = {one.name: one for one in self._elsewhere(unit) if one.name not in known}
        return (*own, *away.values())[:MOST]

    def _elsewhere(self, unit: Code) -> Iterator[UsedDefinition]:
        last = unit.first_line + unit.text.rstrip("\n").count("\n")
        for one in self._away[unit.path]:
            if unit.first_line <= one.line <= last and one.target in self._files:
                found = self._files[one.target].named(one.name)
                if found is not None:
                    yield found
