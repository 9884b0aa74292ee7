"""Docstrings against the functions that they are of: parameters, defaults, types, exceptions, results."""

from __future__ import annotations

from collections.abc import Iterator

from octad.budget import current
from octad.claims.documented_defaults import wrong_defaults
from octad.claims.documented_exceptions import wrong_exceptions
from octad.claims.documented_parameters import unknown_parameters
from octad.claims.documented_results import wrong_results
from octad.claims.documented_types import wrong_types
from octad.claims.signature import SourceFile, signatures
from octad.claims.tree import Tree
from octad.records.report import Finding
from octad.repository.api import is_of_interest
from octad.syntax.python_source import module_of

MOST_CHARACTERS = 1_000_000
"""Of one file; a longer one was not written by hand."""


def check(tree: Tree) -> Iterator[Finding]:
    """What docstrings of Python say that the code beside them contradicts."""
    for code in tree.codes:
        if code.language != "python" or not is_of_interest(code.path) or len(code.text) > MOST_CHARACTERS:
            continue
        if current().spent():
            return
        module = module_of(code.text)
        if module is not None:
            file = SourceFile(code.path, code.text.split("\n"))
            for one in signatures(module, file.lines):
                yield from unknown_parameters(file, one)
                yield from wrong_defaults(file, one)
                yield from wrong_types(file, one)
                yield from wrong_exceptions(tree, file, one)
                yield from wrong_results(file, one)
