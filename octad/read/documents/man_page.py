"""Man pages, in the macros of `man` and of `mdoc`, to a document."""

from __future__ import annotations

import re

from octad.read.documents.builder import DocumentBuilder
from octad.records.document import Document, Span
from octad.records.lines import encodable, lines_of

_HEADINGS = {".TH": 1, ".Dt": 1, ".SH": 2, ".Sh": 2, ".SS": 3, ".Ss": 3}
_BREAKS = frozenset({".PP", ".P", ".LP", ".Pp", ".TP", ".IP", ".It", ".HP", ".RS", ".RE", ".br", ".sp"})
_CODE_BEGINS = frozenset({".nf", ".EX", ".Bd"})
_CODE_ENDS = frozenset({".fi", ".EE", ".Ed"})
_BOLD = frozenset({".B", ".BR", ".BI", ".RB", ".IB", ".SB", ".Nm", ".Cm", ".Ic"})
_ITALIC = frozenset({".I", ".IR", ".RI", ".Ar", ".Pa", ".Em", ".Va"})
_ESCAPES = {"\\-": "-", "\\(aq": "'", "\\(dq": '"', "\\e": "\\", "\\&": "", "\\ ": " ", "\\(bu": "*"}
_ESCAPE = re.compile(r"\\(?:f(?:\[[^\]]{0,8}\]|\(..|.)|s[-+]?\d|\(..|\[[^\]]{0,12}\]|.)")
_FONT = re.compile(r"\\f([BI])(.{1,400}?)\\f[PR]")


def read_man_page(text: str, path: str) -> Document:
    """The document in a text with line feeds alone."""
    page = _Page(DocumentBuilder(path, text, "man"))
    for number, line in enumerate(lines_of(text), 1):
        page.line(number, line)
    page.flush()
    return page.builder.document()


class _Page:
    """The lines of the paragraph, or of the code, that is open."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self.builder = builder
        self._first = 0
        self._words: list[str] = []
        self._spans: list[Span] = []
        self._is_code = False

    def line(self, number: int, line: str) -> None:
        """Read one line."""
        macro, _, rest = line.partition(" ")
        if line.startswith(('.\\"', "'\\\"")):
            return
        if macro in _HEADINGS:
            self.flush()
            self.builder.heading(_plain(rest.strip().strip('"')), _HEADINGS[macro], (number, number))
        elif macro in _CODE_BEGINS or macro in _CODE_ENDS:
            self.flush()
            self._is_code = macro in _CODE_BEGINS
        elif macro == ".Fl" or (macro.startswith((".Op", ".It")) and " Fl " in line):
            said = f"Fl {rest}" if macro == ".Fl" else rest
            self._word(number, " ".join("-" + one for one in re.findall(r"Fl (-?\S+)", said)), "bold")
        elif macro in _BREAKS:
            self.flush()
            self._word(number, rest, "")
        elif macro in _BOLD or macro in _ITALIC:
            self._word(number, rest.replace('"', ""), "bold" if macro in _BOLD else "italic")
        elif not macro.startswith((".", "'")):
            self._word(number, line, "")

    def flush(self) -> None:
        """End what is open."""
        if any(word.strip() for word in self._words):
            lines = self._first, self._first + len(self._words) - 1
            kind = "code" if self._is_code else "text"
            more = {"name": "example"} if self._is_code else {}
            self.builder.add(kind, "\n".join(self._words), lines, spans=self._spans, **more)  # type: ignore[arg-type]
        self._words, self._spans = [], []

    def _word(self, number: int, text: str, role: str) -> None:
        if not self._words:
            self._first = number
        self._words += [""] * (number - self._first - len(self._words))
        self._words.append(_plain(text))
        place = self.builder.places.whole(number)
        found = [(role, _plain(text))] if role and text else []
        found += [("bold" if font == "B" else "italic", _plain(word)) for font, word in _FONT.findall(text)]
        self._spans += [Span(text=encodable(word), role=name, anchor=place) for name, word in found if word]


def _plain(text: str) -> str:
    """Words without the escapes of the formatter."""
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found.group(), ""), text)
