"""Real defects that a later release repaired with one edit, and whether the agent finds them.

    python benchmarks/real_fixes.py urllib3==1.22..1.23 rich==8.0.0..9.0.0..10.0.0 --out runs/real_fixes.jsonl

Wheels are downloaded with pip into --folder and kept there; nothing is installed or run. Listed are lines in
functions that one edit of the vocabulary turns into what the next release has. Not all such changes repair a
defect: defaults and names change too, so read the table before quoting it, or the sample drawn from it. Of
packages marked `*` the agent learnt from some release, perhaps the repaired one: only the others show how it
does on strangers' code. Chance points anywhere an edit is possible, and takes any edit possible there.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from octad.catalog import load
from octad.encoders.code import tokens_of
from octad.heads.pointer import candidates, other_names
from octad.records.code import Code
from octad.review.pipeline import unparsable
from octad.runtime import Asked, Runner
from octad.syntax.edits import EDITS, apply, describe
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import Kind, Tokens
from octad.syntax.units import units
from octad_train.data.code.archives import Wheel, normal
from octad_train.data.code.corpus import pins
from octad_train.evaluate.tables import table

# A first look, chosen because they hold defects that are found: no measure of anything.
SOME = ("urllib3==1.22..1.23", "rich==8.0.0..9.0.0", "textual==0.26.0..0.27.0", "twitchio==2.0.6..2.1.0")
MOST_LINES = 4
WORDS = re.compile(r"\w+|[^\w\s]+")
MOVES = re.compile("insert|swap")
FUNCTION = re.compile(r"^\s*(async\s+)?def\s", re.M)


@dataclass(frozen=True)
class Fix:
    """A unit of an old release and the edit at `item` that makes it what the next release has."""

    package: str
    old: str
    new: str
    unit: Code
    item: int
    edit: int
    name: str | None


@dataclass(frozen=True)
class Verdict:
    """What the agent says of the old unit; `rank` is that of the true place, 0 where not among suspects.

    `places` is in how many places of the unit an edit is possible, `choices` how many are at the true one.
    """

    package: str
    old: str
    new: str
    place: str
    text: str
    fix: str
    wrong: float
    rank: int
    probability: float
    repaired: bool
    trained: bool
    places: int
    choices: int


def download(name: str, version: str, folder: Path) -> Wheel | None:
    """The wheel of a release, fetched once; None where there is none."""
    place = folder / f"{normal(name)}-{version}"
    if not list(place.glob("*.whl")):
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--ignore-requires-python",
        ]
        command += ["--only-binary", ":all:", "--dest", str(place), f"{name}=={version}"]
        if subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode:
            sys.stderr.write(f"left out, no wheel can be downloaded: {name} {version}\n")
            return None
    return Wheel(next(place.glob("*.whl")))


def fixes(name: str, old: str, new: str, folder: Path) -> Iterator[Fix]:
    """Lines that differ by one edit of the vocabulary between two releases, tests and renamings left out."""
    wheels = download(name, old, folder), download(name, new, folder)
    before, after = (
        {source.path: source.text for source in wheel.sources() if not source.is_test} if wheel else {}
        for wheel in wheels
    )
    for path in sorted(before.keys() & after.keys()):
        hunks = [] if before[path] == after[path] else list(small_hunks(before[path], after[path]))
        code = Code(path=path, text=before[path])
        if not hunks or unparsable(code):
            continue
        found = [
            (unit, *edit)
            for unit in units(code)
            if FUNCTION.search(unit.text)
            for changed in replaced(unit, hunks)
            for edit in list(matches(unit, changed))[:1]
        ]
        times = Counter(name for *_, name in found if name)
        yield from (Fix(name, old, new, *one) for one in found if not times[one[-1] or ""] > 1)


def small_hunks(before: str, after: str) -> Iterator[tuple[int, list[str]]]:
    """Replaced lines with about the same words: the first line's number and the lines after the change."""
    lines, others = before.split("\n"), after.split("\n")
    for tag, a, b, c, d in SequenceMatcher(None, lines, others).get_opcodes():
        if tag == "replace" and b - a == d - c <= MOST_LINES:
            gone, come = (Counter(WORDS.findall(" ".join(part))) for part in (lines[a:b], others[c:d]))
            if (gone - come).total() <= 2 and (come - gone).total() <= 2:
                yield a + 1, others[c:d]


def replaced(unit: Code, hunks: Sequence[tuple[int, list[str]]]) -> Iterator[Code]:
    """The unit with each hunk that lies in it."""
    lines = unit.text.split("\n")
    for line, new in hunks:
        at = line - unit.first_line
        if at >= 0 and at + len(new) <= len(lines):
            text = "\n".join([*lines[:at], *new, *lines[at + len(new) :]])
            yield unit.model_copy(update={"text": text})


def matches(unit: Code, other: Code) -> Iterator[tuple[int, int, str | None]]:
    """The edits (item, edit, name) that make `unit` say what the other says."""
    tokens = tokenize(unit)
    mine, words = said(tokens), said(tokenize(other))
    gone, come = Counter(mine) - Counter(words), Counter(words) - Counter(mine)
    if mine == words or gone.total() > 1 or come.total() > 1:
        return
    held = {(int(role), word) for role, word in zip(tokens.role, tokens.words, strict=True) if role}
    lost = [item for item, word in enumerate(tokens.words) if word in gone]
    tries = [(i, 0, word) for i in lost for word in come if (int(tokens.role[i]), word) in held]
    free = [] if gone else [(i, e, None) for i, e in tokens.edits.tolist() if MOVES.match(EDITS[e])]
    for one in [*tries, *free, *((i, e, None) for i, e in tokens.edits.tolist() if i in lost)]:
        with suppress(ValueError):
            text = apply(unit.text, tokens, *one)
            if said(tokenize(unit.model_copy(update={"text": text}))) == words:
                yield one


