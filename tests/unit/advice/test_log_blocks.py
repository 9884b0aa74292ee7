"""What logs say since a time: a table where something surely changed, nothing else."""

from __future__ import annotations

from octad.advice.log_blocks import SHOWN, changed_logs
from octad.records.instant import Instant
from octad.records.logs import Logs, LogTemplate


def template(text: str, *counts: tuple[int, int], level: str = "info") -> LogTemplate:
    total = sum(lines for _, lines in counts)
    return LogTemplate(template=text, service="cart", level=level, count=total, counts=counts)


def logs(*more: LogTemplate) -> Logs:
    usual = template("GET <*>", *((bucket, 5) for bucket in range(100)))
    return Logs(templates=(usual, *more), lines=500, start=0.0, interval=60.0)


def test_new_grave_messages_are_told_with_their_rates() -> None:
    lost = template("lost <*>", *((bucket, 8) for bucket in range(60, 100)), level="error")
    block = changed_logs(logs(lost), Instant(time=3_600.0))
    assert block is not None and block.title == "Logs since"
    row = next(row for row in block.rows if row[0] == "lost <*>")
    assert row[1:5] == ("new, error", "cart", "0", "480")


def test_many_are_cut_and_quiet_logs_or_no_time_say_nothing() -> None:
    new = [template(f"lost {name} <*>", *((b, 8) for b in range(60, 100))) for name in "abcdefghijkl"]
    block = changed_logs(logs(*new), Instant(time=3_600.0))
    assert block is not None and len(block.rows) == SHOWN + 1 and block.title == "Logs since (10 of 12)"
    assert changed_logs(logs(), Instant(time=3_600.0)) is None
    assert changed_logs(logs(*new), None) is changed_logs(None, Instant(time=1.0)) is None
