"""Where the site of some documentation begins, for links that are written from there, and what builds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname, join

from octad.claims.tree import Tree, fact

_SITES = frozenset(
    (
        *(
            "conf.py",
            "mkdocs.yml",
            "mkdocs.yaml",
            "_config.yml",
            "docusaurus.config.js",
            "docusaurus.config.ts",
        ),
        *("hugo.toml", "hugo.yaml", "book.toml", "_quarto.yml", "_toc.yml", "_toctree.yml", "docfx.json"),
        *("antora.yml", "SUMMARY.md", "_sidebar.md", "astro.config.mjs", "nuxt.config.ts", "zensical.toml"),
        *("mkdocs-base.yml", "myst.yml", "properdocs.yml", "sidebars.js", "sidebars.ts", "next.config.js"),
        *("gatsby-config.js", "eleventy.config.js", ".eleventy.js", "gridsome.config.js"),
    )
)
"""Files beside or above the documents of a site."""
_FOLDERS = re.compile(r"(?:^|/)(?:\.vitepress|\.vuepress|_layouts|_includes|layouts|doctrees)$")
_NAMED = frozenset(
    {"docs", "doc", "documentation", "website", "site", "www", "content", "pages", "book", "_docs"}
)


@fact
def sites(tree: Tree) -> frozenset[str]:
    """The folders that hold a site, or the settings of one."""
    found = {dirname(path) for path in tree.files if basename(path) in _SITES}
    found |= {dirname(folder) for folder in tree.folders if _FOLDERS.search(folder)}
    return frozenset(found)


def site_of(tree: Tree, path: str) -> str | None:
    """The folder of the site that a document is a page of; None where it is read where it lies.

    A document with settings at its top is a page of some site.
    """
    known = sites(tree)
    if path in _with_settings(tree):
        return dirname(path)
    for folder in _up(dirname(path)):
        if folder in known and (folder or _is_below_named(path)):
            return folder
    return None


def bases(tree: Tree, path: str) -> tuple[str, ...]:
    """The folders that a target may be written from: that of the document, those above it, the root."""
    return tuple(_up(dirname(path)))


def under(folder: str, target: str) -> str:
    """A target from a folder, "" for what leaves the tree."""
    parts: list[str] = []
    for part in join(folder, target).split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


@fact
def _with_settings(tree: Tree) -> frozenset[str]:
    return frozenset(one.path for one in tree.documents if one.text.startswith(("---\n", "+++\n")))


def is_elsewhere(tree: Tree, path: str) -> bool:
    """Whether a path leads through a link to a folder, into another repository, or to what a build makes."""
    parts = path.strip("/").split("/")
    above = ["/".join(parts[:at]) for at in range(1, len(parts) + 1)]
    return (
        any(one in tree.paths for one in above[:-1])
        or not _others(tree).isdisjoint(above)
        or tree.ignores(path)
    )


@fact
def _others(tree: Tree) -> frozenset[str]:
    """Folders whose contents are another repository."""
    return frozenset(re.findall(r"^\s*path\s*=\s*(\S+)", tree.text(".gitmodules") or "", re.MULTILINE))


def _is_below_named(path: str) -> bool:
    return path.partition("/")[0] in _NAMED and "/" in path


def _up(folder: str) -> Iterator[str]:
    yield folder
    while folder:
        folder = dirname(folder)
        yield folder
