"""Measured complexity, from a function's text to its class."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from octad.data import complexity, probe
from octad.data.growth import CLASSES, UNCLEAR
from octad.errors import OctadError, UnreadableInput

PROGRAMS = {
    "def f(n):\n    return n * (n + 1) // 2\n": ("(4,)", "constant"),
    "def f(n):\n    k = 0\n    while n:\n        n //= 10\n        k += 1\n    return k\n": (
        "(4,)",
        "logarithmic",
    ),
    "def f(n):\n    return sum(i for i in range(n))\n": ("(4,)", "linear"),
    "def f(a):\n    a.sort()\n    return a[0]\n": ("([3, 1],)", "linearithmic"),
    "def f(a):\n    return [x for x in a if a.count(x) == 1]\n": ("([3, 1],)", "quadratic"),
    "def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n": ("(4,)", "exponential"),
    "def f(a, b):\n    return sum(x * y * z for x in a for y in b for z in a)\n": (
        "([1], [2])",
        "cubic-or-more",
    ),
    "def f(n):\n    return all(n % d for d in range(2, int(n ** 0.5) + 1))\n": ("(4,)", "none"),
    "def f(rows):\n    return sum(sum(row) for row in rows)\n": ("([[1, 2], [3, 4]],)", "none"),
}


@pytest.mark.parametrize(("code", "expected"), PROGRAMS.items())
def test_classes(code: str, expected: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "BUDGET", 5_000)
    test, name = expected
    curves = json.loads(json.dumps(probe.measure(code, "f", [test])))
    growth, counts = complexity.judged(curves)
    assert (growth.name if growth.name in CLASSES else "none") == name
    assert name == "none" or counts[-1][0] > counts[0][0]


def test_nothing_measured_is_unclear() -> None:
    assert complexity.judged([]) == (UNCLEAR, ())
    assert complexity.judged([("outer/repeat", [(3, [1]), (4, [])])]) == (UNCLEAR, ())


def test_arguments_are_read_from_the_assertions() -> None:
    test = "def check(candidate):\n    assert candidate([1], 'a') == 2\n    assert candidate(x) == 3\n"
    assert complexity.test_arguments(test) == ["([1], 'a')"]


def test_the_docstring_is_cut_and_the_code_kept() -> None:
    code = 'def f(n):\n    """Return n.\n\n    >>> f(1)\n    """\n    return n  \n'
    assert complexity.without_docstring(code) == "def f(n):\n    return n\n"
    assert ast.parse(complexity.without_docstring('def f(n):\n    """Only this."""\n'))


def test_a_probe_runs_apart_and_gives_the_same_curves_twice() -> None:
    code = "def f(a):\n    print(a)\n    return len(set(a))\n"
    try:
        curves = complexity.probe(code, "f", ["(['b', 'a'],)"])
    except OctadError as error:
        pytest.skip(str(error))
    assert not isinstance(curves, str)
    assert complexity.judged(curves)[0].name == "linear"
    assert complexity.probe("import os\ndef f(a): ...\n", "f", ["(1,)"]) == "refused: line 1: os"
    assert complexity.probe(code, "f", []) == "no arguments"


def test_without_isolation_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "isolate", lambda: False)
    monkeypatch.setattr(probe, "measure", lambda *task: pytest.fail("foreign code was run"))
    monkeypatch.setattr(probe.json, "load", lambda stream: {})
    assert probe.main() == probe.REFUSED


def test_events_that_are_not_computing_are_denied() -> None:
    for event in ("open", "os.system", "socket.connect", "subprocess.Popen", "import", "ctypes.dlopen"):
        with pytest.raises(PermissionError, match=event):
            probe._deny(event, ())
    probe._deny("compile", ())


def test_labels_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"task_id": "t/1", "code": "x", "label": "linear", "counts": [[3, 4], [5, 6]]}\n')
    (item,) = complexity.measured(path)
    assert item == complexity.Measured("t/1", "x", "linear", ((3, 4), (5, 6)))
    assert complexity.folds_of([item, item]) == [0, 0]
    with pytest.raises(UnreadableInput, match="no measured complexities"):
        complexity.measured(tmp_path / "absent")
