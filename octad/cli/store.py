"""`octad store`: versions of agents, by digest: keep, compare, promote, check, carry away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from octad.cli.dependencies import Dependencies
from octad.cli.groups import SETTINGS, or_help
from octad.cli.output import check_writable
from octad.cli.store_output import (
    a_version,
    as_json,
    lines_of,
    table_of,
    the_differences,
    the_problems,
)
from octad.errors import InputError, StoreError
from octad.host.terminal import say, show

if TYPE_CHECKING:
    from octad.registry.base import Version
    from octad.registry.chosen import Chosen
    from octad.store.artefact import Manifest

verbs = typer.Typer(**SETTINGS)

Agent = Annotated[str, typer.Argument(help="An agent of `octad list`.")]
Reference = Annotated[
    str, typer.Argument(help="A digest, its first 8 characters or more, an alias such as stable, or shipped.")
]
Json = Annotated[bool, typer.Option("--json", help="As JSON instead of lines.")]
Note = Annotated[str, typer.Option(help="What to remember of it.")]
_REGISTRY = "registry"
NOTHING = "none"
"""The reference that takes an alias away."""


@verbs.callback(invoke_without_command=True)
def store(
    context: typer.Context,
    registry: Annotated[
        str,
        typer.Option(
            metavar="mlflow+URI", envvar="OCTAD_REGISTRY", help="A registry of MLflow instead of the folder."
        ),
    ] = "",
) -> None:
    """Keep versions of agents by digest: list, compare, promote, check, carry away."""
    or_help(context)
    context.meta[_REGISTRY] = registry


@verbs.command("list")
def list_versions(
    context: typer.Context,
    agent: Annotated[str, typer.Argument(help="Only of this agent.")] = "",
    json: Json = False,
) -> int:
    """List versions, the newest first, with the aliases that name them."""
    registry = _registry(context)
    if agent:
        _known(agent, registry)
    versions = registry.versions(agent)
    aliases = {name: registry.aliases(name) for name in {one.agent for one in versions}}
    if json:
        return as_json([a_version(one, aliases[one.agent]) for one in versions])
    show(table_of(versions, aliases) or "no versions\n")
    return 0


@verbs.command("show")
def show_version(context: typer.Context, agent: Agent, reference: Reference, json: Json = False) -> int:
    """Show a version: where it comes from, how it was made, how well it does."""
    registry = _registry(context)
    _known(agent, registry)
    _, version = registry.get(agent, reference)
    held = a_version(version, registry.aliases(agent))
    if json:
        return as_json(held)
    show(lines_of(held))
    return 0


@verbs.command("put")
def put_version(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder of weights, such as `octad train` writes.")],
    parent: Annotated[str, typer.Option(help="The version that it was made from.")] = "",
    note: Note = "",
    json: Json = False,
) -> int:
    """Take in a copy of an artefact, after it was loaded and answered its golden case."""
    registry = _registry(context)
    _load(context, folder)
    return _told(registry, registry.put(folder, parent=parent, note=note), json)


@verbs.command("get")
def get_version(
    context: typer.Context,
    agent: Agent,
    reference: Reference,
    output: Annotated[Path | None, typer.Option(help="Copy it to this new folder.")] = None,
) -> int:
    """Print the folder of a version, for --weights, or copy it to another."""
    from octad.registry.blobs import export

    registry = _registry(context)
    _known(agent, registry)
    folder = _folder(registry, agent, reference)[0]
    if output is not None:
        export(folder, output)
        folder = output
    show(f"{folder}\n")
    return 0


@verbs.command("promote")
def promote(
    context: typer.Context,
    agent: Agent,
    reference: Annotated[str, typer.Argument(help=f"A version, or `{NOTHING}` to take the alias away.")],
    alias: Annotated[str, typer.Option("--as", help="The alias that names it.")] = "stable",
) -> int:
    """Let an alias name a version that loads and answers; `stable` leaves the one before as `previous`."""
    registry = _registry(context)
    _known(agent, registry)
    if reference == NOTHING:
        registry.unpoint(agent, alias, actor=registry.actor)
    else:
        folder, version = registry.get(agent, reference)
        cast(Dependencies, context.obj).load(agent, folder)
        registry.point(agent, alias, version.digest, actor=registry.actor)
    named = [f"{name} {digest[:12]}" for name, digest in sorted(registry.aliases(agent).items())]
    show(f"{agent}: {', '.join(named) or 'no alias'}\n")
    return 0


@verbs.command("verify")
def verify(
    context: typer.Context,
    agent: Annotated[str, typer.Argument(help="Only of this agent.")] = "",
    repair: Annotated[
        bool, typer.Option("--repair", help="First put the last sound copy in the place of a damaged index.")
    ] = False,
    json: Json = False,
) -> int:
    """Read every file again and compare its digest; exit with 1 where something is wrong."""
    registry = _registry(context)
    if agent:
        _known(agent, registry)
    if repair:
        _repair(registry)
    problems = registry.verify(agent)
    if json:
        as_json([one._asdict() for one in problems])
    else:
        count = len(registry.versions(agent))
        show(the_problems(problems) or f"{count} versions are as they were\n")
    return int(bool(problems))


@verbs.command("diff")
def diff(
    context: typer.Context,
    agent: Agent,
    before: Reference,
    after: Annotated[str, typer.Argument(help="Another version.")] = "stable",
    json: Json = False,
) -> int:
    """Show what differs between two versions: figures, thresholds, calibration, recipe, data, files."""
    from octad.registry.difference import differences

    registry = _registry(context)
    _known(agent, registry)
    one, other = (_folder(registry, agent, reference)[1] for reference in (before, after))
    found = list(differences(one, other))
    if json:
        return as_json([each._asdict() for each in found])
    show(the_differences(found) or "they are the same\n")
    return 0


@verbs.command("gc")
def collect(
    context: typer.Context,
    keep: Annotated[int, typer.Option(min=0, help="So many of the newest of each agent stay.")] = 3,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it only say which.")] = False,
    json: Json = False,
) -> int:
    """Remove versions that no alias, no rollout and no later version needs; say which without --yes."""
    registry = _registry(context)
    known = {one.digest: one for one in registry.versions()}
    removed = registry.collect(keep=keep, dry_run=not yes)
    if json:
        return as_json({"removed" if yes else "would_be_removed": list(removed)})
    verb = "removed" if yes else "would be removed"
    lines = [f"{digest[:12]} {known[digest].agent} {known[digest].version}\n" for digest in removed]
    room = sum(known[digest].size for digest in removed)
    show("".join(lines) + f"{len(removed)} versions {verb}, {room / 1e6:,.1f} MB\n")
    if removed and not yes:
        say("nothing was removed: --yes does")
    return 0


@verbs.command("export")
def export_version(
    context: typer.Context,
    agent: Agent,
    reference: Reference,
    output: Annotated[Path | None, typer.Option(help="Write it to this one file.")] = None,
    hugging_face: Annotated[
        Path | None, typer.Option(help="Write it to this new folder, as the Hugging Face Hub has them.")
    ] = None,
) -> int:
    """Write a version as one file, or as a folder for the Hugging Face Hub."""
    from octad.registry import archive
    from octad.registry import hugging_face as hub

    if (output is None) == (hugging_face is None):
        raise InputError("name one place", hint="either --output FILE or --hugging-face FOLDER")
    check_writable(output)
    registry = _registry(context)
    _known(agent, registry)
    folder, _ = _folder(registry, agent, reference)
    version = registry.get(agent, reference)[1]
    if output is not None:
        archive.export(folder, version, output)
    elif hugging_face is not None:
        hub.export(folder, version, hugging_face)
    say(f"{agent} {version.digest[:12]} is in {output or hugging_face}")
    return 0


@verbs.command("import")
def import_version(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="What export wrote: a file, or a folder of the hub.")],
    note: Note = "",
    json: Json = False,
) -> int:
    """Take in what export wrote, here or elsewhere; nothing of it is believed before it is checked."""
    from octad.registry import archive
    from octad.registry import hugging_face as hub

    registry = _registry(context)
    if path.is_dir():
        with hub.imported(path) as folder:
            _load(context, folder)
            return _told(registry, registry.put(folder, note=note), json)
    with archive.imported(path) as (folder, lineage):
        _load(context, folder)
        version = registry.put(folder, parent=lineage.parent, note=note or lineage.note)
        return _told(registry, version, json)


def _registry(context: typer.Context) -> Chosen:
    from octad.registry.chosen import open_registry
    from octad.rollout.controller import database, in_use
    from octad.store.folders import data_folder

    folder = data_folder()
    return open_registry(context.meta.get(_REGISTRY, ""), folder, needed=lambda: in_use(database(folder)))


def _known(agent: str, registry: Chosen) -> None:
    """Raise InputError for an agent that neither the catalogue nor the registry knows."""
    from octad import catalog

    if not any(entry.name == agent for entry in catalog.entries()) and not registry.versions(agent):
        catalog.entry(agent)


def _folder(registry: Chosen, agent: str, reference: str) -> tuple[Path, Manifest]:
    """Where a version lies, the shipped one too, and its manifest."""
    from octad.registry.blobs import manifest_of
    from octad.store.artefact import shipped

    folder = registry.get(agent, reference)[0] or shipped(agent)
    return folder, manifest_of(folder)[1]


def _load(context: typer.Context, folder: Path) -> None:
    """Raise where an artefact does not load or does not answer as it did; OctadError of whichever kind."""
    from octad.registry.blobs import manifest_of

    cast(Dependencies, context.obj).load(manifest_of(folder)[1].agent, folder)


def _told(registry: Chosen, version: Version, json: bool) -> int:
    """Say which version was taken in."""
    held: dict[str, Any] = a_version(version, registry.aliases(version.agent))
    if json:
        return as_json(held)
    show(f"{version.digest} {version.agent} {version.version}\n")
    return 0


def _repair(registry: Chosen) -> None:
    from octad.registry.local import LocalRegistry

    if not isinstance(registry, LocalRegistry):
        raise StoreError("MLflow looks after its own index", kind="refused")
    aside = registry.repair()
    say(
        "the index was sound"
        if aside is None
        else f"the index is that of its last copy; what it was: {aside}"
    )
