"""Tools of the verbs that ask about code without an agent of their own, and the pages of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, Field

from octad.mcp.agent_tools import DATA, MANY, root_of, with_root
from octad.mcp.roots import LONGEST, Roots
from octad.mcp.tool import Page, Question, Text, Tool, Verb, answer_of
from octad.records.base import Record
from octad.records.dependencies import Dependencies
from octad.records.matches import Search, Similar
from octad.records.report import Report

SAID: Mapping[str, tuple[str, str]] = {
    "search": ("Functions by words", "Find the functions that do what is said in words, best first."),
    "similar": ("Functions like one", "Find functions like the one at a line, best first."),
    "deps": ("Imports", "Say which module imports which, where, and what forms cycles."),
    "explain": ("Why at a line", "Say why there is a finding at a line, or why there is none."),
}
"""Title and description of each tool."""


class Paths(Record):
    """Where to look."""

    paths: tuple[str, ...] = Field((), max_length=MANY, description="Files and folders; all without.")


class SearchAsked(Paths):
    """Arguments of a search in words."""

    question: str = Field(min_length=1, max_length=2_000, description="What the function does, in words.")
    top: int = Field(10, ge=1, le=100, description="At most so many.")


class SimilarAsked(Paths):
    """Arguments of a search for functions like one."""

    path: str = Field(max_length=LONGEST, description="The file of the function.")
    line: int = Field(ge=1, le=10**8, description="A line of the function.")
    min_score: float = Field(0.0, ge=0, le=1, description="Only what is that much alike.")
    top: int = Field(10, ge=1, le=100, description="At most so many.")


class DepsAsked(Paths):
    """Arguments of a question about imports."""

    of: str = Field("", max_length=500, description="What this module depends on, and what depends on it.")
    depth: int | None = Field(None, ge=1, le=1_000, description="With `of`: at most so many imports away.")
    cycles: bool = Field(False, description="Only modules that import each other.")


class ExplainAsked(Record):
    """Arguments of a question about one line."""

    path: str = Field(max_length=LONGEST, description="A file of code.")
    line: int = Field(ge=1, le=10**8)


class RuleAsked(Record):
    """Arguments of a question about a rule."""

    rule: str = Field("", max_length=200, description="A rule, as a finding names it; all without.")


def code_tools(roots: Roots) -> Iterator[Tool]:
    """Tools on what lies below the roots."""

    def paths(given: Paths) -> list[str]:
        return [roots.inside(root_of(given), path) for path in given.paths or (".",)]

    def searched(given: SearchAsked) -> Verb:
        words = ("search", f"--top={given.top}", "--format=json", "--", given.question, *paths(given))
        return Verb(words, roots.folder(root_of(given)))

    def like(given: SimilarAsked) -> Verb:
        place = f"{roots.inside(root_of(given), given.path)}:{given.line}"
        options = (f"--top={given.top}", f"--min-score={given.min_score}", "--format=json")
        return Verb(("similar", *options, "--", place, *paths(given)), roots.folder(root_of(given)))

    def imports(given: DepsAsked) -> Verb:
        options = [f"--of={given.of}"] if given.of else []
        options += [] if given.depth is None else [f"--depth={given.depth}"]
        options += ["--cycles"] if given.cycles else []
        words = ("deps", *options, "--format=json", "--", *paths(given))
        return Verb(words, roots.folder(root_of(given)))

    def explained(given: ExplainAsked) -> Verb:
        place = f"{roots.inside(root_of(given), given.path)}:{given.line}"
        return Verb(("explain", "--format=json", "--", place), roots.folder(root_of(given)))

    def tool(name: str, kind: type[Report], asked: type[BaseModel], ask: Callable[[Any], Question]) -> Tool:
        title, text = SAID[name]
        return Tool(name, title, text + DATA, with_root(asked, roots), answer_of(kind), ask)

    yield tool("search", Search, SearchAsked, searched)
    yield tool("similar", Similar, SimilarAsked, like)
    yield tool("deps", Dependencies, DepsAsked, imports)
    yield tool("explain", Report, ExplainAsked, explained)


def rule_tool() -> Tool:
    """What a rule means, which lies with the program."""
    from octad.rules.pages import listing, page

    def ask(given: RuleAsked) -> Page:
        return Page(lambda: page(given.rule) if given.rule else listing())

    text = "Say what a rule means: its message, an example, its repair, how often it was right."
    return Tool("rule", "What a rule means", text, RuleAsked, Text, ask)
