"""`octad describe`: what an agent reads and says, and how well it did."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from octad.cli.output import write
from octad.host.files import read_text
from octad.host.terminal import show

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from octad.agents.agent import Agent
    from octad.store.artefact import Manifest


def describe(
    name: Annotated[str, typer.Argument(help="An agent of `octad list`.")],
    weights: Annotated[
        Path | None, typer.Option(help="A folder of weights instead of the shipped ones.")
    ] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Also ask the case that was stored with the weights, and compare."),
    ] = False,
    example: Annotated[
        bool, typer.Option("--example", help="Print a case as JSON, and nothing else.")
    ] = False,
) -> int:
    """Show an agent's inputs, heads, thresholds and model card; exit with 2 where its weights are unsound."""
    from octad import catalog
    from octad.store.artefact import is_shipped, load

    entry = catalog.entry(name)
    agent = catalog.load(entry.name)
    if example:
        write(agent.example.model_dump_json(indent=2, exclude_defaults=True) + "\n", None)
        return 0
    # Before the weights are read: what the agent is stands there even where these are refused.
    _written([f"{entry.name}: {entry.summary}", f"verb: octad {entry.verb}", "", *_declaration(agent), ""])
    if weights is None and not is_shipped(entry.name):
        _written([f"weights: none shipped; make them with `octad train {entry.name}`"])
        return 0
    folder, manifest = load(entry.name, weights)
    checked = _verified(agent, folder) if verify else []
    _written([*_artefact(manifest), *_gates(agent, manifest), *_card(folder), *checked])
    return 0


def _written(lines: list[str]) -> None:
    show("\n".join(lines) + "\n")


def _declaration(agent: Agent[Any, Any]) -> list[str]:
    fields = [
        f"  {name}: {_type_of(field)}{'' if field.is_required() else ', optional'}"
        for name, field in agent.case.model_fields.items()
    ]
    heads = [f"  {name} ({type(head).__name__.lower()})" for name, head in agent.heads.items()]
    return [
        f"fields of a case (`octad describe {agent.name} --example` prints one):",
        *fields,
        "heads:",
        *heads,
        f"primary metric: {agent.primary}",
    ]


def _type_of(field: FieldInfo) -> str:
    """The record that a field holds."""
    kinds = get_args(field.annotation) or (field.annotation,)
    kinds = tuple(kind for kind in kinds if kind not in (type(None), Ellipsis))
    return " or ".join(getattr(kind, "__name__", str(kind)) for kind in kinds)


def _gates(agent: Agent[Any, Any], manifest: Manifest) -> list[str]:
    """What the figures of the weights should reach, and where they do not."""
    rows = []
    for gate in agent.gates:
        found = [v for name, v in manifest.metrics.items() if name in (gate.metric, f"test/{gate.metric}")]
        reached = f"{found[0]:.3f}{'' if found[0] >= gate.least else ', missed'}" if found else "not measured"
        rows.append(f"  {gate.metric} at least {gate.least}: {reached}")
    return ["gates (least figures on held-out cases):", *rows] if rows else []


def _artefact(manifest: Manifest) -> list[str]:
    return [
        f"weights: version {manifest.version}, backbone {manifest.backbone}",
        *_table("thresholds:", manifest.thresholds),
        *_table("thresholds in a change:", manifest.diff_thresholds),
        *_table("metrics:", manifest.metrics),
        *_table("data:", manifest.data),
    ]


def _verified(agent: Agent[Any, Any], folder: Path) -> list[str]:
    from octad.golden import verify
    from octad.runtime import Runner

    verify(Runner.load(agent, folder))
    return ["stored case: answered as when the weights were stored"]


def _table(title: str, values: Mapping[str, object]) -> list[str]:
    wide = max(map(len, values), default=0)
    rows = [
        f"  {key:{wide}}  {value:.3f}" if isinstance(value, float) else f"  {key:{wide}}  {value}"
        for key, value in sorted(values.items())
    ]
    return [title, *rows] if rows else []


def _card(folder: Path) -> list[str]:
    """The first paragraph of the model card, and where the rest is."""
    for name in ("README.md", "CARD.md", "card.md"):
        path = folder / name
        if path.is_file():
            text = read_text(path).removeprefix("---")
            paragraphs = [part.strip() for part in text.split("\n\n")]
            first = next((part for part in paragraphs if part and not part.startswith("#")), "")
            return ["", first, f"model card: {path}"]
    return []
