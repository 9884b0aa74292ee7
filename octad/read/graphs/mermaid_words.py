"""The words that all kinds of Mermaid's diagrams share, https://mermaid.js.org/syntax/."""

from __future__ import annotations

import html
import re

BLANK = re.compile(r"[ \t\r]+")
BETWEEN = re.compile(r"[\s;]+")
FLOWCHART = re.compile(
    r"\s*(?:graph|flowchart(?:-elk)?)(?=[\s;]|\Z)[ \t]*(?:TB|TD|BT|RL|LR|[<>^v])?[ \t\r]*(?=[\n;]|\Z)"
)
SEQUENCE = re.compile(r"\s*sequenceDiagram(?=[\s;]|\Z)")
C4 = re.compile(r"\s*C4(?:Context|Container|Component|Dynamic|Deployment)(?=\s|\Z)")
OTHER = re.compile(
    r"\s*((?:class|state|er)Diagram(?:-v2)?|requirementDiagram|gantt|pie|journey|mindmap|timeline|gitGraph"
    r"|quadrantChart|kanban|[a-zA-Z]+-beta|zenuml|packet|radar|treemap)\b"
)
ASIDES = r"accDescr\s*\{[^}]*(?:\}|\Z)|(?:accTitle|accDescr)(?=[ \t:])[^\n]*"

_NO_PART = re.compile(
    r"\A\s*---[ \t\r]*\n.*?\n---[ \t\r]*(?=\n)|^[ \t]*%%\{(?:[^%]|%(?!%))*%%|^[ \t]*%%[^\n]*",
    re.DOTALL | re.MULTILINE,
)
_BREAK = re.compile(r"<br[ \t]{0,9}/?>")
_ENTITY = re.compile(r"#(\d+|[a-zA-Z]\w*);")


def without_asides(text: str) -> str:
    """The text without front matter, directives and comments, every line still in its place."""
    return _NO_PART.sub(lambda match: "\n" * match.group().count("\n"), text)


def label(written: str) -> str:
    """A label as it is shown: `#quot;` and `#35;` stand for characters, `<br>` for a new line."""
    written = _BREAK.sub("\n", written)
    coded = _ENTITY.sub(lambda m: f"&#{m[1]};" if m[1].isdigit() else f"&{m[1]};", written)
    return html.unescape(coded.strip())
