"""Public changes that no document, changelog or docstring has a word about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from octad.budget import current
from octad.claims.judged import untrue
from octad.claims.tree import Tree, fact
from octad.records.api import ApiChange, ChangeKind
from octad.records.report import Anchor, Finding
from octad.syntax.python_source import module_of

_NEWS = re.compile(r"(?:^|/)(?:news\w*|changes?|changelogs?(?:\.d)?|releasenotes|history)/", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_]\w*")
_WANTED: frozenset[ChangeKind] = frozenset(
    ("removed", "renamed", "kind", "base-removed", "default", "added",
     "parameter-removed", "parameter-renamed", "parameter-required")
)  # fmt: skip
MOST = 3
"""Notes on one file; more become one."""
_GENERAL = frozenset({"args", "kwargs", "self", "cls"})
"""Parameters whose names tell a reader nothing."""


def untold(tree: Tree, before: Tree, changes: Sequence[ApiChange]) -> Iterator[Finding]:
    """A note for every name whose interface changed and that stands in no line that came with the change.

    Of a file in which there are many, one note names the first.
    """
    by_file: dict[str, list[tuple[ApiChange, Anchor]]] = {}
    for one, anchor in _without_a_word(tree, before, changes):
        by_file.setdefault(anchor.path, []).append((one, anchor))
    for found in by_file.values():
        if len(found) <= MOST:
            for one, anchor in found:
                yield _note(one.sentence, anchor)
        else:
            first = "; ".join(one.sentence for one, _ in found[:MOST])
            yield _note(f"{len(found):,} changes of what others use: {first}; …", found[0][1])


def _note(said: str, anchor: Anchor) -> Finding:
    return untrue(
        "docs/untold", f"{said}, and no document or changelog has a word about it", anchor, level="note"
    )


def _without_a_word(
    tree: Tree, before: Tree, changes: Sequence[ApiChange]
) -> Iterator[tuple[ApiChange, Anchor]]:
    """The changes that are told nowhere, of each function or class the first, with their places."""
    told: set[str] | None = None
    seen: set[str] = set()
    for one in changes:
        if one.change not in _WANTED or one.parameter in _GENERAL:
            continue
        told = _words_of_new_lines(tree, before) if told is None else told
        about = _about(one)
        anchor = _anchor(tree, one) if about not in seen and not _names(one) & told else None
        if anchor is not None and not (one.change == "added" and _is_documented(tree, anchor)):
            seen.add(about)
            yield one, anchor


def _about(change: ApiChange) -> str:
    """The function or class that a change is of: one note is enough for what changed of it."""
    owner, _, own = change.name.rpartition(".")
    is_member = own.startswith("__") or owner.rpartition(".")[2][:1].isupper()
    return owner if is_member else change.name


def _names(change: ApiChange) -> set[str]:
    """What a text would name, were it to speak of a change: any of these is enough."""
    after = change.after.rpartition(".")[2] if change.change in ("renamed", "parameter-renamed") else ""
    own = [change.name.rpartition(".")[2], _about(change).rpartition(".")[2]]
    return {one for one in (*own, change.parameter, after) if one and not one.startswith("__")}


def _words_of_new_lines(tree: Tree, before: Tree) -> set[str]:
    """The words of lines of documents and of files of news that were not there before."""
    found: set[str] = set()
    old = {one.path: one for one in before.documents}
    for document in tree.documents:
        was = old.get(document.path)
        known = frozenset(was.lines if was is not None else ())
        if was is None or was.text != document.text:
            found.update(word for line in document.lines if line not in known for word in _WORD.findall(line))
    for path in tree.files:
        if path not in before.paths and _NEWS.search(path):
            found.update(_WORD.findall(tree.text(path) or ""))
    return found


def _is_documented(tree: Tree, anchor: Anchor) -> bool:
    """Whether the definition that begins on a line has a docstring; a variable and a module need none."""
    return (anchor.path, anchor.line) not in _without_docstring(tree)


@fact
def _without_docstring(tree: Tree) -> frozenset[tuple[str, int]]:
    """The paths and lines, decorators included, of definitions that have no docstring."""
    found: set[tuple[str, int]] = set()
    for code in tree.codes:
        module = module_of(code.text) if code.language == "python" and not current().spent() else None
        for node in ast.walk(module) if module is not None else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                if ast.get_docstring(node, clean=False) is None:
                    found.update((code.path, line) for line in range(first, node.lineno + 1))
    return frozenset(found)


def _anchor(tree: Tree, change: ApiChange) -> Anchor | None:
    """The line of the definition, else the first of the file that it was in; None where that is gone too."""
    place = change.place_after or change.place_before
    text = tree.text(place.path) if place is not None else None
    if place is None or text is None:
        return None
    number = max(1, place.line) if change.place_after is not None else 1
    return Anchor(path=place.path, line=number, end_line=number, end_column=2)
