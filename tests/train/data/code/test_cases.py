"""What the sets know of a unit becomes case and label of an agent that reads code."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from octad.agents.code_reviewer import Case, Label, agent, expected
from octad.heads.consistency import UseLabel
from octad.heads.line_labels import Mark
from octad.heads.pointer import BugLabel
from octad.records.code import Code, LineRange
from octad.records.report import Anchor, Finding
from octad.records.used_definition import UsedDefinition
from octad.syntax.edits import EDITS
from octad.syntax.tokenizer import tokenize
from octad_train.data.code.bug_stream import Injected
from octad_train.data.code.cases import label_of, labelled, real, repository, sample, training, validation
from octad_train.data.code.code_sets import Half
from octad_train.data.code.definition_use_pairs import Distant
from octad_train.data.code.real_fixes import RealFunction
from octad_train.data.code.rows import Row, read_rows, write_rows
from octad_train.data.code.sven import SecurityPair
from tests.contract.agents import commit_kind
from tests.train.data.code.test_own_repository import code

CODE = Code(path="a.py", text="def f(first, second):\n    return first < second\n", first_line=5)
TOKENS = tokenize(CODE)
BUG = BugLabel(CODE.text.index("<"), EDITS.index("replace:<="), None, "wrong-comparison")


def test_what_is_injected_is_a_bug_and_nothing_else() -> None:
    case, label = labelled(agent, Injected(CODE, TOKENS, BUG, TOKENS.words.index("<"), None))
    assert (case, label) == (Case(code=CODE), Label(bug=BUG))
    assert expected(case, label) == {("bug/wrong-comparison", 6)}


def test_marks_of_analysers_go_to_their_heads() -> None:
    marks = ((5, "N802"), (6, "S608"), (6, "PERF401"))
    case, label = labelled(agent, Injected(CODE, TOKENS, None, 0, marks))
    assert label.bug == "correct" and label.uses is None
    assert expected(case, label) == {("style/N802", 5), ("security/CWE-89", 6), ("performance/PERF401", 6)}
    _, rewritten = labelled(agent, Injected(CODE, TOKENS, None, 0, None))
    assert rewritten == Label(bug="correct")


def test_a_fix_is_clean_and_what_it_fixed_is_not() -> None:
    before, after = (Code(path="q.py", text=text) for text in ("x = 1\ny = 2\n", "x = 1\ny = 3\n"))
    pair = SecurityPair("f", "CWE-89", before, after, (2,), "g", 3)
    marked = Label(security=frozenset({Mark(2, "CWE-89")}))
    assert labelled(agent, Half(pair, True)) == (Case(code=before), marked)
    assert labelled(agent, Half(pair, False)) == (Case(code=after), Label(security=frozenset()))


def test_distant_uses_come_with_what_they_use() -> None:
    used = UsedDefinition(name="g", sort="function", code=Code(path="b.py", text="def g(one):"))
    unit = Distant(package="p", kind="crossed", code=CODE, context=(used,), wrong=(3,), asked=(3, 9))
    case, label = labelled(agent, unit)
    assert case == Case(code=CODE, context=(used,))
    assert label == Label(uses=UseLabel(frozenset({3}), frozenset({3, 9})))


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OCTAD_DATA", raising=False)
    for part in ("train", "valid", "test"):
        rows = [Row("p", f"{part}{i}.py", 1, CODE.text.replace("f(", f"f{i}(")) for i in range(6)]
        write_rows(tmp_path / f"{part}.jsonl.xz", rows, preset=0)
    return tmp_path


def test_training_has_cases_of_the_train_part_without_end(corpus: Path) -> None:
    found = training(agent, corpus)
    seen = list(islice(found.stream(0, 0, 1), 20))
    assert all(isinstance(case, Case) and case.code.path.startswith("train") for case, _ in seen)
    assert {type(label.bug) for _, label in seen} == {BugLabel, str}
    assert seen[:3] == list(islice(training(agent, corpus).stream(0, 0, 1), 3))
    for first, group in zip(seen, islice(found.candidates(0, 0, 1, 3), 20), strict=True):
        assert group[0] == first and len(group) <= 4
        assert all(isinstance(case, Case) and isinstance(label, Label) for case, label in group)


@pytest.mark.parametrize("part", ["valid", "test"])
def test_validation_has_cases_of_the_part_that_is_asked_for(corpus: Path, part: str) -> None:
    found = validation(agent, corpus, part, 4)
    assert len(found) == 4
    assert all(case.code.path.startswith(part) and label.bug is not None for case, label in found)
    assert validation(agent, corpus) == validation(agent, corpus, "valid", 2000)


def test_a_sample_needs_no_corpus() -> None:
    found = sample(agent, 9)
    assert len(found) == 9 and found == sample(agent, 12)[:9]
    assert all(isinstance(case, Case) and isinstance(label, Label) for case, label in found)


def test_a_repository_becomes_a_corpus_of_what_the_agent_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OCTAD_DATA", raising=False)
    for one in map(code, range(60)):
        path = tmp_path / "repo" / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.text)
    (tmp_path / "repo" / "a.js").write_text("function f(a, b) { return a < b; }\n" * 30)
    counts = repository(agent, tmp_path / "repo", tmp_path / "corpus")
    assert set(counts) == {"train", "valid", "test"} and sum(counts.values()) > 40
    rows = list(read_rows(tmp_path / "corpus" / "train.jsonl.xz"))
    assert all(row.path.endswith(".py") and row.package == "repo" for row in rows)
    assert next(training(agent, tmp_path / "corpus").stream(0, 0, 1))[0].code.path in {r.path for r in rows}


def test_of_a_real_fix_only_findings_on_mended_lines_are_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octad_train.data.code.cases.real_functions", lambda: functions)
    text = "def f(first, second):\n    total = first\n    return total < second\n"
    fixed = Code(path="a.py", text=text, first_line=40)
    functions = [RealFunction(fixed, (LineRange(first=42, last=42),), "p"), RealFunction(CODE, (), "p")]
    (case, is_right), (other, never) = real(agent)
    assert (case.code.path, case.code.first_line, other.code.text) == ("a.py", 40, CODE.text)
    assert [line for line in range(38, 46) if is_right(finding(line))] == [42]
    assert is_right(finding(40, 43)) and not is_right(finding(40, 41))
    assert not any(never(finding(line)) for line in range(1, 10))


def finding(line: int, last: int = 0) -> Finding:
    anchor = Anchor(path="a.py", line=line, end_line=last or line, end_column=2)
    return Finding(rule="bug/wrong-sign", level="warning", message="", probability=0.9, anchor=anchor)


def test_a_label_has_what_the_agent_has_heads_for() -> None:
    found = label_of(commit_kind.agent, kind="repair", bug="correct", style=frozenset())
    assert found == commit_kind.Label("repair")
