"""A registry in a folder: artefacts by digest, an index in SQLite, an audit log.

An artefact is whole and on the disk before the index names it, and the index no longer names it before it is
removed. Whoever dies between leaves what nobody was told of: a folder that the next `collect` takes in, or
clears away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from octad.audit import AuditLog, actor_here
from octad.errors import InputError, StoreError
from octad.host.database import Connection, Database
from octad.host.private import locked
from octad.registry import index, upkeep
from octad.registry.base import PREVIOUS, SHIPPED, STABLE, Problem, Version
from octad.registry.blobs import Blobs
from octad.registry.index import Index
from octad.registry.references import (
    all_aliases,
    checked_alias,
    resolved,
    shipped_version,
    shipped_versions,
    version_of,
)

WAIT = 60.0
"""Seconds that who takes an artefact in waits for others that do, or remove some."""
LARGEST_NOTE = 500


def nobody() -> Collection[str]:
    """Digests that nobody else needs."""
    return ()


class LocalRegistry:
    """The registry of a folder.

    `actor` is who puts and removes versions, as the audit log names them. `needed` gives the digests that
    somebody else holds on to, such as rollouts that are under way.
    """

    def __init__(
        self, folder: Path, *, actor: str = "", needed: Callable[[], Collection[str]] = nobody
    ) -> None:
        self.folder = folder
        self.actor = actor or actor_here()
        self.audit = AuditLog(folder / "audit.jsonl")
        self._index = Index(folder / "registry.sqlite")
        self._blobs = Blobs(folder / "artefacts")
        self._needed = needed

    @property
    def database(self) -> Database:
        """The index, to be looked after."""
        return self._index.database

    def put(self, folder: Path, *, parent: str = "", note: str = "") -> Version:
        """Take the artefact of a folder in, as a copy; what is in it already stays. Raises ArtefactError."""
        with self._blobs.taken(folder) as (part, blob):
            agent = blob.manifest.agent
            made = version_of(blob.digest, blob.manifest, size=blob.size, created=time.time())
            named = self._parent(agent, parent) or made.parent
            version = made.model_copy(update={"parent": named, "note": note[:LARGEST_NOTE]})
            self.audit.record(self.actor, "put", f"{agent}/{blob.digest}", version=version.version, note=note)
            with self._alone():
                new = self._blobs.place(part, blob.digest)
                try:
                    return self._entered(version)
                except StoreError:
                    if new:
                        self._blobs.remove(blob.digest)
                    raise

    def get(self, agent: str, reference: str) -> tuple[Path | None, Version]:
        """The folder of a version, whose files are checked when they are loaded; None for the shipped one."""
        with self.database.reading() as base:
            held = {one.digest: one for one in index.found(base, agent)}
            digest = resolved(
                agent, reference, _known(agent, held), all_aliases(agent, index.named(base, agent))
            )
        if digest not in held:
            came = shipped_version(agent)
            if came is None or came.digest != digest:
                raise StoreError(f"{reference} names a version of {agent} that is gone", kind="damaged")
            return None, came
        folder = self._blobs.path(digest)
        if not folder.is_dir():
            hint = "put it again, or import it from an archive"
            raise StoreError(f"the files of {agent} {digest[:12]} are gone", kind="damaged", hint=hint)
        return folder, held[digest]

    def versions(self, agent: str = "") -> Sequence[Version]:
        """All versions, of one agent where it is named, the newest first, the shipped ones last."""
        held = self._index.versions(agent)
        known = {one.digest for one in held}
        return [*held, *(one for one in shipped_versions(agent) if one.digest not in known)]

    def aliases(self, agent: str) -> Mapping[str, str]:
        """Digests by alias; `stable` is the shipped version where nothing else was said."""
        return _without_shipped(all_aliases(agent, self._index.aliases(agent)))

    def point(self, agent: str, alias: str, reference: str, *, actor: str) -> None:
        """Let an alias name a version; `stable` leaves what it named as `previous`. Audited."""
        checked_alias(alias)
        digest = self.get(agent, reference)[1].digest
        self.audit.record(actor, "promote", f"{agent}/{digest}", alias=alias)
        with self.database.writing(frees=True) as base:
            known = _known(agent, {one.digest: one for one in index.found(base, agent)})
            if digest not in known:
                raise InputError(f"{agent} has no version {reference!r} any more")
            changes = {alias: digest}
            before = all_aliases(agent, index.named(base, agent)).get(alias, "")
            if alias == STABLE and before not in ("", digest):
                changes[PREVIOUS] = before
            index.name(base, agent, changes)
        self._index.copy()

    def unpoint(self, agent: str, alias: str, *, actor: str) -> None:
        """Let an alias name nothing, `stable` the shipped version again. Audited."""
        self.audit.record(actor, "unpoint", agent, alias=checked_alias(alias))
        with self.database.writing(frees=True) as base:
            index.name(base, agent, {alias: ""})
        self._index.copy()

    def verify(self, agent: str = "") -> Sequence[Problem]:
        """Read every file again and compare its digest."""
        with self._alone():
            found = list(upkeep.strays(self._index, self._blobs, agent))
        found += upkeep.wrong(self._index, self._blobs, agent)
        if (line := self.audit.verify()) is not None:
            found.append(Problem("audit.jsonl", f"line {line} does not fit in the chain"))
        return found

    def collect(self, *, keep: int = 3, dry_run: bool = False) -> Sequence[str]:
        """Remove what no alias, no rollout and no child names, but for the newest `keep` of each agent.

        What a writer that died left behind is cleared away, or taken in where it is whole. A `dry_run` only
        tells what would be removed.
        """
        if dry_run:
            with self.database.reading() as base:
                return self._superfluous(base, keep)
        with self._alone():
            self._blobs.clean()
            upkeep.adopt(self._index, self._blobs)
            with self.database.writing(frees=True) as base:
                removed = self._superfluous(base, keep)
                for digest in removed:
                    self.audit.record(self.actor, "remove", digest)
                index.remove(base, removed)
            for digest in removed:
                self._blobs.remove(digest)
            self._index.copy()
        return removed

    def repair(self) -> Path | None:
        """Put the last sound copy of a damaged index in its place, and take in what it does not know.

        Gives where the damaged one now lies, None where it was sound.
        """
        self.audit.record(self.actor, "repair", "registry.sqlite")
        with self._alone():
            aside = self.database.restore()
            upkeep.adopt(self._index, self._blobs)
        return aside

    def _superfluous(self, base: Connection, keep: int) -> list[str]:
        needed = index.every_name(base) | set(self._needed())
        return upkeep.superfluous(index.found(base), keep, needed)

    def _entered(self, version: Version) -> Version:
        """Add a version to the index; what is in it already stays."""
        with self.database.writing() as base:
            known = index.one(base, version.digest)
            if known is None:
                index.add(base, version)
        self._index.copy()
        return known or version

    def _parent(self, agent: str, reference: str) -> str:
        """The digest of a parent; one of another registry is named by all of it."""
        if not reference or len(reference) == 64:
            return reference
        return self.get(agent, reference)[1].digest

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While this holds nobody else puts or removes artefacts."""
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self.folder / "artefacts.lock", WAIT))
            except TimeoutError as error:
                reason = f"somebody else writes to {self.folder}"
                raise StoreError(reason, kind="busy", hint="try again") from error
            except OSError as error:
                reason = f"{self.folder} cannot be locked: {(error.strerror or '').lower()}"
                raise StoreError(reason, kind="refused") from error
            yield


def _known(agent: str, held: Collection[str]) -> list[str]:
    """The digests that an agent has, the shipped one among them."""
    came = shipped_version(agent)
    return [*held, *([came.digest] if came else [])]


def _without_shipped(aliases: Mapping[str, str]) -> dict[str, str]:
    return {alias: digest for alias, digest in aliases.items() if alias != SHIPPED}
