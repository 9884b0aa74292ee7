"""What of a documentation can be run: blocks of Python and sessions, in documents and docstrings."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from posixpath import basename, dirname, splitext
from textwrap import dedent
from typing import NamedTuple

from octad.claims.examples import examples
from octad.claims.judged import judged
from octad.claims.modules import modules
from octad.claims.tree import Tree, fact
from octad.host.session import Piece, Session
from octad.records.code import Code
from octad.records.document import Document, Passage
from octad.syntax.python_source import module_of

PROGRAMS = frozenset({"python", "py", "python3", "py3"})
_FAILS = re.compile(
    r"\b(?:before|old|deprecat\w*|remov\w+|no longer|previous\w*|legacy|migrat\w*|upgrad\w*|renam\w+|wrong|"
    r"bad|don't|do not|avoid|incorrect|invalid|fail\w*|error\w*|broken|used to|won't|pseudo\w*|hypothetical|"
    r"python ?2|proposal|proposed|planned|future|imagine|not (?:yet )?implemented|except\w*|rais\w+)\b",
    re.IGNORECASE,
)
"""Words beside an example that is not meant to work, or not any more."""
_FENCE = re.compile(r"^ *(?:```|~~~).*$", re.MULTILINE)
"""What is left of a block in a block that a reader takes otherwise than its author meant."""
_NO_MODULES = frozenset(
    {"setup", "conftest", "noxfile", "tasks", "versioneer", "fabfile", "dodo", "conf", "manage"}
)


class Part(NamedTuple):
    """A piece of Python, the lines that it stands on, and what the text says of it.

    `want` is what it prints, empty where that is not said; `raises` the exception, as Python shows it.
    `is_claim` says that it is meant to work; what is not is run as well, for what comes after it.
    """

    piece: Piece
    line: int
    end_line: int
    want: str = ""
    raises: str = ""
    options: frozenset[int] = frozenset()
    is_claim: bool = True


class Script(NamedTuple):
    """Parts of one file that share their names, which begin with those of a module where one is named."""

    path: str
    parts: tuple[Part, ...]
    module: str = ""

    @property
    def session(self) -> Session:
        """What of it is run."""
        return Session(tuple(part.piece for part in self.parts), self.module)


@fact
def tops(tree: Tree) -> dict[str, str]:
    """The packages and modules that a project gives to others, and the folders that they lie in."""
    found = {name: dirname(folders[0]) for name, folders in modules(tree).tops.items() if len(folders) == 1}
    for path in tree.files:
        name, ending = splitext(basename(path))
        is_one = ending == ".py" and dirname(path) in ("", "src") and name.isidentifier()
        if is_one and name not in _NO_MODULES and not name.startswith(("test", "_")):
            found.setdefault(name, dirname(path))
    return found


def scripts(tree: Tree) -> Iterator[tuple[Script, ...]]:
    """All that can be run, those of one file together."""
    names = tops(tree)
    speaks = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b") if names else None
    for document in judged(tree):
        script = Script(document.path, tuple(_parts(document)))
        if speaks is not None and any(speaks.search(part.piece.source) for part in script.parts):
            yield (script,)
    for code in tree.codes:
        module = _module(code.path, names)
        if module and ">>>" in code.text:
            found = tuple(_docstrings(code, module))
            if found:
                yield found


def _parts(document: Document) -> Iterator[Part]:
    """The Python of a document."""
    found = {line: one for one in examples(document) for line in one.lines}
    for passage in document.passages if ">>>" in document.text or "import" in document.text else ():
        if passage.kind != "code":
            continue
        example = next(
            (found[line] for line in range(passage.first, passage.last + 1) if line in found), None
        )
        if example is not None:
            is_claim = not _FAILS.search(example.around)
            yield from (part._replace(is_claim=is_claim) for part in _of_passage(passage))


def _of_passage(passage: Passage) -> Iterator[Part]:
    text = _FENCE.sub("", dedent(passage.text))
    if re.search(r"^>>> ", text, re.MULTILINE):
        yield from _typed(text, passage.first)
    elif passage.language in PROGRAMS:
        yield Part(Piece(text), passage.first, passage.last)


def _typed(text: str, first: int) -> Iterator[Part]:
    """The examples of a session; where it is not written as one, what no Python takes."""
    try:
        found = doctest.DocTestParser().get_examples(text)
    except ValueError:
        yield Part(Piece(text), first, first)
        return
    for one in found:
        if one.options.get(doctest.SKIP):
            continue
        line = first + one.lineno
        end = line + one.source.count("\n") + one.want.count("\n") - 1
        chosen = frozenset(flag for flag, is_on in one.options.items() if is_on)
        yield Part(Piece(one.source, is_typed=True), line, end, one.want, one.exc_msg or "", chosen)


def _module(path: str, names: dict[str, str]) -> str:
    """The name that a file is imported by; empty where nobody imports it."""
    stem = splitext(path)[0]
    for top, folder in names.items():
        inner = stem[len(folder) + 1 :] if folder else stem
        if stem.startswith(f"{folder}/" if folder else "") and inner.split("/")[0] == top:
            parts = inner.removesuffix("/__init__").split("/")
            return ".".join(parts) if all(map(str.isidentifier, parts)) and parts[-1] != "__main__" else ""
    return ""


def _docstrings(code: Code, module: str) -> Iterator[Script]:
    """The sessions in the docstrings of a file, each with names of its own."""
    tree = module_of(code.text) if code.language == "python" else None
    for node in ast.walk(tree) if tree is not None else ():
        if (
            not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            or not node.body
        ):
            continue
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            text = first.value.value
            if isinstance(text, str) and ">>>" in text and _is_as_written(code, text, first):
                parts = tuple(_typed(text, first.lineno))
                if parts:
                    yield Script(code.path, parts, module)


def _is_as_written(code: Code, text: str, node: ast.Expr) -> bool:
    """Whether the lines of a docstring are lines of its file."""
    return text.count("\n") == (node.end_lineno or 0) - node.lineno
