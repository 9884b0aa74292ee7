"""What a reference to a version means: a digest, the beginning of one, an alias, or the shipped version."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from octad import catalog
from octad.errors import ArtefactError, InputError
from octad.registry.base import SHIPPED, STABLE, Version
from octad.registry.blobs import manifest_of
from octad.store.artefact import Manifest, is_shipped, shipped

SHORTEST = 8
"""Characters of a digest that name one."""
_ALIAS = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{8,64}")
_AGENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_WHOLE = re.compile(r"[0-9a-f]{64}")


def checked_alias(alias: str) -> str:
    """An alias; raises InputError for what could be taken for something else."""
    if not _ALIAS.fullmatch(alias) or _DIGEST.fullmatch(alias) or alias == SHIPPED:
        raise InputError(
            f"{alias[:80]!r} cannot be an alias",
            hint=f"lower-case letters, digits, - and _, no digest and not {SHIPPED!r}",
        )
    return alias


def resolved(agent: str, reference: str, digests: Sequence[str], aliases: Mapping[str, str]) -> str:
    """The digest of a reference; raises InputError where it names nothing, or more than one version."""
    if reference in aliases:
        return aliases[reference]
    found = []
    if _DIGEST.fullmatch(reference):
        found = sorted({one for one in digests if one.startswith(reference)})
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{len(found)} versions of {agent} begin with {reference}", hint="give more of it")
    known = ", ".join(sorted(aliases)) or "none"
    raise InputError(
        f"{agent[:80]} has no version {reference[:80]!r}",
        hint=f"`octad store list` shows them all; its aliases: {known}",
    )


def version_of(digest: str, manifest: Manifest, *, size: int, created: float) -> Version:
    """What a manifest says of a version; its parent stands in the recipe where it was made from one."""
    parent = manifest.recipe.get("parent", "")
    return Version(
        digest=digest, agent=manifest.agent, version=manifest.version, created=created, size=size,
        data=manifest.data, recipe=manifest.recipe, metrics=manifest.metrics,
        parent=parent if _WHOLE.fullmatch(parent) else "",
    )  # fmt: skip


def shipped_version(agent: str) -> Version | None:
    """The version that comes with the package, None where none does; its files are not read."""
    if not _AGENT.fullmatch(agent) or not is_shipped(agent):
        return None
    folder = shipped(agent)
    try:
        digest, manifest = manifest_of(folder)
    except ArtefactError:
        return None  # what is wrong with it is said when it is loaded
    size = sum((folder / name).stat().st_size for name in manifest.files if (folder / name).is_file())
    return version_of(digest, manifest, size=size, created=0.0).model_copy(update={"note": "shipped"})


def shipped_versions(agent: str = "") -> list[Version]:
    """Those of one agent, or of all of the catalogue."""
    names = [agent] if agent else [entry.name for entry in catalog.entries()]
    return [found for name in names if (found := shipped_version(name)) is not None]


def all_aliases(agent: str, held: Mapping[str, str]) -> dict[str, str]:
    """Aliases with the two that there are of an agent with shipped weights: `shipped`, and `stable`."""
    came = shipped_version(agent)
    return ({STABLE: came.digest, SHIPPED: came.digest} if came else {}) | dict(held)
