"""Whether code that treats a call unlike the rest of its repository was mended there: real histories.

    OCTAD_DATA=… python benchmarks/usage.py owner/name=FOLDER … [--out runs/usage.jsonl]

FOLDER is a git directory; nothing in it is checked out or run. Of each repository the newest `--fixes` rows
of `real_fixes/fixes.jsonl.xz` are taken, the files of the revision before each are read, tests and examples
left out, and what deviates in the function that was mended is held against the lines that were changed. `by
chance` is what as many calls drawn at random in the same functions would give; `gone` and `new` count what
the fix took away and brought, and `random` what is shown in three functions of the same revision that no row
names, of half to twice the length.

Four kinds of care are left: a check for None, closing, catching, a lock. Tried and dropped: companion call,
count of arguments, `await`, truth, keyword, value of a keyword, result used, lookup, order of arguments, what
overrides return, `super`. Of all kinds together, 55 findings of eleven repositories were read by eye: 3 were
real (5 %), and 0.6 % of the functions before a fix showed one against 0.5 % of random ones. No kind was right
half of the time, so none is a finding; the four are context of a change (`octad review --others`).
"""

from __future__ import annotations

import argparse
import ast
import json
import lzma
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from octad.records.code import Code
from octad.repository.usage import Custom, Usage, is_test, read
from octad.repository.uses import FileUses, uses_of
from octad.syntax.python_source import part_of
from octad_train.evaluate.tables import table

CONTROLS = 3
LARGEST = 1_000_000
Row = dict[str, Any]


@dataclass
class Shown:
    """A deviation in a function and what became of it; `chance`: the share of uses on changed lines."""

    repo: str
    sha: str
    name: str
    fixed: bool
    kind: str
    line: int
    text: str
    code: str
    agree: int
    others: int
    hit: bool = False
    chance: float = 0.0
    gone: bool = False
    new: bool = False


@dataclass
class Counts:
    """How much of a repository was looked at, and for how long."""

    fixed: int = 0
    random: int = 0
    left_out: int = 0
    files: int = 0
    read_seconds: list[float] = field(default_factory=list)
    unit_seconds: list[float] = field(default_factory=list)


