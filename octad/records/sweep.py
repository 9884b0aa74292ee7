"""What an agent is asked about where one input makes many cases, and what is found without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from octad.records.code import Code
from octad.records.report import Block, Finding
from octad.records.skipped import Skipped


@dataclass(frozen=True, slots=True)
class Sweep:
    """The fields of each case, and findings that checks made, whose places are in the texts of `codes`."""

    codes: tuple[Code, ...]
    findings: tuple[Finding, ...] = ()
    cases: tuple[Mapping[str, Any], ...] = ()
    skipped: tuple[Skipped, ...] = ()
    blocks: tuple[Block, ...] = ()
