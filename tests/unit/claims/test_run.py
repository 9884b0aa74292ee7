"""Examples are wrong where their text is; what cannot be run here, and what is not meant to work, is not."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from octad.budget import Budget, running
from octad.claims.run import Executed, executed
from octad.claims.tree import read_tree
from octad.errors import IsolationError
from octad.host import sandbox
from octad.host.session import Came

SHOP = '''
"""A shop."""
import json
TAX = 2

def price(number, each=3):
    """What it costs.

    >>> price(2)
    {result}
    >>> TAX
    2
    """
    return number * each

class Basket:
    def add(self, thing):
        self.things = [thing]
        return self
'''

needs_isolation = pytest.mark.skipif(not sandbox.available(), reason="no program can be isolated here")


def project(folder: Path, readme: str, result: str = "6") -> Path:
    """A package with a document."""
    folder.chmod(0o755)
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").write_text(SHOP.replace("{result}", result))
    (folder / "README.md").write_text("# Shop\n\nIt sells.\n\n" + textwrap.dedent(readme))
    return folder


def ran(folder: Path, readme: str, result: str = "6") -> Executed:
    return executed(read_tree(str(project(folder, readme, result))))


def block(*lines: str, language: str = "python") -> str:
    """A block of code in Markdown."""
    return "\n".join((f"```{language}", *lines, "```", ""))


def session(*lines: str) -> str:
    return block("from shop import price", "import shop") + "\nSo:\n\n" + block(*lines)


@needs_isolation
def test_what_is_as_it_says_is_run_and_not_said(tmp_path: Path) -> None:
    found = ran(
        tmp_path, session(">>> price(2)", "6", ">>> price(2, each=4)", "8", ">>> [1,", "... 2]", "[1,2]")
    )
    assert (found.findings, found.skipped) == ((), ())
    assert (found.asked, found.ran) == (6, 6), "the docstring's two as well"
    assert found.python.endswith("python") or "python3" in found.python


@needs_isolation
def test_a_wrong_result_is_said_where_it_stands(tmp_path: Path) -> None:
    (finding,) = ran(tmp_path, session(">>> price(2)", "6", ">>> price(3)", "10")).findings
    assert (finding.rule, finding.level, finding.source) == ("docs/example", "warning", "claims")
    assert finding.message == "the example says `10`, and running it gives `9`"
    lines = (tmp_path / "README.md").read_text().split("\n")
    assert lines[finding.anchor.line - 1] == ">>> price(3)"
    assert lines[finding.anchor.end_line - 2] == "10"


@needs_isolation
def test_a_docstring_is_run_with_the_names_of_its_module(tmp_path: Path) -> None:
    (finding,) = ran(tmp_path, "", result="7").findings
    assert finding.anchor.path == "shop/__init__.py"
    assert (tmp_path / finding.anchor.path).read_text().split("\n")[
        finding.anchor.line - 1
    ].strip() == ">>> price(2)"


WRONG = {
    "a module": ("import shop.till", "No module named 'shop.till'"),
    "a name": ("from shop import cost", "cannot import name 'cost'"),
    "an attribute of a module": ("import shop\nshop.cost(2)", "no attribute 'cost'"),
    "an attribute of an object": ("import shop\nshop.Basket().put(1)", "no attribute 'put'"),
    "a parameter": ("import shop\nshop.price(2, of=3)", "unexpected keyword argument 'of'"),
    "a parameter of a method": ("import shop\nshop.Basket().add()", "missing 1 required"),
}


@needs_isolation
@pytest.mark.parametrize("what", WRONG)
def test_what_the_project_does_not_have(what: str, tmp_path: Path) -> None:
    source, said = WRONG[what]
    (finding,) = ran(tmp_path, block(source)).findings
    assert said in finding.message


NOT_RUN = {
    "a package": ("import shop, nothing_of_that_name", "nothing_of_that_name is not installed (1)"),
    "a file": ("import shop\nopen('shop.csv')", "a file is missing (1)"),
    "a network": ("import shop, socket\nsocket.create_connection(('192.0.2.1', 80))", "more of the machine"),
    "a name of a host": (
        "import shop, urllib.request\nurllib.request.urlopen('http://example.org')",
        "network",
    ),
    "input": ("import shop\ninput('How many? ')", "it asks for input (1)"),
    "what was left out": ("import shop\nshop.price(count)", "uses what no example before it defines (1)"),
    "an end": ("import shop, sys\nsys.exit(1)", "it leaves Python (1)"),
    "memory": ("import shop\nx = bytearray(10**11)", "it needs more memory (1)"),
    "sense": ("import shop\nraise ValueError(shop)", "raises ValueError (1)"),
    "an own mistake": ("import shop\nNone.put()", "raises AttributeError (1)"),
    "its own function": ("import shop\ndef price(): pass\nprice(1)", "raises TypeError (1)"),
    "a whole program": ("import shop\nfor x in", "no whole program (1)"),
}


@needs_isolation
@pytest.mark.parametrize("what", NOT_RUN)
def test_what_an_example_lacks_here_is_no_mistake(what: str, tmp_path: Path) -> None:
    source, reason = NOT_RUN[what]
    found = ran(tmp_path, block(source))
    assert found.findings == ()
    (skipped,) = found.skipped
    assert (skipped.path, skipped.reason.startswith("1 of 1 examples were not run: ")) == ("README.md", True)
    assert reason in skipped.reason
    assert found.ran == found.asked - 1


RIGHT = {
    "left out": (">>> price(2)",),
    "cut": (">>> list(range(100))", "[0, 1, ..., 99]"),
    "in another order": (">>> {'a': 1, 'b': 2}", "{'b': 2,", " 'a': 1}"),
    "in other quotes": (">>> 'a'", '"a"'),
    "in other space": (">>> [1, 2]", "[1,2]"),
    "of the old strings": (">>> 'a'", "u'a'"),
    "with a remark": (">>> price(2)", "6  # for two"),
    "nothing": (">>> print('', end='')", "None"),
    "with remarks that say more": (">>> price(2)", "7  # a basket"),
    "in the order of a set": (">>> [2, 1]", "[1, 2]"),
    "in lines of a set": (">>> print('b'); print('a')", "a", "b"),
    "in what nobody sees": (">>> '\u2764\ufe0f'", "'\u2764'"),
    "of a class": (">>> type(1)", "int"),
    "in a container": (
        ">>> import collections",
        ">>> collections.UserList",
        "...",
        ">>> [collections.Counter('a')]",
        "[{'a': 1}]",
    ),
    "above a field": (">>> price(2)", "6", ":return: what it costs"),
    "any name": (">>> price(2)", "x"),
    "a comment": (">>> x = 1", "# nothing is printed"),
    "another each time": (">>> import secrets", ">>> secrets.token_hex(2)", "'ab12'"),
    "another each time by itself": (">>> object().__hash__() % 1000007", "3"),
    "an address": (">>> object()", "<object object at 0x7f0000>"),
    "an exception": (
        ">>> price()",
        "Traceback (most recent call last):",
        "    ...",
        "TypeError: other words",
    ),
    "not to be run": (">>> price(2)  # doctest: +SKIP", "9"),
    "of a template": (">>> price(2)", "{result}7"),
}


@needs_isolation
@pytest.mark.parametrize("what", RIGHT)
def test_a_result_that_is_written_otherwise_is_no_mistake(what: str, tmp_path: Path) -> None:
    assert ran(tmp_path, session(*RIGHT[what])).findings == ()


@needs_isolation
def test_an_exception_that_is_not_raised_is_said(tmp_path: Path) -> None:
    lines = ("Traceback (most recent call last):", "    ...", "ValueError: no")
    (finding,) = ran(tmp_path, session(">>> price(1)", *lines)).findings
    assert finding.message == "the example says that it raises `ValueError`, and running it raises nothing"


@needs_isolation
def test_another_exception_than_the_text_says(tmp_path: Path) -> None:
    lines = ("Traceback (most recent call last):", "    ...", "ValueError: no")
    (finding,) = ran(tmp_path, session(">>> price('a', 'b')", *lines)).findings
    assert (
        finding.message == "the example says that it raises `ValueError`, and running it raises `TypeError`"
    )


@needs_isolation
def test_a_name_in_a_docstring_may_stand_for_what_a_reader_has(tmp_path: Path) -> None:
    module = 'from shop import stock\n\ndef room():\n    """Room.\n\n    >>> {}stock.size\n    3\n    """\n'
    folder = project(tmp_path, session(">>> price(2)", "6"))
    (folder / "shop" / "stock.py").write_text("")
    (folder / "shop" / "room.py").write_text(module.format(""))
    assert executed(read_tree(str(folder))).findings == ()
    (folder / "shop" / "room.py").write_text(module.format("from shop import stock; "))
    assert len(executed(read_tree(str(folder))).findings) == 1


@needs_isolation
def test_what_comes_after_a_failure_is_not_judged(tmp_path: Path) -> None:
    """It may have lacked what the failed example would have given; an import lacks nothing."""
    after = session(
        ">>> TWO = undefined", ">>> price(2)", "7", ">>> shop.cost", "7", ">>> from shop import cost"
    )
    assert [one.message.split("`")[1][:11] for one in ran(tmp_path, after).findings] == ["ImportError"]


@needs_isolation
def test_what_is_not_meant_to_work_is_run_and_not_judged(tmp_path: Path) -> None:
    text = (
        session(">>> basket = [1]")
        + "\nThe old way, which was removed:\n\n"
        + block(">>> basket.append(2)", "9")
    )
    text += "\nNow:\n\n" + block(">>> basket", "[1, 2]", ">>> from shop import cost")
    assert [one.message[:32] for one in ran(tmp_path, text).findings] == ["running the example raises `Impo"]


@needs_isolation
def test_code_that_says_it_passes_does_not(tmp_path: Path) -> None:
    """`os._exit(0)` in the project ends its session: nothing of it counts as run."""
    found = ran(tmp_path, session(">>> import os", ">>> os._exit(0)", ">>> price(2)", "6"))
    assert found.findings == ()
    assert "ended before its results were complete (2)" in found.skipped[0].reason


def test_documents_that_do_not_speak_of_the_project_are_not_run(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(block("import os", "os.remove('x')"))
    found = executed(read_tree(str(tmp_path)))
    assert (found.asked, found.findings, found.skipped) == (0, (), ())


def test_without_isolation_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_way", lambda: ("", "nothing is there"))
    with pytest.raises(IsolationError, match="nothing is there"):
        ran(tmp_path, session(">>> price(2)", "6"))


def test_a_run_out_of_time_says_what_it_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octad.claims.run.outcomes", lambda *_: Came((), "not called"))
    tree = read_tree(str(project(tmp_path, session(">>> price(2)", "6"))))
    with running(Budget(1.0, clock=iter([0.0, *[5.0] * 99]).__next__)):
        found = executed(tree)
    assert [one.path for one in found.skipped] == ["README.md", "shop/__init__.py"]
    assert all("deadline" in one.reason for one in found.skipped)
