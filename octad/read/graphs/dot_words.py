"""The words of the DOT language, https://graphviz.org/doc/info/lang.html."""

from __future__ import annotations

import re

BLANK = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/|(?<![^\n])#[^\n]*)+", re.DOTALL)
_QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_PLAIN = r"[^\W\d]\w*|-?(?:\.\d+|\d+(?:\.\d*)?)"
NAME = re.compile(rf"{_QUOTED}|({_PLAIN})|(?=<)", re.DOTALL)
HEAD = re.compile(r"(?:strict\s+)?(?:di)?graph\b", re.IGNORECASE)
BEGIN = re.compile(rf"{HEAD.pattern}\s*(?:{_QUOTED}|{_PLAIN})?\s*\{{", re.IGNORECASE | re.DOTALL)
DEFAULTS = re.compile(r"(?:node|edge|graph)\b(?=\s*\[)", re.IGNORECASE)
SUBGRAPH = re.compile(r"subgraph\b", re.IGNORECASE)
MARKUP = re.compile(r"[^<>]*[<>]")
MORE = re.compile(rf"\+\s*{_QUOTED}", re.DOTALL)
ARROW = re.compile(r"->|--")
OPEN, CLOSE, LIST, LIST_END = (re.compile(re.escape(sign)) for sign in "{}[]")
EQUALS, PORT, END = re.compile("="), re.compile(":"), re.compile(r"\Z")
BETWEEN = re.compile(r"[;,]+")
