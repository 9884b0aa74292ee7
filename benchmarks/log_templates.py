"""Log templates on loghub2k: grouping and parsing accuracy, speed, and the same result however lines come.

Run: python benchmarks/log_templates.py [PYTHON WITH DRAIN3]   (two minutes; else without its column)
Grouping accuracy as in Zhu et al. 2019: a line counts when its group is exactly the true one.
Left out: with the limits that are best on the eleven other systems; of equal ones those that ask for most.
"""

from __future__ import annotations

import itertools
import json
import lzma
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from octad.records.logs import LogLine
from octad.templates.cluster import cluster
from octad.templates.masks import Shape, mask, numbered
from octad.templates.miner import Miner
from octad.templates.sequences import Limits
from octad_train.evaluate.tables import machine, table

SEEDS, SHARDS, REPEATS = (0, 1, 2), (2, 7), 10
GRID = tuple(itertools.starmap(Limits, itertools.product((4, 5, 6, 8), (0.5, 0.7), (2, 3, 4), (2, 3, 4))))
DRAIN = """
import json, sys
from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig
for line in sys.stdin:
    miner = TemplateMiner(config=TemplateMinerConfig())
    print(json.dumps([miner.add_log_message(text)["cluster_id"] for text in json.loads(line)]))
"""


def accuracy(found: Sequence[Any], truth: Sequence[Any]) -> float:
    """Share of the lines whose group is exactly the true one."""
    groups, wanted = defaultdict(list), defaultdict(list)
    for i, (one, other) in enumerate(zip(found, truth, strict=True)):
        groups[one].append(i)
        wanted[other].append(i)
    exact = set(map(tuple, wanted.values()))
    return sum(len(group) for group in groups.values() if tuple(group) in exact) / len(found)


def mined(lines: Sequence[LogLine]) -> Miner:
    miner = Miner()
    for line in lines:
        miner.add(line)
    return miner


def identical(lines: Sequence[LogLine], whole: Miner) -> bool:
    """Whether shuffled and sharded lines give the same templates."""
    others = [mined(random.Random(seed).sample(lines, len(lines))) for seed in SEEDS]
    for shards in SHARDS:
        parts = [mined(lines[k::shards]) for k in range(shards)]
        for part in parts[1:]:
            parts[0].merge(part)
        others.append(parts[0])
    return all(other.logs() == whole.logs() for other in others)


def drained(python: str, systems: dict[str, list[dict[str, Any]]]) -> dict[str, list[int]]:
    """Clusters of drain3 with its own settings, in its own interpreter."""
    given = "".join(json.dumps([row["content"] for row in rows]) + "\n" for rows in systems.values())
    run = subprocess.run([python, "-c", DRAIN], input=given, capture_output=True, text=True, check=True)
    return dict(zip(systems, map(json.loads, run.stdout.splitlines()), strict=True))


def left_out(systems: dict[str, list[dict[str, Any]]]) -> dict[str, tuple[Limits, float]]:
    """For each system the limits that are best on the others, and its grouping accuracy with them."""
    scores: dict[Limits, dict[str, float]] = defaultdict(dict)
    for system, rows in systems.items():
        shapes: list[Shape] = [mask(numbered(row["content"])) for row in rows]
        truth = [row["template_corrected"] for row in rows]
        for limits in GRID:
            templates = cluster(set(shapes), limits)
            scores[limits][system] = accuracy([templates[shape] for shape in shapes], truth)

    def on_others(limits: Limits, system: str) -> float:
        return round(sum(score for name, score in scores[limits].items() if name != system), 6)

    best = {system: max(GRID, key=lambda limits: (on_others(limits, system), limits)) for system in systems}
    return {system: (limits, scores[limits][system]) for system, limits in best.items()}


def main(python: str | None) -> int:
    """Print the table."""
    systems: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with lzma.open(Path(os.environ["OCTAD_DATA"]) / "loghub2k" / "lines.jsonl.xz", "rt") as file:
        for row in map(json.loads, file):
            systems[row["system"]].append(row)
    drain = drained(python, systems) if python else {}
    apart = left_out(systems)
    rows, means = [], []
    for system, of in systems.items():
        lines = [LogLine(float(k), "", "", row["content"], k + 1) for k, row in enumerate(of)]
        whole = mined(lines)
        found = [whole.template_of(line.message) for line in lines]
        corrected, released = ([row[key] for row in of] for key in ("template_corrected", "template"))
        start = time.perf_counter()
        mined(lines * REPEATS)
        speed = REPEATS * len(lines) / (time.perf_counter() - start)
        scores = [accuracy(found, corrected), apart[system][1], accuracy(found, released)]
        scores.append(sum(a == b for a, b in zip(found, corrected, strict=True)) / len(found))
        scores += [accuracy(drain[system], corrected), accuracy(drain[system], released)] if drain else []
        means.append(scores)
        same = "yes" if identical(lines, whole) else "NO"
        rows.append([system, *(f"{score:.3f}" for score in scores), f"{speed:,.0f}", same])
    rows.append(
        ["mean", *(f"{sum(column) / len(column):.3f}" for column in zip(*means, strict=True)), "", ""]
    )
    header = ["system", "grouping", "left out", "released", "parsing"]
    header += ["drain3", "drain3 released"] if drain else []
    header += ["lines/s", "same"]
    sys.stdout.write(table("Grouping accuracy on corrected and on released templates", header, rows))
    chosen = sorted({limits for limits, _ in apart.values()})
    sys.stdout.write(f"\nShipped: {Limits()}. Chosen on eleven: {chosen}.\n")
    sys.stdout.write(f"Shuffled by seeds {SEEDS}, sharded by {SHARDS}. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
