"""What others in a repository do with what some lines call: care, who counts, how names are resolved."""

from __future__ import annotations

from textwrap import dedent

import pytest

from octad.records.code import Code
from octad.repository import usage
from octad.repository.usage import Custom, Usage, read
from octad.repository.uses import uses_of

HELPERS = """
    def parse(text):
        if text:
            return text.split()
        return None

    def send(text, *, timeout=None, retry=False):
        return text

    def always(text):
        return text
"""
CALLER = "from pkg.helpers import always, parse, send\n\n\n"
BARE, CAUGHT = (
    "def f(a):\n    return send(a)",
    "def f(a):\n    try:\n        return send(a)\n    except OSError:\n        return 0",
)
WHOLE = range(1, 1_000)


def file(path: str, body: str) -> Code:
    return Code(path=path, text=CALLER + dedent(body).lstrip("\n"))


def others(body: str, count: int = 6, folder: str = "pkg") -> list[Code]:
    """Files with one function each that do the same."""
    return [file(f"{folder}/other{number}.py", body) for number in range(count)]


def index(*codes: Code) -> Usage:
    helpers = [Code(path="pkg/__init__.py", text=""), Code(path="pkg/helpers.py", text=dedent(HELPERS))]
    texts = {one.path: one for one in (*helpers, *codes)}
    return read([*texts], lambda path, module: uses_of(texts[path], module))


def found(here: str, *codes: Code, path: str = "pkg/here.py", share: float = 0.75) -> list[Custom]:
    return index(*codes, file(path, here)).context(path, WHOLE, share=share)


CASES = {
    "none": (
        "def f(a):\n    x = parse(a)\n    return x.pop()",
        "def f(a):\n    x = parse(a)\n    if x is None:\n        return 0\n    return x.pop()",
    ),
    "close": (
        "def f(a):\n    s = open(a)\n    s.read()",
        "def f(a):\n    with open(a) as s:\n        s.read()",
    ),
    "caught": (BARE, CAUGHT),
    "lock": (BARE, "def f(a):\n    with a.lock:\n        return send(a)"),
}


@pytest.mark.parametrize("kind", CASES)
def test_what_others_do_is_told_with_counts_and_places(kind: str) -> None:
    here, usual = CASES[kind]
    one = next(each for each in found(here, *others(usual)) if each.kind == kind)
    assert (one.here, one.agree, one.others, len(one.places)) == (False, 6, 6, 5)
    assert {path for path, _ in one.places} <= {f"pkg/other{n}.py" for n in range(6)}
    (same,) = (each for each in found(usual, *others(usual)) if each.kind == kind)
    assert same.here is True


@pytest.mark.parametrize("kind", CASES)
def test_doing_more_than_the_others_is_not_told(kind: str) -> None:
    here, usual = CASES[kind]
    assert [each for each in found(usual, *others(here)) if each.kind == kind] == []


@pytest.mark.parametrize(
    ("kind", "usual"),
    [
        ("none", "def f(a):\n    if (x := parse(a)) is not None:\n        return x.pop()"),
        ("none", "def f(a):\n    x: list = parse(a)\n    return x.pop() if x else 0"),
        ("none", "def f(a):\n    try:\n        parse(a).pop()\n    except AttributeError:\n        pass"),
        ("close", "def f(a):\n    s = open(a)\n    s.read()\n    s.close()"),
        ("close", "def f(a, stack):\n    return stack.enter_context(open(a)).read()"),
        ("caught", "def f(a):\n    with suppress(OSError):\n        return send(a)"),
        ("lock", "async def f(a):\n    async with a.mutex:\n        return send(a)"),
    ],
)
def test_care_has_many_forms(kind: str, usual: str) -> None:
    told = found(CASES[kind][0], *others(usual))
    assert [(one.here, one.agree) for one in told if one.kind == kind] == [(False, 6)]


def test_what_is_handed_on_may_be_taken_care_of_elsewhere() -> None:
    (one,) = found("def f(a):\n    return parse(a)", *others(CASES["none"][1]))
    assert (one.kind, one.here, one.name) == ("none", None, "pkg.helpers.parse")
    assert found("def f(a):\n    s = open(a)\n    return s", *others(CASES["close"][1]))[0].here is None


def test_of_none_is_told_only_where_a_definition_may_give_it() -> None:
    usual = CASES["none"][1].replace("parse", "always")
    assert found(usual, *others(usual)) == []


def test_only_the_lines_in_question_are_looked_at() -> None:
    whole = index(*others(CAUGHT), file("pkg/here.py", BARE))
    assert [len(whole.context("pkg/here.py", {line})) for line in (4, 5)] == [0, 1]


@pytest.mark.parametrize("folder", ["tests", "docs/examples"])
def test_tests_and_examples_say_nothing_of_a_program(folder: str) -> None:
    assert found(BARE, *others(CAUGHT, folder=folder)) == []
    assert len(found(BARE, *others(CAUGHT, folder=folder), path="tests/test_here.py")) == 1


def test_few_others_or_others_who_disagree_are_no_evidence() -> None:
    assert found(BARE, *others(CAUGHT, 2)) == []
    divided = [file(f"pkg/more{number}.py", BARE) for number in range(3)]
    assert found(BARE, *others(CAUGHT), *divided) == []
    assert len(found(BARE, *others(CAUGHT), *divided, share=0.6)) == 1


def test_many_calls_in_one_function_are_one_voice() -> None:
    many = "def f(a):\n    try:\n" + "        b = send(a)\n" * 9 + "    except OSError:\n        pass"
    assert found(BARE, file("pkg/many.py", many)) == []


def test_a_name_is_followed_to_where_it_is_defined() -> None:
    handed = Code(path="pkg/__init__.py", text="from .helpers import send\n")
    text = (
        "import pkg\n\n\ndef f(a):\n    try:\n        return pkg.send(a)\n    except OSError:\n        pass\n"
    )
    far = [Code(path=f"app/a{n}.py", text=text) for n in range(5)]
    (one,) = found(BARE, handed, *far)
    assert (one.name, one.agree, one.places[0]) == ("pkg.helpers.send", 5, ("app/a0.py", 6))


def test_a_method_is_known_through_self_bases_and_by_its_own_name() -> None:
    base = Code(path="pkg/base.py", text="class Base:\n    def commit_all(self):\n        return 1\n")
    heir = "from pkg.base import Base\n\n\nclass H(Base):\n    def f(self):\n        with self.lock:\n"
    heir += "            return self.commit_all()\n"
    heirs = [Code(path=f"pkg/h{n}.py", text=heir) for n in range(5)]
    (one,) = found("def f(a):\n    a.commit_all()\n", base, *heirs)
    assert (one.kind, one.name) == ("lock", "pkg.base.Base.commit_all")


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert index(*others(CAUGHT)).stopped == ""
    monkeypatch.setattr(usage, "MOST_FILES", 3)
    assert index(*others(CAUGHT)).stopped == "only 3 of 8 files were read"
    monkeypatch.setattr(usage, "MOST_SECONDS", -1.0)
    assert index(*others(CAUGHT)).stopped == "only 0 of 8 files were read"


def test_a_file_that_cannot_be_parsed_is_passed_over() -> None:
    broken = Code(path="pkg/broken.py", text="def f(:\n")
    assert len(found(BARE, *others(CAUGHT), broken)) == 1
    assert index(broken).context("pkg/broken.py", WHOLE) == []
