"""`octad describe`: what an agent reads and says, and how well it did."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.output import write

if TYPE_CHECKING:
    from octad.agent import Agent
    from octad.store.artefact import Manifest


def describe(
    name: Annotated[str, typer.Argument(help="An agent of `octad list`.")],
    weights: Annotated[
        Path | None, typer.Option(help="A folder of weights instead of the shipped ones.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Also ask the golden case that was stored with the weights.")
    ] = False,
) -> int:
    """Show an agent's inputs, heads, thresholds and model card; exit with 2 where its weights are unsound."""
    from octad import catalog
    from octad.store.artefact import load, shipped

    entry = catalog.entry(name)
    agent = catalog.load(entry.name)
    folder = weights or shipped(entry.name)
    lines = [f"{entry.name}: {entry.summary}", f"verb: octad {entry.verb}", "", *_declaration(agent)]
    if weights is None and not folder.is_dir():
        lines += ["", f"weights: none shipped; make them with `octad train {entry.name}`"]
    else:
        lines += ["", *_artefact(load(folder, entry.name)), *_card(folder)]
        lines += _verified(agent, folder) if verify else []
    write("\n".join(lines) + "\n", None)
    return 0


def _declaration(agent: Agent[Any, Any]) -> list[str]:
    fields = agent.case.model_fields
    optional = [f"  {n} (optional)" for n, field in fields.items() if n not in agent.inputs]
    inputs = [f"  {name} ({type(modality).__name__})" for name, modality in agent.inputs.items()]
    heads = [f"  {name} ({type(head).__name__.lower()})" for name, head in agent.heads.items()]
    gates = [f"  {gate.metric} at least {gate.least}" for gate in agent.gates]
    return [
        "inputs:", *inputs, *optional, "heads:", *heads, f"primary metric: {agent.primary}", "gates:", *gates,
    ]  # fmt: skip


def _artefact(manifest: Manifest) -> list[str]:
    return [
        f"weights: version {manifest.version}, backbone {manifest.backbone}",
        *_table("thresholds:", manifest.thresholds),
        *_table("thresholds in a change:", manifest.changes),
        *_table("metrics:", manifest.metrics),
        *_table("data:", manifest.data),
    ]


def _verified(agent: Agent[Any, Any], folder: Path) -> list[str]:
    from octad.evaluate.golden import verify
    from octad.runtime import Runner

    verify(Runner.load(agent, folder))
    return ["golden case: answered as when the weights were stored"]


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
            text = path.read_text("utf-8").removeprefix("---")
            paragraphs = [part.strip() for part in text.split("\n\n")]
            first = next((part for part in paragraphs if part and not part.startswith("#")), "")
            return ["", first, f"model card: {path}"]
    return []
