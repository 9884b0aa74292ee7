from __future__ import annotations

from octad.signals.function_facts import function_facts

SOURCE = '''
    @cached
    async def read(self, path: str, *more, limit: int = 3, **rest) -> bytes:
        """Read it.

        Second line.
        """
        # Twice.
        def inner():
            return 1
        if limit > 10:
            raise errors.TooMany("seven")
        raise
        return path
'''


def test_interface_and_results_of_a_function() -> None:
    facts = function_facts(SOURCE)
    assert (facts.name, facts.result, facts.decorators, facts.is_async) == (
        "read", "bytes", {"cached"}, True,
    )  # fmt: skip
    assert list(facts.parameters) == ["path", "more", "limit", "rest"]
    assert facts.parameters["limit"].default == "3" and facts.parameters["path"].default is None
    assert [one.star for one in facts.parameters.values()] == ["", "*", "=", "**"]
    assert facts.head == "read(self, path: str, *more, limit: int=3, **rest)"
    assert dict(facts.raises) == {"TooMany": 1, "": 1}
    assert dict(facts.returns) == {"path": 1}, "what an inner function returns is its own"
    assert {"3", "10"} <= facts.numbers and "seven" in facts.texts


def test_a_docstring_is_no_part_of_the_code() -> None:
    facts = function_facts(SOURCE)
    assert not any("Second" in line for line in facts.lines)
    assert facts.comments == ("# Twice.",)
    # A line's place is counted in the whole text.
    assert SOURCE.splitlines()[facts.at[-1]].strip() == "return path"


def test_layout_comments_and_annotations_are_told_apart() -> None:
    plain = function_facts("def f(a, b=1):\n    return a  # sum\n")
    spread = function_facts("def f(\n    a,\n    b=1,\n):\n    return (a)\n")
    typed = function_facts("def f(a: int, b: int = 1) -> int:\n    return a\n")
    other = function_facts("def f(a, b=1):\n    return b\n")
    assert plain.shape == spread.shape != typed.shape
    assert plain.plain == typed.plain != other.plain


def test_what_does_not_parse_has_words_alone() -> None:
    facts = function_facts("def f(a:\n    return retries\n")
    assert facts.name == "" and not facts.parameters and facts.words["retries"] == 1
    deep = "def f():\n    return " + "(" * 5_000 + ")" * 5_000
    assert function_facts(deep).lines
