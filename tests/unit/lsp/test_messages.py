"""Diagnostics, code actions and hovers."""

from __future__ import annotations

from dataclasses import replace

from lsprotocol import types

from octad.lsp.messages import ACCEPT, DISMISS, Shown, hover
from octad.lsp.places import Places
from octad.records.report import Anchor, Evidence, Finding, Repair

LINES = ["def f(x):", "    return y"]


def finding(**changes: object) -> Finding:
    place = Anchor(path="a.py", line=2, column=12, end_line=2, end_column=13)
    repair = Repair(anchor=place, replacement="x\n", description="replace `y` by `x`", safe=True)
    made = Finding(
        rule="bug/variable-misuse", level="warning", message="wrong variable", probability=0.873,
        anchor=place, fingerprint="0" * 16, repairs=(repair,),
    )  # fmt: skip
    return made.model_copy(update=changes)


SHOWN = Shown("file:///a.py", 3, "a.py", Places(LINES), (finding(),), line_end="\r\n")
HERE = types.Range(types.Position(1, 11), types.Position(1, 11))
ELSEWHERE = types.Range(types.Position(0, 0), types.Position(0, 2))


def test_a_finding_is_a_diagnostic() -> None:
    (one,) = SHOWN.diagnostics
    assert (one.message, one.code, one.source) == ("wrong variable (87 %)", "bug/variable-misuse", "octad")
    assert one.severity is types.DiagnosticSeverity.Warning and one.data == {"fingerprint": "0" * 16}
    assert (one.range.start.character, one.range.end.character) == (11, 12)


def test_what_analysers_find_has_their_name_link_and_no_probability() -> None:
    found = finding(source="ruff", probability=None, reference="https://docs.example/x", level="note")
    (one,) = replace(SHOWN, findings=(found,)).diagnostics
    assert one.source == "octad (ruff)" and one.message == "wrong variable"
    assert one.code_description is not None and one.severity is types.DiagnosticSeverity.Information


def test_a_check_names_the_places_that_say_otherwise() -> None:
    elsewhere = Anchor(path="b.py", line=7, end_line=7, end_column=2)
    found = finding(source="octad", evidence=(Evidence(anchor=elsewhere, text="def g", weight=1.0),))
    (one,) = replace(SHOWN, findings=(found,)).diagnostics
    (place,) = one.related_information or ()
    assert place.location.uri.endswith("/b.py") and place.location.range.start.line == 6


def test_a_note_stands_on_the_first_line() -> None:
    (one,) = replace(SHOWN, findings=(), note="too large").diagnostics
    assert (one.message, one.range.start.line, one.code) == ("too large", 0, None)


def test_a_repair_edits_the_text_it_is_of_and_accepts_the_finding() -> None:
    repair, *dismissals = SHOWN.actions(HERE, 3)
    assert repair.edit is not None and repair.edit.document_changes is not None
    change = repair.edit.document_changes[0]
    assert isinstance(change, types.TextDocumentEdit)
    (edit,) = change.edits
    assert isinstance(edit, types.TextEdit)
    assert (edit.new_text, change.text_document.version, repair.is_preferred) == ("x\r\n", 3, True)
    assert repair.command is not None and repair.command.command == ACCEPT
    commands = [one.command for one in dismissals]
    assert [one.arguments[2] for one in commands if one and one.arguments] == [
        "wrong", "intended", "not-worth-it"
    ]  # fmt: skip
    assert {one.command for one in commands if one} == {DISMISS}


def test_no_edit_of_a_text_that_has_changed_or_lies_elsewhere() -> None:
    assert all(one.edit is None for one in SHOWN.actions(HERE, 4))
    assert SHOWN.actions(ELSEWHERE, 3) == []
    assert all(one.edit is None for one in replace(SHOWN, path="other.py").actions(HERE, 3))


def test_a_hover_says_what_rules_mean_once_each() -> None:
    text = hover([finding(), finding(), finding(rule="tool/x", message="of another tool")])
    assert text.count("# bug/variable-misuse") == 1 and "# tool/x\n\nof another tool" in text
    assert hover([]) == ""
