import ast
import inspect
import textwrap
from collections import Counter

import pytest

from octad.errors import InputError
from octad.records.code import Code
from octad.syntax.relations import FAMILIES, Relation, outside
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import Tokens


def read(text: str, language: str = "python") -> Tokens:
    return tokenize(Code.model_validate({"path": "x", "text": text, "language": language}))


def pairs(text: str, relation: Relation, word: str | None = None) -> set[tuple[int, int]]:
    """(line of the source, line of the target) of the edges of a relation, of one word if it is given."""
    tokens = read(textwrap.dedent(text))
    return {
        (int(tokens.spans[a, 0]), int(tokens.spans[b, 0]))
        for a, b, r in tokens.edges.tolist()
        if r == relation and (word is None or tokens.words[b] == word)
    }


def links(text: str, relation: Relation) -> set[tuple[str, str]]:
    tokens = read(text)
    return {(tokens.words[a], tokens.words[b]) for a, b, r in tokens.edges.tolist() if r == relation}


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("x = 1\nx = 2\ny = x\n", {(2, 3)}),
        ("x = 1\nif a:\n    x = 2\ny = x\n", {(1, 4), (3, 4)}),
        ("if a:\n    x = 1\nelse:\n    x = 2\ny = x\n", {(2, 5), (4, 5)}),
        ("x = 1\nif a:\n    x = 2\nelif b:\n    return\ny = x\n", {(1, 6), (3, 6)}),
        ("x = 1\nwhile a:\n    f(x)\n    x = 2\n", {(1, 3), (4, 3)}),
        ("x = 1\nwhile True:\n    x = 2\n    if a:\n        break\ny = x\n", {(3, 6)}),
        (
            "x = 1\nfor x in y:\n    f(x)\n    continue\n    x = 3\nelse:\n    f(x)\n",
            {(2, 3), (1, 7), (2, 7)},
        ),
        ("for i in a:\n    x = 1\n    if i:\n        continue\n    x = 2\nf(x)\n", {(2, 6), (5, 6)}),
        ("x = 1\nfor i in x:\n    x = i\n", {(1, 2)}),
        ("x = 1\ntry:\n    x = 2\n    g()\n    x = 3\nexcept E:\n    f(x)\n", {(1, 7), (3, 7), (5, 7)}),
        (
            "try:\n    x = 1\nexcept E:\n    x = 2\nelse:\n    f(x)\nfinally:\n    f(x)\n",
            {(2, 6), (2, 8), (4, 8)},
        ),
        ("with f() as x, g(x):\n    f(x)\n", {(1, 1), (1, 2)}),
        ("x = x = 1\nx += x\nf(x)\n", {(1, 2), (2, 3)}),
        ("x = 1\nx = x + 1\nf(x)\n", {(1, 2), (2, 3)}),
        ("x = 1\ndel x\nf(x)\n", {(1, 2)}),
        ("if (x := f()) and x:\n    f(x)\n", {(1, 1), (1, 2)}),
        ("x = 1\ny = [x for x in x if x]\n", {(1, 2), (2, 2)}),
        ("x = 1\ny = lambda x: x\nf(x)\n", {(2, 2), (1, 3)}),
        ("match a:\n    case [x, 1]:\n        f(x)\n    case B(c=x):\n        f(x)\n", {(2, 3), (4, 5)}),
        ("x = 1\ndef f():\n    return x\nx = 2\n", {(1, 3), (4, 3)}),
        ("x = 1\ndef f():\n    x = 2\n    return x\n", {(3, 4)}),
        ("def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n    return x\n", {(2, 6)}),
        ("def f(x, y=x):\n    return x\n", {(1, 2)}),
        ("x = 1\nclass A:\n    x = x\n    def f(self):\n        return x\n", {(1, 3), (1, 5)}),
        ("async def f(x):\n    async for x in x:\n        await x\n", {(1, 2), (2, 3)}),
        ("import x\nfrom y import z as x\nf(x)\n", {(2, 3)}),
    ],
)
def test_definitions_reach_uses(text: str, reached: set[tuple[int, int]]) -> None:
    assert pairs(text, Relation.DEF_USE, "x") == reached
    assert pairs(text, Relation.USE_DEF, "x") == {(use, definition) for definition, use in reached}


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("a = 1\nb = 2\n", {(1, 2)}),
        ("if a:\n    b\nc\n", {(1, 2), (2, 3), (1, 3)}),
        (
            "if a:\n    b\nelif c:\n    d\nelse:\n    e\nf\n",
            {(1, 2), (1, 3), (3, 4), (3, 6), (2, 7), (4, 7), (6, 7)},
        ),
        ("while a:\n    b\nc\n", {(1, 2), (2, 1), (1, 3)}),
        (
            "for a in b:\n    if c:\n        break\n    d\ne\n",
            {(1, 2), (2, 3), (2, 4), (3, 5), (4, 1), (1, 5)},
        ),
        ("def f():\n    return 1\n    a\n", {(1, 2)}),
        ("try:\n    a\nexcept E:\n    b\nc\n", {(1, 2), (1, 3), (3, 4), (2, 5), (4, 5)}),
        ("with a:\n    b\nc\n", {(1, 2), (2, 3)}),
        (
            "match a:\n    case 1:\n        b\n    case 2:\n        c\nd\n",
            {(1, 2), (2, 3), (2, 4), (4, 5), (3, 6), (5, 6), (4, 6)},
        ),
    ],
)
def test_statements_follow_each_other(text: str, flow: set[tuple[int, int]]) -> None:
    assert pairs(text, Relation.FLOW_NEXT) == flow
    assert pairs(text, Relation.FLOW_PREV) == {(after, before) for before, after in flow}


