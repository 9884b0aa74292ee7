from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from octad.errors import UnreadableInput
from octad.read.code.files import read_paths
from octad.read.code.notebook import FLAG, Cells, python_of


def code(*lines: str) -> dict[str, Any]:
    """A code cell as Jupyter writes it: each line a string, all but the last with its end."""
    source = [f"{line}\n" for line in lines[:-1]] + [lines[-1]] if lines else []
    output = {"output_type": "stream", "name": "stdout", "text": ["source\n", "cells\n"]}
    return {"cell_type": "code", "metadata": {}, "outputs": [output], "source": source, "execution_count": 1}


def prose(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": [text]}


def notebook(*cells: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"cells": [*cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **fields}


def file_of(*cells: dict[str, Any]) -> str:
    return json.dumps(notebook(*cells), indent=1, ensure_ascii=False) + "\n"


def text_of(*cells: dict[str, Any]) -> str:
    return python_of(file_of(*cells).encode())


def code_of(*lines: str) -> list[str]:
    """The lines of a cell as they are read."""
    return [line for line in text_of(code(*lines)).split("\n") if line][1:]


def test_lines_are_those_of_the_file() -> None:
    file = file_of(prose("import no"), code("import os", "", "x = 'ü'"), code(), code("y = os"))
    lines = python_of(file.encode()).split("\n")
    shown = file.split("\n")
    for wanted in ("import os", "x = 'ü'", "y = os"):
        (at,) = (number for number, line in enumerate(lines) if line == wanted)
        assert wanted in shown[at]
    assert [line for line in lines if line.startswith("#")] == [
        "# cell 2 of the notebook",
        "# cell 4 of the notebook",
    ]


def test_a_line_knows_its_cell() -> None:
    text = text_of(prose("p"), code("", "a", "b"), code("c"))
    lines = text.split("\n")
    cells = Cells(text)
    places = {line: cells.at(number) for number, line in enumerate(lines, 1) if line in ("a", "b", "c")}
    assert places == {"a": (2, 2), "b": (2, 3), "c": (3, 1)}
    assert cells.at(1) is None


@pytest.mark.parametrize("written", [None, "one string"])
def test_a_file_that_keeps_code_on_no_lines_of_its_own(written: str | None) -> None:
    cells = [code("a = 1", "b = 2"), code("c = 3")]
    if written:
        for cell in cells:
            cell["source"] = "".join(cell["source"])
    text = python_of(json.dumps(notebook(*cells), indent=1 if written else None).encode())
    assert text == "# cell 1 of the notebook\na = 1\nb = 2\n# cell 2 of the notebook\nc = 3\n"
    assert Cells(text).at(3) == (1, 2)


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        (["%matplotlib inline", "x = 1"], ["#matplotlib inline", "x = 1"]),
        (["!pip install a \\", "   b", "x = 1"], ["#pip install a \\", "   #", "x = 1"]),
        (["if x:", "    !ls", "    %cd /"], ["if x:", "    0  ", "    None "]),
        (["files = !ls *.py", "t = %timeit -o f()"], ["files = None    ", "t = None          "]),
        (["x?", "?x.y", "print??"], ["#?", "#x.y", "#rint??"]),
        (["%%time", "x = 1"], ["#%time", "x = 1"]),
        (["%%bash", "if [ -e x ]", "  then ls"], ["#%bash", "#f [ -e x ]", "  #hen ls"]),
        (["x = (a", "     %b)"], ["x = (a", "     %b)"]),
        (["s = '''", "%matplotlib", "'''"], ["s = '''", "%matplotlib", "'''"]),
        (["%pip install x", "y = (a", "  != b)"], ["#pip install x", "y = (a", "  != b)"]),
    ],
)
def test_magics_do_nothing_and_lengths_stay(lines: list[str], read: list[str]) -> None:
    found = code_of(*lines)
    assert found == read
    assert [len(line) for line in found] == [len(line) for line in lines]
    ast.parse("\n".join(found))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a notebook"),
        (b"{", "not a notebook"),
        (b"[]", "not a notebook"),
        (b"\xff", "not a notebook"),
        (b'{"nbformat": 4}', "not a notebook"),
        (b'{"nbformat": 4, "cells": [1]}', "not a notebook"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}', "not a notebook"),
        (b'{"nbformat": "x", "cells": []}', "not a notebook"),
        (b"[" * 100_000, "not a notebook"),
        (b'{"nbformat": 3, "worksheets": []}', "a notebook of format 3, not 4"),
        (
            json.dumps(notebook(code("x"), metadata={"kernelspec": {"language": "R"}})).encode(),
            "a notebook of another language than Python",
        ),
        (
            json.dumps(notebook(code("x"), metadata={"language_info": {"name": "julia"}})).encode(),
            "a notebook of another language than Python",
        ),
    ],
)
def test_what_is_no_notebook_has_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableInput, match=reason):
        python_of(data)


def test_line_ends_of_any_kind_and_a_mark() -> None:
    cell = code("x")
    cell["source"] = ["a = 1\r\n", "b = 2\n"]
    text = python_of(b"\xef\xbb\xbf" + json.dumps(notebook(cell), indent=1).encode())
    assert [line for line in text.split("\n") if line] == ["# cell 1 of the notebook", "a = 1", "b = 2"]


def test_notebooks_are_read_where_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(file_of(code("x = 1")))
    (tmp_path / "b.ipynb").write_text("{")
    (tmp_path / "c.ipynb").write_text(file_of(prose("only prose")))
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "a.ipynb").write_text(file_of(code("x = 1")))
    intake = read_paths([tmp_path], ["python"], cwd=tmp_path, notebooks=True)
    assert [(one.path, one.language, one.flags) for one in intake.codes] == [("a.ipynb", "python", (FLAG,))]
    reasons = {one.path: one.reason for one in intake.skipped}
    assert reasons == {"b.ipynb": "not a notebook that can be read", "c.ipynb": "empty file"}
    assert read_paths([tmp_path], ["python"], cwd=tmp_path).codes == ()
    assert read_paths([tmp_path], ["go"], cwd=tmp_path, notebooks=True).codes == ()
