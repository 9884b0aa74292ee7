import time

import pytest
import tree_sitter

from octad.errors import MissingExtra
from octad.records.code import Code
from octad.syntax import tree
from octad.syntax.languages import check_version, language_of, parser
from octad.syntax.tokenizer import forget, tokenize
from octad.syntax.units import units
from tests import work

HOSTILE = {
    "200 KB of open brackets": "(" * 200_000,
    "20,000 levels": "x = " + "[" * 20_000 + "]" * 20_000,
    "a chain as deep as it is long": "x = " + "a+" * 20_000 + "a",
    "a chain of calls": "f" + "()" * 20_000,
    "one line of 10 MB": "a" * 10_000_000,
    "nothing but NUL": "\0" * 50_000,
    "blocks deeper than Python allows": "".join(" " * i + "if x:\n" for i in range(400))
    + " " * 400
    + "pass\n",
    "declared too deep": "".join(" " * i + "if x:\n" for i in range(80)) + " " * 80 + "global y; y = 1\n",
    "half a surrogate": 'x = "\ud800"\n',
    "nested substitutions": 'f"{' * 2_000,
    "nothing": "",
    "blank": " \n\t\n\f",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_hostile_text_costs_no_more_than_its_items(name: str) -> None:
    code, limit = Code(path="x.py", text=HOSTILE[name]), 128
    forget()
    assert work.calls(lambda: tokenize(code, limit=limit)) < 1_000 * limit
    assert len(tokenize(code, limit=limit)) <= limit


@pytest.mark.parametrize(
    "name", ["nested substitutions", "blocks deeper than Python allows", "half a surrogate", "nothing"]
)
def test_hostile_text_is_cut_into_units(name: str) -> None:
    found = units(Code(path="x.py", text=HOSTILE[name]))
    assert "".join(unit.text for unit in found).split() == HOSTILE[name].split()


def test_time_that_others_take_from_a_parse_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10**9, 100))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    assert tree.parse("value = other.field\n" * 200, "python", 10_000) is not None


def test_a_parse_that_takes_too_long_is_read_lexically(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "SECONDS", -1.0)
    tokens = tokenize(Code(path="x.py", text="value = other.field\n" * 200))
    assert tokens.words[1:6] == ("value", "=", "other", ".", "field")
    assert tokens.role[1:6].tolist() == [1, 0, 1, 0, 2]
    monkeypatch.undo()
    again = tokenize(Code(path="x.py", text="value = other.field\n"))
    assert len(again.edges) > len(tokens.edges) / len(tokens)


@pytest.mark.parametrize("version", ["0.25.0", "0.25.2", "0.26.1", "0.26.9"])
def test_sound_releases_of_the_parser_are_taken(version: str) -> None:
    check_version(version)


@pytest.mark.parametrize("version", ["0.26.0", "0.24.9", "0.27.0", "1.0", "unknown"])
def test_broken_releases_of_the_parser_are_refused(version: str) -> None:
    with pytest.raises(MissingExtra, match="tree-sitter"):
        check_version(version)


def test_languages_by_extension() -> None:
    assert language_of("a/b.PY") == "python"
    assert language_of("a\\b.tsx") == "typescript"
    assert language_of("Makefile") == "unknown"
    assert isinstance(parser("go"), tree_sitter.Parser)
