"""What a change makes untrue in documents, and changes that nothing is said of."""

from __future__ import annotations

import pytest

from octad.claims.change import check
from octad.claims.tree import Tree, tree_of
from octad.records.report import Finding

CODE = '"""Carts."""\n\n\ndef total_of(cart, rate=1):\n    """The total."""\n    return cart\n'


def tree(code: str, **documents: str) -> Tree:
    files = {"shop/__init__.py": "", "shop/cart.py": code}
    files |= {name.replace("__", "/").replace("_", "."): text for name, text in documents.items()}
    data = {name: text.encode() for name, text in files.items()}
    return tree_of(tuple(sorted(data)), data.__getitem__)


def findings(before: str, after: str, rule: str = "docs/stale", **documents: str) -> list[Finding]:
    """Of a change of the code; a document named `new...` is there after it alone."""
    old = {name: text for name, text in documents.items() if not name.startswith("new")}
    new = {name.removeprefix("new"): text for name, text in documents.items()}
    return [one for one in check(tree(after, **new), tree(before, **old)) if one.rule == rule]


def place(text: str, found: Finding) -> str:
    return text.split("\n")[found.anchor.line - 1][found.anchor.column - 1 : found.anchor.end_column - 1]


RENAMED = CODE.replace("total_of", "totals_of")


@pytest.mark.parametrize(
    "said", ["`shop.cart.total_of`", "`total_of()`", "`cart.total_of`", "`total_of(cart)`"]
)
def test_a_renamed_function_is_named_anew(said: str) -> None:
    text = f"# Shop\n\nCall {said} for it.\n"
    (found,) = findings(CODE, RENAMED, README_md=text)
    assert "is now `shop.cart.totals_of`" in found.message and found.evidence[0].anchor.path == "shop/cart.py"
    assert found.repairs[0].replacement == place(text, found).replace("total_of", "totals_of")


def test_a_removed_function_has_no_other_name() -> None:
    (found,) = findings(CODE, '"""Carts."""\n', README_md="Call `total_of()`.\n")
    assert "was removed" in found.message and found.repairs == ()


def test_a_parameter_in_an_example() -> None:
    text = "# Shop\n\n```python\nfrom shop.cart import total_of\n\nprint(total_of([], rate=2))\n```\n"
    (found,) = findings(CODE, CODE.replace("rate", "tax_rate"), README_md=text)
    assert (found.anchor.line, place(text, found), found.repairs[0].replacement) == (6, "rate", "tax_rate")


def test_a_parameter_in_a_sentence_and_in_a_signature() -> None:
    after = CODE.replace(", rate=1", "")
    (found,) = findings(CODE, after, README_md="Give `rate` to `total_of`.\n")
    assert "no longer takes `rate`" in found.message
    text = "Shop\n====\n\n.. py:function:: total_of(cart, rate=1)\n\n   The total.\n"
    (found,) = findings(CODE, after, docs__use_rst=text)
    assert place(text, found) == "rate"


def test_a_default_in_a_signature() -> None:
    text = "Shop\n====\n\n.. function:: total_of(cart, rate=1)\n\n   The total.\n"
    (found,) = findings(CODE, CODE.replace("rate=1", "rate=2"), docs__use_rst=text)
    assert "was `1` and is `2`" in found.message


@pytest.mark.parametrize(
    ("after", "text"),
    [
        (CODE, "Call `total_of()`.\n"),
        (RENAMED, "Call `totals_of()`.\n"),
        (RENAMED, "`total_of()` was renamed.\n"),
        (RENAMED + "class A:\n    def total_of(self): ...\n", "Call `total_of()`.\n"),
        (CODE.replace(", rate=1", ""), "Give `rate` to `other`.\n"),
        (CODE.replace(", rate=1", ""), "```python\nother(rate=2)\n```\n"),
        (CODE.replace(", rate=1", ""), "```python\ntotal_of(rate=\n```\n"),
    ],
)
def test_what_is_still_true_is_left_alone(after: str, text: str) -> None:
    assert findings(CODE, after, README_md=text) == []


def test_what_the_change_wrote_and_what_is_of_the_past_is_left_alone() -> None:
    assert findings(CODE, RENAMED, newREADME_md="Call `total_of()`.\n") == []
    assert findings(CODE, RENAMED, CHANGELOG_md="# 1.0\n\n- `total_of()` is new.\n") == []


def test_a_change_without_a_word() -> None:
    (found,) = findings(CODE, RENAMED, "docs/untold", README_md="# Shop\n")
    assert (found.level, found.anchor.path, found.anchor.line) == ("note", "shop/cart.py", 4)
    assert len(findings(CODE, CODE.replace("cart, rate=1", "basket, tax"), "docs/untold")) == 1


@pytest.mark.parametrize(
    "documents",
    [
        {"newCHANGELOG_md": "# 2.0\n\n- `total_of` is called otherwise.\n"},
        {"newnews__12_txt": "totals_of is the name now\n"},
        {"newdocs__use_rst": "Call ``totals_of``.\n"},
    ],
)
def test_one_word_is_enough(documents: dict[str, str]) -> None:
    assert findings(CODE, RENAMED, "docs/untold", **documents) == []


def test_what_is_new_needs_a_docstring_or_a_word() -> None:
    assert findings(CODE, CODE + 'def more():\n    """More."""\n', "docs/untold") == []
    (found,) = findings(CODE, CODE + "def more(): ...\n", "docs/untold")
    assert "`shop.cart.more` is new" in found.message
    assert findings(CODE, CODE + "def _more(): ...\nLIMIT = 3\n", "docs/untold") == []
