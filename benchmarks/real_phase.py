"""What the place of a repair owes to each choice, at equal cases: data, relations, encoder.

    OCTAD_DATA=<labelled sets> python benchmarks/real_phase.py full "no relations" recurrent --examples 2000

Every variant starts from the pre-trained backbone, or from nothing where it has none, and learns the place
alone, from the same number of functions of at most LONGEST characters with the same seed; all are judged on
the repairs that `benchmarks/repairs.py` judges. Bugs are planted in the set's own survivors, so that planted
and real cases are of the same projects; a planted bug teaches its place as a repair does. `--start WEIGHTS`
goes on from an artefact instead. Intervals (90 %) are of a bootstrap over projects, those of differences
paired by repair.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from repairs import TOPS, Ranked, capped, longest, ranked

from octad.agents.agent import Agent
from octad.catalog import load
from octad.heads.place import RepairLabel
from octad_train.data.code.bug_stream import BuggyFunctions, Injected
from octad_train.data.code.cases import labelled
from octad_train.data.code.code_sets import Known
from octad_train.data.code.real_fixes import CLEAN, FIXES
from octad_train.data.code.repairs import Real, Repairs, kind_of, part_of
from octad_train.data.code.rows import Row
from octad_train.data.mixture import Mixture, Part
from octad_train.data.public_sets import rows
from octad_train.evaluate.tables import table
from octad_train.metrics.bootstrap import bootstrap
from octad_train.train.assemble import make_objective, make_pieces
from octad_train.train.finish import start_from
from octad_train.train.loop import Progress, fit
from octad_train.train.run import runner_in_training
from octad_train.train.settings import Settings
from octad_train.train.stream import Batches, loader

LONGEST = 1_200
"""Characters of a function that is learned from; what is judged is of any length."""
PLANTED, REAL = 1.0, 1.5
"""Shares of planted and real cases where both are read, as in the recipe."""
VARIANTS: dict[str, tuple[float, float, Callable[[Settings], Settings]]] = {
    "full": (PLANTED, REAL, lambda s: s),
    "no relations": (PLANTED, REAL, partial(replace, relations=())),
    "recurrent": (PLANTED, REAL, partial(replace, encoder="recurrent")),
    "convolutional": (PLANTED, REAL, partial(replace, encoder="convolutional")),
    "from scratch": (PLANTED, REAL, partial(replace, encoder="scratch")),
    "real only": (0, REAL, lambda s: s),
    "planted only": (PLANTED, 0, lambda s: s),
    "recurrent, real only": (0, REAL, partial(replace, encoder="recurrent")),
    "recurrent, planted only": (PLANTED, 0, partial(replace, encoder="recurrent")),
}
"""Shares of planted and of real cases, and what changes in the settings."""
DRAWS = 2_000


@cache
def repairs() -> Repairs:
    """Real repairs of the train part."""
    return Repairs("train")


@cache
def survivors() -> BuggyFunctions:
    """Functions of the train part that stood for years, every one with a bug planted."""
    found = (row for row in rows(CLEAN) if part_of(row) == "train")
    own = [Row(row["repo"], row["path"], row["line"], row["text"]) for row in found]
    return BuggyFunctions([row for row in own if len(row.text) <= LONGEST], clean=0.0)


class Places:
    """Functions whose place of a repair is known, without end: real ones, planted ones, or both."""

    def __init__(self, agent: Agent[Any, Any], planted: float, real: float) -> None:
        self.agent = agent
        parts: list[Part[Known]] = []
        if real:
            parts.append(Part(real, repairs().before))
        if planted:
            parts.append(Part(planted, lambda epoch, index: placed(survivors().example(epoch, index))))
        self.mixture = Mixture(parts)

    def stream(self, seed: int, shard: int, shards: int) -> Iterator[tuple[Any, Any]]:
        """Case and label of the short ones."""
        for unit in self.mixture.stream(seed, shard, shards):
            if isinstance(unit, Real) and unit.place is not None and len(unit.code.text) <= LONGEST:
                yield labelled(self.agent, unit)


def placed(one: Injected) -> Known:
    """A function with a planted bug whose place is that of a repair; one without as it is."""
    if one.bug is None:
        return Real(one.code, bug="correct")
    begin, end = (int(value) for value in one.tokens.offsets[one.item])
    line = int(one.tokens.spans[one.item, 0])
    place = RepairLabel(((begin, end),), frozenset({line}), kind_of(one.bug.kind))
    return Real(one.code, place, bug=one.bug)


def run(
    agent: Agent[Any, Any], name: str, settings: Settings, start: Path | None, cap: int
) -> dict[str, Any]:
    """Train one variant and judge it."""
    planted, real, changed = VARIANTS[name]
    settings = changed(settings)
    objective, pieces = make_objective(agent, settings), make_pieces(settings)
    if start is not None:
        start_from(objective.model, agent, start)
    source = Places(agent, planted, real)
    batches = Batches(agent, source, pieces, settings, settings.seed, frozen=objective.frozen)
    started = time.process_time()
    fit(objective, iter(loader(batches, 0)), settings, validate=lambda _: {agent.primary: 0.0}, report=say)
    seconds = time.process_time() - started
    objective.eval()
    runner = runner_in_training(objective, pieces)
    return {"variant": name, "seconds": seconds, **judged(runner, cap)}


def judged(runner: Any, cap: int) -> dict[str, Any]:
    """Hits of each repair, and its class."""
    found = ranked(runner, capped(FIXES, "test", cap))
    return {
        "projects": [one.row["repo"] for one in found],
        "hits": [[one.hit(k) for k in TOPS] for one in found],
        "kinds": [[kind_of(one.row["edit"]) in dict(one.kinds[:k]) for k in (1, 3)] for one in found],
    }


def floors(examples: int, cap: int) -> list[dict[str, Any]]:
    """Lines in the order of their words, of their length, and none, on the same repairs."""
    fixes = capped(FIXES, "test", cap)
    held = [Ranked(row, ()) for row in fixes]
    by_words = bag_of_words(examples)
    orders = {"bag of words of the line": by_words, "longest line that defines nothing": longest}
    return [
        {
            "variant": name,
            "projects": [row["repo"] for row in fixes],
            "hits": [[not one.right.isdisjoint(order(one.row)[:k]) for k in TOPS] for one in held],
        }
        for name, order in orders.items()
    ]


def bag_of_words(examples: int) -> Callable[[dict[str, Any]], list[int]]:
    """Lines in the order of a logistic regression on their words and length, of as many repairs."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    words = CountVectorizer(token_pattern=r"\w+|[^\w\s]", binary=True, min_df=5)

    def lines(row: dict[str, Any]) -> list[tuple[int, str]]:
        own = enumerate(row["before"].split("\n"), row["line"])
        return [(at, line) for at, line in own if line.strip() and not line.lstrip().startswith("#")]

    def measured(texts: Sequence[str], table: Any) -> Any:
        sizes = np.array([[np.log1p(len(text.strip())), len(text) - len(text.lstrip())] for text in texts])
        return hstack([table, csr_matrix(sizes / (1.0, 8.0))]).tocsr()

    rng = np.random.default_rng(0)
    known = repairs().fixes
    fixes = [known[i] for i in rng.permutation(len(known))[:examples]]
    held = [Ranked(row, ()).right for row in fixes]
    pairs = [(text, at in right) for row, right in zip(fixes, held, strict=True) for at, text in lines(row)]
    texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
    model = LogisticRegression(C=0.1, max_iter=300).fit(measured(texts, words.fit_transform(texts)), labels)

    def order(row: dict[str, Any]) -> list[int]:
        own = lines(row)
        read = [text for _, text in own]
        scores = model.decision_function(measured(read, words.transform(read)))
        return [own[i][0] for i in np.argsort(-scores, kind="stable")]

    return order


