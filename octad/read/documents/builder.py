"""A document put together passage by passage, with what is around each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from octad.read.documents.places import Places
from octad.records.document import Document, Format, Link, Passage, PassageKind, Span
from octad.records.lines import encodable, lines_of

MOST_PASSAGES = 100_000
"""Passages of one document, beyond which the rest of it is generated and left out."""


class DocumentBuilder:
    """The passages so far, the blocks that are open, and the headings above what comes next."""

    def __init__(self, path: str, text: str, format: Format) -> None:
        self.path, self.text, self.format = path, text, format
        self.places = Places(path, lines_of(text))
        self.labels: dict[str, None] = {}
        self.flags: dict[str, None] = {}
        self._passages: list[Passage] = []
        self._within: list[str] = []
        self._titles: list[tuple[int, str]] = []

    @contextmanager
    def inside(self, *names: str) -> Iterator[None]:
        """What is added meanwhile stands within blocks of these names."""
        self._within.extend(names)
        try:
            yield
        finally:
            del self._within[len(self._within) - len(names) :]

    def begin(self, name: str) -> None:
        """Open a block."""
        self._within.append(name)

    def end(self) -> None:
        """Close the innermost block, if one is open."""
        if self._within:
            self._within.pop()

    def heading(self, text: str, level: int, lines: tuple[int, int], **more: Any) -> None:
        """A heading of a level, 1 the highest; what follows stands below it."""
        while self._titles and self._titles[-1][0] >= level:
            self._titles.pop()
        self.add("heading", text, lines, level=level, **more)
        self._titles.append((level, " ".join(text.split())))

    def add(
        self,
        kind: PassageKind,
        text: str,
        lines: tuple[int, int],
        *,
        spans: Iterable[Span] = (),
        links: Iterable[Link] = (),
        **more: Any,
    ) -> None:
        """A passage on its first and last line."""
        if len(self._passages) >= MOST_PASSAGES:
            self.flags["partial"] = None
            return
        self._passages.append(
            Passage(
                kind=kind,
                text=encodable(text),
                first=lines[0],
                last=max(lines),
                within=tuple(self._within),
                section=tuple(title for _, title in self._titles),
                spans=tuple(spans),
                links=tuple(links),
                **more,
            )
        )

    def document(self) -> Document:
        """All of it."""
        return Document(
            path=self.path,
            text=self.text,
            format=self.format,
            passages=tuple(self._passages),
            labels=tuple(self.labels),
            flags=tuple(self.flags),
        )
