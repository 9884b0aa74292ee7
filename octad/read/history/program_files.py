"""Which files hold code that can be wrong, and which lines of them say nothing that runs."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_SUFFIXES = """
    py pyx js jsx mjs cjs ts tsx vue java kt scala groovy go rs c h cc cpp cxx hpp hh hxx cs swift m mm rb php
    pl lua ex exs erl hs ml clj dart sh sql
"""
CODE = frozenset(f".{suffix}" for suffix in _SUFFIXES.split())
_HASH = frozenset({".py", ".pyx", ".rb", ".pl", ".sh", ".ex", ".exs"})
_NOT_PRODUCT = re.compile(
    r"(?:^|[/_.-])(?:tests?|testing|testdata|specs?|__tests__|mocks?|fixtures?|examples?|samples?|demos?|docs?|"
    r"benchmarks?|bench|vendor|third[_-]party|node_modules|dist|site)(?:[/_.-]|$)|(?:Tests?|Spec)\.\w+$"
)
_TEST = re.compile(r"(?:^|[/_.-])(?:tests?|specs?|__tests__)(?:[/_.-]|$)|(?:Tests?|Spec)\.\w+$")
_GENERATED = re.compile(r"\.(?:min|bundle|pb|generated)\.|_pb2\.py$|(?:^|/)parser\.c$")
_SLASHES = re.compile(r"\s*(?://|/\*|\*(?!\w)|\*/|<!--|--\s)")
_SHARP = re.compile(r"\s*(?:#|\"\"\"|''')")
_IMPORT = re.compile(
    r"\s*(?:import\b|from\s+\S+\s+import\b|#\s*include\b|using\s+[\w.:]+\s*;|use\s+[\w:{}*, ]+;|"
    r"require(?:_relative)?[ (]|package\s|(?:const|var|let)\s.*=\s*require\()"
)
_NOTHING = re.compile(r"[\W_]*(?:end|else|pass|begin|do|then|fi|done)?[\W_]*$")


def is_product(path: str) -> bool:
    """Whether a file is source code of the program itself: no test, example, document or generated file."""
    suffix = PurePosixPath(path).suffix.lower()
    return suffix in CODE and not _NOT_PRODUCT.search(path) and not _GENERATED.search(path)


def is_test(path: str) -> bool:
    """Whether a file tests the program, by its name."""
    return bool(_TEST.search(path))


def is_cosmetic(line: str, path: str) -> bool:
    """Whether a line is blank, punctuation, a comment or an import: whoever wrote it introduced no defect.

    A line within a comment or string of several lines that does not look like one counts as code.
    """
    sharp = PurePosixPath(path).suffix.lower() in _HASH
    comment = _SHARP.match(line) if sharp else _SLASHES.match(line)
    return bool(comment or _NOTHING.match(line) or _IMPORT.match(line))
