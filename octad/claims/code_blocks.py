"""Examples in documents: code that no parser takes, and names of the project that it does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from octad.budget import current
from octad.claims.examples import Example, examples
from octad.claims.judged import judged, seen_at, untrue
from octad.claims.labelled_data import problem_of
from octad.claims.modules import Modules, modules
from octad.claims.tree import Tree, fact
from octad.records.document import Document
from octad.records.report import Anchor, Finding

RULE = "docs/code"
FEW, SHARE = 4, 0.03
"""Examples that do not parse, and their share, up to which they are mistakes."""
_OLD = re.compile(
    r"\b(?:before|old|deprecat\w*|remov\w+|no longer|previous\w*|legacy|instead of|migrat\w*|upgrad\w*|"
    r"renam\w+|wrong|bad|don't|do not|avoid|incorrect|invalid|fail\w*|error|broken|used to|not work\w*|won't|"
    r"pseudo\w*|hypothetical|python ?2|proposal|proposed|planned|future|imagine|not (?:yet )?implemented)\b",
    re.IGNORECASE,
)
"""Words beside an example that is not meant to work, or not any more."""

_INVENTED = re.compile(
    r"^(?:my|your|some|foo|bar|baz|custom|new|xyz|example|sample|plugin)|(?:name|file|foo|bar|example|x{2,})$",
    re.I,
)
"""Names that stand for what a reader has."""


def check(tree: Tree) -> Iterator[Finding]:
    """A finding for every example that cannot be what its text takes it for."""
    for document in judged(tree):
        if current().spent():
            return
        yield from _data(document)
        yield from _python(tree, document)


def _data(document: Document) -> Iterator[Finding]:
    """JSON, YAML and TOML that are none."""
    for at, passage in enumerate(document.passages):
        if passage.kind == "code" and passage.language and not _OLD.search(passage.text):
            beside = (document.passages[at - 1 : at] if at else ()) + document.passages[at + 1 : at + 2]
            if any(one.kind == "text" and _OLD.search(one.text) for one in beside):
                continue
            problem = problem_of(passage.language, passage.text)
            if problem is not None:
                line, reason = problem
                place = _line(document, passage.first + line - 1)
                message = f"the example is labelled {passage.language} and is none: {reason}"
                yield untrue(RULE, message, place, level="note")


@fact
def python_examples(tree: Tree) -> dict[str, tuple[Example, ...]]:
    """All Python in judged documents, by their paths."""
    return {one.path: tuple(examples(one)) for one in judged(tree) if not current().spent()}


@fact
def _is_python(tree: Tree) -> bool:
    """Whether what is labelled Python is that: some projects give the name to a language of their own."""
    found = [one for several in python_examples(tree).values() for one in several]
    wrong = sum(bool(one.problem) for one in found)
    return wrong <= max(FEW, SHARE * len(found))


def _python(tree: Tree, document: Document) -> Iterator[Finding]:
    known: dict[str, str] = {}
    given = modules(tree)
    for example in python_examples(tree).get(document.path, ()):
        if _OLD.search(example.around):
            continue
        if example.tree is not None:
            yield from _names(tree, document, given, example, known)
        elif example.problem and _is_python(tree):
            message = f"the example is labelled {example.language} and does not parse: {example.problem}"
            yield untrue(RULE, message, _line(document, example.problem_line), level="note")


def _names(
    tree: Tree, document: Document, given: Modules, example: Example, known: dict[str, str]
) -> Iterator[Finding]:
    """Modules, and names in modules, that are not there; `known` is what names stand for modules so far."""
    for use in example.uses(known, given):
        if _INVENTED.search(use.name) or not given.has_not(use.module, use.name):
            continue
        path = given.folder_or_file(use.module) or ""
        place = document.lines[use.line - 1].find(use.name) if use.line <= len(document.lines) else -1
        anchor = document.place(use.line, max(0, place) + 1, len(use.name))
        others = given.defined(use.name)
        hint = f"; `{others[0]}` defines it" if len(others) == 1 and others[0] != path else ""
        message = f"the example takes `{use.name}` from `{use.module}`, which has no such name{hint}"
        yield untrue(RULE, message, anchor, evidence=seen_at(tree, others[0] if hint else path, 1))


def _line(document: Document, line: int) -> Anchor:
    """What is written on a line."""
    line = min(max(1, line), max(1, len(document.lines)))
    text = document.lines[line - 1] if document.lines else ""
    start = len(text) - len(text.lstrip())
    return document.place(line, start + 1, len(text.strip()))