def interval(values: np.ndarray, projects: Sequence[str]) -> tuple[float, float]:
    """The middle 90 % of the mean over projects drawn anew."""
    held = bootstrap(lambda at: float(values[at].mean()), projects, samples=DRAWS, level=0.9)
    return held.low, held.high


def say(progress: Progress, size: int) -> None:
    """Where a variant is, now and then."""
    if progress.batches % 20 == 0:
        sys.stderr.write(f"{progress.examples} {time.process_time():.0f}\n")
        sys.stderr.flush()


def shown(found: Sequence[dict[str, Any]]) -> str:
    """The table of all variants beside the first."""
    first = np.array(found[0]["hits"], float)
    lines = []
    for one in found:
        hits = np.array(one["hits"], float)
        mean, projects = hits.mean(0), one["projects"]
        low, high = interval(hits[:, 1], projects)
        a, b = interval((hits - first)[:, 1], projects)
        kinds = np.array(one.get("kinds", [[np.nan] * 2]), float).mean(0)
        lines.append(
            (
                one["variant"], " / ".join(f"{x:.3f}" for x in mean), f"[{low:.3f}, {high:.3f}]",
                f"[{a:+.3f}, {b:+.3f}]", f"{kinds[0]:.3f} / {kinds[1]:.3f}",
                one.get("seconds", np.nan),
            )
        )  # fmt: skip
    head = ("variant", "place in 1 / 3 / 5", "in 3", "in 3, less the first", "class 1 / 3", "CPU seconds")
    return table(f"Equal cases, {len(first)} repairs", head, lines)


def main() -> None:
    """Run the variants one after another, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("variants", nargs="*", help="all by default")
    parser.add_argument("--out", type=Path, default=Path("runs/real-phase"))
    parser.add_argument("--examples", type=int, default=2_000)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--cap", type=int, default=60)
    parser.add_argument("--seed", type=int, default=29)
    arguments = parser.parse_args()
    agent = load("code-reviewer")
    settings = Settings(
        examples=arguments.examples, folder=arguments.out, budget=2_048, rate=arguments.rate, warmup=0.05,
        workers=0, validate_every=10**9, save_minutes=1e9, seed=arguments.seed, tasks=("place",),
    )  # fmt: skip
    found = []
    for name in arguments.variants or VARIANTS:
        folder = arguments.out / name.replace(" ", "-")
        folder.mkdir(parents=True, exist_ok=True)
        one = run(agent, name, replace(settings, folder=folder), arguments.start, arguments.cap)
        (folder / "judged.json").write_text(json.dumps(one, default=float))
        found.append(one)
        print(shown(found), flush=True)
    print(shown([*found, *floors(arguments.examples, arguments.cap)]))


if __name__ == "__main__":
    main()
