"""Time complexity, measured: run functions on growing inputs and name how the counted work grows.

The functions are the Python solutions of MBXP (CC-BY-4.0). Size is the length of a sequence and the
value of a whole number; the worst of several shapes of input counts; work is counted by the code
itself (`instrument`, `counting`), not timed, so that every run gives the same labels.
"""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from octad.data.growth import FEWEST, UNCLEAR, Growth, exponent, program_growth
from octad.data.labelled import Row, folds, rows
from octad.errors import OctadError, UnreadableInput

FILE = "mbxp/mbpp_release_v1.jsonl.xz"
LICENCE = "CC-BY-4.0"
MEASURED = Path(".data/complexity.jsonl")
SECONDS = 60
REFUSED = 3
ROOT = Path(__file__).resolve().parent.parent.parent

Curve = list[tuple[int, list[int]]]
Curves = list[tuple[str, Curve]]
Points = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """A function without its docstring, its class, and the (size, work) of the way to scale that decided."""

    task_id: str
    code: str
    label: str
    counts: Points


def measured(path: Path = MEASURED) -> list[Measured]:
    """Read the labels that `python -m octad.data.complexity` wrote; raises UnreadableInput."""
    try:
        found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise UnreadableInput(
            f"no measured complexities in {path}", hint="run python -m octad.data.complexity"
        ) from error
    return [Measured(r["task_id"], r["code"], r["label"], tuple(map(tuple, r["counts"]))) for r in found]


def folds_of(items: Iterable[Measured]) -> list[int]:
    """Give each function a fold; a problem is in one only."""
    return folds([item.task_id for item in items])


def measure_all(records: Iterable[Row]) -> Iterator[tuple[Measured | None, str]]:
    """Measure the rows of the set one after the other; yields (row, "") or (None, why not)."""
    for record in records:
        code = record["prompt"].strip("\n") + "\n" + record["canonical_solution"]
        curves = probe(code, record["entry_point"], test_arguments(record["test"]))
        if isinstance(curves, str):
            yield None, curves
            continue
        growth, counts = judged(curves)
        if growth is UNCLEAR or not growth.name:
            yield None, "unclear" if growth is UNCLEAR else "between the classes"
            continue
        yield Measured(record["task_id"], without_docstring(code), growth.name, counts), ""


def test_arguments(test: str) -> list[str]:
    """Texts of the argument tuples of `candidate(...)` in a test; those that are no literals are left out."""
    found = []
    for node in ast.walk(ast.parse(test)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "candidate":
            try:
                found.append(repr(tuple(ast.literal_eval(argument) for argument in node.args)))
            except ValueError:
                continue
    return found


def judged(curves: Curves) -> tuple[Growth, Points]:
    """The growth of the worst mode of scaling, and its (size, total work).

    UNCLEAR when a mode that fits nothing may be worse than the worst clear one, or when it matters
    whether n counts only the rows of a matrix or also its columns.
    """
    modes: dict[str, list[Curve]] = {}
    for name, curve in curves:
        if sum(bool(work) for _, work in curve) >= FEWEST:
            modes.setdefault(name.partition("/")[0], []).append(curve)
    found: dict[str, tuple[Growth, Points]] = {}
    for mode, shapes in modes.items():
        sizes, work = merged_work(shapes) if mode == "value" else worst_work(shapes)
        points = tuple((size, int(units)) for size, units in zip(sizes, work.sum(axis=1), strict=True))
        found[mode] = (program_growth(sizes, work), points)
    if "inner" in found and found["inner"][0].name != found.get("outer", found["inner"])[0].name:
        return UNCLEAR, ()
    clear = [item for item in found.values() if item[0] is not UNCLEAR]
    top = max(clear, key=lambda item: item[0].order, default=(UNCLEAR, ()))
    doubtful = [points for growth, points in found.values() if growth is UNCLEAR]
    if any(exponent(*zip(*points, strict=True)) > top[0].order + 0.1 for points in doubtful):
        return UNCLEAR, ()
    return top


def worst_work(shapes: list[Curve]) -> tuple[list[int], NDArray[np.int64]]:
    """Sizes `[K]` that every shape reached, and for each the most work of each site, `[K, sites]`."""
    tables = [{size: work for size, work in curve if work} for curve in shapes]
    sizes = sorted(set.intersection(*(set(table) for table in tables)))
    return sizes, np.array([[table[size] for size in sizes] for table in tables]).max(axis=0)


def merged_work(shapes: list[Curve]) -> tuple[list[int], NDArray[np.int64]]:
    """All sizes `[K]` of all shapes below the first that one failed at, and their work `[K, sites]`."""
    failed = min((size for curve in shapes for size, work in curve if not work), default=1 << 64)
    table = {size: work for curve in shapes for size, work in curve if work and size < failed}
    return sorted(table), np.array([table[size] for size in sorted(table)])


def probe(code: str, entry: str, tests: list[str]) -> Curves | str:
    """Run the probe as a child and return its curves, or why there are none.

    The child is a process group of its own with an empty environment and folder, and is killed as
    a whole after a minute. Raises OctadError where the system cannot isolate it.
    """
    if not tests:
        return "no arguments"
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-s", "-P", "-m", "octad.data.probe"]
    task = json.dumps({"code": code, "entry": entry, "tests": tests})
    with tempfile.TemporaryDirectory() as folder:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            cwd=folder, env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            answer, _ = child.communicate(task, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return "too slow"
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    if child.returncode == REFUSED:
        raise OctadError("foreign code is not run here", hint="Linux with user namespaces is needed")
    try:
        result = json.loads(answer)
    except ValueError:
        return "died"
    if "refused" in result:
        return f"refused: {result['refused']}"
    curves: Curves = result["curves"]
    return curves


def without_docstring(code: str) -> str:
    """Cut the docstring of every top-level function: it says what the code should do."""
    lines = code.split("\n")
    for node in reversed(ast.parse(code).body):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) and len(node.body) > 1:
            text = node.body[0]
            del lines[text.lineno - 1 : text.end_lineno]
    return "\n".join(line.rstrip() for line in lines if line.strip()) + "\n"


def main(path: Path = MEASURED) -> int:
    """Measure every function of the set and write the clear ones; a quarter of an hour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    reasons: dict[str, int] = {}
    with path.open("w", encoding="utf-8") as out:
        for found, reason in measure_all(rows(FILE)):
            key = found.label if found else reason.partition(":")[0]
            reasons[key] = reasons.get(key, 0) + 1
            if found:
                out.write(json.dumps(asdict(found)) + "\n")
                out.flush()
    sys.stdout.write("".join(f"{name:20} {count}\n" for name, count in sorted(reasons.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
