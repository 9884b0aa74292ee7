"""Whether the order in which a change is to be read puts first what later had to be repaired.

    python benchmarks/look_first.py CLONE ... [--commits 60] [--weights FOLDER]

Of each clone the newest commits that are at least 18 months older than its newest one, are no merges and no
repairs themselves, and change three to forty functions outside tests. A function was repaired later if a
commit of the 18 months after, whose message speaks of the repair of a defect
(`octad.read.history.fix_messages`), changed lines of a function of its name in its file. Counted are commits
with a repaired function and another one: the share of pairs in the right order, and how often the first place
was repaired; beside it the order by lines changed, the function's length, and none.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from octad.catalog import load
from octad.errors import RepositoryError
from octad.metrics.ranking import auc
from octad.read.code.git import read_revision
from octad.read.git.sealed import sealed
from octad.read.history.fix_messages import is_fix
from octad.records.look import Look
from octad.review.order import look_first
from octad.review.pipeline import cases_of, command_of, unparsable
from octad.runtime import Runner
from octad_train.evaluate.tables import table

MONTHS, DAY = 18, 86_400
FEWEST, MOST = 3, 40
TEST = re.compile(r"(^|/)(tests?|testing|docs?|examples?|benchmarks?)/|(^|/)(test_|conftest)|_test\.py$")
HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? ", re.M)


class Commit(NamedTuple):
    """A commit, when it was made (Unix seconds), and its message."""

    sha: str
    time: int
    message: str


def commits(clone: Path) -> list[Commit]:
    """Everything but merges, newest first."""
    said = sealed(clone).run("log", "--no-merges", "--format=%H%x00%ct%x00%B%x01").decode("utf-8", "replace")
    rows = [one.strip("\n").split("\0") for one in said.split("\1") if "\0" in one]
    return [Commit(sha, int(time), message) for sha, time, message in rows]


def functions(text: str) -> list[tuple[str, int, int]]:
    """Name, first and last line of every function."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(one.name, one.lineno, one.end_lineno or one.lineno) for one in nodes if isinstance(one, kinds)]


@cache
def repaired(clone: Path, sha: str) -> frozenset[tuple[str, str]]:
    """The functions, by file and name, whose lines a commit changed."""
    git = sealed(clone)
    try:
        names = git.run("diff-tree", "-r", "--name-only", "--diff-filter=M", f"{sha}^", sha, "--").decode()
    except RepositoryError:
        return frozenset()
    found = set()
    for path in [name for name in names.split("\n") if name.endswith(".py") and not TEST.search(name)]:
        before = git.run("cat-file", "blob", f"{sha}^:{path}").decode("utf-8", "replace")
        output = git.run("diff-tree", "-r", "-p", "--unified=0", f"{sha}^", sha, "--", path)
        patch = output.decode("utf-8", "replace")
        lines = {n for a, b in HUNK.findall(patch) for n in range(int(a), int(a) + max(int(b or 1), 1))}
        found |= {
            (path, name) for name, first, last in functions(before) if lines & {*range(first, last + 1)}
        }
    return frozenset(found)


def looks(runner: Runner[Any, Any], clone: Path, sha: str) -> list[Look]:
    """The changed functions of a commit in the order of the agent; none where there are too few or many."""
    try:
        codes = read_revision(f"{sha}^..{sha}", clone, ["python"]).codes
    except RepositoryError:
        return []
    kept = [code for code in codes if not TEST.search(code.path) and not unparsable(code)]
    cases = cases_of(runner.agent, kept)
    if not FEWEST <= len(cases) <= MOST:
        return []
    return [one for one in look_first(command_of(runner.agent), runner.ask(cases)) if one.name]


def judged(runner: Runner[Any, Any], clone: Path, most: int) -> Iterator[tuple[list[Look], list[bool]]]:
    """Commits with what was repaired later of each changed function, as far as some were and some not."""
    history = commits(clone)
    window = MONTHS * 30 * DAY
    old = [one for one in history if one.time <= history[0].time - window and not is_fix(one.message)]
    taken = 0
    for commit in old:
        found = looks(runner, clone, commit.sha)
        if len(found) < FEWEST:
            continue
        taken += 1
        later = [one for one in history if 0 < one.time - commit.time <= window and is_fix(one.message)]
        touched = frozenset().union(*(repaired(clone, one.sha) for one in later))
        truth = [(look.anchor.path, look.name) in touched for look in found]
        if any(truth) and not all(truth):
            yield found, truth
        if taken == most:
            return


def row(name: str, pairs: Sequence[tuple[list[Look], list[bool]]]) -> tuple[object, ...]:
    """Pairs in the right order and first places repaired, by every order."""
    orders = {
        "agent": lambda one: one.score,
        "lines": lambda one: one.changed,
        "length": lambda one: one.anchor.end_line - one.anchor.line,
    }
    cells: list[object] = [name, len(pairs), sum(len(found) for found, _ in pairs)]
    for score in orders.values():
        areas, firsts = [], []
        for found, truth in pairs:
            values = np.array([float(score(one)) for one in found])
            areas.append(auc(values, np.array(truth)))
            best = values == values.max()
            firsts.append(float(np.array(truth)[best].mean()))
        cells.append(f"{np.mean(areas):.3f} / {np.mean(firsts):.3f}" if areas else "-")
    chance = np.mean([np.mean(truth) for _, truth in pairs]) if pairs else float("nan")
    return (*cells, f".500 / {chance:.3f}")


def main() -> None:
    """Ask, look at what came later, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=60, help="so many of each clone")
    parser.add_argument("--weights", type=Path)
    arguments = parser.parse_args()
    runner: Runner[Any, Any] = Runner.load(load("code-reviewer"), arguments.weights)
    held: dict[str, list[tuple[list[Look], list[bool]]]] = defaultdict(list)
    for clone in arguments.clones:
        held[clone.name] += judged(runner, clone.resolve(), arguments.commits)
    every = [pair for pairs in held.values() for pair in pairs]
    lines = [row(name, pairs) for name, pairs in held.items()] + [row("all", every)]
    head = ("repository", "commits", "functions", "agent", "lines changed", "length", "no order")
    sys.stdout.write(table("Pairs in the right order / first place repaired later", head, lines) + "\n")


if __name__ == "__main__":
    main()
