"""Readers of documentation, and the checks of what it says."""

from __future__ import annotations

from collections.abc import Callable

from octad.claims import code_blocks, compose_services, diagrams, links, paths
from octad.read.documents.files import read_document
from tests.fuzz.reader import Reader, Shown
from tests.fuzz.seeds import files, seeds
from tests.unit.claims.projects import project

CHECKS = (links.check, paths.check, code_blocks.check, diagrams.check, compose_services.check)
_MARKDOWN = files("*.md", "design/*.md", "docs/rules/**/*.md", longest=1_500)
_TESTS = seeds("unit/read/documents/*.py", "unit/claims/*.py")


def _document(path: str) -> Callable[[bytes], Shown | None]:
    def run(data: bytes) -> Shown | None:
        document = read_document(data, path)
        for passage in document.passages:
            assert 1 <= passage.first <= passage.last
        return None

    return run


def _claims(path: str) -> Callable[[bytes], Shown | None]:
    def run(data: bytes) -> Shown | None:
        text = data.decode("utf-8", "replace")
        tree = project({path: text, "shop/__init__.py": text, "compose.yaml": text, "docs/a.md": "# A\n"})
        for check in CHECKS:
            list(check(tree))
        return None

    return run


READERS = (
    Reader("document: markdown", _document("a.md"), _MARKDOWN + _TESTS),
    Reader("document: rst", _document("a.rst"), _TESTS + seeds("unit/syntax/*.py")[:50]),
    Reader("document: man", _document("a.1"), tuple(one for one in _TESTS if b".SH" in one or b".Sh" in one)),
    Reader("claims: markdown", _claims("README.md"), _MARKDOWN + _TESTS),
    Reader("claims: rst", _claims("README.rst"), _TESTS),
)
