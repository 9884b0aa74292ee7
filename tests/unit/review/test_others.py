"""What other callers do, in words, and for which units of a change."""

from __future__ import annotations

from octad.records.code import Code, LineRange
from octad.records.look import Look
from octad.records.report import Anchor
from octad.repository.usage import Usage, read
from octad.repository.uses import uses_of
from octad.review.others import block_of_others, with_others

PARSE = "def parse(a):\n    if a:\n        return a\n    return None\n"
CARE = """from h import parse
def f(a):
    with a.lock, open(a) as s:
        try:
            x = parse(a)
        except OSError:
            return
    if x:
        x.y()
"""
NONE = "from h import parse\n\n\ndef f(a):\n    x = parse(a)\n    x.y()\n    s = open(a)\n    s.read()\n"


def usage(*codes: Code) -> Usage:
    files = [Code(path="h.py", text=PARSE), *(Code(path=f"o{n}.py", text=CARE) for n in range(6)), *codes]
    texts = {one.path: one for one in files}
    return read([*texts], lambda path, module: uses_of(texts[path], module))


def looked(text: str, *changed: int) -> Look:
    code = Code(path="here.py", text=text, changed=tuple(LineRange(first=n, last=n) for n in changed))
    look = Look(
        anchor=Anchor(path="here.py", line=4, end_line=8, end_column=1),
        name="f",
        changed=1,
        score=0.5,
        line=5,
    )
    (one,) = with_others([look], [code], usage(code))
    return one


def test_calls_on_changed_lines_are_held_against_those_of_others() -> None:
    one = looked(NONE, 5)
    assert one.others == (
        "line 5: `h.parse()` is called without `try`; 6 of 6 other callers catch exceptions around it"
        " (o0.py:5, o1.py:5, o2.py:5, o3.py:5, o4.py:5, …)",
        "line 5: `h.parse()` is called without a lock; 6 of 6 other callers hold a lock"
        " (o0.py:5, o1.py:5, o2.py:5, o3.py:5, o4.py:5, …)",
        "line 5: what `h.parse()` returns is used without a check for None;"
        " 6 of 6 other callers check for None"
        " (o0.py:5, o1.py:5, o2.py:5, o3.py:5, o4.py:5, …)",
    )
    assert [text[:38] for text in looked(NONE, 7).others] == ["line 7: what `open()` opens is not clo"]
    assert looked(NONE, 6).others == () and looked(NONE).others == ()


def test_nothing_is_said_of_a_unit_that_does_the_same() -> None:
    assert looked(CARE, *range(1, 10)).others == ()


def test_what_is_returned_may_be_none() -> None:
    handed = "from h import parse\n\n\ndef f(a):\n    return parse(a)\n"
    assert any("what `h.parse()` returns may be None; 6 of 6" in text for text in looked(handed, 5).others)


def test_the_sentences_are_a_paragraph() -> None:
    assert block_of_others([looked(NONE, 6)]) is None
    block = block_of_others([looked(NONE, 7)])
    assert block is not None and block.title == "What others here do"
    assert [row[0][:17] for row in block.rows] == ["here.py: line 7: "]
