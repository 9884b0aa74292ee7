"""Programs with a known bug beside their repair: QuixBugs (MIT) and DebugBench (Apache-2.0).

QuixBugs has one slip per classic algorithm (Lin et al. 2017). DebugBench (Tian et al. 2024) has bugs
that a language model put into accepted solutions: more varied than an injector's, not written by people.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from octad.records.code import Code
from octad_train.data.code.fix_lines import changed_lines, edited_tokens
from octad_train.data.public_sets import Row, rows

QUIXBUGS = "quixbugs/programs.jsonl.xz"
DEBUGBENCH = "debugbench/bugs.jsonl.xz"
# What the judge that DebugBench was taken from imports before every program.
PREAMBLE = """\
import bisect, collections, functools, heapq, itertools, math, operator, random, re, string
from collections import Counter, OrderedDict, defaultdict, deque
from functools import cache, lru_cache, reduce
from heapq import heapify, heappop, heappush
from itertools import accumulate, chain, combinations, permutations, product
from math import ceil, comb, floor, gcd, inf, sqrt
from operator import mul
from typing import Any, Dict, List, Optional, Set, Tuple
class ListNode: ...
class TreeNode: ...
class Node: ...
"""
MANY = frozenset({"double", "triple", "quadruple"})


@dataclass(frozen=True, slots=True)
class RealBug:
    """A buggy program, its repair, and where they differ.

    `lines` are lines of `buggy`, from 1; `kind` is what the set calls the bug, "" where it says
    nothing; `group` is the problem solved, never to be on both sides of a split. `parses` tells
    whether the buggy text is Python at all; `edits` is the number of tokens the repair touches,
    0 if it changes only the layout.
    """

    source: str
    group: str
    kind: str
    buggy: Code
    fixed: Code
    lines: tuple[int, ...]
    edits: int
    parses: bool

    @property
    def is_single(self) -> bool:
        """Whether the set injected one bug here and not several."""
        return self.kind not in MANY


def quixbugs() -> list[RealBug]:
    """Read the 40 programs of QuixBugs without the text that explains them."""
    return quixbugs_of(rows(QUIXBUGS))


def debugbench() -> list[RealBug]:
    """Read the Python programs of DebugBench."""
    return debugbench_of(rows(DEBUGBENCH))


def quixbugs_of(records: Iterable[Row]) -> list[RealBug]:
    """Make pairs of the rows of QuixBugs; helpers that have no bug are left out."""
    made = [
        _bug("quixbugs", row["name"], "", without_closing_text(row["buggy_py"]),
             without_closing_text(row["fixed_py"]))
        for row in records
    ]  # fmt: skip
    return [bug for bug in made if bug.lines]


def debugbench_of(records: Iterable[Row]) -> list[RealBug]:
    """Make pairs of the Python rows of DebugBench."""
    made = [
        _bug("debugbench", row["slug"], row["category_file"], row["buggy_code"].strip("\n"),
             row["oracle_code"].strip("\n"))
        for row in records
        if row["language"].startswith("python")
    ]  # fmt: skip
    return [bug for bug in made if bug.lines]


def without_closing_text(program: str) -> str:
    """Drop a string that stands alone after the last function, and blank lines at both ends.

    There QuixBugs says what the program should do, and lists other right answers.
    """
    body = _parsed(program)
    if body is None:
        return program.strip("\n")
    lines = program.split("\n")
    for statement in reversed(body):
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            break
        del lines[statement.lineno - 1 :]
    while lines and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines).lstrip("\n") + "\n"


def _bug(source: str, group: str, kind: str, buggy: str, fixed: str) -> RealBug:
    return RealBug(
        source=source,
        group=group,
        kind=kind,
        buggy=Code(path=f"{source}/{group}.py", text=buggy),
        fixed=Code(path=f"{source}/{group}.py", text=fixed),
        lines=changed_lines(buggy, fixed),
        edits=edited_tokens(buggy, fixed),
        parses=_parsed(buggy) is not None,
    )


def _parsed(text: str) -> list[ast.stmt] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a stray backslash in someone's string is not ours to report
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
