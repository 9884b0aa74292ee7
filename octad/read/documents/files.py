"""Which files are documentation, and the document in one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from posixpath import basename, splitext

from octad.read.code.decode import decode
from octad.read.documents.man_page import read_man_page
from octad.read.documents.markdown import read_markdown
from octad.read.documents.natural_language import language_of
from octad.read.documents.restructured_text import read_restructured_text
from octad.records.document import Document, Format

READERS: Mapping[Format, Callable[[str, str], Document]] = {
    "markdown": read_markdown,
    "rst": read_restructured_text,
    "man": read_man_page,
    "plain": read_markdown,
}
_ENDINGS: Mapping[str, Format] = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), "markdown"),
    **dict.fromkeys((".rst", ".rest"), "rst"),
    ".man": "man",
    ".mdoc": "man",
}
_MAN = re.compile(r"^[\w.+:-]+\.[1-9](?:\.in)?$")
_PLAIN = re.compile(r"^(?:readme|install|contributing|hacking|usage)(?:\.txt)?$", re.IGNORECASE)
_HISTORY = re.compile(
    r"(?:^|[/_.-])(?:change(?:s|log)?|changelogs?|history|news|release(?:s|[-_]?notes?)?|whats?[-_]?new|"
    r"upgrad(?:e|ing)|migrat(?:e|ing|ion)s?|announce(?:ment)?s?|deprecat(?:ed|ions?)|blog|posts?|archive[ds]?|"
    r"peps?|adrs?|rfcs?|proposals?|designs?|plans?|decisions|roadmaps?|versionhistory)(?:[/_.-]|$)",
    re.IGNORECASE,
)
_GENERATED = re.compile(
    r"auto[- ]?generated|generated (?:by|from|with|using|automatically)|do not edit|@generated", re.IGNORECASE
)


def format_of(path: str) -> Format | None:
    """The format of a file of documentation, by its name; None for any other file."""
    name = basename(path)
    found = _ENDINGS.get(splitext(name)[1].lower())
    if found is not None:
        return found
    if _MAN.match(name) and not name.startswith("."):
        return "man"
    return "plain" if _PLAIN.match(name) else None


def read_document(data: bytes, path: str) -> Document:
    """The document in the bytes of a file; raises UnreadableInput for what is no text.

    What is generated or tells of the past speaks for nobody now: it has its text alone.
    """
    text = decode(data).text
    kind = format_of(path) or "plain"
    if kind == "man" and not text.lstrip().startswith((".", "'")):
        kind = "plain"
    flags = _flags(path, text)
    if flags:
        return Document(path=path, text=text, format=kind, flags=flags)
    document = READERS[kind](text, path)
    prose = (passage.text for passage in document.passages if passage.kind == "text")
    return document.model_copy(update={"format": kind, "language": language_of(prose)})


def _flags(path: str, text: str) -> tuple[str, ...]:
    found = (("history", _HISTORY.search(path)), ("generated", _GENERATED.search(text[:2_000])))
    return tuple(name for name, is_so in found if is_so)
