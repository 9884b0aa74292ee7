"""Which documents speak of the project as it is, and how a false claim in one is said."""

from __future__ import annotations

import re
from posixpath import basename

from octad.claims.tree import Tree, fact
from octad.records.document import Document
from octad.records.report import Anchor, Evidence, Finding, Level, Repair

_OTHERS = frozenset(
    (
        *(
            "vendor",
            "vendored",
            "_vendor",
            "third_party",
            "third-party",
            "thirdparty",
            "3rdparty",
            "3rd_party",
        ),
        *(
            "external",
            "externals",
            "extern",
            "deps",
            "node_modules",
            "bundled",
            "contrib_vendor",
            "submodules",
        ),
    )
)
"""Folders of what somebody else wrote."""
_DATA = frozenset(
    (
        *(
            "test",
            "tests",
            "testing",
            "testdata",
            "test_data",
            "test-data",
            "fixtures",
            "__fixtures__",
            "spec",
        ),
        *(
            "specs",
            "__tests__",
            "__snapshots__",
            "snapshots",
            "testcases",
            "corpus",
            "golden",
            "mocks",
            "e2e",
        ),
        *("template", "templates", "_templates", "cookiecutters", "skeleton", "scaffold", "boilerplate"),
        *("prompts", "data", "datasets", "cassettes", "samples_data", "locale", "locales", "translations"),
    )
)
"""Folders of documents that are inputs: for tests, of programs that write files."""
_TEMPLATES = re.compile(
    r"(?:^|/)\.(?:github|gitlab)/|(?:issue|pull_request|merge_request)_template|[{}$%]", re.I
)


@fact
def judged(tree: Tree) -> tuple[Document, ...]:
    """The documents that say how the project is now: none of others, of the past, generated, or test data."""
    return tuple(one for one in tree.documents if is_judged(one))


def is_judged(document: Document) -> bool:
    """Whether a document says how the project is now."""
    return {"history", "generated"}.isdisjoint(document.flags) and is_own(document.path)


def is_own(path: str) -> bool:
    """Whether a file lies where a project speaks of itself: no template, no data of tests, of nobody else."""
    folders = [part.lower() for part in path.split("/")[:-1]]
    if _TEMPLATES.search(path) or not _OTHERS.isdisjoint(folders):
        return False
    is_readme = basename(path).lower().startswith("readme") and len(folders) == 1
    return is_readme or _DATA.isdisjoint(folders)


@fact
def read_in_english(tree: Tree) -> tuple[Document, ...]:
    """Those of them whose sentences can be read."""
    return tuple(one for one in judged(tree) if one.language != "other")


UNSEEN = frozenset(
    f"docs/{name}" for name in ("configuration", "diagram", "environment", "flag", "path", "port", "raises")
)
"""Rules that found too little on projects never seen to say how often they are right (docs/RESULTS.md)."""


def untrue(
    rule: str,
    message: str,
    anchor: Anchor,
    *,
    level: Level | None = None,
    evidence: tuple[Evidence, ...] = (),
    repairs: tuple[Repair, ...] = (),
) -> Finding:
    """A claim that does not hold: a warning where such findings were seen to be right, else a note."""
    return Finding(
        rule=rule,
        level=level or ("note" if rule in UNSEEN else "warning"),
        message=message,
        probability=None,
        anchor=anchor,
        evidence=evidence,
        repairs=repairs,
        source="claims",
    )


def seen_at(tree: Tree, path: str, line: int) -> tuple[Evidence, ...]:
    """A line of a file that contradicts a claim; none where the file has no such line."""
    text = tree.text(path)
    lines = text.split("\n") if text is not None else []
    if not 0 < line <= len(lines):
        return ()
    end = len(lines[line - 1]) + 1
    anchor = Anchor(path=path, line=line, column=1, end_line=line, end_column=end)
    return (Evidence(anchor=anchor, text=lines[line - 1], weight=1.0),)
