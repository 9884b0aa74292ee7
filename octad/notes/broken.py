"""Changes of the public interface as entries: told where nobody said so, with the commits that made them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from octad.notes.sections import SECTIONS
from octad.records.api import ApiChange, Place
from octad.records.notes import Entry, InterfaceChange
from octad.records.report import Anchor

MANY = 24
"""Changes from which on those of one kind below the top of a package are told together."""
TOGETHER = 4
"""Changes of one kind in one module by the same commits that are told in one entry from so many on."""
SHOWN = 6
"""Names that such an entry tells."""
_OF_MANY = {
    "removed": "Removed: {names}", "renamed": "Renamed: {names}", "default": "Other defaults: {names}",
    "kind": "Other kinds: {names}", "base-removed": "Other bases: {names}",
}  # fmt: skip


def entries_of(broken: Sequence[InterfaceChange], entries: Sequence[Entry]) -> Iterator[Entry]:
    """Entries of what changed; what a breaking entry names already is not told again."""
    told = [one.text for one in entries if one.kind == "breaking"]
    left = [one for one in broken if not any(_names(text, one.change) for text in told)]
    alike: dict[tuple[str, ...], list[InterfaceChange]] = {}
    for one in left:
        alike.setdefault(_key(one, is_many=len(left) > MANY), []).append(one)
    for several in alike.values():
        names = {one.change.name for one in several}
        if len(several) >= TOGETHER and len(names) > 1:
            yield _entry(several, _together(several))
        else:
            yield from (_entry([one], _capital(one.change.sentence)) for one in several)


def _key(one: InterfaceChange, *, is_many: bool) -> tuple[str, ...]:
    """What changes that are told together have in common."""
    above = one.change.name.rpartition(".")[0]
    if is_many and "." in above:
        return (_family(one.change),)
    return (_family(one.change), above, *one.commits)


def _family(change: ApiChange) -> str:
    return "signature" if change.change.startswith("parameter") else change.change


def _names(text: str, change: ApiChange) -> bool:
    """Whether a text speaks of what changed by its name."""
    names = [one.rpartition(".")[2] for one in (change.parameter, change.before, change.name) if one]
    return all(re.search(rf"\b{re.escape(name)}\b", text) for name in names[:1])


def _together(several: Sequence[InterfaceChange]) -> str:
    family = _family(several[0].change)
    names = list(dict.fromkeys(_shown(one.change) for one in several))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return _OF_MANY.get(family, "Other parameters: {names}").format(names=", ".join(names[:SHOWN]) + more)


def _shown(change: ApiChange) -> str:
    return f"`{change.before}` → `{change.after}`" if change.change == "renamed" else f"`{change.name}`"


def _entry(several: Sequence[InterfaceChange], text: str) -> Entry:
    place = several[0].change.place_after or several[0].change.place_before
    return Entry(
        text=text, kind="breaking", section=SECTIONS["breaking"], 
        commits=tuple(dict.fromkeys(name for one in several for name in one.commits)),
        origin="interface", anchor=_anchor(place) if place else None,
    )  # fmt: skip


def _anchor(place: Place) -> Anchor:
    return Anchor(path=place.path, line=place.line, end_line=place.line + 1, end_column=1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
