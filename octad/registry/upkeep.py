"""What has gone wrong in the folder of a registry, and what of it nobody needs any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from octad.errors import ArtefactError, OctadError
from octad.registry import index
from octad.registry.base import SHIPPED, Problem, Version
from octad.registry.blobs import Blobs
from octad.registry.index import Index
from octad.registry.references import shipped_versions, version_of
from octad.store.artefact import Manifest, load

_GONE = "put it again, or import it from an archive"


def wrong(entries: Index, blobs: Blobs, agent: str = "") -> list[Problem]:
    """Versions whose files are not as they were, shipped ones among them, and an index that is damaged."""
    found = (
        [Problem("registry.sqlite", f"is damaged: {entries.database.damaged}")]
        if entries.database.damaged
        else []
    )
    for one in entries.versions(agent):
        if reason := _wrong(one, blobs):
            found.append(Problem(f"{one.agent} {one.digest}", reason))
    for one in shipped_versions(agent):
        try:
            load(one.agent)
        except OctadError as error:
            found.append(Problem(f"{one.agent} {SHIPPED}", error.message))
    return found


def strays(entries: Index, blobs: Blobs, agent: str = "") -> Iterator[Problem]:
    """What lies about: folders that no index names, what writers left behind, aliases of what is gone."""
    known = {one.digest for one in entries.versions()}
    yield from _loose(entries, known, agent)
    if agent:
        return
    for digest in blobs.held():
        if digest not in known:
            yield Problem(
                f"artefacts/{digest}", "is in no index; `octad store gc` takes it in where it is whole"
            )
    for path in blobs.left_over():
        yield Problem(f"artefacts/{path.name}", "was left by a writer that died; `octad store gc` removes it")


def superfluous(versions: Sequence[Version], keep: int, needed: Collection[str]) -> list[str]:
    """What of all versions, the newest first, is neither among the newest nor needed.

    A parent is needed by its children, until they go.
    """
    left, named = list(versions), set(needed)
    place: Counter[str] = Counter()
    for one in left:
        place[one.agent] += 1
        if place[one.agent] <= keep:
            named.add(one.digest)
    removed: list[str] = []
    while True:
        parents = {one.parent for one in left}
        more = {one.digest for one in left} - named - parents
        if not more:
            return removed
        removed += sorted(more)
        left = [one for one in left if one.digest not in more]


def adopt(entries: Index, blobs: Blobs) -> list[str]:
    """Take in whole artefacts that the index does not name: who put them there died, or it is older."""
    known = {one.digest for one in entries.versions()}
    found = []
    for digest in blobs.held():
        if digest in known:
            continue
        try:
            blob = blobs.read(digest)
        except ArtefactError:
            continue
        created = blobs.path(digest).stat().st_mtime
        version = version_of(digest, blob.manifest, size=blob.size, created=created)
        with entries.database.writing() as base:
            index.add(base, version)
        found.append(digest)
    return found


def mend(entries: Index, blobs: Blobs) -> list[str]:
    """Have the index say of every whole artefact what its manifest says."""
    found = []
    for one in entries.versions():
        try:
            manifest = blobs.read(one.digest).manifest
        except ArtefactError:
            continue
        if _said(manifest) != _said(one):
            plain = version_of(one.digest, manifest, size=one.size, created=one.created)
            kept = plain.model_copy(update={"parent": one.parent, "note": one.note})
            with entries.database.writing() as base:
                index.remove(base, [one.digest])
                index.add(base, kept)
            found.append(one.digest)
    return found


def _wrong(version: Version, blobs: Blobs) -> str:
    """What is wrong with the files of a version, or with its entry; "" where nothing is."""
    if not blobs.path(version.digest).is_dir():
        return f"its files are gone: {_GONE}"
    try:
        blob = blobs.read(version.digest)
    except ArtefactError as error:
        return f"{error.message}: {_GONE}"
    return (
        ""
        if _said(blob.manifest) == _said(version)
        else "its entry in the index is not what its manifest says"
    )


def _said(of: Version | Manifest) -> tuple[object, ...]:
    """What index and manifest both say."""
    return of.agent, of.version, dict(of.data), dict(of.recipe), dict(of.metrics)


def _loose(entries: Index, known: Collection[str], agent: str) -> Iterator[Problem]:
    """Aliases that name nothing."""
    shipped = {one.digest for one in shipped_versions(agent)}
    with entries.database.reading() as base:
        rows = base.execute("SELECT agent, alias, digest FROM aliases ORDER BY agent, alias").fetchall()
    for owner, alias, digest in rows:
        if agent in ("", owner) and digest not in known and digest not in shipped:
            yield Problem(f"{owner} {alias}", f"names {digest[:12]}, which is gone")
