"""Findings after what was said of them before: comments in the text, the baseline, and verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from octad.feedback.heard import Heard
from octad.read.code.baseline import Baseline, apply_baseline
from octad.read.code.suppressions import apply_suppressions
from octad.records.code import Code
from octad.records.fingerprint import with_fingerprints
from octad.records.lines import sources_of
from octad.records.report import Finding, Suppressed
from octad.review.settings import Settings


class Known(NamedTuple):
    """What settles findings: which rules are wanted where, and what is known from before."""

    settings: Settings
    baseline: Baseline | None
    heard: Heard | None = None


def settled(
    findings: Sequence[Finding], codes: Sequence[Code], known: Known, asked: Callable[[str], bool]
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
    """Findings with fingerprints, parted into those that stand and those known from before.

    Of rules that were not `asked`, no comment is called unused.
    """
    sources = sources_of(codes)
    changed = {code.path: code.changed for code in codes if code.changed is not None}
    kept, ignored = apply_suppressions(with_fingerprints(findings, sources), sources, changed, asked)
    kept = tuple(one for one in kept if known.settings.wants(one))
    notes = iter(with_fingerprints([f for f in kept if not f.fingerprint], sources))
    marked = tuple(f if f.fingerprint else next(notes) for f in kept)
    if known.baseline is not None:
        marked, before = apply_baseline(marked, known.baseline)
        ignored = (*ignored, *before)
    if known.heard is not None:
        marked, dismissed = known.heard.parted(marked, sources)
        ignored = (*ignored, *dismissed)
    return marked, ignored
