from __future__ import annotations

import pytest

from octad.records.code import Code
from octad.repository.environment import variables_of
from octad.repository.manifest import manifest_of, oldest_python
from octad.repository.targets import makefile, tox_ini


@pytest.mark.parametrize(
    ("specifier", "oldest"),
    [
        (">=3.9", (3, 9)), (">=3.10,<4", (3, 10)), ("^3.8", (3, 8)), ("~=3.11", (3, 11)), (">3.7", None),
        ("", None), ("==3.9.*", None), (">=2.7, >=3.6", None), ("^2.7 || ^3.6", None),
    ],
)  # fmt: skip
def test_the_oldest_python_is_one_plain_bound(specifier: str, oldest: tuple[int, int] | None) -> None:
    assert oldest_python(specifier) == oldest


POETRY = """\
[tool.poetry]
name = "notes"
version = "1.2"
[tool.poetry.dependencies]
python = "^3.9"
[tool.poetry.scripts]
notes = {reference = "notes.cli:main", type = "console"}
"""
CONFIG = """\
[metadata]
name = notes
version = 1.2
[options]
python_requires = >=3.9
[options.entry_points]
console_scripts =
    notes = notes.cli:main
"""
SETUP = """\
from setuptools import setup
POINTS = {"console_scripts": ["notes = notes.cli:main", "notes%d = x:y" % 3]}
setup(name="notes", version="1.2", python_requires=">=3.9",
      entry_points=POINTS)
"""


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [("pyproject.toml", POETRY, 5), ("setup.cfg", CONFIG, 5), ("setup.py", SETUP, 3)],
)
def test_every_manifest_says_the_same(path: str, text: str, line: int) -> None:
    found = manifest_of(f"a/{path}", text)
    assert found is not None
    assert (found.name, found.version, found.oldest) == ("notes", "1.2", (3, 9))
    assert [(one.name, one.module, one.function) for one in found.scripts] == [("notes", "notes.cli", "main")]
    assert path == "setup.py" or found.oldest_line == line


@pytest.mark.parametrize("path", ["pyproject.toml", "setup.cfg", "setup.py", "other.toml"])
@pytest.mark.parametrize("text", ["[", "setup(", "\0", "[project]\nname = 3\nscripts = []\n", "[" * 10_000])
def test_damaged_manifests_say_nothing(path: str, text: str) -> None:
    found = manifest_of(path, text)
    assert found is None or (found.name, found.scripts, found.oldest) == ("", (), None)


def test_variables_are_found_however_they_are_read() -> None:
    text = """
import os
NAME = "A_NAME"
os.environ[NAME]; os.environ.get("B_GET"); os.getenv("C_GETENV"); "D_IN" in os.environ; {}.get("E_NO")
option(envvar="F_OPTION")
class S(BaseSettings):
    field: int
    model_config = SettingsConfigDict(env_prefix="g_")
"""
    found = [one.name for one in variables_of(Code(path="a.py", text=text))]
    assert sorted(found) == ["A_NAME", "B_GET", "C_GETENV", "D_IN", "F_OPTION", "G_FIELD"]


def test_long_lines_of_files_of_targets_take_no_long_time() -> None:
    assert makefile(" " * 200_000 + "x").names == {}
    assert makefile("a" * 200_000).names == {}
    assert makefile("A = $(A)$(A)\n" + "$(A): b\n").is_open
    assert not tox_ini("[tox]\nenvlist = " + "{a,b}" * 60).factors
