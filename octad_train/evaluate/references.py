"""What ruff and bandit alone say of pieces of code: the baseline of every head that finds places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from octad.analysers.every import analyse
from octad.analysers.merge import family, merge
from octad.records.code import Code

BUGS = frozenset(("bug", "syntax"))
SECURITY = frozenset(("security",))


class Reference(NamedTuple):
    """A finding of an analyser: line in the numbering of the file, rule, its message."""

    line: int
    rule: str
    message: str


def references(codes: Sequence[Code], families: frozenset[str], header: str = "") -> list[list[Reference]]:
    """For each code the analysers' findings of some families, the most important first.

    `header` is code that is set before each: imports that the place it comes from supplies. A code
    that is cut out of a block gets a block around it. An analyser that cannot run finds nothing.
    """
    heads = [header + ("if 1:\n" if _indented(code) else "") for code in codes]
    whole = [
        Code(path=f"{at}.py", text=head + code.text)
        for at, (head, code) in enumerate(zip(heads, codes, strict=True))
    ]
    found: list[list[Reference]] = [[] for _ in codes]
    for finding in merge(analyse(whole).findings):
        at = int(finding.anchor.path.removesuffix(".py"))
        line = finding.anchor.line - heads[at].count("\n")
        if family(finding.rule) in families and line >= 1:
            found[at].append(Reference(line + codes[at].first_line - 1, finding.rule, finding.message))
    return found


def _indented(code: Code) -> bool:
    first = next((line for line in code.text.split("\n") if line.strip()), "")
    return first[:1].isspace()
