"""What can be asked without weights, and that asking is cheap."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from octad import __version__, catalog

Octad = Callable[..., tuple[int, str, str]]
VERBS = (
    "deps", "search", "similar", "ask", "explain", "list", "describe", "rule", "train", "evaluate",
    *(entry.verb for entry in catalog.entries()),
)  # fmt: skip


def test_version_and_help(octad: Octad) -> None:
    assert octad("--version") == (0, f"octad {__version__}\n", "")
    code, out, _ = octad("--help")
    assert code == 0
    assert all(f"\n  {verb} " in out for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_in_sentences(octad: Octad, verb: str) -> None:
    code, out, _ = octad(verb, "--help")
    assert code == 0 and out.startswith(f"Usage: octad {verb}")


def test_help_imports_nothing_heavy() -> None:
    heavy = ("numpy", "pydantic", "rich", "torch", "onnxruntime", "tree_sitter", "jinja2")
    program = (
        "import sys; from octad.cli.main import run; run(['--help']);"
        f" sys.exit(', '.join(m for m in {heavy} if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_list(octad: Octad) -> None:
    code, out, _ = octad("list", "--json")
    assert code == 0
    rows = json.loads(out)
    assert [row["name"] for row in rows] == [entry.name for entry in catalog.entries()]
    code, out, _ = octad("list")
    assert code == 0 and all(row["summary"] in out for row in rows)


@pytest.mark.parametrize("entry", catalog.entries(), ids=lambda entry: entry.name)
def test_describe(octad: Octad, entry: catalog.Entry) -> None:
    code, out, err = octad("describe", entry.name)
    assert (code, err) == (0, "")
    assert entry.summary in out and "heads:" in out and "weights:" in out


@pytest.mark.parametrize("verb", ["client", "serve token"])
def test_a_verb_without_its_command_gets_one_short_line(octad: Octad, verb: str) -> None:
    code, out, err = octad(*verb.split())
    assert (code, out) == (2, "")
    assert err == f"octad: error: Missing command; see `octad {verb} --help`\n"
