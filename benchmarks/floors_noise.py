"""Floor of the noise: what ruff and bandit alone say of released packages, by family of rules.

Run: python benchmarks/floors_noise.py [FOLDER OF WHEELS]   (half a minute; default: .data/released)
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from octad.analysers.every import analyse
from octad.analysers.merge import family, merge
from octad.errors import InputError
from octad.records.code import Code
from octad.records.report import Finding
from octad_train.evaluate.noise import noise, released
from octad_train.evaluate.tables import machine, table

FAMILIES = ("bug", "security", "performance", "style")


def findings(codes: Sequence[Code]) -> Sequence[Finding]:
    """What the analysers say, duplicates joined."""
    return merge(analyse(codes).findings)


def main(folder: Path) -> int:
    """Print the table."""
    try:
        found = noise(released(folder), findings)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    rows = []
    for item in found:
        by_family = {name: sum(n for rule, n in item.by_rule if family(rule) == name) for name in FAMILIES}
        shares = [f"{1000 * count / item.lines:.2f}" for count in by_family.values()]
        rows.append([item.package, item.files, item.lines, f"{item.per_thousand:.2f}", *shares])
    header = ["package", "files", "lines", "all", *FAMILIES]
    sys.stdout.write(table("Findings of ruff + bandit per 1,000 lines of released code", header, rows))
    sys.stdout.write(f"\nNo random numbers. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".data/released")))
