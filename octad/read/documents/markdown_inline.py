"""What stands in a line of Markdown: its words without marks, code, links, images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from octad.read.documents.html import html_labels, html_links
from octad.read.documents.places import Places
from octad.records.document import Link, Span
from octad.records.lines import encodable
from octad.records.report import Anchor

if TYPE_CHECKING:
    from markdown_it.token import Token


class Inline:
    """The words of a passage with what is set apart in them."""

    def __init__(self, places: Places, tokens: Sequence[Token]) -> None:
        self._places = places
        self._words: list[str] = []
        self._open: list[tuple[str, int, Anchor | None]] = []
        self.spans: list[Span] = []
        self.links: list[Link] = []
        self.labels: list[str] = []
        for token in tokens:
            self._token(token)

    @property
    def text(self) -> str:
        """The words."""
        return "".join(self._words)

    def _token(self, token: Token) -> None:
        if token.type == "text":
            self._words.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            self._words.append("\n")
        elif token.type == "code_inline":
            self._code(token)
        elif token.type == "link_open":
            start = self._places.find("[", stay=True)
            self._open.append((str(token.attrs.get("href", "")), len(self._words), start))
        elif token.type == "link_close" and self._open:
            self._link()
        elif token.type == "image":
            target = str(token.attrs.get("src", ""))
            self.links.append(
                _link(target, "image", token.content, self._target(target) or self._places.here())
            )
        elif token.type == "html_inline":
            self.labels += html_labels(token.content)
            self.links += html_links(token.content, self._places)

    def _code(self, token: Token) -> None:
        self._words.append(token.content)
        # The parser makes spaces of line ends: where one went over a line, its first words tell the place.
        begin = token.content.partition(" ")[0]
        place = next(filter(None, map(self._places.quoted, (token.content, begin))), None)
        anchor = place or self._places.find(token.content) or self._places.here()
        self.spans.append(Span(text=encodable(token.content), role="code", anchor=anchor))

    def _link(self) -> None:
        target, begin, start = self._open.pop()
        text = "".join(self._words[begin:])
        place = self._target(target)
        if place is None and start is not None:  # a link whose target stands elsewhere in the document
            end = start.column + len(text.split("\n")[0]) + 2
            place = start.model_copy(update={"end_column": end})
        self.links.append(_link(target, "link", text, place or self._places.here()))

    def _target(self, target: str) -> Anchor | None:
        """Where a target is written; the parser has put escapes into it."""
        return (target and self._places.find(target)) or self._places.find(unquote(target)) or None


def _link(target: str, kind: str, text: str, anchor: Anchor) -> Link:
    return Link.model_validate(
        {"target": encodable(unquote(target)), "kind": kind, "text": encodable(text), "anchor": anchor}
    )
