"""Python source as the standard library's parser sees it, parsed once for all who ask."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from types import CodeType

KEPT = 64
"""Texts whose trees are kept: those of the files in hand."""


def module_of(text: str) -> ast.Module | None:
    """The syntax tree of a file; None where it cannot be parsed. Nobody may change it."""
    parsed = _kept(text)
    return parsed if isinstance(parsed, ast.Module) else None


def part_of(text: str) -> ast.Module | None:
    """The same of a few lines that nobody else asks for."""
    parsed = _parsed(text)
    return parsed if isinstance(parsed, ast.Module) else None


def compiled(text: str) -> CodeType | None:
    """What Python compiles some lines to; None where it refuses them: not all that it parses is a program."""
    parsed = part_of(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return None if parsed is None else compile(parsed, "part.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def problem_of(text: str) -> str:
    """Why a file cannot be parsed, "" where it can."""
    parsed = _kept(text)
    return parsed if isinstance(parsed, str) else ""


@lru_cache(maxsize=KEPT)
def _kept(text: str) -> ast.Module | str:
    return _parsed(text)


def _parsed(text: str) -> ast.Module | str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno or 1}: {error.msg}"
    except (RecursionError, MemoryError):
        return "nested too deep"
    except ValueError as error:
        return str(error)
