"""One report with everything in it, hostile text included."""

from __future__ import annotations

import pytest

from octad.records.fingerprint import with_fingerprints
from octad.records.report import (
    Anchor,
    Block,
    Evidence,
    Faithfulness,
    Finding,
    Repair,
    Report,
    Skipped,
    Suppressed,
)

ATTACK = "</script><img src=x onerror=alert(1)>"
CART = f'''"""A cart."""


def cheapest(lines):
    """The line with the lowest price."""
    best = None
    for line in lines:
\tif best is None or line.price > best.price:
            best = line
    return best


NOTE = "{ATTACK}"
'''


def anchor(path: str, line: int, column: int, length: int) -> Anchor:
    return Anchor(path=path, line=line, column=column, end_line=line, end_column=column + length)


@pytest.fixture
def sources() -> dict[str, str]:
    return {"shop/cart.py": CART + "x = 1\n" * 60, f"shop/{ATTACK}.py": "a = 1\n"}


@pytest.fixture
def report(sources: dict[str, str]) -> Report:
    cart = "shop/cart.py"
    findings = with_fingerprints(
        [
            Finding(
                rule="bug/wrong-comparison",
                level="error",
                message="`>` keeps the dearest",
                probability=0.87,
                anchor=anchor(cart, 8, 32, 1),
                evidence=(
                    Evidence(anchor=anchor(cart, 8, 32, 1), text=">", weight=0.5),
                    Evidence(anchor=anchor(cart, 4, 5, 8), text="cheapest", weight=0.3),
                ),
                faithfulness=Faithfulness(comprehensiveness=0.62, sufficiency=0.15, random=0.04),
                repairs=(
                    Repair(
                        anchor=anchor(cart, 8, 32, 1),
                        replacement="<",
                        description="replace `>` by `<`",
                        probability=0.88,
                    ),
                ),
                reference="https://example.org/rule?a=1&b=2",
            ),
            Finding(
                rule="style/name",
                level="note",
                message=ATTACK,
                probability=0.5,
                anchor=anchor(f"shop/{ATTACK}.py", 1, 1, 1),
                source="ruff",
                reference='javascript:alert(1)"',
            ),
            Finding(
                rule="bug/gone",
                level="warning",
                message="m",
                probability=1,
                anchor=anchor("gone.py", 3, 1, 4),
            ),
        ],
        sources,
    )
    return Report(
        agent="code-reviewer",
        version="9",
        findings=findings,
        skipped=(
            Skipped(path=f"{ATTACK}.bin", reason="binary file"),
            *(Skipped(path=f"p{number}/__init__.py", reason="empty file") for number in range(5)),
        ),
        suppressed=(Suppressed(finding=findings[0], by="comment", reason=f"known {ATTACK}"),),
        blocks=(
            Block(kind="table", title=f"T {ATTACK}", rows=(("file", "n"), ("a", ATTACK))),
            Block(kind="paragraph", title="P", rows=(("read 2 files",),)),
        ),
    )
