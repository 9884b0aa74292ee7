"""Documentation: what a text says, with the place of everything that it says."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field

from octad.records.base import Record
from octad.records.lines import lines_of
from octad.records.report import Anchor

Format = Literal["markdown", "rst", "man", "plain"]
PassageKind = Literal["heading", "text", "code", "directive"]
LinkKind = Literal["link", "image", "include", "document", "reference"]


class Span(Record):
    """A word or phrase that the text sets apart, without its marks: code, a name, a file.

    `role` is `code` for code of Markdown and literals of reStructuredText, `bold` and `italic` in man pages,
    else the role as written (`func`, `py:class`, `file`), empty for the default role.
    """

    text: str
    role: str
    anchor: Anchor


class Link(Record):
    """A place that the text points at: `target` as written, without its title.

    An `include` is a file that a directive or a download names, a `document` one without its ending, a
    `reference` a name of `Document.labels`, here or elsewhere.
    """

    target: str
    kind: LinkKind
    text: str
    anchor: Anchor


class Passage(Record):
    """A heading, a paragraph (of a list item, table cell or quotation too), a block of code, a directive.

    `text` is prose without marks, or code without its indentation; `first` to `last` are its lines, of code
    without the fences, and `indent` the columns before code. `name` tells what kind of code or directive it
    is (`fence`, `indented`, `doctest`, `code-block`, `literalinclude`, `image`), or what a field is called
    (`param size`), `language` how its code is
    labelled, `argument` and `options` what else is said to it. `within` names what is around it from outside
    in (`list`, `quote`, `table`, `field`, directives), `section` the titles above it.
    """

    kind: PassageKind
    text: str
    first: int
    last: int
    level: int = 0
    indent: int = 0
    name: str = ""
    language: str = ""
    argument: str = ""
    options: dict[str, str] = Field(default_factory=dict)
    within: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    links: tuple[Link, ...] = ()


class Document(Record):
    """A file of documentation; `text` is its source, with line feeds alone.

    `labels` are names inside it that a link may point at beside its headings, in reStructuredText in lower
    case.
    `language` is `en`, `other`, or empty where there is too little prose to tell. `flags` says more of it:
    `generated`, `history` (a changelog, old news), `partial` (includes what is not here, or was cut).
    """

    path: str
    text: str
    format: Format
    passages: tuple[Passage, ...] = ()
    labels: tuple[str, ...] = ()
    language: Literal["en", "other", ""] = ""
    flags: tuple[str, ...] = ()

    @cached_property
    def lines(self) -> list[str]:
        """Its lines, the first at 0."""
        return lines_of(self.text)

    @property
    def links(self) -> tuple[Link, ...]:
        """All links, in their order."""
        return tuple(link for passage in self.passages for link in passage.links)

    def place(self, line: int, column: int, length: int) -> Anchor:
        """A piece of one line, of `length` characters."""
        return Anchor(
            path=self.path, line=line, column=column, end_line=line, end_column=column + max(0, length)
        )
