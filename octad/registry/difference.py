"""What differs between two versions: figures, thresholds, calibration, recipe, data, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from octad.store.artefact import Manifest

SECTIONS = {
    "metrics": ("metrics",), "precisions": ("precisions",), "thresholds": ("thresholds",),
    "thresholds in a change": ("diff_thresholds",), "base rates": ("priors",),
    "calibration": ("temperatures", "offsets"), "outputs": ("outputs",), "recipe": ("recipe",),
    "data": ("data",), "files": ("files",),
}  # fmt: skip
"""Parts of a manifest that map names to values, under what they are called here."""
_PLAIN = ("version", "backbone", "encoder", "width", "real_cases")


class Difference(NamedTuple):
    """A value of one version that is another in the other, None where it is not there."""

    section: str
    name: str
    before: Any
    after: Any


def differences(one: Manifest, other: Manifest) -> Iterator[Difference]:
    """Everything that is not the same, in the order of the sections."""
    for name in _PLAIN:
        before, after = getattr(one, name), getattr(other, name)
        if before != after:
            yield Difference("model", name, before, after)
    for section, fields in SECTIONS.items():
        for field in fields:
            yield from _of(section, _named(one, field, fields), _named(other, field, fields))


def _named(manifest: Manifest, field: str, fields: tuple[str, ...]) -> Mapping[str, Any]:
    """The values of a part, which also stands in the name where a section has several."""
    held: Mapping[str, Any] = getattr(manifest, field)
    return held if len(fields) == 1 else {f"{name} ({field.rstrip('s')})": held[name] for name in held}


def _of(section: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted({*one, *other}):
        before, after = one.get(name), other.get(name)
        if before != after:
            yield Difference(section, name, before, after)
