"""Measure both packages against the size limits and fail where one is beyond them.

Counted: lines of files (packages' `__init__` files left out, they hold only a docstring), lines of
functions without their docstring, arguments without `self` and `cls`, the share of arguments and
results that are typed, and import cycles, imports inside functions included.
"""

from __future__ import annotations

import ast
import graphlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (ROOT / "octad", ROOT / "octad_train")

# Where a number and clarity disagree, clarity wins: "path" or "path:function" -> the reason.
ALLOWED: dict[str, str] = {
    "octad/cli/rollout_watch.py:watch": "the options of a verb are the arguments of its function",
    "octad/cli/train.py:train": "the options of a verb are the arguments of its function",
    "octad/nn/backbone.py:attend_plainly": "transformers decides what an attention function is called with",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Limit:
    """The most that the median, the 90th percentile and the largest value may be."""

    name: str
    median: float
    p90: float
    largest: float


FILES = Limit("lines per file", 130, 300, 500)
FUNCTIONS = Limit("lines per function", 25, 25, 60)
ARGUMENTS = Limit("arguments", 4, 4, 8)


@dataclass(frozen=True)
class Measured:
    """One value and where it was measured."""

    where: str
    value: int


def modules(packages: Sequence[Path] = PACKAGES) -> dict[str, Path]:
    """Dotted module names of some packages and their files."""
    found = {}
    for package, path in ((one, path) for one in packages for path in sorted(one.rglob("*.py"))):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(tree: ast.AST, known: Sequence[str] | dict[str, Path]) -> set[str]:
    """Modules of `known` that a syntax tree imports; `from a import b` means `a.b` where that is a module."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            inside = {name for name in whole if name in known}
            names |= inside if len(inside) == len(whole) else inside | {node.module}
    return {name for name in names if name in known}


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method of a syntax tree, nested ones included."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """Lines from `def` to the end, the docstring left out."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        first = function.body[0]
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def arguments(function: Function) -> list[ast.arg]:
    """The arguments a caller gives: `self` and `cls` are not among them."""
    spec = function.args
    plain = [*spec.posonlyargs, *spec.args]
    if plain and plain[0].arg in ("self", "cls"):
        plain = plain[1:]
    return [*plain, *spec.kwonlyargs, *(arg for arg in (spec.vararg, spec.kwarg) if arg)]


def untyped(function: Function) -> int:
    """How many of a function's arguments and its result carry no annotation."""
    missing = sum(arg.annotation is None for arg in arguments(function))
    return missing + (function.returns is None)


def percentile(values: Sequence[int], share: float) -> int:
    """The smallest value that at least `share` of all values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(share * 100) // 100) - 1)] if ordered else 0


def beyond(limit: Limit, measured: Sequence[Measured]) -> list[str]:
    """Print the three numbers of one measure and return what is beyond its limits."""
    values = [item.value for item in measured]
    median, p90, largest = percentile(values, 0.5), percentile(values, 0.9), max(values, default=0)
    sys.stdout.write(f"{limit.name:20} {len(values):5} {median:5} / {p90:4} / {largest:4}")
    sys.stdout.write(f"   limits {limit.median} / {limit.p90} / {limit.largest}\n")
    wrong = [
        f"{item.where}: {item.value} {limit.name}, at most {limit.largest}"
        for item in measured
        if item.value > limit.largest and item.where not in ALLOWED
    ]
    if median > limit.median:
        wrong.append(f"median {limit.name} is {median}, at most {limit.median}")
    if p90 > limit.p90:
        wrong.append(f"90th percentile of {limit.name} is {p90}, at most {limit.p90}")
    return wrong


def import_cycle(trees: dict[str, ast.Module], known: dict[str, Path]) -> list[str]:
    """One import cycle as a list of modules, empty where there is none."""
    graph = {name: imported(tree, known) - {name} for name, tree in trees.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


def check() -> list[str]:
    """Measure the packages, print the table, and return every violation."""
    known = modules()
    trees = {name: ast.parse(path.read_text("utf-8")) for name, path in known.items()}
    files, sizes, counts, missing, slots = [], [], [], [], 0
    for name, path in known.items():
        where = path.relative_to(ROOT).as_posix()
        if path.name != "__init__.py":
            files.append(Measured(where, len(path.read_text("utf-8").splitlines())))
        for function in functions(trees[name]):
            here = f"{where}:{function.name}"
            sizes.append(Measured(here, length(function)))
            counts.append(Measured(here, len(arguments(function))))
            slots += len(arguments(function)) + 1
            missing += [here] * untyped(function)
    wrong = beyond(FILES, files) + beyond(FUNCTIONS, sizes) + beyond(ARGUMENTS, counts)
    sys.stdout.write(f"{'typed':20} {slots:5} {100 * (1 - len(missing) / max(1, slots)):5.1f} %\n")
    cycle = import_cycle(trees, known)
    return (
        wrong
        + [f"{where}: not fully typed" for where in dict.fromkeys(missing)]
        + ([f"import cycle: {' -> '.join(cycle)}"] if cycle else [])
    )


def main() -> int:
    """Print the numbers; 1 where any is beyond its limit."""
    wrong = check()
    for line in wrong:
        sys.stdout.write(f"FAIL {line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
