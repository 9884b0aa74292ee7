"""How much is said about code that was released and is, by and large, right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from octad.errors import UnreadableInput
from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.report import Finding
from octad_train.data.code.archives import archives

Find = Callable[[Sequence[Code]], Sequence[Finding]]


class Noise(NamedTuple):
    """Findings in one package: `by_rule` counts them, the most frequent rule first."""

    package: str
    files: int
    lines: int
    findings: int
    by_rule: tuple[tuple[str, int], ...]

    @property
    def per_thousand(self) -> float:
        """Findings per 1,000 lines, blank ones and comments included; 0 without lines."""
        return 1000 * self.findings / self.lines if self.lines else 0.0


def released(folder: Path) -> dict[str, list[Code]]:
    """Own, handwritten Python files, tests left out, of every wheel in a folder, by name and version.

    Raises UnreadableInput when there is no wheel.
    """
    packages = {
        f"{name} {version}": [
            Code(path=source.path, text=source.text) for source in archive.sources() if not source.is_test
        ]
        for (name, version), archive in archives(folder).items()
    }
    if not packages:
        raise UnreadableInput("there are no wheels in the folder", hint="download released packages to it")
    return packages


def noise(packages: Mapping[str, Sequence[Code]], find: Find) -> list[Noise]:
    """Count what `find` says of each package, and of all of them in a last row named `all`."""
    rows = [_count(name, codes, find(codes)) for name, codes in packages.items()]
    rules: Counter[str] = Counter()
    for row in rows:
        rules.update(dict(row.by_rule))
    total = Noise(
        package="all",
        files=sum(row.files for row in rows),
        lines=sum(row.lines for row in rows),
        findings=sum(row.findings for row in rows),
        by_rule=tuple(rules.most_common()),
    )
    return [*rows, total]


def _count(name: str, codes: Sequence[Code], findings: Sequence[Finding]) -> Noise:
    rules = Counter(finding.rule for finding in findings)
    lines = sum(len(lines_of(code.text)) for code in codes)
    return Noise(name, len(codes), lines, len(findings), tuple(rules.most_common()))
