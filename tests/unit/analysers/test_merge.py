"""Duplicates are joined under the surest words; rank follows level, then agreement."""

from __future__ import annotations

import pytest

from octad.analysers.merge import family, merge, overlap
from octad.records.report import Anchor, Finding, Level


def anchor(line: int, column: int = 1, end: int = 9, path: str = "a.py") -> Anchor:
    return Anchor(path=path, line=line, column=column, end_line=line, end_column=end)


def finding(rule: str, line: int, probability: float = 0.5, level: Level = "warning") -> Finding:
    tool = rule.partition("/")[0]
    source = tool if tool in ("ruff", "bandit") else "model"
    return Finding(
        rule=rule, level=level, message=rule, probability=probability, anchor=anchor(line), source=source
    )


def test_the_same_number_of_two_tools_is_one_finding() -> None:
    (one,) = merge([finding("ruff/S602", 1), finding("bandit/B602", 1, level="error")])
    assert (one.rule, one.level, one.message) == ("bandit/B602", "error", "bandit/B602 (also ruff/S602)")


def test_other_rules_of_the_same_place_stay() -> None:
    assert len(merge([finding("ruff/F841", 1), finding("ruff/B006", 1)])) == 2
    assert len(merge([finding("ruff/S602", 1), finding("bandit/B608", 1)])) == 2
    assert len(merge([finding("ruff/S602", 1), finding("bandit/B602", 2)])) == 2
    assert len(merge([finding("bug/name", 1), finding("style/name", 1)])) == 2


def test_a_learned_rule_and_its_teacher_are_one_finding() -> None:
    (one,) = merge([finding("style/F841", 1, level="note"), finding("ruff/F841", 1)])
    assert (one.rule, one.level) == ("style/F841", "warning")


def test_the_model_keeps_its_words_and_its_probability() -> None:
    tool = finding("ruff/F821", 1, 0.9, "error").model_copy(update={"reference": "https://rule"})
    (one,) = merge([tool, finding("bug/name", 1, 0.6)])
    assert (one.rule, one.probability, one.level) == ("bug/name", 0.6, "error")
    assert (one.message, one.reference) == ("bug/name (also ruff/F821)", "https://rule")


def test_agreement_raises_the_rank() -> None:
    alone = finding("bug/literal", 5, 0.7)
    agreed = [finding("bug/name", 9, 0.6), finding("ruff/F841", 9, 0.5)]
    assert [f.rule for f in merge([alone, *agreed])] == ["bug/name", "bug/literal"]
    grave = finding("ruff/F821", 30, 0.1, "error")
    assert merge([alone, *agreed, grave])[0] == grave


def test_merging_again_joins_nothing_more() -> None:
    once = merge([finding("ruff/F841", line) for line in range(1, 5)] + [finding("bug/name", 2, 0.3)])
    assert len(once) == 4
    assert set(merge(once)) == set(once)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ruff/PERF401", "performance"), ("ruff/PLE0704", "bug"), ("ruff/S1", "security"),
        ("ruff/SIM1", "style"), ("ruff/E711", "style"), ("ruff/E902", "bug"),
        ("bandit/B1", "security"), ("bug/name", "bug"),
        ("ruff/ZZZ1", "style"), ("ruff/invalid-syntax", "syntax"),
    ],
)  # fmt: skip
def test_families(rule: str, expected: str) -> None:
    assert family(rule) == expected


def test_overlap_excludes_the_end() -> None:
    assert overlap(anchor(1, 1, 5), anchor(1, 4, 9))
    assert not overlap(anchor(1, 1, 5), anchor(1, 5, 9))
    assert overlap(anchor(1, 3, 3), anchor(1, 3, 4))
    assert not overlap(anchor(1), anchor(1, path="b.py"))
