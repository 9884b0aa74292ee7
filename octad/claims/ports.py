"""Ports that documentation names for the project's own services, against every number that its files hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname

from octad.claims.context import Said, bounded, said_of_now
from octad.claims.judged import seen_at, untrue
from octad.claims.project import written
from octad.claims.shell import SHELLS
from octad.claims.tree import Tree, fact
from octad.records.report import Finding

RULE = "docs/port"
_LOCAL = re.compile(r"\bhttps?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d{2,5})(?![\d.])")
_CHOSEN = re.compile(
    r"(?:--?p(?:ort|ublish)?|--bind|-b|--listen|PORT)[ =]\S*|\b\d{2,5}:\d{2,5}\b|\bport-forward\b.*|-L ?\S+"
)
_NUMBER = re.compile(r"\d+")
_COMPOSE = re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml$", re.IGNORECASE)
_EXPOSED = re.compile(r"^\s*EXPOSE\s+(\d+)", re.IGNORECASE)
_MAPPED = re.compile(r"^\s*-\s*[\"']?(?:[\d.]+:)?(?:\$\{\w+:-)?(\d{2,5})\}?:(\d{2,5})")
_INTRODUCES = re.compile(r"readme|install|quick|start|usage|setup", re.IGNORECASE)
"""Documents that tell how to run the project that lies beside them."""
_LISTED = 6
_OF_OTHERS = frozenset(map(str, (
    22, 80, 443, 1025, 1080, 1234, 1313, 2181, 3000, 3001, 3100, 3128, 3306, 4000, 4200, 4317, 4318,
    4444, 5000, 5001, 5050, 5173, 5432, 5555, 5601, 5672, 6006, 6333, 6379, 6443, 7474, 7687, 7860,
    8000, 8001, 8025, 8080, 8081, 8086, 8123, 8200, 8443, 8500, 8501, 8888, 9000, 9001, 9090, 9092,
    9093, 9200, 9229, 9411, 9999, 11211, 11434, 12345, 15672, 16686, 19530, 27017, 35729,
)))  # fmt: skip
"""Ports that a well-known tool listens on, or that examples pick, without a word of it in the project."""


@fact
def exposed(tree: Tree) -> dict[str, dict[str, tuple[str, int]]]:
    """By folder, the ports that its compose files publish and its Dockerfiles expose, with path and line."""
    found: dict[str, dict[str, tuple[str, int]]] = {}
    for path in tree.files:
        name = basename(path)
        pattern = _MAPPED if _COMPOSE.search(name) else _EXPOSED if "ockerfile" in name else None
        if pattern is None:
            continue
        for line, text in enumerate((tree.text(path) or "").split("\n"), 1):
            if (match := pattern.match(text)) is not None:
                for port in match.groups():
                    found.setdefault(dirname(path), {}).setdefault(port, (path, line))
    return found


@bounded
def check(tree: Tree) -> Iterator[Finding]:
    """Addresses on this machine that readers are told to open, whose port no file of the project holds."""
    chosen = _chosen(tree)
    for said in said_of_now(tree):
        introduces = _INTRODUCES.search(said.document.path)
        published = exposed(tree).get(dirname(said.document.path), {}) if introduces else {}
        for line, start, port in _claimed(said) if published else ():
            if (
                port in _OF_OTHERS
                or port in written(tree).words
                or port in chosen.get(said.document.path, ())
            ):
                continue
            listed = ", ".join(sorted(published, key=int)[:_LISTED])
            yield untrue(
                RULE,
                f"nothing in the project listens on port {port}; published are {listed}",
                said.document.place(line, start, len(port)),
                evidence=seen_at(tree, *next(iter(published.values()))),
            )


def _claimed(said: Said) -> Iterator[tuple[int, int, str]]:
    """Lines, columns and ports of addresses to open: in prose, and in commands that ask them."""
    passage = said.passage
    if passage.kind == "code" and passage.language.lower() not in SHELLS:
        return
    for line in range(passage.first, passage.last + 1):
        text = said.document.lines[line - 1] if line <= len(said.document.lines) else ""
        for match in _LOCAL.finditer(text):
            yield line, match.start(1) + 1, match[1]


def _chosen(tree: Tree) -> dict[str, frozenset[str]]:
    """By document, the numbers that it lets be ports itself: `--port 8099`, `-p 8099:80`."""
    return {
        one.path: frozenset(number for said in _CHOSEN.findall(one.text) for number in _NUMBER.findall(said))
        for one in tree.documents
        if _INTRODUCES.search(one.path)
    }
