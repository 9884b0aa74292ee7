"""What each choice is worth, at equal training cases: relations, pre-training, encoder, tasks, adapters.

    python benchmarks/ablations.py --data .data/corpus --examples 120000 --parallel 3

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

from octad.agent import Agent
from octad.catalog import load
from octad.data.great import read_great
from octad.evaluate.figures import figures
from octad.evaluate.suites import varmisuse
from octad.evaluate.tables import table
from octad.train.assemble import make_objective, make_pieces, runner_of, width_of
from octad.train.loop import Progress, fit
from octad.train.settings import Settings
from octad.train.stream import Batches, loader

Plain = argparse.RawDescriptionHelpFormatter
VARIANTS: dict[str, Callable[[Settings], Settings]] = {
    "full": lambda s: s,
    "no relations": partial(replace, relations=False),
    "from scratch": partial(replace, encoder="scratch"),
    "scratch, no relations": partial(replace, encoder="scratch", relations=False),
    "recurrent": partial(replace, encoder="recurrent"),
    "convolutional": partial(replace, encoder="convolutional"),
    "low-rank adapters": partial(replace, adaptation="lora"),
    "bug alone": partial(replace, tasks=("bug",)),
    "security alone": partial(replace, tasks=("security",)),
    "style alone": partial(replace, tasks=("style",)),
    "performance alone": partial(replace, tasks=("performance",)),
    "complexity alone": partial(replace, tasks=("complexity",)),
}


SHOWN = (
    "bug/detection", "bug/localisation", "bug/repair", "bug/joint", "security/f1", "style/f1",
    "performance/f1", "complexity/accuracy", "great/detection", "great/joint",
)  # fmt: skip


def run(agent: Agent[Any, Any], name: str, data: Path, cases: Any, settings: Settings) -> dict[str, Any]:
    """Train one variant on the stream of the seed and judge it."""
    settings = VARIANTS[name](settings)
    objective = make_objective(agent, settings)
    source = agent.sources["train"](data)
    stream = Batches(agent, source, make_pieces(settings), settings, settings.seed)
    batches = loader(stream, settings.workers, pin=False)
    started = time.time()
    fit(objective, iter(batches), settings, validate=lambda model: {agent.primary: 0.0}, report=say)
    seconds = time.time() - started
    runner = runner_of(agent, objective.model.eval(), make_pieces(settings), width_of(objective.model))
    found = figures(runner, cases)
    great = Path(os.environ.get("OCTAD_DATA", "")) / "great_varmisuse" / "functions.jsonl.xz"
    if great.is_file():
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
    parser.add_argument("variants", nargs="*", default=list(VARIANTS))
    parser.add_argument("--agent", default="code-reviewer")
    parser.add_argument("--data", type=Path, default=Path(".data/corpus"))
    parser.add_argument("--out", type=Path, default=Path("runs/ablations"))
    parser.add_argument("--examples", type=int, default=120_000)
    parser.add_argument("--cases", type=int, default=3_000)
    parser.add_argument("--budget", type=int, default=16_384)
    parser.add_argument("--backbone", default="embedded")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    agent = load(arguments.agent)
    settings = Settings(
        examples=arguments.examples, folder=arguments.out, budget=arguments.budget,
        pool=min(1024, arguments.examples), rate=3e-4,
        workers=arguments.workers, backbone=arguments.backbone, validate_every=10**9, save_minutes=1e9,
        seed=arguments.seed,
    )  # fmt: skip
    arguments.out.mkdir(parents=True, exist_ok=True)
    cases = agent.sources["valid"](arguments.data, "test", arguments.cases)
    forked = torch.multiprocessing.get_context("fork")

    def work(names: list[str]) -> None:
        with (arguments.out / "rows.jsonl").open("a") as rows:
            for name in names:
                folder = arguments.out / name.replace(" ", "-").replace(",", "")
                found = run(agent, name, arguments.data, cases, replace(settings, folder=folder))
                rows.write(json.dumps(found) + "\n")
                rows.flush()

    processes = [
        forked.Process(target=work, args=(arguments.variants[i :: arguments.parallel],))
        for i in range(arguments.parallel)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    found = [json.loads(line) for line in (arguments.out / "rows.jsonl").read_text().splitlines()]
    rows = [(row["variant"], *(row.get(key, float("nan")) for key in SHOWN)) for row in found]
    title = f"Equal cases: {settings.examples:,}, seed {settings.seed}"
    print(table(title, ("variant", *SHOWN), rows))


if __name__ == "__main__":
    main()
