"""`octad rule` says what a rule means."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from octad.rules.rule import names

Octad = Callable[..., tuple[int, str, str]]


def test_without_a_name_all_rules_are_listed(octad: Octad) -> None:
    code, out, err = octad("rule")
    assert (code, err) == (0, "")
    listed = {line.split()[0] for line in out.splitlines()}
    assert set(names()) <= listed and {"security/CWE-89", "style/E711"} <= listed
    assert all(len(line.split()) > 1 for line in out.splitlines())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bug/wrong-comparison", "Repair: "),
        ("uses/function", "Wrong:"),
        ("deployment/risk", "Level: "),
        ("security/CWE-89", "cwe.mitre.org/data/definitions/89"),
        ("ruff/F401", "`ruff rule F401`"),
        ("bandit/B602", "bandit.readthedocs.io"),
        ("dependency/cycle", "Wrong:"),
    ],
)
def test_a_rule_by_its_name(octad: Octad, name: str, said: str) -> None:
    code, out, err = octad("rule", name)
    assert (code, err) == (0, "") and out.startswith(f"# {name}\n") and said in out


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("bug/wrong-comparisson", "did you mean bug/wrong-comparison?"),
        ("wrong_comparison", "did you mean bug/wrong-comparison?"),
        ("security/cwe-89", "did you mean security/CWE-89?"),
        ("F401", "did you mean style/F401?"),
        ("tea/leaves", "`octad rule` lists them all"),
        ("", "`octad rule` lists them all"),
        (f"bug/{'x' * 400}", "`octad rule` lists them all"),
    ],
)
def test_a_name_that_is_none_is_one_line(octad: Octad, name: str, hint: str) -> None:
    code, out, err = octad("rule", name)
    assert (code, out) == (2, "") and err == f"octad: error: there is no rule {name!r}; {hint}\n"
