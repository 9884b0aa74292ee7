"""How the public interface of a tree changed: what went, what is new, and what callers give and get.

A definition that moved and is still found under the name that it had is no change; one that other names of it
are gone from is none either. What may be there without being written (a module that answers to any name, a
class that inherits from elsewhere, a file that could not be parsed) is not called removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher

from octad.records.api import Api, ApiChange, ChangeKind, Definition
from octad.repository.signature_changes import signature_changes

SIMILAR = 0.6
"""How alike a name that went and one that came are, from 0 to 1, to be one that was renamed."""
SELDOM_TOLD = frozenset({"NotImplementedError", "AssertionError", "StopIteration", "StopAsyncIteration"})
"""Exceptions that tell a programmer, not a caller."""
MOST_BASES = 100


def api_changes(before: Api, after: Api) -> tuple[ApiChange, ...]:
    """Every difference once, under the shortest public name of what it is about, in the order of names."""
    found: dict[tuple[str, str, str, str], ApiChange] = {}
    for definition, change in _Comparison(before, after).all():
        found.setdefault((definition, change.change, change.parameter, change.before), change)
    return tuple(sorted(found.values(), key=lambda one: (one.name, one.change, one.parameter)))


class _Comparison:
    def __init__(self, before: Api, after: Api) -> None:
        self.before, self.after = before, after
        kept = [
            name for name in before.names if _last(before.names[name]) == _last(after.names.get(name, ""))
        ]
        self._known = {before.names[name] for name in kept}
        self._known_after = {after.names[name] for name in kept}
        self._new: dict[str, list[str]] = defaultdict(list)
        for name in _by_length(after):
            if name not in before.names and not _is_special(name):
                self._new[name.rpartition(".")[2]].append(name)
                self._new[name.rpartition(".")[0] + "."].append(name)

    def all(self) -> Iterator[tuple[str, ApiChange]]:
        """Changes with the definition that they are of, shorter names first."""
        renamed: set[str] = set()
        for name in _by_length(self.before):
            target = self.before.names[name]
            old, new = self.before.definitions.get(target), self.after.of(name)
            if name not in self.after.names:
                new = self._inherited(self.after, name)
                if new is None and self._is_gone(name, target):
                    to = self._renamed(name, old)
                    renamed.add(to)
                    yield (
                        target,
                        _change("renamed" if to else "removed", name, old, self.after.of(to), (name, to)),
                    )
            if old is not None and new is not None:
                yield from ((target, one) for one in self._differences(name, old, new))
        for name in _by_length(self.after):
            if name not in self.before.names and name not in renamed and self._is_new(name):
                yield self.after.names[name], _change("added", name, None, self.after.of(name))

    def _is_gone(self, name: str, target: str) -> bool:
        """Whether a public name that is not there is missing indeed, and is not part of what is missing."""
        above = name.rpartition(".")[0]
        if name in self.after.hidden or _is_unread(name, self.after) or target in self._known:
            return False
        if above in self.before.names and above not in self.after.names:
            return False
        holder = self.after.of(above)
        was = self.before.of(above)
        if holder is not None and holder.decorators and _is_special(name):
            return False  # a dataclass has methods that nobody wrote
        if was is not None and was.kind == "class" and (holder is None or holder.kind != "class"):
            return False
        if holder is None or holder.kind != "class" or not self._is_open(holder):
            return True
        return was is not None and self._is_open(was, self.before) and not _is_special(name)

    def _is_new(self, name: str) -> bool:
        above = name.rpartition(".")[0]
        is_part = above in self.after.names and above not in self.before.names
        unknown = name in self.before.hidden or _is_unread(name, self.before) or _is_special(name)
        known = self.after.names[name] in self._known_after or self._inherited(self.before, name) is not None
        return not (is_part or unknown or known)

    def _renamed(self, name: str, old: Definition | None) -> str:
        """The one new name that can only be another one for what went, "" for none."""
        above, _, own = name.rpartition(".")
        if old is None or _is_special(name):
            return ""
        moved = [one for one in self._new.get(own, ()) if self._is_like(old, one)]
        if moved:
            return moved[0] if len({self.after.names[one] for one in moved}) == 1 else ""
        beside = [
            one
            for one in self._new.get(f"{above}.", ())
            if self._is_like(old, one)
            and SequenceMatcher(None, own, one.rpartition(".")[2]).ratio() >= SIMILAR
        ]
        return beside[0] if len(beside) == 1 else ""

    def _is_like(self, old: Definition, name: str) -> bool:
        new = self.after.of(name)
        return new is not None and (new.kind, new.parameters, new.value) == (
            old.kind,
            old.parameters,
            old.value,
        )

    def _differences(self, name: str, old: Definition, new: Definition) -> Iterator[ApiChange]:
        if old.kind != new.kind:
            if _is_other_kind(old, new):
                yield _change("kind", name, old, new, (old.kind, new.kind))
            return
        if old.kind == "class":
            kept = {_last(one) for one in (new.name, *self._bases(new, self.after))}
            brings = set(new.bases) - set(old.bases)
            unknown = any(self.after.of(self.after.names.get(one, one)) is None for one in brings)
            for base in () if unknown else old.bases:
                now = self.after.names.get(base, base)
                if _is_visible(base) and not {_last(base), _last(now)} & kept:
                    yield _change("base-removed", name, old, new, (base, ""))
        if old.kind == "function":
            yield from signature_changes(name, old, new)
            yield from _exceptions(name, old, new)

    def _bases(self, owner: Definition, api: Api) -> list[str]:
        """The names of the classes above one, as far as they are known."""
        found = list(dict.fromkeys(owner.bases))
        for one in found:
            known = api.definitions.get(api.names.get(one, one))
            if known is not None and len(found) < MOST_BASES:
                found += [base for base in known.bases if base not in found]
        return found

    def _is_open(self, owner: Definition, api: Api | None = None) -> bool:
        api = api or self.after
        above = (api.definitions.get(api.names.get(one, one)) for one in self._bases(owner, api))
        return owner.is_open or any(one is not None and one.is_open for one in above)

    def _inherited(self, api: Api, name: str) -> Definition | None:
        """What a member that is not written in a public class means there by inheritance."""
        above, _, own = name.rpartition(".")
        owner = api.of(above)
        if owner is None or owner.kind != "class":
            return None
        for base in self._bases(owner, api):
            found = api.of(f"{base}.{own}") or api.definitions.get(f"{api.names.get(base, base)}.{own}")
            if found is not None:
                return found
        return None


def _exceptions(name: str, old: Definition, new: Definition) -> Iterator[ApiChange]:
    was, now = ({_last(one) for one in side.raises} - SELDOM_TOLD for side in (old, new))
    for one in sorted(now - was) if not old.is_open else ():
        yield _change("raises", name, old, new, ("", one))
    for one in sorted(was - now) if not new.is_open else ():
        yield _change("raises-no-more", name, old, new, (one, ""))


def _is_other_kind(old: Definition, new: Definition) -> bool:
    """Whether a name of another kind is used otherwise; what a variable holds may be called as before."""
    if "attribute" in (old.kind, new.kind):
        other = new if old.kind == "attribute" else old
        return other.kind == "module"
    return True


def _is_visible(base: str) -> bool:
    """Whether a base class is one that a caller may ask for."""
    last = _last(base)
    return not last.startswith("_") and last not in ("object", "type", "with_metaclass") and "(" not in base


def _change(
    change: ChangeKind,
    name: str,
    old: Definition | None,
    new: Definition | None,
    texts: tuple[str, str] = ("", ""),
) -> ApiChange:
    return ApiChange(
        change=change, name=name,
        before=texts[0] if change != "removed" else "", after=texts[1],
        place_before=old.place if old else None, place_after=new.place if new else None,
    )  # fmt: skip


def _by_length(api: Api) -> list[str]:
    return sorted(api.names, key=lambda name: (name.count("."), len(name), name))


def _is_unread(name: str, api: Api) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:end]) in api.unread for end in range(1, len(parts) + 1))


def _is_special(name: str) -> bool:
    own = name.rpartition(".")[2]
    return own.startswith("__") and own.endswith("__")


def _last(name: str) -> str:
    return name.partition("[")[0].rpartition(".")[2]
