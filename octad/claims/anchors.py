"""The names that links may point at inside of a document, as sites of documentation make them of headings."""

from __future__ import annotations

import re

from octad.claims.tree import Tree, fact
from octad.records.document import Document

_TAGS = re.compile(r"<[^<>]{1,500}>")
_HTML_HEADING = re.compile(r"<h[1-6][^<>]{0,500}>([^\n]{1,500}?)</h[1-6]>", re.IGNORECASE)
_GIVEN = re.compile(r"\{:?[^{}\n]{0,200}?#([\w.:-]+)[^{}\n]{0,200}\}|\b(?:id|name)=[\"']?([\w.:-]+)")
_MADE = re.compile(
    r"^[ \t]*(?:::: |--8<--|\{%|\{\{|<%|:::|```\{|\{eval)|\[\^|\^\[|\[\[\w+|<[A-Z]\w+", re.MULTILINE
)
_NUMBER = re.compile(r"\d+\Z")


def names_of(tree: Tree, path: str) -> frozenset[str] | None:
    """The names in a document; None where it is none, or parts of it are made when its site is built."""
    known = _known(tree)
    if path not in known:
        document = _documents(tree).get(path)
        known[path] = _names(document) if document is not None else None
    return known[path]


@fact
def _known(tree: Tree) -> dict[str, frozenset[str] | None]:
    return {}


@fact
def _documents(tree: Tree) -> dict[str, Document]:
    return {one.path: one for one in tree.documents if one.format == "markdown"}


def _names(document: Document) -> frozenset[str] | None:
    """The names in plain letters; None where parts of the document are made when its site is built.

    GitHub, GitLab, Sphinx and MkDocs disagree about spaces and signs, so that only letters and digits count.
    """
    if not document.passages or "partial" in document.flags or _MADE.search(document.text):
        return None
    headings = [one.text for one in document.passages if one.kind in ("heading", "directive")]
    headings += [one.text for one in document.passages if one.kind == "text" and "term" in one.within]
    headings += [_TAGS.sub("", one) for one in _HTML_HEADING.findall(document.text)]
    given = [one or other for one, other in _GIVEN.findall(document.text)]
    return frozenset(map(plain, (*headings, *document.labels, *given)))


def is_named(name: str, names: frozenset[str]) -> bool:
    """Whether a link to `name` leads somewhere; a number at its end may count equal headings."""
    wanted = plain(name.removeprefix("user-content-"))
    return not wanted or wanted in names or _NUMBER.sub("", wanted) in names


def plain(text: str) -> str:
    """The letters and digits."""
    return "".join(filter(str.isalnum, text.lower()))