def test_syntax_hangs_on_what_names_a_construct() -> None:
    text = "def f(a):\n    b = a.c + g(d, k=1)\n    return b\n"
    parents = links(text, Relation.PARENT)
    assert {
        ("=", "def"),
        ("return", "def"),
        ("+", "="),
        ("b", "="),
        ("a", "c"),
        ("c", "+"),
        ("g", "+"),
    } <= parents
    assert links(text, Relation.CHILD) == {(b, a) for a, b in parents}
    assert links(text, Relation.ARGUMENT) == {("d", "g"), ("k", "g")}
    assert links(text, Relation.CALLEE) == {("g", "d"), ("g", "k")}
    assert ("=", "return") in links(text, Relation.NEXT_SIBLING)
    assert links(text, Relation.RETURNS) == {("return", "def")}
    assert links(text, Relation.COMPUTED_FROM) == {("b", "a"), ("b", "g"), ("b", "d")}
    assert ("+", "b") in links(text, Relation.SAME_STATEMENT_HEAD)
    assert links(text, Relation.LINE_NEXT) == {("def", "b"), ("b", "return")}


def test_every_item_of_real_code_has_at_most_one_parent_and_edges_are_bounded() -> None:
    tokens = read(inspect.getsource(ast.NodeVisitor) + inspect.getsource(textwrap.TextWrapper._wrap_chunks))
    edges = [tuple(edge) for edge in tokens.edges.tolist()]
    assert len(set(edges)) == len(edges) <= 16 * len(tokens)
    assert all(0 < a < len(tokens) and 0 < b < len(tokens) and a != b for a, b, _ in edges)
    parents = Counter(a for a, _, r in edges if r == Relation.PARENT)
    assert set(parents.values()) == {1}
    same = Counter(a for a, _, r in edges if r == Relation.SAME_NAME)
    assert max(same.values()) == 8
    assert {r for _, _, r in edges} == set(Relation)


def test_families_divide_the_relations() -> None:
    listed = [relation for family in FAMILIES.values() for relation in family]
    assert sorted(listed) == list(Relation)
    assert len(Relation) <= 20


def test_what_is_outside_of_families_is_the_rest() -> None:
    assert outside(tuple(FAMILIES)) == () and outside(()) == tuple(Relation)
    assert set(outside(("syntax", "data"))) == {*FAMILIES["names"], *FAMILIES["control"], *FAMILIES["layout"]}
    with pytest.raises(InputError, match="no family of relations called types"):
        outside(("types", "data"))


def test_other_languages_have_syntax_names_and_layout_only() -> None:
    tokens = read("func f(x int) int { y := x + 1; return g(y, x) }\n", "go")
    found = {Relation(r) for r in tokens.edges[:, 2].tolist()}
    assert (
        found & set(FAMILIES["syntax"]) and found & set(FAMILIES["names"]) and found & set(FAMILIES["layout"])
    )
    assert not found & {*FAMILIES["data"], *FAMILIES["control"]}
