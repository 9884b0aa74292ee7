import inspect
import json.decoder

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.records.code import Code, LineRange
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import MOST, Kind, Role, Tokens, shape

METHOD = '''    @cached
    async def naïve(self, a, *b, c: int = 3) -> "X":
        """Say it.

        Twice"""
        s = f"{self.b!r} and" + a.run(c, k=é)[1:-2]  # why this is so
        return s is not a
'''


def read(text: str, **more: object) -> Tokens:
    return tokenize(Code.model_validate({"path": "x.py", "text": text, **more}))


def row(tokens: Tokens, word: str, nth: int = 0) -> int:
    return [i for i, found in enumerate(tokens.words) if found == word][nth]


def test_a_text_is_read_once_however_it_is_asked_for() -> None:
    code = Code(path="x.py", text=METHOD)
    assert tokenize(code) is tokenize(code, MOST) is tokenize(code, limit=MOST)


def test_an_indented_method_keeps_its_own_places() -> None:
    tokens = read(METHOD, first_line=41)
    assert tokens.words[:6] == ("", "@", "cached", "async", "def", "naïve")
    assert tokens.spans[0].tolist() == [0, 0, 0, 0]
    assert tokens.spans[row(tokens, "@")].tolist() == [41, 5, 41, 6]
    assert tokens.spans[row(tokens, "é")].tolist() == [46, 44, 46, 45]
    assert not tokens.truncated
    for (start, end), word in zip(tokens.offsets.tolist(), tokens.words, strict=True):
        assert METHOD[start:end] == word
    assert tokens.depth[row(tokens, "def")] == 0
    assert tokens.depth[row(tokens, "return")] == 1
    heads = [tokens.words[i] for i in np.flatnonzero(tokens.first)]
    assert heads == ["@", "async", '"""Say it.', 'Twice"""', "s", "return"]


@pytest.mark.parametrize(
    ("word", "nth", "kind", "role"),
    [
        ("cached", 0, Kind.DECORATOR, Role.NONE),
        ("naïve", 0, Kind.DEFINITION, Role.NONE),
        ("self", 0, Kind.PARAMETER, Role.VARIABLE),
        ("b", 0, Kind.PARAMETER, Role.VARIABLE),
        ("c", 0, Kind.PARAMETER, Role.VARIABLE),
        ("int", 0, Kind.TYPE, Role.NONE),
        ('"X"', 0, Kind.STRING, Role.NONE),
        ("s", 0, Kind.NAME, Role.VARIABLE),
        ("self", 1, Kind.NAME, Role.VARIABLE),
        ("b", 1, Kind.ATTRIBUTE, Role.ATTRIBUTE),
        ("run", 0, Kind.METHOD, Role.ATTRIBUTE),
        ("k", 0, Kind.KEYWORD_ARGUMENT, Role.NONE),
        ("is not", 0, Kind.COMPARISON, Role.NONE),
        ("# why this is", 0, Kind.COMMENT, Role.NONE),
        ("3", 0, Kind.NUMBER, Role.NONE),
    ],
)
def test_kinds_and_roles(word: str, nth: int, kind: Kind, role: Role) -> None:
    tokens = read(METHOD)
    item = row(tokens, word, nth)
    assert (Kind(tokens.kind[item]), Role(tokens.role[item])) == (kind, role)
    assert (tokens.name[item] >= 0) == (role is not Role.NONE)


def test_a_name_has_one_number_per_role() -> None:
    tokens = read("value = box.value\nvalue = box\n")
    ids = {(tokens.words[i], tokens.role[i]): tokens.name[i] for i in range(1, len(tokens))}
    assert tokens.name[row(tokens, "value", 0)] == tokens.name[row(tokens, "value", 2)]
    assert ids["value", Role.VARIABLE] != ids["value", Role.ATTRIBUTE]
    assert tokens.name[row(tokens, "box")] == tokens.name[row(tokens, "box", 1)]


