from __future__ import annotations

import pytest

from octad.records.code import Code, Language
from octad.search import functions as module
from octad.search.functions import functions
from octad.search.words import words_of
from octad.syntax.tokens import Kind
from tests.unit.search.made import SUM, code, function

NAMED: list[tuple[Language, str, list[str]]] = [
    ("python", "class A:\n  @x\n  def a(self):\n    def b(): pass\n", ["a", "b"]),
    (
        "javascript",
        "var o = {k: function(){}, m(){}, j: () => 1}; x.y = function(){}; f(() => 1);",
        list("kmjy"),
    ),
    ("typescript", "export const g = (a: number) => { return a; };\nconst h = function () {};", ["g", "h"]),
    ("java", "class A { A() {} static int f(int a) { return a; } }", ["A", "f"]),
    ("go", "package a\nfunc (s *S) F(a int) error { return nil }", ["F"]),
    ("rust", "impl A { fn f(&self) -> i32 { 1 } }", ["f"]),
    ("c", "static int *f(char *a) { return a; }", ["f"]),
    ("cpp", "int &A::f(vector<int> v) { return v[0]; }\nA::~A() {}", ["f", "~A"]),
]


@pytest.mark.parametrize(("language", "text", "names"), NAMED, ids=[one[0] for one in NAMED])
def test_every_named_function_in_eight_languages(language: Language, text: str, names: list[str]) -> None:
    found, reason = functions(code(text, language=language))
    assert ([one.name for one in found], reason) == (names, "")


def test_comments_above_and_lines() -> None:
    one = functions(code("x = 1\n" + SUM))[0][0]
    assert (one.first, one.last) == (3, 9)
    assert (one.items[0].kind, one.items[0].line) == (Kind.COMMENT, 2)
    assert SUM[one.start - 6 : one.end - 6].startswith("def sum_of_even")


def test_words_know_their_name_and_line() -> None:
    words = {word.term: word for word in words_of(function(SUM))}
    assert words["even"].kind == Kind.COMMENT or words["even"].name == "even"
    assert [w.line for w in words_of(function(SUM)) if w.term == "total"] == [3, 4, 7, 8]
    assert {"sum", "even", "number", "2"} <= words.keys()
    assert "of" not in words and "return" not in words


def test_broken_text_gives_what_can_be_read() -> None:
    found, _ = functions(code("def ok(a):\n    return a\ndef bad(:\n  x = = 3\ndef fine(b):\n    return b\n"))
    assert "ok" in {one.name for one in found}


def test_inner_functions_are_bounded_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TOTAL", 50)
    text = "function a(){" * 40 + "}" * 40
    found, reason = functions(code(text, language="javascript"))
    assert 0 < len(found) < 40 and reason == f"only its first {len(found)} functions were looked at"


def test_an_unknown_language_has_none() -> None:
    assert functions(Code(path="a", text="def f(): pass", language="unknown"))[0] == []
