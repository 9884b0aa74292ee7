"""What a registry of versions is: the interface of all that keep some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple, Protocol

from pydantic import Field

from octad.records.base import Record

STABLE, CANDIDATE, PREVIOUS, BASELINE = "stable", "candidate", "previous", "baseline"
"""Aliases that the server knows: what answers, is tried, answered before, and a simpler architecture."""
SHIPPED = "shipped"
"""The name of the version that comes with the package; it is every registry's, and cannot be removed."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of the manifest of an artefact, which names all its files by theirs."""


class Version(Record):
    """One version of an agent and where it comes from.

    `version` is what its manifest calls it, `created` is in Unix seconds, `size` in bytes. `data` are the
    fingerprints of what it was trained on, `recipe` how, `metrics` how well it does; `parent` is the digest
    of the version that it was made from, "" where it was made from none.
    """

    digest: Digest
    agent: str
    version: str
    created: float
    size: int
    parent: str = ""
    note: str = ""
    data: Mapping[str, str] = Field(default_factory=dict)
    recipe: Mapping[str, str] = Field(default_factory=dict)
    metrics: Mapping[str, float] = Field(default_factory=dict)


class Problem(NamedTuple):
    """What is wrong with a version, or with what a registry holds beside them."""

    subject: str
    what: str


class Registry(Protocol):
    """Keeps versions of agents.

    A `reference` is a digest, the beginning of one (eight characters or more), an alias, or `shipped`. All
    raise StoreError for what cannot be read or written, and InputError for a reference that names nothing, or
    more than one.
    """

    def put(self, folder: Path, *, parent: str = "", note: str = "") -> Version:
        """Take the artefact of a folder in, as a copy; what is in it already stays. Raises ArtefactError."""
        ...

    def get(self, agent: str, reference: str) -> tuple[Path | None, Version]:
        """The folder of a version, whose files are checked when they are loaded; None for the shipped one."""
        ...

    def versions(self, agent: str = "") -> Sequence[Version]:
        """All versions, of one agent where it is named, the newest first, the shipped ones last."""
        ...

    def aliases(self, agent: str) -> Mapping[str, str]:
        """Digests by alias; `stable` is the shipped version where nothing else was said."""
        ...

    def point(self, agent: str, alias: str, reference: str, *, actor: str) -> None:
        """Let an alias name a version; `stable` leaves what it named as `previous`. Audited."""
        ...

    def unpoint(self, agent: str, alias: str, *, actor: str) -> None:
        """Let an alias name nothing any more; `stable` then is the shipped version. Audited."""
        ...

    def verify(self, agent: str = "") -> Sequence[Problem]:
        """Read every file again and compare its digest."""
        ...

    def collect(self, *, keep: int = 3) -> Sequence[str]:
        """Remove what no alias, no rollout and no child names, but for the newest `keep` of each agent."""
        ...
