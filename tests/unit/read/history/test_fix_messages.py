from __future__ import annotations

import pytest

from octad.read.history.fix_messages import is_fix, reverted

FIXES = (
    "Fix crash when the list is empty",
    "fix(parser): accept a trailing comma",
    "Bugfix: wrong offset",
    "Correct handling\n\nFixes #12",
    "BUG-77 Handle null\n\nThe parser was broken.",
    "Avoid a memory leak in the pool",
    "#481: the wrong port was used",
)
OTHERS = (
    "",
    "Fix typo in README",
    "docs: fix the link to bug reports",
    "test: fix flaky test",
    "Fix lint",
    "Merge branch 'fix-crash'",
    'Revert "Fix crash"',
    "Add a prefix to names",
    "Add dark mode\n\nCloses #12",
    "Bump fixtures from 1.0 to 1.1",
    "feat: report bugs to the server",
    "Debugging output is coloured",
)


@pytest.mark.parametrize("message", FIXES)
def test_a_repair_is_a_fix(message: str) -> None:
    assert is_fix(message)


@pytest.mark.parametrize("message", OTHERS)
def test_other_changes_are_none(message: str) -> None:
    assert not is_fix(message)


def test_what_is_reverted() -> None:
    assert reverted("Revert x\n\nThis reverts commit 0123abc4.") == "0123abc4"
    assert reverted("Revert x") == ""
