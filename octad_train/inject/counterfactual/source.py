"""A Python file as counterfactuals see it: its tree with exact places, and where every word of it occurs."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from octad.records.code import Code
from octad.syntax.tokenizer import tokenize

Function = ast.FunctionDef | ast.AsyncFunctionDef
MOST_ITEMS = 50_000
LEAST = 4
"""How many times as long as the distance between definition and use a file has to be."""
TRIES = 8
"""New names tried before a place is given up."""
_OWNERS = frozenset({"self", "cls", "mcs", "mcls"})
_WORD = re.compile(r"\w+")
_TAKEN = frozenset(dir(builtins)) | frozenset(keyword.kwlist) | frozenset(keyword.softkwlist)


class Source:
    """One file; raises ValueError where it does not parse or is too short, too long or oddly ended."""

    def __init__(self, code: Code, apart: int) -> None:
        if len(code.text) < LEAST * apart or "\r" in code.text or "\f" in code.text:
            raise ValueError("too short, or with line ends that are not plain")
        self.code, self.text, self.apart = code, code.text, apart
        self.tree = parsed(code.text)
        tokens = tokenize(code, MOST_ITEMS)
        if tokens.truncated or len(tokens) < LEAST * apart:
            raise ValueError("too short or too long")
        self._starts = tokens.offsets[:, 0]
        lines = code.text.split("\n")
        self._lines = [None if line.isascii() else line.encode() for line in lines]
        self._breaks = np.cumsum([0, *(len(line) + 1 for line in lines)]).tolist()
        self.nodes = list(ast.walk(self.tree))
        self.parent = {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    @cached_property
    def words(self) -> Mapping[str, list[int]]:
        """The places of every word, in code, comments and strings alike."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for match in _WORD.finditer(self.text):
            found[match.group()].append(match.start())
        return found

    @cached_property
    def bindings(self) -> Mapping[str, list[ast.AST]]:
        """The nodes that give a name a meaning: definitions, assignments, parameters, imports."""
        found: defaultdict[str, list[ast.AST]] = defaultdict(list)
        for node in self.nodes:
            for name in bound(node):
                found[name].append(node)
        return found

    @cached_property
    def attributes(self) -> Mapping[str, list[ast.Attribute]]:
        """All `….name` by name."""
        found: defaultdict[str, list[ast.Attribute]] = defaultdict(list)
        for node in self.nodes:
            if isinstance(node, ast.Attribute):
                found[node.attr].append(node)
        return found

    @cached_property
    def loads(self) -> Mapping[str, list[ast.Name]]:
        """The reads of every bare name."""
        found: defaultdict[str, list[ast.Name]] = defaultdict(list)
        for node in self.nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found[node.id].append(node)
        return found

    @cached_property
    def classes(self) -> list[ast.ClassDef]:
        """All classes, nested ones too."""
        return [node for node in self.nodes if isinstance(node, ast.ClassDef)]

    @cached_property
    def keywords(self) -> frozenset[str | None]:
        """Names under which calls hand over arguments."""
        return frozenset(node.arg for node in self.nodes if isinstance(node, ast.keyword))

    @cached_property
    def parameters(self) -> list[str]:
        """Names of all parameters."""
        return parameters(self.nodes)

    @cached_property
    def quoted(self) -> frozenset[str]:
        """Texts of all strings: a name among them may be looked up by it."""
        return frozenset(
            n.value for n in self.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)
        )

    def start(self, node: ast.AST) -> int:
        """The first character of a node."""
        return self._place(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """The character after a node."""
        return self._place(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _place(self, line: int, column: int) -> int:
        raw = self._lines[line - 1]
        return int(self._breaks[line - 1]) + (
            column if raw is None else len(raw[:column].decode("utf-8", "replace"))
        )

    def named(self, node: ast.AST, name: str) -> int:
        """The place of the name that a node carries: of a definition, an attribute, a name or a parameter."""
        if isinstance(node, Function | ast.ClassDef):
            word = "class" if isinstance(node, ast.ClassDef) else "def"
            return self.text.index(name, self.text.index(word, self.start(node)) + len(word))
        return self.end(node) - len(name) if isinstance(node, ast.Attribute) else self.start(node)

    def exact(self, places: Sequence[int], name: str) -> bool:
        """Whether a name stands at all the places, no two alike: in f-strings Python 3.11 may err."""
        return len(set(places)) == len(places) and set(places) <= set(self.words.get(name, ()))

    def unit(self, node: ast.AST) -> Function | None:
        """The outermost function around a node; None at the top of the module or of a class."""
        found = None
        above: ast.AST | None = node
        while above is not None:
            found = above if isinstance(above, Function) else found
            above = self.parent.get(above)
        return found

    def around(self, node: ast.AST) -> ast.ClassDef | None:
        """The class in whose body a function stands."""
        above = self.parent.get(node)
        return above if isinstance(above, ast.ClassDef) else None

    def span(self, node: Function | ast.ClassDef) -> tuple[int, int]:
        """The characters of a definition with its decorators."""
        return min(map(self.start, [node, *node.decorator_list])), self.end(node)

    def within(self, word: str, span: tuple[int, int]) -> list[int]:
        """The places of a word inside a span."""
        return [place for place in self.words.get(word, ()) if span[0] <= place < span[1]]

    def far(self, words: Iterable[str], unit: Function, use: int) -> bool:
        """Whether no window of `apart` items around a word inside the unit, or the use, holds one outside."""
        low, high = self.span(unit)
        places = [place for word in words for place in self.words.get(word, ())]
        inside = [use, *(place for place in places if low <= place < high)]
        outside = [place for place in places if not low <= place < high]
        return self.parted(inside, outside)

    def parted(self, here: Sequence[int], there: Sequence[int]) -> bool:
        """Whether more than `apart` items lie between any two of the places."""
        if not here or not there:
            return True
        gaps = np.abs(self._items(here)[:, None] - self._items(there)[None, :])
        return int(gaps.min()) > self.apart

    def _items(self, places: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.searchsorted(self._starts, np.array(places, np.int64), side="right") - 1

    def fresh(self, name: str, spans: Iterable[tuple[int, int]]) -> bool:
        """Whether a name means nothing yet: to Python, to the module, or in the spans."""
        if name in _TAKEN or any(self.unit(node) is None for node in self.bindings.get(name, ())):
            return False
        return not any(self.within(name, span) for span in spans)


def candidates(rng: np.random.Generator, own: Iterable[str], others: Sequence[str], old: str) -> list[str]:
    """A few names to take, those of the file first: as private as the old one, and longer than a letter."""
    private = len(old) - len(old.lstrip("_"))
    chosen: list[str] = []
    for names in (own, others):
        fit = [
            n
            for n in dict.fromkeys(names)
            if n != old and len(n) > 2 and len(n) - len(n.lstrip("_")) == private
        ]
        chosen += [fit[index] for index in rng.permutation(len(fit))[:TRIES]]
    return chosen


def parsed(text: str) -> ast.Module:
    """The tree of a text; raises ValueError where Python does not accept it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(str(error)) from error


def parameters(nodes: Iterable[ast.AST]) -> list[str]:
    """Names of all parameters of functions, in order."""
    return [node.arg for node in nodes if isinstance(node, ast.arg) and node.arg not in _OWNERS]


def fields(nodes: Iterable[ast.AST]) -> list[str]:
    """Names of all attributes that are assigned through `self`, in order."""
    return [
        n.attr
        for n in nodes
        if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and owned(n, "self")
    ]


def owned(node: ast.AST, *owners: str) -> bool:
    """Whether an attribute is of one of the bare names."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in owners


def bound(node: ast.AST) -> list[str]:
    """The names that a node by itself gives a meaning."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Name(ctx=ast.Store() | ast.Del()):
            return [node.id]
        case ast.arg():
            return [node.arg]
        case ast.alias():
            return [(node.asname or node.name).partition(".")[0]]
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
            return [node.name] if node.name else []
        case ast.Global() | ast.Nonlocal():
            return list(node.names)
    return []
