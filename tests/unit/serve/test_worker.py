"""Batches in a worker, in this process: what one question does costs the others nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from octad import catalog
from octad.serve.work import RULES, Batch, Question, SourceFile, Sources
from octad.serve.worker import Versions, Work, done

AGENT = "debugger"


def example(name: str = AGENT) -> Question:
    return Question(catalog.load(name).example.model_dump_json().encode(), 30.0)


def test_a_case_that_cannot_be_read_costs_the_others_nothing() -> None:
    mixed = [example(), Question(b"{", 30.0), example()]
    found = done(Versions(), Batch("ask", AGENT, RULES, questions=mixed)).outcomes
    assert [one.fault.code if one.fault else "" for one in found] == ["", "request.case", ""]
    assert found[0].body and found[0].body == found[2].body


def test_a_version_that_cannot_be_loaded_is_unusable(tmp_path: Path) -> None:
    found = done(Versions(), Batch("ask", AGENT, "v", str(tmp_path), questions=[example()]))
    assert found.unusable and not found.outcomes


@pytest.mark.parametrize("name", sorted(one.name for one in catalog.entries()))
def test_rules_answer_the_example_of_every_agent(name: str) -> None:
    (found,) = done(Versions(), Batch("ask", name, RULES, questions=[example(name)])).outcomes
    assert found.fault is None and found.body


def test_later_files_get_what_those_before_left_of_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def timed(self: Work, question: Question, make: object) -> None:
        given.append(question.seconds)
        end = time.perf_counter() + 0.02
        while time.perf_counter() < end:
            pass

    monkeypatch.setattr(Work, "_timed", timed)
    body = Sources(files=(SourceFile(path="a.py", text="x = 1\n"),)).model_dump_json().encode()
    done(Versions(), Batch("ask", AGENT, RULES, kind="files", questions=[Question(body, 9.0)] * 2))
    assert given[1] <= given[0] - 0.02
