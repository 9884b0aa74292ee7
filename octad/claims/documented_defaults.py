"""Defaults that a docstring states and the signature does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TypedDict

from octad.claims.judged import untrue
from octad.claims.signature import Signature, SourceFile
from octad.records.report import Finding, Repair
from octad.syntax.docstring import Entry


class _Stated(TypedDict):
    """A default as it is written, and where."""

    value: str
    line: int
    column: int


_SAID = re.compile(
    r"""(?:\b[Dd]efault(?:s|ing)?(?:\ value)?(?:\ (?:is|to))?\s*(?:[:=]\s*)?)
    (?P<mark>\*{0,2}`{0,2})
    (?P<value>None|[Tt]rue|[Ff]alse|[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?|'[^'\n]{0,60}'|"[^"\n]{0,60}")
    (?P=mark)
    (?P<end>\s*$|\.\s*$|\.\s+[A-Z`*:(]|[),;](?!\d)|\.\)|\s*\])""",
    re.VERBOSE,
)
_ONLY = re.compile(
    r"^[,;]?\s*(?:if|when|unless|for|on|in|otherwise|except|where|with|while|which\s+depends)\b"
)
_MAYBE = re.compile(
    r"\b(?:if|when|unless|otherwise|else|depend\w*|except|old|previous\w*|former\w*|was)\b", re.I
)
_SEVERAL = re.compile(r"\bdefault", re.I)


def wrong_defaults(file: SourceFile, one: Signature) -> Iterator[Finding]:
    """Every default that is stated as a plain value, once, without a condition, and is another one."""
    entries = one.doc.of("parameter")
    names = [entry.name for entry in entries]
    for entry in entries:
        default = one.defaults.get(entry.name)
        if default is None or names.count(entry.name) > 1:
            continue
        if sum(other.line == entry.line for other in entries) > 1:
            continue
        found = _stated(entry, file.lines)
        if found is not None and _differ(found["value"], default):
            yield _finding(file, one, entry, found)


def _stated(entry: Entry, lines: Sequence[str]) -> _Stated | None:
    own = list(lines[entry.line - 1 : entry.last])
    whole = " ".join(own)
    if len(_SEVERAL.findall(whole)) != 1 or _MAYBE.search(whole):
        return None
    for number, line in enumerate(own):
        match = _SAID.search(line)
        if match is not None and not _ONLY.match(line[match.end("value") :].lstrip("`*")):
            return {"value": match["value"], "line": entry.line + number, "column": match.start("value") + 1}
    return None


def _differ(said: str, default: ast.expr) -> bool:
    """Whether two plain values are surely not the same; None, 0 and "" in code may stand for any."""
    try:
        actual = ast.literal_eval(default)
        stated = ast.literal_eval(said.capitalize() if said.lower() in ("true", "false") else said)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return False
    plain = (int, float, bool, str, type(None))
    if (
        actual is None
        or actual == ""
        or (actual == 0 and actual is not False)
        or not isinstance(actual, plain)
        or not isinstance(stated, plain)
    ):
        return False
    return bool(actual != stated)


def _finding(file: SourceFile, one: Signature, entry: Entry, found: _Stated) -> Finding:
    default = one.defaults[entry.name]
    right = ast.unparse(default)
    if found["value"].startswith('"') and right.startswith("'") and '"' not in right:
        right = f'"{right[1:-1]}"'
    anchor = file.place(found["line"], found["column"], len(found["value"]))
    return untrue(
        "docs/default",
        f"the docstring says that {entry.name!r} of {one.name} defaults to {found['value']}; "
        f"the signature has {right}",
        anchor,
        evidence=file.seen(default.lineno),
        repairs=(Repair(anchor=anchor, replacement=right, description=f"State {right}.", safe=True),),
    )
