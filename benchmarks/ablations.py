"""What each choice is worth, at equal training cases: relations, pre-training, encoder, tasks, adapters.

    python benchmarks/ablations.py --data .data/corpus --examples 120000 --parallel 3
    python benchmarks/ablations.py full recurrent --agent NAME --data .data/operations --rate 8e-4

Every variant is a run of the ordinary training loop over the very same batches: the stream is the same
for the same seed. The table is on test packages that no run saw, and on `great_varmisuse` where OCTAD_DATA
has it.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from octad.agents.agent import Agent
from octad.catalog import load
from octad.syntax.relations import FAMILIES
from octad_train.data.code.great import read_great
from octad_train.evaluate.figures import figures
from octad_train.evaluate.suites import varmisuse
from octad_train.evaluate.tables import table
from octad_train.sources import source
from octad_train.train.assemble import make_objective, make_pieces
from octad_train.train.loop import Progress, fit
from octad_train.train.run import runner_in_training, standardise
from octad_train.train.settings import Settings
from octad_train.train.stream import Batches, loader

Plain = argparse.RawDescriptionHelpFormatter
VARIANTS: dict[str, Callable[[Settings], Settings]] = {
    "full": lambda s: s,
    "no relations": partial(replace, relations=()),
    "from scratch": partial(replace, encoder="scratch"),
    "scratch, no relations": partial(replace, encoder="scratch", relations=()),
    "recurrent": partial(replace, encoder="recurrent"),
    "convolutional": partial(replace, encoder="convolutional"),
    "low-rank adapters": partial(replace, adaptation="lora"),
    **{
        f"without {family}": partial(replace, relations=tuple(name for name in FAMILIES if name != family))
        for family in FAMILIES
    },
}
SHOWN = ("detection", "localisation", "repair", "joint", "f1", "accuracy", "auc", "top1", "top3")
"""The figures that the table shows, of every head that has them."""


def variants(agent: Agent[Any, Any]) -> dict[str, Callable[[Settings], Settings]]:
    """All variants, each head by itself among them."""
    alone = {f"{head} alone": partial(replace, tasks=(head,)) for head in agent.heads}
    return {**VARIANTS, **(alone if len(agent.heads) > 1 else {})}


def run(agent: Agent[Any, Any], name: str, data: Path, cases: Any, settings: Settings) -> dict[str, Any]:
    """Train one variant on the stream of the seed and judge it."""
    settings = variants(agent)[name](settings)
    objective, pieces = make_objective(agent, settings), make_pieces(settings)
    training = source(agent, "train")(data)
    stream = Batches(agent, training, pieces, settings, settings.seed, frozen=objective.frozen)
    standardise(objective, stream)
    batches = iter(loader(stream, settings.workers))
    started = time.time()
    fit(objective, batches, settings, validate=lambda model: {agent.primary: 0.0}, report=say)
    seconds = time.time() - started
    objective.eval()
    runner = runner_in_training(objective, pieces)
    found = figures(runner, cases)
    great = Path(os.environ.get("OCTAD_DATA", "")) / "great_varmisuse" / "functions.jsonl.xz"
    if "bug" in agent.heads and great.is_file():
        found |= {f"great/{k}": v for k, v in varmisuse(runner, list(read_great(great))).items()}
    return {"variant": name, "seconds": seconds, **found}


def say(progress: Progress, size: int) -> None:
    """Where a variant is, now and then."""
    if progress.batches % 500 == 0:
        print(json.dumps({"examples": progress.examples}), flush=True)


def main() -> None:
    """Run the variants a few at a time, print the table."""
    os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"  # or the forked variants cannot use the GPU
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=Plain)
    parser.add_argument("variants", nargs="*", help="all by default")
    parser.add_argument("--agent", default="code-reviewer")
    parser.add_argument("--data", type=Path, default=Path(".data/corpus"))
    parser.add_argument("--out", type=Path, default=Path("runs/ablations"))
    parser.add_argument("--examples", type=int, default=120_000)
    parser.add_argument("--cases", type=int, default=3_000)
    parser.add_argument("--budget", type=int, default=16_384)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--backbone", default="embedded")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--head", help="train this head alone in every variant")
    arguments = parser.parse_args()
    agent = load(arguments.agent)
    asked = arguments.variants or list(variants(agent))
    settings = Settings(
        examples=arguments.examples, folder=arguments.out, budget=arguments.budget,
        pool=min(1024, arguments.examples), rate=arguments.rate,
        workers=arguments.workers, backbone=arguments.backbone, validate_every=10**9, save_minutes=1e9,
        seed=arguments.seed, tasks=(arguments.head,) if arguments.head else (),
    )  # fmt: skip
    arguments.out.mkdir(parents=True, exist_ok=True)
    cases = source(agent, "valid")(arguments.data, "test", arguments.cases)
    forked = torch.multiprocessing.get_context("fork")

    def work(names: list[str]) -> None:
        with (arguments.out / "rows.jsonl").open("a") as rows:
            for name in names:
                folder = arguments.out / name.replace(" ", "-").replace(",", "")
                found = run(agent, name, arguments.data, cases, replace(settings, folder=folder))
                rows.write(json.dumps(found) + "\n")
                rows.flush()

    processes = [
        forked.Process(target=work, args=(asked[i :: arguments.parallel],)) for i in range(arguments.parallel)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    found = [json.loads(line) for line in (arguments.out / "rows.jsonl").read_text().splitlines()]
    shown = [key for row in found for key in row if key.rpartition("/")[2] in SHOWN]
    shown = [*dict.fromkeys(shown), "seconds"]
    rows = [(row["variant"], *(row.get(key, float("nan")) for key in shown)) for row in found]
    title = f"Equal cases: {settings.examples:,}, seed {settings.seed}"
    print(table(title, ("variant", *shown), rows))


if __name__ == "__main__":
    main()
