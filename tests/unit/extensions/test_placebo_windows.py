"""Cases in which the answer is known to be no, of one head."""

from __future__ import annotations

from octad.extensions.placebo_windows import PlaceboWindows


def test_placebos_are_made_of_the_case_for_one_head() -> None:
    made = PlaceboWindows("rollback", lambda case: [f"{case} a day ago", f"{case} an hour ago"])
    assert made.placebos("now") == ["now a day ago", "now an hour ago"]
    assert (made.heads, made.name) == (("rollback",), "rollback_placebos")
    assert made.network(["metrics"], (8, 6)) is None
