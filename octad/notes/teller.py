"""Says of each group of commits what is told of it, or why nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from octad.notes.groups import Group
from octad.notes.judged import Judged
from octad.notes.mechanical import DEPENDENCIES, dependency_of, mechanical
from octad.notes.rule import by_rule, is_breaking
from octad.notes.sections import SECTIONS
from octad.notes.words import broken_by, messages_of, words_of
from octad.records.notes import Correction, Entry, Kind, Material
from octad.records.release import ReleaseCommit

SOONER: frozenset[Kind] = frozenset({"feature", "fix", "security", "deprecation", "performance"})
"""What readers miss most where it is not told: a part of the probability is enough."""
PART = 0.6
"""That part. F1 stays within .04 on releases of fourteen projects, and more of what people told is told."""
NOT_SEEN = "nothing that its readers have"
HIDDEN = "hidden by a correction"


@dataclass
class Teller:
    """Says what is told of a group, and remembers the updates of dependencies."""

    judged: Mapping[str, Judged]
    material: Material
    least: float
    corrections: Mapping[str, Correction]
    updates: list[Group] = field(default_factory=list)

    def correction(self, group: Group) -> Correction | None:
        """What somebody corrected of one of its commits."""
        return next((self.corrections[name] for name in group.revisions if name in self.corrections), None)

    def said(self, group: Group) -> tuple[list[Entry], str]:
        """The entries of a group, or why there are none."""
        correction = self.correction(group)
        if correction and correction.hide:
            return [], HIDDEN
        messages, instead = messages_of(group.head)
        reason = "" if instead or correction else mechanical(group)
        if reason:
            self.updates += [group] if reason == DEPENDENCIES else []
            return [], reason
        if correction:
            return [self._corrected(group, correction)], ""
        found = [one for message in messages for one in self._entries(group, message, instead)]
        return found, NOT_SEEN

    def _corrected(self, group: Group, correction: Correction) -> Entry:
        """The entry that a correction asks for, whoever reads it."""
        thought = self._thought(group.head)
        kind = correction.kind or thought.kind or "change"
        text, origin = words_of(group.head)
        return Entry(
            text=correction.text or text, origin="correction" if correction.text else origin, kind=kind,
            section=correction.section or SECTIONS[kind], commits=group.revisions, refs=group.head.refs,
        )  # fmt: skip

    def _entries(self, group: Group, message: ReleaseCommit, instead: bool) -> Iterator[Entry]:
        """What one message tells, with what it says that it breaks; heads saw none that stands `instead`."""
        thought = by_rule(message) if instead else self._thought(message)
        kind, broken = thought.kind or "change", broken_by(message)
        if is_breaking(message) and not broken:
            kind = "breaking"
        text, origin = words_of(message)
        base = Entry(text=text, kind=kind, section=thought.section or SECTIONS[kind], commits=group.revisions)
        base = base.model_copy(update={"refs": group.head.refs, "origin": "override" if instead else origin})
        for one in broken:
            found = {"text": one, "kind": "breaking", "section": SECTIONS["breaking"]}
            yield base.model_copy(update=found | ({} if instead else {"origin": "body"}))
        if text and self._is_told(thought, kind):
            yield base.model_copy(update={"probability": None if instead else self._probability(group)})

    def _thought(self, message: ReleaseCommit) -> Judged:
        """What heads think of a commit, else the rule."""
        rule, head = by_rule(message), self.judged.get(message.revision, Judged())
        return Judged(rule.told if head.told is None else head.told, head.kind or rule.kind, head.section)

    def _probability(self, group: Group) -> float | None:
        head = self.judged.get(group.head.revision)
        return head.told if head else None

    def _is_told(self, thought: Judged, kind: Kind) -> bool:
        """Developers are told of all that is not mechanical; users of what is worth it and not internal."""
        if self.material.audience == "developers" or kind == "breaking":
            return True
        least = self.least * (PART if kind in SOONER else 1.0)
        return kind != "internal" and (thought.told or 0.0) >= least

    def dependencies(self) -> Iterator[Entry]:
        """One entry for all updates of dependencies, where developers read it."""
        if self.updates and self.material.audience == "developers":
            names = dict.fromkeys(name for one in self.updates if (name := dependency_of(one.head)))
            shown = ", ".join([*names][:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
            commits = tuple(name for one in self.updates for name in one.revisions)
            text = f"Dependencies updated: {shown}" if names else "Dependencies updated"
            yield Entry(text=text, kind="internal", section=SECTIONS["internal"], commits=commits)
