"""Verbs in processes of their own: what they may take, and what of a folder they never run."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from octad.errors import InputError, OctadError
from octad.mcp import verbs
from octad.mcp.tool import Verb
from octad.mcp.verbs import Verbs


def test_what_a_verb_complains_of_is_raised_and_no_module_of_the_folder_is_imported(tmp_path: Path) -> None:
    for name in ("json.py", "octad.py", "sitecustomize.py", "typer.py"):
        (tmp_path / name).write_text("raise SystemExit('run')\n")
    with pytest.raises(OctadError, match=r"no such file or folder: gone\.py"):
        anyio.run(Verbs(60, 4_096).answer, Verb(("review", "--format=json", "--", "gone.py"), tmp_path), "")


def test_a_verb_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "PROGRAM", "import time; time.sleep(60)")
    monkeypatch.setattr(verbs, "GRACE", 0.1)
    with pytest.raises(InputError, match="no answer within"):
        anyio.run(Verbs(0.2, 4_096).answer, Verb(("review",), tmp_path), "")


@pytest.mark.parametrize("program", ["print('[1]')", "print('{')", "print('[' * 99_999)", ""])
def test_what_is_no_report_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(verbs, "PROGRAM", program)
    with pytest.raises(OctadError, match="no answer"):
        anyio.run(Verbs(20, 4_096).answer, Verb(("review",), tmp_path), "")
