"""Facts of real code, by project, and of what is unlike it: what `benchmarks/drift.py` measures on.

Python comes from the packages that are installed beside this one. Unlike it are solutions in other languages
(`mbxp` of OCTAD_DATA), the prose of the packages' own descriptions, and the same Python made small: short
names, no comments, one space of indent.
"""

from __future__ import annotations

import ast
import hashlib
import json
import lzma
import os
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from octad.ask import ask_one
from octad.catalog import load
from octad.records.code import Code
from octad.runtime import Runner
from octad.serve.facts import facts_of
from octad.syntax.units import units

AGENT = "code-reviewer"
SHORTEST, LONGEST = 120, 200_000
"""Characters of a unit, and of a file, that is worth asking about."""
FILES = 8
"""Files of a project, at least."""
OTHERS: Mapping[str, tuple[str, Any]] = {
    "javascript": ("mbjsp_release_v1.2", "javascript"),
    "java": ("mbjp_release_v1.2", "java"),
    "typescript": ("mbtsp_release_v1.2", "typescript"),
    "c++": ("mbcpp_release_v1.2", "cpp"),
}
Facts = dict[str, float]


def spread(items: Sequence[Any], most: int, seed: str) -> list[Any]:
    """Some of many, the same ones each time."""
    return sorted(items, key=lambda one: hashlib.sha256(f"{seed} {one}".encode()).digest())[:most]


def projects(most: int) -> list[Path]:
    """Folders of installed packages that hold enough Python, but this one's."""
    site = Path(sysconfig.get_paths()["purelib"])
    found = []
    for folder in sorted(site.iterdir()):
        is_other = folder.name.isidentifier() and folder.name not in ("octad", "octad_train")
        if is_other and len(list(islice(folder.rglob("*.py"), FILES))) == FILES:
            found.append(folder)
    return spread(found, most, "projects")


def python_units(folder: Path, most: int) -> list[Code]:
    """Some units of a project, spread over its files."""
    held: list[Code] = []
    for path in spread(sorted(folder.rglob("*.py")), 4 * FILES, folder.name):
        text = path.read_text("utf-8", "replace")
        if len(text) <= LONGEST:
            code = Code(path=path.name, text=text, language="python")
            held += [unit for unit in units(code) if len(unit.text) >= SHORTEST]
    return spread(held, most, folder.name)


class _Short(ast.NodeTransformer):
    """Names of one or two letters for what a function calls its own, and no docstrings."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def short(self, name: str) -> str:
        letters = "abcdefghijklmnopqrstuvwxyz"
        number = len(self.names)
        made = letters[number % 26] + (letters[number // 26 % 26] if number >= 26 else "")
        return self.names.setdefault(name, made)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg, node.annotation = self.short(node.arg), None
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if isinstance(node.ctx, ast.Store) or node.id in self.names:
            node.id = self.short(node.id)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        node.returns = None
        self.generic_visit(node)
        return node


def small(text: str) -> str | None:
    """Python as a program that makes it small would write it; None where it does not parse by itself."""
    try:
        shown = ast.unparse(_Short().visit(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return None
    lines = [line for line in shown.splitlines() if line.strip()]
    return "\n".join(" " * ((len(line) - len(line.lstrip())) // 4) + line.lstrip() for line in lines)


def prose(most: int) -> Iterator[Code]:
    """Descriptions of installed packages, cut into pieces of the size of a function, as if they were code."""
    site = Path(sysconfig.get_paths()["purelib"])
    for path in spread(sorted(site.glob("*.dist-info/METADATA")), most, "prose"):
        body = path.read_text("utf-8", "replace").partition("\n\n")[2]
        parts = [body[i : i + 900] for i in range(0, min(len(body), 9_000), 900)]
        for part in parts[1:4]:
            if len(part) >= SHORTEST:
                yield Code(path="a.py", text=part, language="python")


def other_language(name: str, most: int) -> Iterator[Code]:
    """Solutions of the tasks of a labelled set in another language."""
    file, language = OTHERS[name]
    path = Path(os.environ["OCTAD_DATA"], "mbxp", f"{file}.jsonl.xz")
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in spread([one for one in rows if one.get("canonical_solution")], most, name):
        text = row["prompt"] + row["canonical_solution"]
        yield Code(path=f"a.{language}", text=text, language=language)


def facts_of_code(codes: Sequence[Code], runner: Runner[Any, Any]) -> list[Facts]:
    """What is known of each piece of code and of the answer to it."""
    case = runner.agent.example
    made = [type(case)(code=code) for code in codes]
    return [facts_of(ask_one(runner, one), runner.manifest) for one in made]


def collected(most_projects: int, each: int) -> dict[str, dict[str, list[Facts]]]:
    """Facts by kind and project: `python` by project, everything else in groups of its own."""
    runner: Runner[Any, Any] = Runner.load(load(AGENT), threads=1)
    folders = projects(most_projects)
    by_project = {folder.name: python_units(folder, each) for folder in folders}
    every = [unit for found in by_project.values() for unit in found]
    shortened = [(unit, small(unit.text)) for unit in spread(every, 6 * each, "small")]
    outside: dict[str, list[Code]] = {
        "made small": [unit.model_copy(update={"text": text}) for unit, text in shortened if text],
        "prose": list(prose(2 * each))[: 3 * each],
        **{name: list(other_language(name, 3 * each)) for name in OTHERS},
    }
    python = {name: facts_of_code(found, runner) for name, found in by_project.items()}
    others = {name: {name: facts_of_code(codes, runner)} for name, codes in outside.items()}
    return {"python": python, **others}
