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

from octad.data.growth import FEWEST, UNCLEAR, Growth, program_growth
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

    UNCLEAR when a mode that fits nothing may be worse, or when it matters whether n counts only
    the rows of a matrix or also its columns.
    """
    modes: dict[str, list[Curve]] = {}
    for name, curve in curves:
        if len(curve) >= FEWEST:
            modes.setdefault(name.partition("/")[0], []).append(curve)
    found: dict[str, tuple[Growth, Points]] = {}
    for mode, shapes in modes.items():
        sizes, work = worst(shapes)
        points = tuple((size, int(units)) for size, units in zip(sizes, work.sum(axis=1), strict=True))
        found[mode] = (program_growth(sizes, work), points)
    sides = {found[mode][0].name for mode in ("outer", "inner") if mode in found}
    if "inner" in found and sides != {found["inner"][0].name}:
        return UNCLEAR, ()
    return max(found.values(), key=lambda item: item[0].order, default=(UNCLEAR, ()))


def worst(shapes: list[Curve]) -> tuple[list[int], NDArray[np.int64]]:
    """Sizes `[K]` that every shape reached, and for each the most work of each site, `[K, sites]`."""
    tables = [dict(curve) for curve in shapes]
    sizes = sorted(set.intersection(*(set(table) for table in tables)))
    return sizes, np.array([[table[size] for size in sizes] for table in tables]).max(axis=0)


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
