"""A renderer is a file: its name is the name of the format."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.cli.options import choice
from octad.records.report import Report
from octad.render import formats, renderers
from octad.render.renderers import FOLDER, GRAPHS, REPORTS, names, render


def test_every_file_is_a_format_and_the_terminal_comes_first() -> None:
    assert names(REPORTS)[0] == "terminal"
    assert set(names(REPORTS, GRAPHS)) == {
        path.stem for folder in (REPORTS, GRAPHS) for path in (FOLDER / folder).glob("[!_]*.py")
    }
    assert {"html", "json", "sarif", "terminal"} <= set(names(REPORTS))
    assert {"dot", "mermaid"} <= set(names(GRAPHS))


def test_a_new_file_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / REPORTS
    folder.mkdir()
    (folder / "shout.py").write_text(
        "def render(report, sources):\n    return f'{report.agent} {sorted(sources)}'.upper()\n"
    )
    monkeypatch.setattr(renderers, "FOLDER", tmp_path)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(folder)])
    assert names(REPORTS) == ("shout",)
    assert list(choice(REPORTS)) == ["shout"]
    assert render("shout", Report(agent="made", version="0"), {"a.py": ""}) == "MADE ['A.PY']"
