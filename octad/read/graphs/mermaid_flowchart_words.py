"""The words of Mermaid's flowcharts, https://mermaid.js.org/syntax/flowchart.html."""

from __future__ import annotations

import re

from octad.read.graphs.mermaid_words import ASIDES

ASIDE = re.compile(
    rf"{ASIDES}|[\w-]+@\{{[ \t]*(?:animat\w+|curve)[ \t]*:[^}}]*\}}"
    r"|(?:classDef|class|style|linkStyle|click|direction)(?=[ \t])"
    r'(?:"[^"\n]*"|[^\n;"])*'
)
SUBGRAPH = re.compile(r'subgraph(?=\s)[ \t]*(?:([^\s;\["]+)[ \t]*\[[^\n]*\]|([^\n;]*))')
CLOSE = re.compile(r"end(?=\s|;|\Z)")
NODE = re.compile(r"(?=\S)")
NAME = re.compile(r'(?:[^\s\[\](){}<>|&;@"~=\-:]|-(?![-.>])|=(?!=)|:(?!::)|~(?!~))+')
SHAPE = re.compile(r'(?:[\[({]{1,3}[/\\]?|>)(?:\s*"([^"]*)"\s*|([^"\[\](){}]*?))[/\\]?[\])}]{1,3}')
FIELDS = re.compile(r'@\{(?:"[^"]*"|[^"}])*\}')
LABEL = re.compile(r'[{,\s]label:\s*"([^"]*)"')
CLASS = re.compile(r":::[\w,-]+")
AND = re.compile(r"&")
BREAK = re.compile(r"\s+(?=\S)")
TEXT = re.compile(r'\|(?:"[^"]*"|[^|"])*\|')
EDGE_NAME = re.compile(r"[\w-]+@(?=[-=.<xo~])")
LINK = re.compile(r"([xo<]?)(--+[-xo>]|==+[=xo>]|-?\.+-[xo>]?|~~~+)")
TEXTED_LINK = re.compile(
    r'([xo<]?)(?:--|==|-\.)(?:"[^"\n]*"|[^"\n])*?(-{2,99}[-xo>]|={2,99}[=xo>]|\.{1,99}-[xo>]?)'
)
