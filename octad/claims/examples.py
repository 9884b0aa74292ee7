"""Python in documents: whole blocks and sessions, with the lines of the document that they stand on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import NamedTuple

from octad.claims.modules import Modules
from octad.records.document import Document, Passage
from octad.syntax.python_source import part_of
from octad.syntax.python_source import problem_of as problem_of_python

LANGUAGES = frozenset(
    {"python", "py", "python3", "py3", "pycon", "python-console", "ipython", "ipython3", "pycon3"}
)
_PROMPT = re.compile(r"^\s*(>>>|\.\.\.)(?: (.*)|)$")
_CELL = re.compile(r"^\s*(?:In ?\[\d*\]: |\.{3,}: )(.*)$")
_OPEN = re.compile(
    r"…|\{!|<[\w ./|-]+>|^%%|\[\.\.\.\]|\.\.\.\.|\.\.\. *[\w,]|[\w,] *\.\.\. *(?:\)|$)|\{\{|\{%|^\s*[-+] |"
    r"^\s*(?:[$%!?#@]\s*\w+ |pip |python )|^[<=>]{7}|^\s*\.\.\s|^\s*\(Pdb|-{3}|={3}|\^|→|⇒|⟶|»|\?$|snip|"
    r"\[ ?, ?\w",
    re.MULTILINE,
)
"""Signs of a part left out, of a shell, a template, a difference or a printed result: no whole program."""
_LEFT_OUT = re.compile(r"^(\s*)\.\.\.,?[ \t]*$", re.MULTILINE)
_CUT = re.compile(
    r"expected an indented block|unexpected EOF|was never closed|unterminated triple|unexpected indent|"
    r"unindent does not match|expected 'except'|invalid decimal literal|leading zeros|nested too deep|"
    r"f-string|illegal target for annotation"
)
_LIKE = re.compile(
    r"\s*(?:@\w|[)\]}]|(?:import|from|def|class|async|await|with|for|if|elif|else|try|except|finally|return|"
    r"yield|raise|assert|pass|while|del|global|lambda|not|print)\b|"
    r"[\w.\[\]'\"]+(?:: [\w\[\]., |]+)? *[-+*/|&]?= ?\S|[\w.]+\(|[\"'\w][^=:]*,$|[\"'])"
)
"""How lines of Python begin."""
LIKE = 0.6
"""The share of such lines in what is taken for Python: another language under its name is no claim."""
_NEWER = re.compile(
    r"^\s*type \w+(?:\[[^\n]*\])?\s*=|^\s*(?:async )?(?:def|class) \w+\[|^\s*except \w+, *\w+|"
    r"\bt[\"'][^\n]*\{",
    re.MULTILINE,
)
"""What only a Python that is newer than the one that runs here may parse."""


class Use(NamedTuple):
    """A name that an example takes from a module, on a line of the document."""

    module: str
    name: str
    line: int


@dataclass(frozen=True, eq=False)
class Example:
    """Some Python: its tree, or why there is none and where; `lines` are its lines in the document."""

    language: str
    tree: ast.Module | None
    lines: tuple[int, ...]
    around: str
    problem: str = ""
    problem_line: int = 0

    def line(self, node: ast.AST) -> int:
        """The line of the document that a node begins on."""
        at = min(getattr(node, "lineno", 1), len(self.lines)) - 1
        return self.lines[at]

    def uses(self, known: dict[str, str], given: Modules) -> Iterator[Use]:
        """What it takes from modules that are given; `known` names modules from examples before."""
        if self.tree is None:
            return
        bound = _stores(self.tree)
        for name in bound:
            known.pop(name, None)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from self._imported(node, known, given, bound)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                yield from self._taken(node, known, given, bound)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                module = _module(node.value, known, given)
                if module is not None:
                    yield Use(module, node.attr, self.line(node))

    def _imported(
        self, node: ast.Import, known: dict[str, str], given: Modules, bound: set[str]
    ) -> Iterator[Use]:
        for one in node.names:
            missing = given.lacks(one.name)
            if missing:
                yield Use(missing.rpartition(".")[0], missing.rpartition(".")[2], self.line(node))
                continue
            top = one.name.partition(".")[0]
            if top in given.tops and (one.asname or top) not in bound:
                known[one.asname or top] = one.name if one.asname else top

    def _taken(
        self, node: ast.ImportFrom, known: dict[str, str], given: Modules, bound: set[str]
    ) -> Iterator[Use]:
        module = node.module or ""
        missing = given.lacks(module)
        if missing:
            yield Use(missing.rpartition(".")[0], missing.rpartition(".")[2], self.line(node))
            return
        for one in node.names if given.folder_or_file(module) is not None else ():
            if one.name == "*":
                continue
            yield Use(module, one.name, self.line(one))
            known.pop(one.asname or one.name, None)
            if given.folder_or_file(f"{module}.{one.name}") and (one.asname or one.name) not in bound:
                names = given.names(given.folder_or_file(module) or "")
                if names is not None and one.name not in names:
                    known[one.asname or one.name] = f"{module}.{one.name}"


def examples(document: Document) -> Iterator[Example]:
    """All Python of a document that stands alone."""
    before = ""
    for passage in document.passages:
        if passage.kind != "code":
            before = passage.text if passage.kind == "text" else before
            continue
        example = _example(passage, before)
        if example is not None:
            yield example


def _example(passage: Passage, before: str) -> Example | None:
    labelled = passage.language in LANGUAGES
    lines = passage.text.split("\n")
    session = _session(lines, passage.first)
    if not (labelled or session):
        return None
    source, numbers = session or (
        dedent(passage.text),
        tuple(range(passage.first, passage.first + len(lines))),
    )
    around = "\n".join((*passage.section, *passage.within, before, *_comments(lines)))
    tree = part_of(source)
    if tree is not None:
        return Example(passage.language, tree, numbers, around)
    problem, line = _problem(source) if labelled and not session else ("", 0)
    at = numbers[min(line, len(numbers)) - 1] if problem else 0
    return Example(passage.language, None, numbers, around, problem, at)


def _session(lines: list[str], first: int) -> tuple[str, tuple[int, ...]] | None:
    """What is typed in a session, without what it answers; None where there is no prompt."""
    typed: list[str] = []
    numbers: list[int] = []
    for number, line in enumerate(lines, first):
        found = _PROMPT.match(line)
        cell = _CELL.match(line)
        if found and (found[1] == ">>>" or typed):
            typed.append(found[2] or "")
            numbers.append(number)
        elif cell:
            typed.append(cell[1])
            numbers.append(number)
    return ("\n".join(typed), tuple(numbers)) if typed else None


def _comments(lines: list[str]) -> list[str]:
    return [comment for line in lines if (comment := line.partition("#")[2])]


def _problem(source: str) -> tuple[str, int]:
    """Why a whole program does not parse, and on which of its lines; "" for what is only a part of one."""
    if _OPEN.search(source):
        return "", 0
    if any(part_of(whole) is not None for whole in _completed(source)) or _NEWER.search(source):
        return "", 0
    lines = [one for one in source.split("\n") if one.strip() and not one.lstrip().startswith("#")]
    if sum(map(bool, map(_LIKE.match, lines))) < LIKE * len(lines):
        return "", 0
    problem = problem_of_python(source)
    line, _, reason = problem.removeprefix("line ").partition(": ")
    if not line.isdigit() or _CUT.search(reason) or _is_signature(source, int(line), reason):
        return "", 0
    return reason, int(line)


def _is_signature(source: str, line: int, reason: str) -> bool:
    """Whether a line without its colon is the head of a function alone: nothing below is its body."""
    lines = source.split("\n")
    if reason != "expected ':'" or line > len(lines):
        return False
    head, below = lines[line - 1], next((one for one in lines[line:] if one.strip()), "")
    return len(below) - len(below.lstrip()) <= len(head) - len(head.lstrip())


def _completed(source: str) -> Iterator[str]:
    """What a part of a program may be a part of: a decorated function, a body, the inside of brackets."""
    yield f"{source}\ndef completed(): pass"
    yield f"{source}\n    pass"
    yield f"{source.rstrip()}: pass"
    yield _LEFT_OUT.sub("", source)
    yield _LEFT_OUT.sub(r"\1...,", source)
    for whole in (source, _LEFT_OUT.sub("", source)):
        yield f"completed({whole}\n)"
        yield f"{{{whole}\n}}"


def _stores(tree: ast.Module) -> set[str]:
    """The names that an example binds otherwise than by an import."""
    found = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    found |= {one.arg for one in ast.walk(tree) if isinstance(one, ast.arg)}
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return found | {one.name for one in ast.walk(tree) if isinstance(one, defined)}


def _module(node: ast.expr, known: dict[str, str], given: Modules) -> str | None:
    """The module that an expression is, where that is certain."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        outer = _module(node.value, known, given)
        inner = f"{outer}.{node.attr}" if outer is not None else ""
        if outer is not None and given.folder_or_file(inner) is not None:
            names = given.names(given.folder_or_file(outer) or "")
            return inner if names is not None and node.attr not in names else None
    return None
