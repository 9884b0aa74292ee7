"""What counts as correct code that looks wrong."""

from __future__ import annotations

import pytest

from octad_train.data.code.hard_negatives import PATTERNS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("    for low, high in self.spans.values():\n", "pairs as values"),
        ("x = [a for (a, _) in found['k'].values()]\n", "pairs as values"),
        ('    assert rows, "there must be some"\n', "assertion with a message"),
        ("    assert rows, f'none of {rows}'\n", "assertion with a message"),
        ("    for low in self.spans.values():\n", ""),
        ("    for key, low in self.spans.items():\n", ""),
        ("    for n, low in enumerate(self.spans.values()):\n", ""),
        ("    assert found == {1, 'two'}\n", ""),
        ("    assert rows\n", ""),
    ],
)
def test_a_pattern_matches_what_it_is_for_and_nothing_near_it(text: str, name: str) -> None:
    assert [key for key, pattern in PATTERNS.items() if pattern.search(text)] == ([name] if name else [])
