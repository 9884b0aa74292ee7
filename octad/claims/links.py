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
    r"^(?:[a-z][a-z0-9+.-]*:|//|\\|mailto)|[<>{}$%*|`\"\[\]]|\.\.\.|^(?:url|link|path|todo)$", re.I
)
"""Targets on other machines, of templates, and examples."""
_HOSTED = re.compile(
    r"(?:^|/)(?:issues|pulls?|wiki|releases|actions|discussions|tags|commits?|compare|projects|tree|blob|graphs|"
    r"security|raw|milestones|labels|stargazers|network)(?:/|$)"
)
"""Pages beside a repository on its host, where a target leaves the tree or names none of its files."""
_PAGES = (".md", ".mdx", ".rst", ".txt", ".ipynb", ".markdown", ".qmd")
_BUILT = frozenset({".html", ".htm", ".xml", ".json", ".pdf", ".css", ".js", ""})
"""Endings of what the build of a site makes."""
_MADE_NAME = re.compile(r"^L\d+|^:~|^[!/]|\w\.\w")
"""Lines of code, text to look for, routes of a page, and names of code whose page is made of docstrings."""
_MADE = frozenset({"genindex", "modindex", "py-modindex", "search", "self", "contents"})


def check(tree: Tree) -> Iterator[Finding]:
    """A finding for every link that is wrong wherever it may be read from."""
    for document in judged(tree):
        if current().spent():
            return
        for link in document.links:
            finding = _checked(tree, document, link)
            if finding is not None:
                yield finding


def _checked(tree: Tree, document: Document, link: Link) -> Finding | None:
    target = link.target.partition("#")[0]
    target = target.partition("?")[0].strip()
    if _ELSEWHERE.search(link.target) or "\n" in link.target:
        return None
    if link.kind == "reference":
        return None
    if not target:
        return _anchored(tree, document, link, document.path)
    found = _found(tree, document, target, link)
    if found is None:
        return None if _is_made(tree, document, target, link) else _missing(tree, document, link, target)
    return _anchored(tree, document, link, found)


def _found(tree: Tree, document: Document, target: str, link: Link) -> str | None:
    """The file or folder that a target names from any folder that it may be written from."""
    absolute = target.startswith("/")
    own = dirname(document.path)
    folders = bases(tree, document.path) if absolute or link.kind != "link" else (own,)
    site = site_of(tree, document.path)
    if site is not None:
        # Pages may be written as `page/`, seen from a folder of their own.
        folders = (*folders, *bases(tree, document.path), under(own, splitext(basename(document.path))[0]))
    for folder in folders:
        base = under(folder, target.lstrip("/") if absolute else target)
        for one in (
            base,
            *(base + ending for ending in _PAGES if site is not None or link.kind == "document"),
        ):
            if one in tree.paths or one in tree.folders:
                return one
    return None


def _is_made(tree: Tree, document: Document, target: str, link: Link) -> bool:
    """Whether something else may put a file there: a host, a build, a link to a folder, a module of git."""
    path = under(dirname(document.path), target.lstrip("/"))
    if not path or is_elsewhere(tree, path) or target.startswith("/"):
        return True
    if _HOSTED.search(target) and not target.endswith(_PAGES):
        return True
    site = site_of(tree, document.path)
    if link.kind == "document":
        return target in _MADE or ":" in target or dirname(path) not in tree.folders or _has_apidoc(tree)
    if link.kind == "include":
        return dirname(path) not in tree.folders
    if site is not None:
        ending = splitext(target)[1].lower()
        return ending in _BUILT or ending not in _PAGES or dirname(path) not in tree.folders
    return (
        target.endswith((".html", ".htm"))
        or dirname(path) in _generated(tree)
        or _is_copied(tree, document, path)
    )


def _is_copied(tree: Tree, document: Document, path: str) -> bool:
    """Whether a document among sources may be a page of a site, where its target is another."""
    if basename(document.path).lower().startswith("readme") or "/" not in document.path:
        return False
    return any(site_of(tree, one) is not None for one in _named(tree).get(basename(path), ()))


@fact
def _generated(tree: Tree) -> frozenset[str]:
    """Folders with files that say that they are generated."""
    return frozenset(dirname(one.path) for one in tree.documents if "generated" in one.flags)


@fact
def _has_apidoc(tree: Tree) -> bool:
    """Whether pages are written while the documentation is built."""
    settings = (tree.text(path) or "" for path in tree.files if basename(path) == "conf.py")
    return any(
        re.search(r"apidoc|autoapi|gallery|autosummary_generate|nbsphinx|write_text|open\(", one)
        for one in settings
    )


def _missing(tree: Tree, document: Document, link: Link, target: str) -> Finding:
    """The finding for a file that is not there, with its right name where only letters differ in case."""
    what = {"image": "image", "include": "directive", "document": "reference"}.get(link.kind, "link")
    path = under(dirname(document.path), target)
    whole = f"no `{path}`" if path != target and path else "no such file"
    message = f"The {what} names `{target}`, and there is {whole}"
    other = _lower(tree).get(path.lower(), "")
    if other:
        right = target[: len(target) - len(path)] + other if path and target.endswith(path) else ""
        repair = _repair(document, link, target, right) if right else None
        repairs = (repair,) if repair is not None else ()
        return untrue(RULE, f"{message}: it is called `{other}`.", link.anchor, repairs=repairs)
    same = _named(tree).get(basename(target.rstrip("/")), ())
    hint = f": `{same[0]}` has that name." if len(same) == 1 else "."
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
    """Files by their names alone."""
    found: dict[str, tuple[str, ...]] = {}
    for path in tree.files:
        found[basename(path)] = (*found.get(basename(path), ())[:2], path)
    return found


def _anchored(tree: Tree, document: Document, link: Link, path: str) -> Finding | None:
    """The finding for a heading that is not there."""
    anchor = link.target.partition("#")[2]
    if not anchor or link.kind != "link" or _MADE_NAME.search(anchor):
        return None
    names = names_of(tree, path)
    if names is None or is_named(anchor, names):
        return None
    where = "this document has" if path == document.path else f"`{path}` has"
    return untrue(RULE, f"The link points at `#{anchor}`, and {where} no heading of that name.", link.anchor)
