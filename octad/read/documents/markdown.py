"""Markdown as GitHub reads it, to a document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from octad.read.documents.builder import DocumentBuilder
from octad.read.documents.html import html_labels, html_links
from octad.read.documents.markdown_inline import Inline
from octad.read.documents.tamed import tamed
from octad.records.document import Document

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_BLOCKS = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "quote",
    "table_open": "table",
}
_ENDS = frozenset(name.replace("_open", "_close") for name in _BLOCKS)


def read_markdown(text: str, path: str) -> Document:
    """The document in a text with line feeds alone; all text is some Markdown, so that nothing is raised."""
    builder = DocumentBuilder(path, text, "markdown")
    tame, is_cut = tamed(_without_front_matter(text))
    if is_cut:
        builder.flags["partial"] = None
    tokens = _parser().parse(tame)
    _Walk(builder).run(tokens)
    return builder.document()


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _without_front_matter(text: str) -> str:
    """The text with its settings at the top as blank lines, so that lines keep their numbers."""
    if not text.startswith("---\n"):
        return text
    end = text.find("\n---\n", 3)
    if end < 0:
        return text
    return "\n" * text.count("\n", 0, end + 5) + text[end + 5 :]


class _Walk:
    """The tokens of the parser, one after the other."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._lines = (1, 1)
        self._level = 0

    def run(self, tokens: Sequence[Token]) -> None:
        """Add what every token says."""
        for token in tokens:
            if token.map is not None:
                self._lines = (token.map[0] + 1, max(token.map[0] + 1, token.map[1]))
            if token.type in _BLOCKS:
                self._builder.begin(_BLOCKS[token.type])
            elif token.type in _ENDS:
                self._builder.end()
            elif token.type == "heading_open":
                self._level = int(token.tag[1:])
            elif token.type == "heading_close":
                self._level = 0
            elif token.type == "inline":
                self._inline(token)
            elif token.type in ("fence", "code_block"):
                self._code(token)
            elif token.type == "html_block":
                self._html(token)

    def _inline(self, token: Token) -> None:
        builder = self._builder
        builder.places.region(*self._lines)
        read = Inline(builder.places, token.children or ())
        builder.labels.update(dict.fromkeys(read.labels))
        if self._level:
            builder.heading(read.text, self._level, self._lines, spans=read.spans, links=read.links)
        elif read.text.strip() or read.links or read.spans:
            builder.add("text", read.text, self._lines, spans=read.spans, links=read.links)

    def _code(self, token: Token) -> None:
        first = self._lines[0]
        info = token.info.strip()
        fenced = token.type == "fence"
        language = info.partition(" ")[0].strip("{}.").partition("{")[0].partition(",")[0]
        text = token.content.removesuffix("\n")
        first = first + 1 if fenced else first
        self._builder.add(
            "code",
            text,
            (first, max(first, first + text.count("\n"))),
            name="fence" if fenced else "indented",
            language=language.lower(),
            argument=info,
            indent=self._builder.places.indent(first, text),
        )

    def _html(self, token: Token) -> None:
        builder = self._builder
        builder.labels.update(dict.fromkeys(html_labels(token.content)))
        builder.places.region(*self._lines)
        links = html_links(token.content, builder.places)
        if links:
            with builder.inside("html"):
                builder.add("text", "", self._lines, links=links)
