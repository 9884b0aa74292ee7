"""What each choice is worth, at equal training cases: relations, pre-training, encoder, tasks, adapters.

    python benchmarks/ablations.py --data .data/corpus --examples 150000 --parallel 3

Each variant is one run of the ordinary training loop; the table is on test packages that no run saw,
and on `great_varmisuse` where OCTAD_DATA has it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from octad.agent import Agent
from octad.catalog import load
from octad.data.great import read_great
from octad.evaluate.figures import figures
from octad.evaluate.suites import varmisuse
from octad.train.assemble import make_pieces, runner_of, width_of
from octad.train.run import train
from octad.train.settings import Settings

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


def run(agent: Agent, name: str, arguments: argparse.Namespace) -> dict[str, float]:  # type: ignore[type-arg]
    """Train one variant and judge it."""
    folder = arguments.out / name.replace(" ", "-").replace(",", "")
    base = Settings(
        examples=arguments.examples,
        folder=folder,
        budget=arguments.budget,
        pool=1024,
        rate=arguments.rate,
        workers=arguments.workers,
        backbone=arguments.backbone,
        validate_every=10**9,
        save_minutes=1e9,
        seed=arguments.seed,
    )
    settings = VARIANTS[name](base)
    started = time.time()
    objective = train(agent, agent.sources["train"](arguments.data), agent.sources["valid"](arguments.data, "valid", 200), settings, lambda progress, size: None)
    seconds = time.time() - started
    runner = runner_of(agent, objective.model.eval(), make_pieces(settings), width_of(objective.model))
    found = figures(runner, agent.sources["valid"](arguments.data, "test", arguments.cases))
    great = Path(os.environ.get("OCTAD_DATA", "")) / "great_varmisuse" / "functions.jsonl.xz"
    if great.is_file():
        found |= {f"great/{k}": v for k, v in varmisuse(runner, list(read_great(great))).items()}
    return found | {"seconds": seconds}


def main() -> None:
    """Run the variants, a few at a time, and print one row of JSON each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variants", nargs="*", default=list(VARIANTS))
    parser.add_argument("--agent", default="code-reviewer")
    parser.add_argument("--data", type=Path, default=Path(".data/corpus"))
    parser.add_argument("--out", type=Path, default=Path("runs/ablations"))
    parser.add_argument("--examples", type=int, default=150_000)
    parser.add_argument("--cases", type=int, default=4_000)
    parser.add_argument("--budget", type=int, default=16_384)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--backbone", default="embedded")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if len(arguments.variants) == 1:
        figures_found = run(load(arguments.agent), arguments.variants[0], arguments)
        print(json.dumps({"variant": arguments.variants[0], **figures_found}), flush=True)
        return
    options = [a for a in sys.argv[1:] if a not in arguments.variants]
    waiting, running = list(arguments.variants), []
    while waiting or running:
        while waiting and len(running) < arguments.parallel:
            running.append(subprocess.Popen([sys.executable, __file__, waiting.pop(0), *options]))
        running = [process for process in running if process.poll() is None]
        time.sleep(0.2)


if __name__ == "__main__":
    main()
