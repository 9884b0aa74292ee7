"""`octad train`: teach an agent, from a corpus or on the user's own repository."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from octad.cli.extras import laboratory, require
from octad.errors import InputError, OutputError
from octad.host import whole_file
from octad.host.terminal import progress, say, show

STATE = "state.safetensors"
# Cases read: a few minutes on two cores for one's own repository, a night for a corpus.
OWN, WHOLE = 4_000, 500_000


class Encoder(StrEnum):
    """What reads the items of a case."""

    attention = "attention"
    convolutional = "convolutional"


ENCODERS = {Encoder.attention: "pretrained", Encoder.convolutional: "convolutional"}
"""As settings of a run name them."""


def train(
    name: Annotated[str, typer.Argument(help="An agent of `octad list`.")],
    repo: Annotated[
        Path | None, typer.Option(help="Go on from the shipped weights, on what this repository teaches.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Train on the corpus in this folder.")] = None,
    out: Annotated[Path, typer.Option(help="Where the run keeps its state and its weights.")] = Path(
        "runs/train"
    ),
    examples: Annotated[
        int | None, typer.Option(min=1, help=f"Cases to read ({OWN:,} with --repo, else {WHOLE:,}).")
    ] = None,
    minutes: Annotated[
        float, typer.Option(min=0.1, help="Stop after so many minutes.", show_default="no limit")
    ] = 1e9,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of the run.")] = 0,
    backbone: Annotated[
        Path | None,
        typer.Option(help="A checkpoint with tokenizer.json, instead of the embedded text encoder."),
    ] = None,
    encoder: Annotated[
        Encoder, typer.Option(help="Convolutions make a simpler version, for a server to fall back to.")
    ] = Encoder.attention,
) -> int:
    """Train an agent and write its weights, with figures on held-out cases before and after."""
    from octad import catalog

    known = catalog.entry(name).name
    require("train", "octad_train", "torch", "transformers", "onnx", "onnxscript")
    if (repo is None) == (data is None):
        raise InputError("name one thing to learn from", hint="either --repo FOLDER or --data FOLDER")
    if (out / STATE).exists() and not resume:
        raise InputError(f"{out} holds a run already", hint="--resume goes on with it; --out names another")
    if repo is not None and encoder is not Encoder.attention:
        raise InputError(
            f"the shipped weights have no {encoder} encoder to go on with", hint="learn from --data FOLDER"
        )
    if backbone is not None and not (backbone / "tokenizer.json").is_file():
        raise InputError(f"{backbone} holds no tokenizer.json", hint="name the folder of a checkpoint")
    if data is not None and not data.is_dir():
        raise InputError(f"there is no corpus in {data}", hint="name its folder with --data")
    try:
        whole_file.make_folder(out)
    except OSError as error:
        raise OutputError(
            f"cannot write {out}: {(error.strerror or '').lower()}", hint="name another --out"
        ) from error
    agent = catalog.load(known)
    if repo is not None:
        data = out / "corpus"
        counts = laboratory("train.whole").corpus_of(agent, repo, data)
        say(f"{repo}: " + ", ".join(f"{count:,} cases to {part}" for part, count in counts.items()))
    wanted = examples or (OWN if repo else WHOLE)
    settings = laboratory("train.settings").Settings(
        examples=wanted, folder=out, seed=seed, stop_minutes=minutes,
        validate_every=min(50_000, max(500, wanted // 8)), rate=5e-5 if repo else 2e-4,
        backbone=str(backbone or "embedded"), encoder=ENCODERS[encoder],
    )  # fmt: skip
    assert data is not None
    return _learn(agent, data, settings, from_shipped=repo is not None)


def _learn(agent: Any, corpus: Path, settings: Any, *, from_shipped: bool) -> int:
    """Train with a bar, print the figures, say what became of them."""
    from transformers.utils import logging

    whole = laboratory("train.whole")
    logging.disable_progress_bar()  # ours is enough
    with progress("training") as advance:

        def report(state: Any, size: int) -> None:
            if advance is not None:
                advance(state.examples, settings.examples)

        run = whole.learn(agent, corpus, settings, report, from_shipped=from_shipped)
    show(_table(run.before, run.after))
    missed = whole.missed_gates(agent, run.after)
    if not from_shipped and missed:
        say("the weights miss their gates: " + ", ".join(f"{k} at least {v}" for k, v in missed.items()))
        return 1
    if run.after.get(agent.primary, 0.0) <= run.before.get(agent.primary, -1.0):
        say(f"{agent.primary} is no better than before on held-out cases: keep the weights you have")
    say(f"weights in {run.folder}; use them with --weights {run.folder}")
    return 0


def _table(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    nothing = float("nan")
    rows = [(key, before.get(key, nothing), after[key]) for key in sorted(after)]
    table: str = laboratory("evaluate.tables").table("Held-out cases", ("figure", "before", "after"), rows)
    return table
