"""Inputs to begin with: what the tests beside a reader feed it, and the examples that are shipped."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 2_000
"""Bytes of a seed: small inputs are quick to read, and what breaks a reader is seldom long."""
_SHORTEST = 3


@cache
def literals(pattern: str) -> tuple[bytes, ...]:
    """Texts, bytes, and data that JSON can hold, as they stand in the test files of a pattern, each once."""
    found: dict[bytes, None] = {}
    for path in sorted(ROOT.glob(f"tests/{pattern}")):
        for data in _literals(ast.parse(path.read_text("utf-8"))):
            if len(data) >= _SHORTEST:
                found[data[:LONGEST]] = None
    return tuple(found)


def seeds(*patterns: str, starting: tuple[bytes, ...] = (b"",)) -> tuple[bytes, ...]:
    """What the test files of all patterns hold that starts in one of these ways."""
    every = dict.fromkeys(one for pattern in patterns for one in literals(pattern))
    return tuple(one for one in every if one.lstrip().startswith(starting))


@cache
def files(*patterns: str, longest: int = LONGEST) -> tuple[bytes, ...]:
    """The beginnings of files of the repository."""
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return tuple(path.read_bytes()[:longest] for path in paths if path.is_file())


def _literals(tree: ast.AST) -> Iterator[bytes]:
    prose = set(_prose(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in prose:
            if isinstance(node.value, str):
                yield node.value.encode("utf-8", "surrogatepass")
            elif isinstance(node.value, bytes):
                yield node.value
        elif isinstance(node, ast.Dict | ast.List):
            yield from _as_json(node)


def _prose(tree: ast.AST) -> Iterable[int]:
    """Docstrings, which are no input."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)


def _as_json(node: ast.expr) -> Iterator[bytes]:
    try:
        yield json.dumps(ast.literal_eval(node)).encode()
    except (ValueError, TypeError):
        return