class History:
    """The Python files of the revisions of a git directory; each text is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._kept: dict[tuple[str, str, str], FileUses | None] = {}
        self._codes: dict[tuple[str, str], Code] = {}
        self._batch = subprocess.Popen(
            ["git", "-C", self._folder, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def codes(self, revision: str) -> list[Code]:
        """The files of a revision that are no tests."""
        command = ["git", "-C", self._folder, "ls-tree", "-r", "-z", revision]
        listed = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")
        found = []
        for one in listed.split("\0"):
            head, _, path = one.partition("\t")
            if path.endswith(".py") and head.startswith("100") and not is_test(path):
                key = (path, head.split()[2])
                if key not in self._codes:
                    self._codes[key] = Code(path=path, text=self._text(key[1]))
                found.append(self._codes[key])
        return found

    def usage(self, codes: Sequence[Code]) -> Usage:
        """The usage of some files, of which those seen before are not read again."""
        texts = {code.path: code for code in codes}
        return read([*texts], lambda path, module: self.read(texts[path], module))

    def read(self, code: Code, module: str) -> FileUses | None:
        """What one file says, remembered."""
        key = (code.path, module, code.text)
        if key not in self._kept:
            self._kept[key] = uses_of(code, module)
        return self._kept[key]

    def _text(self, blob: str) -> str:
        assert self._batch.stdin is not None and self._batch.stdout is not None
        self._batch.stdin.write(blob.encode() + b"\n")
        self._batch.stdin.flush()
        size = int(self._batch.stdout.readline().split()[2])
        data = self._batch.stdout.read(size + 1)[:-1]
        return data.decode("utf-8", "replace") if size < LARGEST else ""

    def close(self) -> None:
        """End the process that reads texts."""
        self._batch.communicate()


def rows_of(repos: Sequence[str], most: int) -> dict[str, list[Row]]:
    """The newest fixes of each repository."""
    found: dict[str, list[Row]] = defaultdict(list)
    with lzma.open(Path(os.environ["OCTAD_DATA"]) / "real_fixes" / "fixes.jsonl.xz", "rt") as lines:
        for line in lines:
            row = json.loads(line)
            if row["repo"] in repos:
                found[row["repo"]].append(row)
    return {
        repo: sorted(rows, key=lambda row: str(row["date"]), reverse=True)[:most]
        for repo, rows in found.items()
    }


def changed_lines(row: Row) -> set[int]:
    """Lines of the file that a fix changes; of an insertion those on both sides."""
    found: set[int] = set()
    for first, last in row["lines_before"]:
        found |= set(range(first, last + 1)) if last >= first else {first - 1, first}
    return {line + row["line"] - 1 for line in found}


def lines_of(row: Row, side: str) -> range:
    """Lines of the function of a fix, `before` or `after`."""
    return range(row["line"], row["line"] + row[side].rstrip("\n").count("\n") + 1)


def functions_of(code: Code) -> list[tuple[str, int, int]]:
    """Name, first and last line of every function of a file."""
    tree = part_of(code.text)
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    found = (node for node in ast.walk(tree) if isinstance(node, kinds)) if tree is not None else ()
    return [(node.name, node.lineno, node.end_lineno or node.lineno) for node in found]


def deviations(usage: Usage, path: str, lines: range) -> list[Custom]:
    """What others take care of and some lines do not; more may be asked of the others later."""
    return [one for one in usage.context(path, lines, 3, 0.8) if one.here is False]


def chance_of(usage: Usage, path: str, within: range, lines: set[int]) -> float:
    """The share of the calls on some lines of a file that lie on others."""
    spans = {(use.line, use.last) for use in usage.files[path].uses if use.line in within}
    return sum(any(line in lines for line in range(a, b + 1)) for a, b in spans) / max(1, len(spans))


def replaced(code: Code, row: Row) -> Code | None:
    """The file after the fix of one function; None where the function is not there as the row has it."""
    lines, before = code.text.split("\n"), row["before"].rstrip("\n").split("\n")
    at = row["line"] - 1
    if lines[at : at + len(before)] != before:
        return None
    new = [*lines[:at], *row["after"].rstrip("\n").split("\n"), *lines[at + len(before) :]]
    return code.model_copy(update={"text": "\n".join(new)})


def shown(row: Row, found: Custom, code: Code, *, fixed: bool) -> Shown:
    """A deviation in a function of a row."""
    line = code.text.split("\n")[found.line - 1].strip()
    text = f"`{found.name}` ({', '.join(f'{path}:{at}' for path, at in found.places)})"
    where = f"{code.path}:{row['name']}"
    counts = found.agree, found.others
    return Shown(row["repo"], row["sha"], where, fixed, found.kind, found.line, text, line, *counts)


def same(found: Custom) -> tuple[str, str]:
    """What stays of a deviation when lines move."""
    return found.kind, found.name


def of_fix(
    history: History, row: Row, codes: Sequence[Code], usage: Usage, counts: Counts
) -> Iterator[Shown]:
    """What is shown in the function of one fix, before and after it."""
    code = next((one for one in codes if one.path == row["path"]), None)
    other = replaced(code, row) if code is not None else None
    if code is None or other is None or code.path not in usage.files:
        counts.left_out += 1
        return
    counts.fixed += 1
    began = time.monotonic()
    before = deviations(usage, code.path, lines_of(row, "before"))
    counts.unit_seconds.append(time.monotonic() - began)
    file = history.read(other, usage.files[code.path].module)
    later = usage if file is None else Usage([*{**usage.files, file.path: file}.values()])
    after = deviations(later, code.path, lines_of(row, "after"))
    lines = changed_lines(row)
    chance = chance_of(usage, code.path, lines_of(row, "before"), lines)
    gone = {same(one) for one in before} - {same(one) for one in after}
    for one in before:
        found = shown(row, one, code, fixed=True)
        found.hit = any(line in lines for line in range(one.line, one.last + 1))
        found.chance, found.gone = chance, same(one) in gone
        yield found
    for one in after:
        if same(one) not in {same(each) for each in before}:
            found = shown(row, one, other, fixed=True)
            found.new = True
            yield found


def of_others(
    row: Row, codes: Sequence[Code], usage: Usage, named: set[tuple[str, str]], draw: random.Random
) -> list[list[Shown]]:
    """What is shown in functions of the same revision that nobody mended."""
    length = row["before"].count("\n")
    texts = {one.path: one for one in codes}
    free = [
        (file.path, name, first, last)
        for file in usage.files.values()
        for name, first, last in functions_of(texts[file.path])
        if length / 2 <= last - first <= length * 2 and (file.path, name) not in named
    ]
    return [
        [
            shown({**row, "name": name}, one, texts[path], fixed=False)
            for one in deviations(usage, path, range(first, last + 1))
        ]
        for path, name, first, last in draw.sample(free, min(CONTROLS, len(free)))
    ]


def measure(repo: str, folder: Path, rows: Sequence[Row], most: int) -> tuple[list[Shown], Counts]:
    """Everything that is shown in one repository."""
    history, counts, draw = History(folder), Counts(), random.Random(0)
    found: list[Shown] = []
    named = {(row["path"], row["name"].rpartition(".")[2]) for row in rows}
    by_commit: dict[str, list[Row]] = defaultdict(list)
    for row in rows[:most]:
        by_commit[row["sha"]].append(row)
    for sha, same_commit in by_commit.items():
        codes = history.codes(f"{sha}^")
        began = time.monotonic()
        usage = history.usage(codes)
        counts.read_seconds.append(time.monotonic() - began)
        counts.files = max(counts.files, len(usage.files))
        for row in same_commit:
            found += of_fix(history, row, codes, usage, counts)
            for others in of_others(row, codes, usage, named, draw):
                counts.random += 1
                found += others
    history.close()
    sys.stderr.write(f"{repo}: {counts.fixed} fixes\n")
    return found, counts


def summary(kind: str, rows: Sequence[Shown], counts: Sequence[Counts]) -> tuple[str, ...]:
    """One row of the table."""
    before = [row for row in rows if row.fixed and not row.new]
    hits, chance = sum(row.hit for row in before), sum(row.chance for row in before)
    gone, new = sum(row.gone for row in before), sum(row.new for row in rows)
    others = sum(not row.fixed for row in rows)
    fixed, free = sum(one.fixed for one in counts), sum(one.random for one in counts)
    return (
        kind,
        str(len(before)),
        f"{hits} ({hits / max(1, len(before)):.0%})",
        f"{chance:.1f} ({chance / max(1, len(before)):.0%})",
        str(gone),
        str(new),
        f"{100 * len(before) / max(1, fixed):.1f}",
        f"{100 * others / max(1, free):.1f}",
    )


def times(repo: str, counts: Counts) -> tuple[str, ...]:
    first, *later = counts.read_seconds or [0.0]
    units = counts.unit_seconds or [0.0]
    middle = sorted(units)[len(units) // 2]
    return (
        repo,
        str(counts.fixed),
        str(counts.left_out),
        str(counts.files),
        f"{first:.1f}",
        f"{sum(later) / max(1, len(later)):.2f}",
        f"{1000 * middle:.0f}",
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repos", nargs="*", metavar="owner/name=FOLDER")
    parser.add_argument("--fixes", type=int, default=60)
    parser.add_argument("--least", type=int, default=5)
    parser.add_argument("--share", type=float, default=0.9)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if not options.repos or "OCTAD_DATA" not in os.environ:
        sys.stdout.write("left out: give owner/name=FOLDER of git directories, and OCTAD_DATA\n")
        return 0
    folders = {repo: Path(folder) for repo, _, folder in (one.partition("=") for one in options.repos)}
    found: list[Shown] = []
    rows = rows_of(tuple(folders), 10**9)
    counts: dict[str, Counts] = {}
    for repo, folder in folders.items():
        one, counts[repo] = measure(repo, folder, rows.get(repo, []), options.fixes)
        found += one
        if options.out:
            with options.out.open("a") as file:
                file.writelines(json.dumps(asdict(each)) + "\n" for each in one)
    kept = [one for one in found if one.others >= options.least and one.agree >= options.share * one.others]
    kinds = sorted({one.kind for one in kept})
    head = ("kind", "shown", "on a fixed line", "by chance", "gone", "new", "per 100 fixed", "per 100 random")
    body = [summary(kind, [one for one in kept if one.kind == kind], [*counts.values()]) for kind in kinds]
    every = summary("all", kept, [*counts.values()])
    sys.stdout.write(table("Usage: what deviates where a fix went", head, [*body, every]) + "\n")
    columns = ("repository", "fixes", "left out", "files", "first, s", "next, s", "unit, ms")
    sys.stdout.write(table("Usage: time", columns, [times(repo, one) for repo, one in counts.items()]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
