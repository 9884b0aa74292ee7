"""The Pythons that documentation says the project runs on, against what its manifest lets installers take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname

from octad.claims.context import Said, bounded, said_of_now
from octad.claims.judged import seen_at, untrue
from octad.claims.project import manifests
from octad.claims.tree import Tree
from octad.records.manifest import Manifest
from octad.records.report import Anchor, Finding, Repair

RULE = "docs/version"
_OLDEST = re.compile(
    r"\bPython\s*(?:versions?\s*)?(?:(?P<sign>>=|≥)\s*)?(?P<version>[23]\.\d{1,2})(?:\.\d+)?"
    r"(?P<after>\s*\+|\s*(?:\(?(?:or|and)\)?|/)\s*(?:newer|higher|later|above|greater|up|upwards?)\b)?"
)
_NEEDS = re.compile(
    r"\b(?:requires?|required|requirements?|needs?|supports?|supported|prerequisites?|works? (?:on|with)|"
    r"runs? on|compatible|minimum|at least|tested (?:on|with|against)|installed|install(?:ation|ing)?|"
    r"dependencies)\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\b(?:if you|when (?:using|running)|(?:on|under|in|from|for|with) python|optional\w*|feature|plugins?|"
    r"only available|available in|versions? \d+\.\d+|v\d+\.\d+|branch|drop(?:ped|s)?|end[- ]of[- ]life|eol|"
    r"last (?:version|release)|extension|example|backport|stdlib|standard library|added in|new in|image|"
    r"docker|container|conda|ships?|comes? with|bundled|build|compil\w+|develop\w*|contribut\w*|"
    r"test\w*)\b|[<≤=]=?\s*\d",
    re.IGNORECASE,
)
"""Sentences that may speak of another version, of a part of the project, or of another program."""
_PLACES = re.compile(
    r"readme|install|index|getting[-_ ]?started|quick[-_]?start|requirements|faq|usage|introduction|overview",
    re.IGNORECASE,
)


_DOCS = re.compile(r"^(?:docs?|documentation)/", re.IGNORECASE)


@bounded
def check(tree: Tree) -> Iterator[Finding]:
    """Sentences that name an older Python than the manifest allows as the oldest that is enough."""
    stated = {one.path: one for one in manifests(tree) if one.oldest is not None}
    if not stated:
        return
    for said in said_of_now(tree):
        if said.passage.kind == "text" and _PLACES.search(basename(said.document.path)):
            manifest = _nearest(stated, said.document.path)
            if manifest is not None:
                yield from _of_passage(tree, manifest, said)


def _nearest(stated: dict[str, Manifest], path: str) -> Manifest | None:
    """The manifest of the package that a document is about: the one in its folder or above it."""
    folder = dirname(path)
    if basename(path).lower().startswith("readme") and not _DOCS.search(f"{folder}/"):
        here = [one for one in stated.values() if dirname(one.path) == folder]
        return here[0] if len({one.oldest for one in here}) == 1 else None
    while True:
        here = [one for one in stated.values() if dirname(one.path) == folder]
        if here:
            bounds = {one.oldest for one in here}
            return here[0] if len(bounds) == 1 else None
        if not folder:
            return None
        folder = dirname(folder)


def _of_passage(tree: Tree, manifest: Manifest, said: Said) -> Iterator[Finding]:
    """The sentences of a paragraph that say which Python is needed."""
    above = " ".join(said.passage.section[-1:])
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z])", said.passage.text):
        found = list(_OLDEST.finditer(sentence))
        if len(found) != 1 or _ANOTHER.search(sentence):
            continue
        one = found[0]
        version = (int(one["version"][0]), int(one["version"][2:]))
        is_bound = bool(one["sign"] or one["after"])
        above_it = sentence[: one.start()]
        is_aside = above_it.count("(") > above_it.count(")")
        if is_aside or not is_bound or manifest.oldest is None or version == manifest.oldest:
            continue
        if not _NEEDS.search(sentence) and not _NEEDS.search(above):
            continue
        if version < manifest.oldest and (anchor := _place(said, one)) is not None:
            yield _finding(tree, manifest, one["version"], anchor)


def _place(said: Said, match: re.Match[str]) -> Anchor | None:
    """Where the number stands in the document, None where that is not certain."""
    lines = said.document.lines[said.passage.first - 1 : said.passage.last]
    number = re.compile(rf"(?<![\d.]){re.escape(match['version'])}(?!\d)")
    found = [(index, one) for index, line in enumerate(lines) for one in number.finditer(line)]
    if len(found) != 1:
        return None
    index, one = found[0]
    return said.document.place(said.passage.first + index, one.start() + 1, len(match["version"]))


def _finding(tree: Tree, manifest: Manifest, version: str, anchor: Anchor) -> Finding:
    oldest = ".".join(map(str, manifest.oldest or ()))
    return untrue(
        RULE,
        f"the text says that Python {version} is enough, {manifest.path} asks for Python {oldest} at least",
        anchor,
        evidence=seen_at(tree, manifest.path, manifest.oldest_line),
        repairs=(Repair(anchor=anchor, replacement=oldest, description=f"write {oldest}", safe=True),),
    )
