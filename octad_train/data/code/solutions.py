"""Solutions of one task in five languages, from the labelled set `mbxp`, without what tells their task.

Tasks of odd number are for development, those of even number for tests.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from octad.records.code import Language

FILES: dict[Language, str] = {
    "python": "mbpp_release_v1", "java": "mbjp_release_v1.2", "cpp": "mbcpp_release_v1.2",
    "javascript": "mbjsp_release_v1.2", "typescript": "mbtsp_release_v1.2",
}  # fmt: skip
HIDDEN = "f"
"""What a function is called whose name is hidden."""
_TEXT = re.compile(r'"""[\s\S]*?"""|/\*[\s\S]*?\*/')
_ASKED = re.compile(
    r"^\s*(?:write|implement|create)\b.*?\bfunction\b\s*(?:to\b|that\b|for\b|which\b)?\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution, the name of its function, and the task in words without "write a function to"."""

    language: Language
    task: int
    text: str
    name: str
    question: str


def solutions(folder: Path, *, test: bool, names: bool = True) -> list[Solution]:
    """All solutions of one half of the tasks; without `names` the function asked for is called HIDDEN."""
    return [
        solution if names else hidden(solution)
        for language, file in FILES.items()
        for row in _rows(folder / "mbxp" / f"{file}.jsonl.xz")
        if row["canonical_solution"]
        for solution in [_solution(language, row)]
        if (solution.task % 2 == 0) is test
    ]


def hidden(solution: Solution) -> Solution:
    """The same, its function called HIDDEN wherever it is named."""
    text = re.sub(rf"\b{re.escape(solution.name)}\b", HIDDEN, solution.text, flags=re.IGNORECASE)
    return Solution(solution.language, solution.task, text, HIDDEN, solution.question)


def _solution(language: Language, row: dict[str, str]) -> Solution:
    """A row without the documentation that repeats the task."""
    text = _TEXT.sub("", row["prompt"]) + row["canonical_solution"]
    task = int(row["task_id"].split("/")[1])
    return Solution(language, task, text, row["entry_point"], _ASKED.sub("", row["description"]))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
