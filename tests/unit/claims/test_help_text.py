"""Options that a command makes while it runs are known from its help."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.claims.run import executed
from octad.claims.tree import read_tree
from octad.host import sandbox

pytestmark = pytest.mark.skipif(not sandbox.available(), reason="no program can be isolated here")

COMMAND = '''
"""A command whose options come from a table."""
import argparse
TABLE = ("size", "colour")

def options(parser):
    for name in TABLE:
        parser.add_argument("-" * 2 + name)

def main():
    parser = argparse.ArgumentParser(prog="shop")
    commands = parser.add_subparsers()
    sell = commands.add_parser("sell")
    options(sell)
    sell.add_argument("thing", nargs="?")
    parser.parse_args()
'''
MANIFEST = '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.main:main"\n'


def findings(folder: Path, *commands: str, code: str = COMMAND) -> list[str]:
    """What is said of documented commands."""
    folder.chmod(0o755)
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").write_text("")
    (folder / "shop" / "main.py").write_text(code)
    (folder / "pyproject.toml").write_text(MANIFEST)
    (folder / "README.md").write_text("# Shop\n\nType:\n\n```sh\n" + "\n".join(commands) + "\n```\n")
    return [one.message for one in executed(read_tree(str(folder))).findings]


def test_options_of_the_help_are_known(tmp_path: Path) -> None:
    assert findings(tmp_path, "shop sell --size=3 apple", "shop sell --col red", "shop --help") == []


def test_an_option_that_no_help_shows(tmp_path: Path) -> None:
    said = "`shop sell --sizes`: `shop sell --help` shows no option `--sizes`; the nearest is `--size`."
    assert findings(tmp_path, "shop sell --sizes 3") == [said]


@pytest.mark.parametrize(
    "command", ["shop buy --much", "shop run --much", "shop sell -- --much", "other --much"]
)
def test_what_another_command_takes_is_not_judged(tmp_path: Path, command: str) -> None:
    assert findings(tmp_path, command) == []


def test_a_command_that_gives_no_help_is_not_judged(tmp_path: Path) -> None:
    assert findings(tmp_path, "shop sell --sizes 3", code="import gone\n" + COMMAND) == []