def said(tokens: Tokens) -> tuple[str, ...]:
    """The words without comments and without prose in strings."""
    return tuple(
        word
        for word, kind in zip(tokens.words, tokens.kind, strict=True)
        if kind != Kind.COMMENT and not (kind == Kind.STRING and (" " in word or len(word) > 20))
    )


def verdict(fix: Fix, asked: Asked[Any, Any]) -> Verdict:
    """The agent's diagnosis held against the fix."""
    unit, answer, tokens = asked.unit, asked.answer.bug, tokens_of(asked.unit)
    at = [n for n, suspect in enumerate(answer.suspects) if suspect.item == fix.item]
    suspect = answer.suspects[at[0]] if at else None
    best = suspect.repairs[0] if suspect and suspect.repairs else None
    line = int(tokens.spans[fix.item, 0])
    names = {tokens.words[other] for other in other_names(unit, fix.item)}
    return Verdict(
        fix.package, fix.old, fix.new, f"{fix.unit.path}:{line}",
        fix.unit.text.split("\n")[line - fix.unit.first_line].strip(),
        describe(fix.edit, tokens.words[fix.item], fix.name),
        answer.probability, at[0] + 1 if at else 0, suspect.probability if suspect else 0.0,
        best is not None and (best.edit, best.name) == (fix.edit, fix.name), fix.package in taught(),
        int(candidates(unit)[1:].sum()), int((tokens.edits[:, 0] == fix.item).sum()) + len(names),
    )  # fmt: skip


@lru_cache
def taught() -> frozenset[str]:
    """Packages some release of which the agent learnt from."""
    return frozenset(pin.name for pin in pins() if pin.split == "train")


def summary(title: str, rows: Sequence[Verdict]) -> tuple[str, ...]:
    """Changes; place first; place in five; place and repair; these at a probability of 0.5 or more."""
    first = [row for row in rows if row.rank == 1]
    right = [row for row in first if row.repaired]
    sure = [row for row in right if row.probability >= 0.5]
    counts = len(first), sum(row.rank > 0 for row in rows), len(right), len(sure)
    return (title, str(len(rows)), *(f"{n} ({n / max(len(rows), 1):.0%})" for n in counts))


def chance(title: str, rows: Sequence[Verdict]) -> tuple[str, ...]:
    """The same counts as they are expected of one who guesses."""
    first = sum(1 / row.places for row in rows)
    five = sum(min(5, row.places) / row.places for row in rows)
    right = sum(1 / (row.places * row.choices) for row in rows)
    shares = (f"{n:.1f} ({n / max(len(rows), 1):.1%})" for n in (first, five, right))
    return (title, str(len(rows)), *shares, "-")


def ask(found: Sequence[Fix], weights: Path | None) -> list[Verdict]:
    """The agent's verdicts on the old units, in their order."""
    agent = load("code-reviewer")
    runner: Runner[Any, Any] = Runner.load(agent, weights)
    asked = runner.ask([agent.case(code=fix.unit) for fix in found])
    return [verdict(fix, one) for fix, one in zip(found, asked, strict=True)]


def line_of(row: Verdict) -> tuple[object, ...]:
    """A verdict as a line of the table."""
    return (
        f"{row.package}{'*' * row.trained} {row.old}..{row.new}", row.place, row.fix, row.rank,
        f"{row.probability:.2f}", "yes" if row.repaired else "no",
    )  # fmt: skip


def main() -> None:
    """Download, pair, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("releases", nargs="*", default=list(SOME), metavar="NAME==OLD..NEW[..NEWER]")
    parser.add_argument("--folder", type=Path, default=Path(".data/releases"))
    parser.add_argument(
        "--sample", type=int, default=0, help="so many changes of strangers, drawn to be read"
    )
    parser.add_argument("--out", type=Path, help="also write every verdict here as JSON lines")
    parser.add_argument("--weights", type=Path, help="a folder of weights instead of the shipped ones")
    arguments = parser.parse_args()
    chains = [(name, chain.split("..")) for name, _, chain in (r.partition("==") for r in arguments.releases)]
    found = [
        fix
        for name, chain in chains
        for old, new in pairwise(chain)
        for fix in fixes(name, old, new, arguments.folder)
    ]
    rows = ask(found, arguments.weights)
    strangers = [row for row in rows if not row.trained]
    sample = random.Random(0).sample(strangers, min(arguments.sample, len(strangers)))
    rows.sort(key=lambda row: -row.probability)
    head = ("release", "place", "change of the next release", "rank", "probability", "repair")
    sys.stdout.write(table("Changes of one edit", head, [line_of(row) for row in rows]) + "\n")
    if sample:
        text = table("Sample to read, seed 0", (*head, "line"), [(*line_of(row), row.text) for row in sample])
        sys.stdout.write(text + "\n")
    head = ("", "changes", "place first", "place in five", "place and repair", "of these at 0.5 or more")
    sums = [
        each(f"{title}{name}", held)
        for title, held in (("packages it never saw", strangers), ("all packages", rows))
        for each, name in ((summary, ""), (chance, ": chance"))
    ]
    sys.stdout.write(table("What the agent says of the old release", head, sums) + "\n")
    if arguments.out:
        arguments.out.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows), "utf-8")


if __name__ == "__main__":
    main()
