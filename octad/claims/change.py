"""What a change of the code made untrue in documentation that it left alone, and what it says nothing of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from octad.budget import current
from octad.claims.judged import judged, seen_at, untrue
from octad.claims.mentions import Mention, mentions
from octad.claims.names import is_of_now
from octad.claims.tree import Tree, fact
from octad.claims.untold import untold
from octad.records.api import Api, ApiChange
from octad.records.document import Document, Passage
from octad.records.report import Finding, Repair
from octad.repository.api import api_of
from octad.repository.api_changes import api_changes

TOLD_OF = frozenset(
    {"removed", "renamed", "parameter-removed", "parameter-renamed", "parameter-required", "default", "kind"}
)


def check(tree: Tree, before: Tree) -> Iterator[Finding]:
    """What is untrue in `tree` since `before` and stands there unchanged; then changes without a word."""
    changes = api_changes(api(before), api(tree))
    yield from stale(tree, before, changes)
    yield from untold(tree, before, changes)


@fact
def api(tree: Tree) -> Api:
    """The public interface of a tree."""
    return api_of({code.path: code.text for code in tree.codes if code.language == "python"})


def stale(tree: Tree, before: Tree, changes: Sequence[ApiChange]) -> Iterator[Finding]:
    """Every place of a document that speaks of what changed as it was, in lines that it left alone."""
    relevant = [one for one in changes if one.change in TOLD_OF]
    if not relevant:
        return
    old = {document.path: document for document in before.documents}
    for document in judged(tree):
        if current().spent():
            return
        was = old.get(document.path)
        if was is None:
            continue
        known = frozenset(was.lines)
        kept = [one for one in document.passages if is_of_now(one) and _is_kept(document, one, known)]
        for mention in mentions(tree, document, kept, relevant):
            yield _finding(tree, mention)


def _is_kept(document: Document, passage: Passage, known: frozenset[str]) -> bool:
    """Whether a passage stands as it stood before."""
    return all(line in known for line in document.lines[passage.first - 1 : passage.last])


def _finding(tree: Tree, mention: Mention) -> Finding:
    place = mention.change.place_after
    evidence = seen_at(tree, place.path, place.line) if place is not None else ()
    repairs: tuple[Repair, ...] = ()
    if mention.right:
        said = f"Write {mention.right}."
        repairs = (Repair(anchor=mention.anchor, replacement=mention.right, description=said, safe=True),)
    message = f"this change made the text untrue: {mention.change.sentence}"
    return untrue("docs/stale", message, mention.anchor, evidence=evidence, repairs=repairs)
