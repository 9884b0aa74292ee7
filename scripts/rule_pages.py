"""Write `docs/rules/`: a page for each rule of ours and a table of them all; `--check` only compares."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from octad.rules.pages import page
from octad.rules.rule import names, rule

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"
HEAD = """\
# Rules

What each rule means, with an example. `octad rule NAME` prints the same page; `octad rule` also lists the
rules of others that findings are named after: those of ruff, and weaknesses by their CWE number.

Written by `scripts/rule_pages.py` from `octad/rules/`.

| Rule | Level | Message |
| --- | --- | --- |
"""


def expected() -> dict[str, str]:
    """Every file that belongs in the folder: its path there, with `/`, and its text."""
    found = {"README.md": HEAD + "".join(_row(name) for name in names())}
    return found | {f"{name}.md": page(name) for name in names()}


def differing(folder: Path) -> list[str]:
    """The files of a folder that are missing, too many, or other than expected, in order."""
    held = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.md")}
    wanted = expected()
    return sorted(
        name
        for name in held.keys() | wanted.keys()
        if name not in held or name not in wanted or held[name].read_text("utf-8") != wanted[name]
    )


def write(folder: Path) -> None:
    """Bring a folder to what is expected; pages of rules that are gone are deleted."""
    wanted = expected()
    for name in differing(folder):
        path = folder / name
        if name in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[name], "utf-8", newline="\n")
        else:
            path.unlink()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages; with `--check`, 1 where a file differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, name the first file that differs"
    )
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="where the pages are (default: docs/rules)"
    )
    given = parser.parse_args(arguments)
    if not given.check:
        write(given.folder)
        return 0
    wrong = differing(given.folder)
    if wrong:
        sys.stdout.write(f"{given.folder / wrong[0]} differs: run scripts/rule_pages.py\n")
    return 1 if wrong else 0


def _row(name: str) -> str:
    """The line of a rule in the table."""
    held = rule(name)
    return f"| [{name}]({name}.md) | {held.level} | {held.message.format(word='…')} |\n"


if __name__ == "__main__":
    sys.exit(main())
