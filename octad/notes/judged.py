"""What is thought of a commit: by heads that learned what people tell, and by the rule that needs none."""

from __future__ import annotations

from typing import NamedTuple

from octad.records.notes import Kind


class Judged(NamedTuple):
    """`told` is the probability that people would tell of a commit, None where nobody says; so with `kind`.

    `section` is the heading under which it belongs, "" for that of its kind.
    """

    told: float | None = None
    kind: Kind | None = None
    section: str = ""
