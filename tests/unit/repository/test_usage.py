"""What others in a repository do with what a unit uses: practices, who counts, how names are resolved."""

from __future__ import annotations

from textwrap import dedent

import pytest

from octad.records.code import Code, LineRange
from octad.repository import usage
from octad.repository.usage import Deviation, read
from octad.repository.uses import uses_of

HELPERS = """
    def parse(text):
        if text:
            return text.split()
        return None

    def send(text, *, timeout=None, retry=False):
        return text

    async def fetch(url):
        return url

    def copy(source, target):
        return target
"""
CALLER = "from pkg.helpers import copy, fetch, parse, send\n\n\n"


def others(body: str, count: int = 6, folder: str = "pkg") -> list[Code]:
    """Files with one function each that do the same."""
    return [file(f"{folder}/other{number}.py", body) for number in range(count)]


def file(path: str, body: str) -> Code:
    return Code(path=path, text=CALLER + dedent(body).lstrip("\n"))


def found(here: str, usual: str, *more: Code) -> list[Deviation]:
    unit = file("pkg/here.py", here)
    files = [Code(path="pkg/__init__.py", text=""), Code(path="pkg/helpers.py", text=dedent(HELPERS))]
    return read([*files, *others(usual), *more, unit]).deviations(unit)


CASES = {
    "none": (
        "def f(a):\n    x = parse(a)\n    return x.pop()",
        "def f(a):\n    x = parse(a)\n    if x is None:\n        return 0\n    return x.pop()",
        "unchecked",
    ),
    "result": ("def f(a):\n    send(a)", "def f(a):\n    return send(a)", "ignored"),
    "await": (
        "async def f(a):\n    fetch(a)",
        "async def f(a):\n    await fetch(a)",
        "not awaited",
    ),
    "close": (
        "def f(a):\n    s = open(a)\n    s.read()",
        "def f(a):\n    with open(a) as s:\n        s.read()",
        "not closed",
    ),
    "caught": (
        "def f(a):\n    return send(a)",
        "def f(a):\n    try:\n        return send(a)\n    except OSError:\n        return 0",
        "not caught",
    ),
    "lock": (
        "def f(a):\n    return send(a)",
        "def f(a):\n    with a.lock:\n        return send(a)",
        "not held",
    ),
    "lookup": (
        "def f(options):\n    return options['proxy']",
        "def f(options):\n    return options.get('proxy')",
        "taken",
    ),
    "keyword": (
        "def f(a):\n    return send(a)",
        "def f(a):\n    return send(a, timeout=a.seconds)",
        "does not pass timeout",
    ),
    "keyword value": (
        "def f(a):\n    return send(a, retry=False)",
        "def f(a):\n    return send(a, retry=True)",
        "retry=False",
    ),
    "order": (
        "def f(old, new):\n    return copy(new, old)",
        "def f(old, new):\n    return copy(old, new)",
        "`new` before `old`",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_what_deviates_is_said_with_counts_and_places(kind: str) -> None:
    here, usual, said = CASES[kind]
    one = next(each for each in found(here, usual) if each.kind == kind)
    assert (one.here, one.agree, one.others, len(one.citations)) == (said, 6, 6, 5)
    assert one.path == "pkg/here.py" and {each.path for each in one.citations} <= {
        f"pkg/other{n}.py" for n in range(6)
    }
    assert found(usual, usual) == []


@pytest.mark.parametrize("kind", CASES)
def test_doing_more_than_the_others_is_no_deviation(kind: str) -> None:
    here, usual, _ = CASES[kind]
    both_sides = {"keyword value", "order"}
    assert kind in both_sides or [each for each in found(usual, here) if each.kind == kind] == []


UNUSED, USED = "def f(a):\n    send(a)", "def f(a):\n    return send(a)"


def test_of_a_change_only_its_lines_are_looked_at() -> None:
    unit = file("pkg/here.py", UNUSED)
    index = read([Code(path="pkg/helpers.py", text=dedent(HELPERS)), *others(USED), unit])
    for line, count in ((5, 1), (4, 0)):
        changed = (LineRange(first=line, last=line),)
        assert len(index.deviations(unit.model_copy(update={"changed": changed}))) == count


@pytest.mark.parametrize("folder", ["tests", "docs/examples"])
def test_tests_and_examples_say_nothing_of_a_program(folder: str) -> None:
    unit = file("pkg/here.py", UNUSED)
    assert (
        read([Code(path="pkg/helpers.py", text=HELPERS), *others(USED, folder=folder), unit]).deviations(unit)
        == []
    )


def test_few_others_or_others_who_disagree_are_no_evidence() -> None:
    unit = file("pkg/here.py", UNUSED)
    assert read([*others(USED, 4), unit]).deviations(unit) == []
    divided = [file(f"pkg/more{number}.py", UNUSED) for number in range(2)]
    assert read([*others(USED), *divided, unit]).deviations(unit) == []
    assert len(read([*others(USED), *divided, unit]).deviations(unit, share=0.7)) == 1


def test_many_uses_in_one_function_are_one_voice() -> None:
    unit = file("pkg/here.py", UNUSED)
    many = file("pkg/many.py", "def f(a):\n" + "    b = send(a)\n" * 9)
    assert read([many, unit]).deviations(unit) == []


def test_a_name_is_followed_to_where_it_is_defined() -> None:
    handed = [
        Code(path="pkg/__init__.py", text="from .helpers import send\n"),
        Code(path="pkg/helpers.py", text=dedent(HELPERS)),
    ]
    far = [
        Code(path=f"app/a{n}.py", text="import pkg\n\n\ndef f(a):\n    return pkg.send(a)\n")
        for n in range(5)
    ]
    unit = file("pkg/here.py", UNUSED)
    (one,) = read([*handed, *far, unit]).deviations(unit)
    assert (one.name, one.agree) == ("pkg.helpers.send", 5)
    assert one.text.startswith("`pkg.helpers.send`: ignored here; 5 of 5 others: used (app/a0.py:5, ")


def test_a_method_is_known_through_self_bases_and_by_its_own_name() -> None:
    base = Code(path="pkg/base.py", text="class Base:\n    def commit_all(self):\n        return 1\n")
    heirs = [
        Code(
            path=f"pkg/h{n}.py",
            text="from pkg.base import Base\n\n\nclass H(Base):\n    def f(self):\n"
            "        return self.commit_all()\n",
        )
        for n in range(5)
    ]
    unit = Code(path="pkg/here.py", text="def f(a):\n    a.commit_all()\n")
    (one,) = read([base, *heirs, unit]).deviations(unit)
    assert (one.kind, one.name) == ("result", "pkg.base.Base.commit_all")


def test_an_override_is_held_against_its_siblings() -> None:
    base = Code(path="pkg/base.py", text="class Base:\n    def open(self):\n        pass\n")
    heir = "from pkg.base import Base\n\n\nclass H(Base):\n    def open(self):\n        {}\n        {}\n"
    heirs = [
        Code(path=f"pkg/h{n}.py", text=heir.format("super().open()", "return self.made")) for n in range(5)
    ]
    unit = Code(path="pkg/here.py", text=heir.format("self.made = 1", "self.done = 2"))
    assert {one.kind: one.here for one in read([base, *heirs, unit]).deviations(unit)} == {
        "returns": "nothing",
        "super": "does not call super",
    }


def test_an_attribute_that_is_set_to_none_is_checked_first() -> None:
    body = "class C:\n    def __init__(self):\n        self.part = None\n"
    body += "".join(
        f"\n    def m{n}(self):\n        if self.part is None:\n            return 0\n"
        "        return self.part.size\n"
        for n in range(5)
    )
    code = Code(path="a.py", text=body + "\n    def here(self):\n        return self.part.size\n")
    (one,) = read([code]).deviations(code)
    assert (one.kind, one.name, one.here) == ("none", "a.C.part (read)", "unchecked")


def test_an_item_that_is_asked_for_in_the_same_function_may_be_taken() -> None:
    unit = file("pkg/here.py", "def f(options):\n    if 'proxy' in options:\n        return options['proxy']")
    assert read([*others("def f(options):\n    return options.get('proxy')"), unit]).deviations(unit) == []


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = file("pkg/here.py", UNUSED)
    assert read([*others(USED), unit]).stopped == ""
    monkeypatch.setattr(usage, "MOST_FILES", 3)
    assert read([*others(USED), unit]).stopped == "only 3 of 7 files were read"
    monkeypatch.setattr(usage, "MOST_CHARACTERS", 100)
    assert read([*others(USED), unit]).stopped == "only 1 of 7 files were read: there are too many"


def test_a_file_that_cannot_be_parsed_is_passed_over() -> None:
    unit = file("pkg/here.py", UNUSED)
    broken = Code(path="pkg/broken.py", text="def f(:\n")
    index = read([*others(USED), broken, unit])
    assert len(index.deviations(unit)) == 1 and index.deviations(broken) == []


def test_another_text_of_a_file_is_held_against_the_same_others() -> None:
    unit = file("pkg/here.py", UNUSED)
    index = read([*others(USED), unit])
    other = unit.model_copy(update={"text": CALLER + USED + "\n"})
    mended = uses_of(other, "pkg.here")
    assert mended is not None and index.with_file(mended).deviations(other) == []
    assert len(index.deviations(unit)) == 1 and ("f", "pkg.helpers.send") in index.names("pkg/here.py")


def test_a_use_in_the_head_of_a_block_is_on_its_own_line() -> None:
    usual = "def f(a):\n    with open(a) as s:\n        s.read()"
    (one,) = found("def f(a):\n    s = open(a)\n    s.read()", usual)
    assert {each.line for each in one.citations} == {5} and (one.line, one.last) == (5, 5)


def test_what_others_do_is_told_whatever_the_unit_does() -> None:
    usual = CASES["none"][1]
    for here, said in ((usual, "checked"), ("def f(a):\n    return parse(a)", "")):
        unit = file("pkg/here.py", here)
        index = read([Code(path="pkg/helpers.py", text=dedent(HELPERS)), *others(usual), unit])
        (one,) = index.context(unit)
        assert (one.kind, one.here, one.usual, one.agree) == ("none", said, "checked", 6)
        assert one.text.startswith("`pkg.helpers.parse`: 6 of 6 others: checked (pkg/other0.py:5, ")
        assert index.deviations(unit) == []


def test_an_argument_may_be_given_by_its_position() -> None:
    usual = "def f(a):\n    return copy(a, target=a)"
    assert [one.kind for one in found("def f(a):\n    return copy(a)", usual)] == ["keyword"]
    assert found("def f(a):\n    return copy(a, a)", usual) == []
