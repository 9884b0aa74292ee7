"""The words of Mermaid's flowcharts, https://mermaid.js.org/syntax/flowchart.html."""

from __future__ import annotations

import html
import re

BLANK = re.compile(r"[ \t\r]+")
BETWEEN = re.compile(r"[\s;]+")
FINISHED = re.compile(r"\Z")
HEAD = re.compile(
    r"\s*(?:graph|flowchart(?:-elk)?)(?=[\s;]|\Z)[ \t]*(?:TB|TD|BT|RL|LR|[<>^v])?[ \t\r]*(?=[\n;]|\Z)"
)
ASIDE = re.compile(
    r"accDescr\s*\{[^}]*\}|(?:classDef|class|style|linkStyle|click|direction|accTitle|accDescr)(?=[ \t:])"
    r'(?:"[^"\n]*"|[^\n;"])*'
)
SUBGRAPH = re.compile(r'subgraph(?=\s)[ \t]*(?:([^\s;\["]+)[ \t]*\[[^\n]*\]|([^\n;]*))')
CLOSE = re.compile(r"end(?=\s|;|\Z)")
NAME = re.compile(r'(?:[^\s\[\](){}<>|&;@"~=\-:]|-(?![-.>])|=(?!=)|:(?!::)|~(?!~))+')
SHAPE = re.compile(r'(?:[\[({]{1,3}[/\\]?|>)(?:\s*"([^"]*)"\s*|([^"\[\](){}]*?))[/\\]?[\])}]{1,3}')
FIELDS = re.compile(r'@\{(?:"[^"]*"|[^"}])*\}')
LABEL = re.compile(r'[{,\s]label:\s*"([^"]*)"')
CLASS = re.compile(r":::[\w,-]+")
AND = re.compile(r"&")
TEXT = re.compile(r'\|(?:"[^"]*"|[^|"])*\|')
EDGE_NAME = re.compile(r"[\w-]+@(?=[-=.<xo~])")
LINK = re.compile(r"([xo<]?)(--+[-xo>]|==+[=xo>]|-?\.+-[xo>]?|~~~+)")
TEXTED_LINK = re.compile(
    r'([xo<]?)(?:--|==|-\.)(?:"[^"\n]*"|[^"\n])*?(-{2,99}[-xo>]|={2,99}[=xo>]|\.{1,99}-[xo>]?)'
)

_ASIDES = re.compile(
    r"\A\s*---[ \t\r]*\n.*?\n---[ \t\r]*(?=\n)|^[ \t]*%%\{(?:[^%]|%(?!%))*%%|^[ \t]*%%[^\n]*",
    re.DOTALL | re.MULTILINE,
)
_ENTITY = re.compile(r"#(\d+|[a-zA-Z]\w*);")


def without_asides(text: str) -> str:
    """The text without front matter, directives and comments, every line still in its place."""
    return _ASIDES.sub(lambda match: "\n" * match.group().count("\n"), text)


def label(written: str) -> str:
    """A label as it is shown: `#quot;` and `#35;` stand for characters."""
    coded = _ENTITY.sub(lambda m: f"&#{m[1]};" if m[1].isdigit() else f"&{m[1]};", written)
    return html.unescape(coded.strip())
