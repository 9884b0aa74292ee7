"""The golden case of an artefact: answered when it was stored, to be answered alike wherever it is loaded.

Digests tell that files are as they were written. They do not tell that what was written is sound, nor that
the program that reads it gives its numbers the same names: weights that are no numbers, and labels in another
order, show only in an answer.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Protocol

from octad import __version__
from octad.agents.agent import Agent
from octad.errors import ArtefactError, UnreadableInput, first_line
from octad.host.files import listed
from octad.host.private import why_not_private
from octad.host.whole_file import PRIVATE, remove, replace
from octad.records.base import Record, reason_of
from octad.store.artefact import Golden, Manifest
from octad.store.folders import cache_folder
from octad.store.pinned import PINNED

TOLERANCE = 0.02
"""Engines and processors round differently; wrong weights differ by far more."""
SURE = 0.5
"""What is less likely may come in another order elsewhere, and is no part of the answer."""
MOST_REMEMBERED = 1_000
"""Artefacts that are remembered to have answered; beyond it all are asked again."""


class Answering(Protocol):
    """What is needed of a runner."""

    agent: Agent[Any, Any]
    manifest: Manifest

    def answers(self, cases: Sequence[Any]) -> list[Any]:
        """What the agent says of each case."""


def golden(runner: Answering) -> Golden:
    """The agent's own example with the answer to it; raises ArtefactError when a part of it is no number."""
    case = runner.agent.example
    answer = plain(runner.answers([case])[0])
    if odd := difference(answer, answer):
        raise ArtefactError(f"the weights give no sound answer: {odd}", hint="train again at a lower rate")
    return Golden(case=case.model_dump_json(), answer=json.dumps(answer))


def verify_once(runner: Answering) -> None:
    """Verify where these weights were not yet, by this version on this machine; raises as `verify` does.

    That they were is remembered in a folder that nobody else can enter, and not beside the weights: who made
    these may have written there. Where there is no such folder they are verified each time.
    """
    folder = cache_folder() / "answered"
    private = not why_not_private(folder)
    mark = folder / _mark(runner.manifest)
    if private and mark.is_file() and not mark.is_symlink():
        return
    verify(runner)
    with suppress(OSError, UnreadableInput):
        if private:
            _forget(folder)
            replace(mark, b"", PRIVATE)


def _mark(manifest: Manifest) -> str:
    """A digest of all that an answer depends on: weights, shared weights, programs and machine."""
    import onnxruntime

    shared = sorted(PINNED)
    programs = [__version__, onnxruntime.__version__, platform.machine(), platform.node()]
    said = json.dumps([manifest.model_dump(mode="json"), shared, programs], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _forget(folder: Path) -> None:
    """Forget all where it is too much."""
    if len(entries := listed(folder)) >= MOST_REMEMBERED:
        for entry in entries:
            remove(Path(entry.path))


def verify(runner: Answering) -> None:
    """Answer the golden case again; raises ArtefactError when the answer differs, or there is no case."""
    name, stored = runner.agent.name, runner.manifest.golden
    if stored is None:
        raise ArtefactError(f"the weights of {name} have no golden case", hint="store them again to get one")
    try:
        case, expected = runner.agent.case.model_validate_json(stored.case), json.loads(stored.answer)
    except (ValueError, RecursionError) as error:
        reason = reason_of(error) if isinstance(error, ValueError) else first_line(error)
        raise ArtefactError(f"the golden case of the weights of {name} cannot be read: {reason}") from error
    if odd := difference(expected, plain(runner.answers([case])[0])):
        raise ArtefactError(
            f"the weights of {name} do not answer their golden case as they did: {odd}",
            hint="install them again, they are damaged or of another version",
        )


def plain(value: Any) -> Any:
    """An answer as JSON: names of fields and labels in their order, and only what is likely."""
    if hasattr(value, "_fields"):
        return [[name, plain(getattr(value, name))] for name in value._fields]
    if is_dataclass(value):
        return [[field.name, plain(getattr(value, field.name))] for field in fields(value)]
    if isinstance(value, Record):
        return plain(value.model_dump())
    if isinstance(value, Mapping):
        return [[key, plain(one)] for key, one in value.items()]
    if isinstance(value, list | tuple):
        return [plain(one) for one in value if not getattr(one, "probability", 1.0) < SURE]
    return round(float(value), 4) if hasattr(value, "__float__") and not isinstance(value, int) else value


def difference(expected: Any, found: Any, place: str = "") -> str:
    """Where two plain answers differ and how, "" where they agree; what is no number differs from itself."""
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        name = place
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            if number == 0 and isinstance(one, str) and one == other:
                name = f"{place}.{one}".strip(".")
            if odd := difference(one, other, name):
                return odd
        return ""
    if isinstance(expected, float) and isinstance(found, float):
        same = math.isfinite(found) and abs(expected - found) <= TOLERANCE
    else:
        same = expected == found
    return "" if same else f"{place or 'answer'} is {found}, not {expected}"
