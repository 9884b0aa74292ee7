"""How what callers may give to a function changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import SequenceMatcher

from octad.records.api import ApiChange, ChangeKind, Definition, Parameter

BY_POSITION = ("positional", "either")
SIMILAR = 0.6
"""How alike two names at different places are, from 0 to 1, to be one that was renamed."""
WORDS = {
    "positional": "given by position alone",
    "either": "given by position or name",
    "keyword": "given by name alone",
    "arguments": "any further arguments",
    "keywords": "any further names",
}


def signature_changes(name: str, old: Definition, new: Definition) -> Iterator[ApiChange]:
    """Parameters that went, came, moved or have another default or kind; what is returned."""
    both = _Both(name, old, new)
    yield from both.gone()
    yield from both.added()
    yield from both.moved()
    for one in old.parameters:
        if one.name in both.new:
            yield from both.other(one, both.new[one.name])
    if old.returns and new.returns and old.returns != new.returns:
        yield both.change("returns", "", old.returns, new.returns)


class _Both:
    def __init__(self, name: str, old: Definition, new: Definition) -> None:
        self.name, self.places = name, (old.place, new.place)
        self.old = {one.name: one for one in old.parameters}
        self.new = {one.name: one for one in new.parameters}
        self.kinds = {one.kind for one in new.parameters}
        self.told = " ".join(new.decorators)
        self.renamed = {before: after for before, after in self._renames()}

    def change(self, change: ChangeKind, parameter: str, before: str = "", after: str = "") -> ApiChange:
        """One change of this function."""
        return ApiChange(
            change=change, name=self.name, parameter=parameter, before=before, after=after,
            place_before=self.places[0], place_after=self.places[1],
        )  # fmt: skip

    def gone(self) -> Iterator[ApiChange]:
        """Parameters that cannot be given any more, unless a decorator speaks of them or others take them."""
        for name, one in self.old.items():
            if name in self.new or f"'{name}'" in self.told or self._is_swallowed(one):
                continue
            after = self.renamed.get(name, "")
            kind: ChangeKind = "parameter-renamed" if after else "parameter-removed"
            yield self.change(kind, name, name if after else "", after)

    def added(self) -> Iterator[ApiChange]:
        """New parameters."""
        taken = set(self.renamed.values())
        for name, one in self.new.items():
            if name not in self.old and name not in taken:
                kind: ChangeKind = "parameter-required" if one.is_required else "parameter-added"
                yield self.change(kind, name, "", one.default or "")

    def moved(self) -> Iterator[ApiChange]:
        """The first parameter that has another position, where what went before it does not say it all."""
        was = [self.renamed.get(name, name) for name in self.old if self.old[name].kind in BY_POSITION]
        now = [name for name in self.new if self.new[name].kind in BY_POSITION]
        kept = [name for name in was if name in now]
        places = {name: place for place, name in enumerate(now)}
        for place, name in enumerate(kept):
            if places[name] != place:
                first = now[place] if now[place] in kept else name
                yield self.change("parameter-moved", first, ", ".join(was), ", ".join(now))
                return

    def other(self, old: Parameter, new: Parameter) -> Iterator[ApiChange]:
        """What changed of a parameter that kept its name."""
        if new.is_required and not old.is_required and old.kind not in ("arguments", "keywords"):
            yield self.change("parameter-required", old.name, old.default or "", "")
        if old.kind in (*BY_POSITION, "keyword") and not _takes_as_much(old.kind, new.kind, self.kinds):
            yield self.change("parameter-kind", old.name, WORDS[old.kind], WORDS[new.kind])
        if old.default is not None and new.default is not None and old.default != new.default:
            yield self.change("default", old.name, old.default, new.default)

    def _is_swallowed(self, one: Parameter) -> bool:
        by_position, by_name = "arguments" in self.kinds, "keywords" in self.kinds
        needed = {"positional": by_position, "keyword": by_name, "either": by_position and by_name}
        return needed.get(one.kind, by_position if one.kind == "arguments" else by_name)

    def _renames(self) -> Iterator[tuple[str, str]]:
        """Each parameter that went with the one that took its place."""
        gone = [one for one in self.old.values() if one.name not in self.new]
        come = [one for one in self.new.values() if one.name not in self.old]
        for old in gone:
            for new in come:
                if (old.kind, old.default is None) != (new.kind, new.default is None):
                    continue
                same_place = list(self.old).index(old.name) == list(self.new).index(new.name)
                alike = SequenceMatcher(None, old.name, new.name).ratio() >= SIMILAR
                if (same_place and len(self.old) == len(self.new) and old.default == new.default) or alike:
                    come.remove(new)
                    yield old.name, new.name
                    break


def _takes_as_much(old: str, new: str, kinds: Collection[str]) -> bool:
    """Whether what was given to a parameter of one kind can be given to one of another."""
    if new in ("either", old):
        return True
    if new == "keywords":
        return old == "keyword" or "arguments" in kinds
    return new == "arguments" and (old == "positional" or "keywords" in kinds)
