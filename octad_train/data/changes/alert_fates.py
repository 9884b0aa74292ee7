"""What became of analysers' findings in two years, asked again of the projects' own histories.

The set `alerts` calls a finding `fixed` where its line is gone. Half of those lines were only rewritten: ruff
says the same of the same function two years later. Here a finding is acted on if its function is there after
two years and ruff no longer says it there; where the rule is named as often as before it was kept, whatever
became of the line; where neither holds, nothing is known.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from octad.analysers.ruff import program
from octad.analysers.workspace import ToolFailed, output
from octad.records.lines import encodable
from octad.review.measures import spans
from octad_train.data.public_sets import Row

ALERTS = "alerts/alerts.jsonl.xz"
YEARS = 2
TIMEOUT = 300.0


class Said(NamedTuple):
    """What ruff says of a file: rule, message and line, and the lines of its functions by their names."""

    findings: tuple[tuple[str, str, int], ...]
    functions: Mapping[str, Sequence[tuple[int, int]]]

    def of(self, row: Row) -> list[str]:
        """The messages of a row's rule in its function."""
        lines = self.functions.get(row["function"], ())
        return [
            message
            for rule, message, line in self.findings
            if rule == row["rule"] and any(first <= line <= last for first, last in lines)
        ]


def fates(rows: Sequence[Row], repositories: Path) -> Iterator[tuple[int, bool]]:
    """Numbers of rows and whether they were acted on, of those of which it can be said.

    `repositories` holds clones as `owner+name/repo`; rows of others are left out.
    """
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[row["repo"], row["sha"], row["day"]].append(number)
    for (repo, sha, day), numbers in sorted(groups.items()):
        clone = repositories / repo.replace("/", "+") / "repo"
        if clone.is_dir():
            mine = [rows[number] for number in numbers]
            before, after = (_said(clone, commit, mine) for commit in (sha, _later(clone, day)))
            for number, row in zip(numbers, mine, strict=True):
                acted_on = fate(row, before.get(row["path"]), after.get(row["path"]))
                if acted_on is not None:
                    yield number, acted_on


def fate(row: Row, before: Said | None, after: Said | None) -> bool | None:
    """Whether a finding was acted on; None where that cannot be said."""
    if before is None or after is None or row["function"] not in after.functions:
        return None
    then, now = before.of(row), after.of(row)
    if not then.count(row["message"]):
        return None
    if now.count(row["message"]) >= then.count(row["message"]) or len(now) >= len(then):
        return False
    return None if row["message"] in now or row["label"] == "kept" else True


def _later(clone: Path, day: str) -> str:
    """The last commit of the main line within two years."""
    start = date.fromisoformat(day)
    end = start.replace(year=start.year + YEARS, day=min(start.day, 28))
    return _git(clone, "rev-list", "-1", "--first-parent", f"--before={end}T23:59:59", "HEAD").strip()


def _said(clone: Path, commit: str, rows: Sequence[Row]) -> dict[str, Said]:
    """What ruff says of the files of some rows as a commit has them; nothing without the commit."""
    paths = sorted({row["path"] for row in rows})
    rules = sorted({row["rule"] for row in rows if row["rule"][:1].isupper()})
    there = set(_git(clone, "ls-tree", "-r", "--name-only", commit).splitlines()) if commit else set()
    with tempfile.TemporaryDirectory() as folder:
        texts = {path: _git(clone, "show", f"{commit}:{path}") for path in paths if path in there}
        for path, text in texts.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(encodable(text), "utf-8")
        found = _ask(Path(folder), rules) if texts else {}
    return {path: Said(tuple(found.get(path, ())), spans(text)) for path, text in texts.items()}


def _ask(folder: Path, rules: Sequence[str]) -> dict[str, list[tuple[str, str, int]]]:
    command = [program(), "check", "--isolated", "--no-cache", "--preview", "--exit-zero", "--quiet"]
    options = ["--no-respect-gitignore", "--select", ",".join(rules), "--output-format", "json", "."]
    found: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    try:
        said = json.loads(output([*command, *options], folder, TIMEOUT))
    except (ToolFailed, json.JSONDecodeError):
        return found
    for row in said:
        path = os.path.relpath(row["filename"], folder.resolve())
        found[path].append((row["code"], row["message"], row["location"]["row"]))
    return found


def _git(clone: Path, *arguments: str) -> str:
    command = ["git", "-C", str(clone), *arguments]
    return subprocess.run(command, capture_output=True, check=False).stdout.decode("utf-8", "replace")
