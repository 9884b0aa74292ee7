"""Every rule loads and means what its example shows; no veto goes beyond what it says."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from octad.errors import InputError
from octad.extensions.definition_use import CALLED, SORTS
from octad.records.code import Code
from octad.rules import pages
from octad.rules.pages import LEARNED, listing, page
from octad.rules.rule import Edit, names, no_veto, rule
from octad.rules.vetoes import GENERAL, calls_a_string, cannot_run, is_main_guard
from octad.syntax.edits import EDITS, INDEX, RULE_KINDS, apply, rule_kind
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import Role
from scripts import rule_pages

NAMES = tuple(names())
OF_CODE = tuple(name for name in NAMES if name.startswith(("bug/", "uses/")))
OF_OTHERS = tuple(f"{family}/{own}" for family, (held, _) in LEARNED.items() for own in held)


def edits(text: str) -> Iterator[tuple[int, int, str | None]]:
    """Every edit of the vocabulary that syntax allows in a text; names are those that the text has."""
    tokens = tokenize(Code(path="a.py", text=text))
    for item, edit in tokens.edits.tolist():
        yield item, edit, None
    for item, role in enumerate(tokens.role.tolist()):
        if role != Role.NONE:
            same = {word for word, other in zip(tokens.words, tokens.role, strict=True) if other == role}
            yield from ((item, 0, word) for word in same - {tokens.words[item]})


def kinds(wrong: str, right: str) -> list[str]:
    """The kinds of the single edits that turn one text into the other."""
    tokens = tokenize(Code(path="a.py", text=wrong))
    return [
        rule_kind(edit, int(tokens.role[item]))
        for item, edit, name in edits(wrong)
        if apply(wrong, tokens, item, edit, name) == right
    ]


def edited(text: str, word: str, edit: str, name: str = "") -> Edit:
    """A repair at the last item that reads `word`, as vetoes see it."""
    code = Code(path="a.py", text=text)
    tokens = tokenize(code)
    item = len(tokens) - 1 - tokens.words[::-1].index(word)
    verb, _, new = edit.partition(":")
    return Edit(code, tokens, item, verb, name or new, apply(text, tokens, item, INDEX[edit], name))


def test_every_kind_of_bug_and_every_sort_of_use_has_its_rule() -> None:
    assert {f"bug/{kind}" for kind in RULE_KINDS} == {name for name in NAMES if name.startswith("bug/")}
    assert {f"uses/{sort}" for sort in SORTS[:CALLED]} == {name for name in NAMES if name.startswith("uses/")}


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_is_named_like_its_file_and_says_something(name: str) -> None:
    held = rule(name)
    said = held.message.format(word="x")
    assert held.name == name
    assert said and "{" not in said
    assert ("x" in said.split("`")) == ("`{word}`" in held.message)
    assert held.summary.endswith(".") and held.example.wrong


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_the_example_of_a_bug_is_repaired_by_one_edit_of_its_kind(kind: str) -> None:
    example = rule(f"bug/{kind}").example
    assert kinds(example.wrong, example.right) == [kind]


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_no_veto_rules_out_the_repair_of_its_own_example(kind: str) -> None:
    held = rule(f"bug/{kind}")
    code = Code(path="a.py", text=held.example.wrong)
    tokens = tokenize(code)
    for item, edit, name in edits(code.text):
        text = apply(code.text, tokens, item, edit, name)
        if text == held.example.right:
            verb, _, word = EDITS[edit].partition(":")
            offered = Edit(code, tokens, item, verb, name or word, text)
            assert not any(veto(offered) for veto in (*GENERAL, held.veto))


@pytest.mark.parametrize("name", OF_CODE)
def test_examples_of_code_compile(name: str) -> None:
    example = rule(name).example
    assert example.wrong != example.right
    for text in (example.wrong, example.right):
        compile(text, name, "exec")
        assert ast.unparse(ast.parse(text))


@pytest.mark.parametrize(
    "name", ["bug/none", "none/none", "bug", "", "bug/", "/rule", "../errors", "./vetoes"]
)
def test_a_rule_that_is_not_there_is_an_error_with_a_hint(name: str) -> None:
    with pytest.raises(InputError) as caught:
        rule(name)
    assert caught.value.hint


def test_a_length_above_zero_is_a_length_that_is_not_zero() -> None:
    veto = rule("bug/wrong-comparison").veto
    text = "def f(x, y):\n    return len(x) {} {}\n"
    assert veto(edited(text.format("!=", 0), "!=", "replace:>"))
    assert veto(edited(text.format(">", 0), ">", "replace:!="))
    assert veto(edited(text.format("==", 0), "==", "replace:<="))
    assert veto(edited("def f(x, y):\n    return len(x.of(y)) != 0\n", "!=", "replace:>"))


@pytest.mark.parametrize(
    ("condition", "word", "edit"),
    [
        ("len(x) != 0", "!=", "replace:<"),
        ("len(x) != 0", "!=", "replace:=="),
        ("len(x) != 1", "!=", "replace:>"),
        ("len(x) != y", "!=", "replace:>"),
        ("len(x) >= 0", ">=", "replace:>"),
        ("sum(x) != 0", "!=", "replace:>"),
        ("(len(x) - y) != 0", "!=", "replace:>"),
        ("x != 0", "!=", "replace:>"),
    ],
)
def test_another_comparison_may_be_offered(condition: str, word: str, edit: str) -> None:
    assert not rule("bug/wrong-comparison").veto(
        edited(f"def f(x, y):\n    return {condition}\n", word, edit)
    )


def test_the_guard_of_a_script_is_left_alone() -> None:
    guard = edited('if __name__ == "__main__":\n    main()\n', "==", "replace:!=")
    assert is_main_guard(guard) and not cannot_run(guard)


def test_a_string_of_the_module_is_not_called() -> None:
    text = 'if __name__ == "__main__":\n    {}\n'
    assert calls_a_string(edited(text.format("main()"), "main", "name", "__name__"))
    assert not calls_a_string(edited(text.format("print(x)"), "x", "name", "__name__"))
    assert not calls_a_string(edited(text.format("main()"), "main", "name", "run"))


def test_a_text_that_python_would_refuse_is_not_offered() -> None:
    broken = edited("def f(x):\n    x = 1\n    return x\n", "x", "name", "y z")
    assert cannot_run(broken) and not is_main_guard(broken)


@pytest.mark.parametrize(
    "offered",
    [
        edited("def f(x, y):\n    return x\n", "x", "name", "y"),
        edited("    def f(x, y):\n        return x\n", "x", "name", "y"),
        edited('if name == "__main__":\n    main()\n', "==", "replace:!="),
        edited("def f(x:\n    return x\n", "x", "name", "y"),
    ],
    ids=["plain", "indented", "another condition", "broken before"],
)
def test_a_plain_repair_is_not_ruled_out(offered: Edit) -> None:
    assert not any(veto(offered) for veto in (*GENERAL, no_veto))


def test_the_listing_names_every_rule_with_its_message() -> None:
    rows = dict(line.split(maxsplit=1) for line in listing().splitlines())
    assert set(rows) == {*NAMES, *OF_OTHERS}
    assert all(rows[name] == rule(name).message.format(word="…") for name in NAMES)


MEASURED = re.compile(
    r"On [\d,]+ real cases (\d+ of \d+ findings were right \(\d+%\)\.|it was not shown once: .+)"
    r"|Not shown unless --min-probability is given: .+|How often it is right on real cases was not measured\."
    r"|Shown where a change is under review; .+|Not shown as a finding of the model: .+"
)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"real": {"bug/off-by-one": {"right": 3, "shown": 4}}, "real_cases": 1200},
         "On 1,200 real cases 3 of 4 findings were right (75%)."),
        ({"real": {"bug/off-by-one": {"right": 0, "shown": 0}}, "real_cases": 9},
         "On 9 real cases it was not shown once: how often it is right is not known."),
        ({"rules_without_threshold": ["bug/off-by-one"]},
         "Not shown unless --min-probability is given: it did not reach a precision worth showing."),
        ({"real": {"bug/wrong-jump": {"right": 1, "shown": 1}}, "real_cases": 9},
         "How often it is right on real cases was not measured."),
        ({}, "How often it is right on real cases was not measured."),
    ],
)  # fmt: skip
def test_how_often_a_rule_was_right_is_what_the_weights_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manifest: dict[str, object], said: str
) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setattr(pages, "WEIGHTS", tmp_path)
    assert page("bug/off-by-one").endswith(f"\n\n{said}\n")
    assert MEASURED.fullmatch(said)


@pytest.mark.parametrize("name", [*NAMES, *OF_OTHERS])
def test_a_page_says_what_a_rule_means_and_how_often_it_was_right(name: str) -> None:
    text = page(name)
    assert text.startswith(f"# {name}\n")
    assert MEASURED.fullmatch(text.rstrip("\n").rpartition("\n\n")[2])
    if name in NAMES:
        held = rule(name)
        assert held.example.wrong.rstrip("\n") in text and held.example.right.rstrip("\n") in text
        assert ("Never offered: " in text) == (held.veto is not no_veto)


def test_a_page_keeps_the_names_in_a_message_as_they_are_written() -> None:
    assert "\nComparison to None with an equality operator.\n" in page("style/E711")
    assert "\nXML from outside may name other files.\n" in page("security/CWE-611")


def test_the_pages_in_docs_are_those_of_the_rules() -> None:
    assert rule_pages.differing(rule_pages.FOLDER) == [], "run scripts/rule_pages.py"


def test_what_differs_is_named_and_written_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--folder", str(tmp_path)]
    assert rule_pages.main(asked) == 0 and rule_pages.main([*asked, "--check"]) == 0
    assert capsys.readouterr().out == ""
    (tmp_path / "bug" / "gone.md").write_text("# bug/gone\n")
    (tmp_path / "uses" / "class.md").unlink()
    assert rule_pages.main([*asked, "--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path / 'bug' / 'gone.md'} differs: run scripts/rule_pages.py"
    ]
    assert rule_pages.main(asked) == 0 and rule_pages.differing(tmp_path) == []
