"""Links to files of the project and to headings in them, that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname, splitext

from octad.budget import current
from octad.claims.anchors import is_named, names_of
from octad.claims.judged import judged, untrue
from octad.claims.sites import bases, is_elsewhere, site_of, under
from octad.claims.tree import Tree, fact
from octad.records.document import Document, Link
from octad.records.report import Finding, Repair

RULE = "docs/link"
_ELSEWHERE = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*:|//|\\|mailto)|[<>{}$%*|`\"\[\]\s]|\.\.\.|^(?:url|link|path|todo)$", re.IGNORECASE
)
"""Targets on other machines, of templates, and examples."""
_HOSTED = re.compile(
    r"(?:^|/)(?:issues|pulls?|wiki|releases|actions|discussions|tags|commits?|compare|projects|tree|blob|graphs|"
    r"security|raw|milestones|labels|stargazers|network)(?:/|$)"
)
"""Pages beside a repository on its host, where a target leaves the tree or names none of its files."""
_PAGES = (".md", ".mdx", ".rst", ".txt", ".ipynb", ".markdown", ".qmd")
_UNENDING = re.compile(
    r"(?:license|copying|notice|authors|makefile|dockerfile|changelog|contributing|readme)\Z", re.I
)
"""Names of files that need no ending."""
_AT_THE_TOP = re.compile(r"(?:license|copying|notice|changelog|readme)(?:\.\w+)?\Z", re.IGNORECASE)
"""Names that a package gets from the top of its repository when it is made."""
_NO_HEADING = re.compile(r"^L\d+|^:~|^[!/]|\w\.\w")
"""Lines of code, text to look for, routes of a page, and names of code whose page is made of docstrings."""
_KINDS = {"image": "image", "include": "directive", "document": "reference"}
ELSEWHERE = 0.5
"""The share of broken links from which a document is written to be read in another place."""
FEWEST = 4
"""Links below which no share is told."""


def check(tree: Tree) -> Iterator[Finding]:
    """A finding for every target that is wrong wherever it may be read from, once for each document."""
    for document in judged(tree):
        if current().spent():
            return
        links = {link.target: link for link in reversed(document.links) if _is_local(link)}
        found = [(link, _checked(tree, document, link)) for link in reversed(links.values())]
        to_files = [finding is not None for link, finding in found if not link.target.startswith("#")]
        if len(to_files) >= FEWEST and sum(to_files) > ELSEWHERE * len(to_files):
            found = [(link, finding) for link, finding in found if link.target.startswith("#")]
        yield from (finding for _, finding in found if finding is not None)


def _is_local(link: Link) -> bool:
    return link.kind != "reference" and bool(link.target) and not _ELSEWHERE.search(link.target)


def _checked(tree: Tree, document: Document, link: Link) -> Finding | None:
    target = link.target.partition("#")[0].partition("?")[0]
    if not target:
        is_part = any(part.startswith("_") for part in document.path.split("/"))
        return None if is_part else _anchored(tree, document, link, document.path)
    found = _found(tree, document, target, link)
    if found is not None:
        return _anchored(tree, document, link, found)
    path = under(dirname(document.path), target)
    if not path or is_elsewhere(tree, path) or target.startswith("/"):
        return None
    is_made = (
        _is_made_page(tree, document, path, link)
        if link.kind != "document"
        else _is_made(tree, document, target)
    )
    return None if is_made else _missing(tree, document, link, target)


def _found(tree: Tree, document: Document, target: str, link: Link) -> str | None:
    """The file or folder that a target names from any folder that it may be written from."""
    absolute = target.startswith("/")
    own = dirname(document.path)
    around = bases(tree, document.path)
    folders = around[::-1] if absolute else around if link.kind != "link" else (own,)
    site = site_of(tree, document.path)
    if site is not None:
        # Pages may be written as `page/`, seen from a folder of their own.
        folders = (*folders, *around, under(own, splitext(basename(document.path))[0]))
    endings = ("", *_PAGES) if site is not None or link.kind == "document" else ("",)
    for folder in folders:
        base = under(folder, target.lstrip("/") if absolute else target)
        for one in (base + ending for ending in endings if base):
            if one in tree.paths or one in tree.folders:
                return one
    return None


def _is_made(tree: Tree, document: Document, target: str) -> bool:
    """Whether the build of a site may write a document: always, unless another has its name."""
    if ":" in target or site_of(tree, document.path) is None:
        return True
    names = (basename(target) + ending for ending in _PAGES)
    return not any(site_of(tree, path) is not None for name in names for path in _named(tree).get(name, ()))


def _is_made_page(tree: Tree, document: Document, path: str, link: Link) -> bool:
    """Whether a host, the build of a site or of a package may put a file there."""
    target = link.target.partition("#")[0].partition("?")[0]
    ending = splitext(path)[1].lower()
    folder, name = dirname(path), basename(path)
    if link.kind == "include":
        return folder not in tree.folders
    if site_of(tree, document.path) is not None:
        return ending not in _PAGES or folder not in tree.folders
    if not ending and not target.endswith("/") and not target.startswith(".") and not _UNENDING.match(name):
        return True
    if _HOSTED.search(target) and ending not in _PAGES:
        return True
    if _AT_THE_TOP.match(name) and "/" in path and name in tree.paths:
        return True
    return ending in (".html", ".htm") or folder in _generated(tree) or _is_copied(tree, document, path)


def _is_copied(tree: Tree, document: Document, path: str) -> bool:
    """Whether a document among sources may be a page of a site, where its target is another."""
    if basename(document.path).lower().startswith("readme") or "/" not in document.path:
        return False
    return any(site_of(tree, one) is not None for one in _named(tree).get(basename(path), ()))


@fact
def _generated(tree: Tree) -> frozenset[str]:
    """Folders with files that say that they are generated."""
    return frozenset(dirname(one.path) for one in tree.documents if "generated" in one.flags)


def _missing(tree: Tree, document: Document, link: Link, target: str) -> Finding:
    """The finding for a file that is not there, with its right name where only letters differ in case."""
    path = under(dirname(document.path), target)
    whole = f"no `{path}`" if path != target.removeprefix("./") and path else "no such file"
    message = f"the {_KINDS.get(link.kind, 'link')} names `{target}`, and there is {whole}"
    other = _lower(tree).get(path.lower(), "")
    if other:
        right = target[: len(target) - len(path)] + other if path and target.endswith(path) else ""
        repair = _repair(document, link, target, right) if right else None
        repairs = (repair,) if repair is not None else ()
        return untrue(RULE, f"{message}: it is called `{other}`", link.anchor, repairs=repairs)
    same = _named(tree).get(basename(target.rstrip("/")), ())
    hint = f": `{same[0]}` has that name" if len(same) == 1 else ""
    return untrue(RULE, message + hint, link.anchor)


def _repair(document: Document, link: Link, target: str, right: str) -> Repair | None:
    """The target in its right spelling, where it stands in the text as it was read."""
    place = link.anchor
    written = document.lines[place.line - 1][place.column - 1 : place.end_column - 1]
    if place.line != place.end_line or not written.startswith(target):
        return None
    anchor = place.model_copy(update={"end_column": place.column + len(target)})
    return Repair(anchor=anchor, replacement=right, description=f"name {right}", safe=True)


@fact
def _lower(tree: Tree) -> dict[str, str]:
    """Files by their paths in small letters."""
    return {path.lower(): path for path in tree.files}


@fact
def _named(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Files by their names alone, a few of each."""
    found: dict[str, tuple[str, ...]] = {}
    for path in tree.files:
        found[basename(path)] = (*found.get(basename(path), ())[:2], path)
    return found


def _anchored(tree: Tree, document: Document, link: Link, path: str) -> Finding | None:
    """The finding for a heading that is not there."""
    anchor = link.target.partition("#")[2]
    if not anchor or link.kind != "link" or _NO_HEADING.search(anchor):
        return None
    names = names_of(tree, path)
    if names is None or is_named(anchor, names):
        return None
    where = "this document has" if path == document.path else f"`{path}` has"
    return untrue(RULE, f"the link points at `#{anchor}`, and {where} no heading of that name", link.anchor)
