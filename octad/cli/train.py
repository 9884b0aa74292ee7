"""`octad train`: teach an agent, from a corpus or on the user's own repository."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.evaluate import missed_gates
from octad.cli.extras import require
from octad.cli.output import progress, say, write
from octad.cli.weights import is_shipped
from octad.errors import InputError

if TYPE_CHECKING:
    from octad.agent import Agent
    from octad.store.artefact import Manifest
    from octad.train.settings import Settings

STATE = "state.safetensors"
WEIGHTS = "weights"
# Units read: a few minutes on two cores for one's own repository, a night for a corpus.
OWN, WHOLE = 4_000, 500_000


def train(
    name: Annotated[str, typer.Argument(help="An agent of `octad list`.")],
    repo: Annotated[
        Path | None, typer.Option(help="Go on from the shipped weights, on this folder's own functions.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Train on the corpus in this folder.")] = None,
    out: Annotated[Path, typer.Option(help="Where the run keeps its state and its weights.")] = Path(
        "runs/train"
    ),
    examples: Annotated[
        int | None, typer.Option(min=1, help=f"Units to read ({OWN:,} with --repo, else {WHOLE:,}).")
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.1, help="Stop after so many minutes.")] = 1e9,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of the run.")] = 0,
) -> int:
    """Train an agent and write its weights, with figures on held-out code before and after."""
    require("train", "torch", "transformers")
    require("export", "onnx", "onnxscript")
    if (repo is None) == (data is None):
        raise InputError("name what to learn from", hint="either --repo FOLDER or --data FOLDER")
    if (out / STATE).exists() and not resume:
        raise InputError(f"{out} holds a run already", hint="--resume goes on with it; --out names another")
    from octad import catalog
    from octad.store.artefact import load, shipped
    from octad.train.settings import Settings

    agent = catalog.load(name)
    wanted = examples or (OWN if repo else WHOLE)
    every = min(50_000, max(500, wanted // 8))
    settings = Settings(
        examples=wanted, folder=out, seed=seed, stop_minutes=minutes, validate_every=every,
        rate=5e-5 if repo else 2e-4,
    )  # fmt: skip
    start = shipped(agent.name) if repo else None
    like = load(shipped(agent.name), agent.name) if repo or is_shipped(agent.name) else None
    corpus = corpus_of(agent, repo, out / "corpus") if repo else data
    assert corpus is not None
    return _run(agent, corpus, settings, start, like)


def corpus_of(agent: Agent[Any, Any], repo: Path, output: Path) -> Path:
    """What a folder can teach the agent, as a corpus; raises InputError where that is too little."""
    teach = agent.sources.get("repository")
    if teach is None:
        hint = "train it on a corpus with --data"
        raise InputError(f"{agent.name} learns nothing from a repository", hint=hint)
    totals = teach(repo, output)
    say(f"{repo}: " + ", ".join(f"{count:,} cases to {part}" for part, count in totals.items()))
    return output


def _run(
    agent: Agent[Any, Any], corpus: Path, settings: Settings, start: Path | None, like: Manifest | None
) -> int:
    from transformers.utils import logging

    from octad.evaluate.figures import figures
    from octad.runtime import Runner
    from octad.train.assemble import make_pieces
    from octad.train.finish import store
    from octad.train.opinions import consult
    from octad.train.run import train as learn

    logging.disable_progress_bar()  # ours is enough
    held_out, unseen = (agent.sources["valid"](corpus, part) for part in ("valid", "test"))
    folder = settings.folder / WEIGHTS
    before = figures(Runner.load(agent, start), unseen) if start else {}
    source = agent.sources["train"](corpus)
    with progress("training") as advance:
        objective = learn(agent, source, held_out, settings, _reporter(advance, settings), start=start)
    consult(agent, objective.model, make_pieces(settings), source, held_out)
    store(agent, objective.model, held_out, settings, folder, like=like)
    after = figures(Runner.load(agent, folder), unseen)
    write(_table(before, after), None)
    missed = missed_gates(agent, after)
    if start is None and missed:
        say("the weights miss their gates: " + ", ".join(f"{k} at least {v}" for k, v in missed.items()))
        return 1
    if after.get(agent.primary, 0.0) <= before.get(agent.primary, -1.0):
        say(f"{agent.primary} is no better than before on held-out files: keep the weights you have")
    say(f"weights in {folder}; use them with --weights {folder}")
    return 0


def _reporter(advance: Callable[[int, int], None] | None, settings: Settings) -> Callable[[Any, int], None]:
    """What the loop calls after every batch."""

    def report(state: Any, size: int) -> None:
        if advance is not None:
            advance(state.examples, settings.examples)

    return report


def _table(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    from octad.evaluate.tables import table

    nothing = float("nan")
    rows = [(key, before.get(key, nothing), after[key]) for key in sorted(after)]
    return table("Held-out code", ("figure", "before", "after"), rows)