def test_long_texts_become_few_items_and_none_crosses_a_line() -> None:
    tokens = read('"""' + "many words here " * 50 + "\n" + "more " * 50 + '"""\nx = 1  # ' + "talk " * 60)
    assert sum(tokens.kind == Kind.STRING) == 8
    assert sum(tokens.kind == Kind.COMMENT) == 4
    assert not any("\n" in word for word in tokens.words)
    assert tokens.words[-7:-4] == ("x", "=", "1")


def test_changed_lines_are_in_the_numbering_of_the_file() -> None:
    tokens = read("a = 1\nb = 2\nc = 3\n", first_line=10, changed=(LineRange(first=11, last=11),))
    assert [word for word, new in zip(tokens.words, tokens.changed, strict=True) if new] == ["b", "=", "2"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('print "a", b\n', ("print", '"a"', ",", "b")),
        ("try:\n  f()\nexcept E, e:\n  raise E, e\n", ("E", ",", "e")),
        ("def f(a):\n    retrun a b\n    if a", ("retrun", "a", "b", "if", "a")),
        ("x = (1,\n  def g(", ("def", "g", "(")),
        ("a $ b ? c", ("a", "$", "b", "?", "c")),
    ],
)
def test_no_error_hides_a_token(text: str, words: tuple[str, ...]) -> None:
    found = read(text).words
    assert any(found[i : i + len(words)] == words for i in range(len(found)))


def test_a_window_that_leaves_blocks_parses() -> None:
    text = "            x = 1\n        else:\n            y = 2\n    return x\nz = 3\n"
    tokens = read(text)
    assert Kind.ERROR not in tokens.kind
    assert tokens.kind[row(tokens, "else")] == Kind.KEYWORD
    assert tokens.spans[row(tokens, "z")].tolist() == [5, 1, 5, 2]


def test_the_limit_truncates() -> None:
    tokens = tokenize(Code(path="x.py", text="a = b\n" * 500), limit=64)
    assert len(tokens) == 64
    assert tokens.truncated
    assert tokens.edges.max() < 64 + 1


def test_shapes_differ() -> None:
    words = [
        "x",
        "X",
        "lower",
        "UPPER",
        "Title",
        "camelCase",
        "snake_case",
        "UPPER_SNAKE",
        "_hidden",
        "__len__",
        "12",
        "0x1",
    ]
    assert len({shape(word) for word in words}) == len(words)
    assert max(map(shape, words)) < 16


def test_other_languages_have_items_names_and_edges() -> None:
    tokens = read("int f(struct S *s) { return s->a == 0x1F; } /* why\nso */", language="c")
    assert tokens.kind[row(tokens, "f")] == Kind.DEFINITION
    assert tokens.kind[row(tokens, "s")] == Kind.PARAMETER
    assert tokens.role[row(tokens, "a")] == Role.ATTRIBUTE
    assert len(tokens.edges) > len(tokens)
    assert len(tokens.edits) == 0
    plain = read("SELECT a.b FROM c", language="unknown")
    assert plain.words[1:] == ("SELECT", "a", ".", "b", "FROM", "c")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab1 ()[]{}:,.=+\n\t\"'#\\é😀\0\r@fif not"), max_size=80))
def test_any_text_is_read_in_order_and_whole(text: str) -> None:
    tokens = read(text)
    offsets = tokens.offsets[1:]
    assert (offsets[:, 0] < offsets[:, 1]).all()
    assert (offsets[1:, 0] >= offsets[:-1, 1]).all()
    assert (tokens.edges >= 0).all()
    assert (tokens.edges[:, :2] < len(tokens)).all()
    for (start, end), (line, column, *_), word in zip(
        offsets, tokens.spans[1:], tokens.words[1:], strict=True
    ):
        assert "\n" not in text[start:end]
        assert text.split("\n")[line - 1][column - 1 :].startswith(text[start:end])
        assert word in ("is not", "not in") or word == text[start:end]


def test_every_visible_character_of_real_code_belongs_to_an_item() -> None:
    text = inspect.getsource(json.decoder.JSONArray)
    tokens = read(text)
    seen = bytearray(len(text))
    for start, end in tokens.offsets.tolist():
        seen[start:end] = b"\1" * (end - start)
    assert not [
        character for character, hit in zip(text, seen, strict=True) if not hit and not character.isspace()
    ]
