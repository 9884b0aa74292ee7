"""Files and folders of the project that a text names and that are not there any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename, splitext
from typing import NamedTuple

from octad.budget import current
from octad.claims.drawings import drawn
from octad.claims.judged import read_in_english, untrue
from octad.claims.sites import bases, is_elsewhere, site_of, under
from octad.claims.tree import Tree, fact
from octad.errors import RepositoryError
from octad.read.history.deleted import Deleted, deletions
from octad.records.document import Document, Passage, Span
from octad.records.report import Anchor, Finding

RULE = "docs/path"
MOST_SECONDS = 5.0
"""How long the history may be asked which files there were."""
_PATH = re.compile(r"(?:\./)?[\w.@+-]+(?:/[\w.@+-]+)+/?\Z")
_ROLES = frozenset({"code", "file", "", "path"})
_EXAMPLE = re.compile(
    r"foo|bar\b|baz|example|sample|dummy|\bmy|your|some|xxx|path/to|/\d+\.|placeholder", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:no\b|remov|delet|renam|mov(?:ed|ing)|former|previous|used to|old\b|legacy|deprecat|was\b|"
    r"were\b|before|until|instead|replac|e\.g|for example|such as|suppose|your|creat|generat|"
    r"not exist|writ|output|produc|sav(?:e|ing)|stor|build|add|new\b|example|copy|copied|install|download)",
    re.IGNORECASE,
)
"""Words beside a path that is known to be gone, or will be made."""
_COMMON = frozenset(
    {"__init__.py", "index.md", "index.rst", "readme.md", "readme.rst", "main.py", "config.py"}
)


class _Claim(NamedTuple):
    """A path that a text names or draws, and where."""

    anchor: Anchor
    written: str
    path: str


def check(tree: Tree) -> Iterator[Finding]:
    """A finding for every path that the project had once, for each document and path one.

    That a path is not there says little: it may be an example, or made by whoever follows the text. So it
    must have been there.
    """
    claims = {(claim.anchor.path, claim.path): claim for claim in reversed(list(_claims(tree)))}
    gone = _gone(tree, claims.values())
    for claim in reversed(claims.values()):
        if claim.path in gone:
            yield _found(tree, claim, gone[claim.path])


def _claims(tree: Tree) -> Iterator[_Claim]:
    for document in read_in_english(tree):
        if current().spent():
            return
        for passage in document.passages:
            for span in passage.spans if passage.kind in ("text", "heading") else ():
                path = _named(tree, document, span)
                if path and not _PAST.search(_around(document, passage, span)):
                    yield _Claim(span.anchor, span.text, path)
        # Pages of a site draw the folders of whoever uses the project.
        for path, anchor in drawn(tree, document) if site_of(tree, document.path) is None else ():
            yield _Claim(anchor, path, path)


def _named(tree: Tree, document: Document, span: Span) -> str:
    """The path from the root that a word names and that is not there; "" for any other word."""
    if span.role not in _ROLES or not _PATH.match(span.text) or _EXAMPLE.search(span.text):
        return ""
    path = span.text.removeprefix("./").rstrip("/")
    ending = splitext(path)[1][1:]
    is_path = span.text.endswith("/") or (ending.isalpha() and len(ending) < 7)
    if not is_path or path in _endings(tree):
        return ""
    first = path.partition("/")[0]
    base = next((one for one in bases(tree, document.path) if under(one, first) in tree.folders), None)
    if base is None or ".." in path.split("/"):
        return ""
    whole = under(base, path)
    return "" if is_elsewhere(tree, whole) else whole


def _around(document: Document, passage: Passage, span: Span) -> str:
    """The line of a word with those beside it in its passage, without the words that are set apart."""
    first = max(passage.first, span.anchor.line - 1)
    last = min(passage.last, span.anchor.line + 1)
    text = "\n".join(document.lines[first - 1 : last])
    return re.sub(r"`[^`\n]*`", " ", text)


@fact
def _endings(tree: Tree) -> frozenset[str]:
    """Every path as it may be written from any folder on its way."""
    found: set[str] = set()
    for path in (*tree.files, *tree.folders):
        at = -1
        while True:
            found.add(path[at + 1 :])
            at = path.find("/", at + 1)
            if at < 0:
                break
    return frozenset(found)


def _gone(tree: Tree, claims: Iterable[_Claim]) -> dict[str, Deleted]:
    """What of it the history knows; nothing without one, or where it takes long to read."""
    paths = list(dict.fromkeys(claim.path for claim in claims))
    if not paths or not tree.root:
        return {}
    try:
        return deletions(tree.root, paths, timeout=current().seconds_left(MOST_SECONDS))
    except RepositoryError:
        return {}


def _found(tree: Tree, claim: _Claim, known: Deleted) -> Finding:
    what = "folder" if claim.written.endswith("/") else "file"
    name = basename(claim.path)
    same = _same(tree).get(name, ()) if name.lower() not in _COMMON and what == "file" else ()
    elsewhere = f"; `{same[0]}` has that name" if len(same) == 1 else ""
    told = f"the {what} went away with {known.revision} on {known.day}{elsewhere}"
    return untrue(RULE, f"the text names `{claim.written}`: {told}", claim.anchor)


@fact
def _same(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Files by their names alone, two of each at most."""
    found: dict[str, tuple[str, ...]] = {}
    for path in tree.files:
        found[basename(path)] = (*found.get(basename(path), ())[:1], path)
    return found
