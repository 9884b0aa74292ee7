"""Ports that documentation names for the project's own services, against every number that its files hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import basename

from octad.claims.context import Said, evidence_of, finding, passages
from octad.claims.project import KEPT, written
from octad.claims.tree import Tree
from octad.records.report import Evidence, Finding

RULE = "docs/port"
_LOCAL = re.compile(r"\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d{2,5})(?![\d.])")
_CHOSEN = re.compile(
    r"(?:--?p(?:ort|ublish)?|--bind|-b|--listen|PORT)[ =]\S*|\b\d{2,5}:\d{2,5}\b|\bport-forward\b.*|-L ?\S+"
)
_COMPOSE = re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml$", re.IGNORECASE)
_EXPOSED = re.compile(r"^\s*EXPOSE\s+(\d+)", re.IGNORECASE)
_MAPPED = re.compile(r"^\s*-\s*[\"']?(?:[\d.]+:)?(?:\$\{\w+:-)?(\d{2,5})\}?:(\d{2,5})")
_OF_OTHERS = frozenset({
    "80", "443", "22", "3000", "3306", "4200", "5000", "5173", "5432", "5672", "6006", "6379", "8000", "8080", "8081",
    "8888", "9000", "9090", "9092", "9093", "9200", "11211", "15672", "27017", "4000", "1313", "8443", "5601", "16686",
    "4317", "4318", "2181", "8501", "7860", "11434", "6443", "9411", "3100", "8086", "8500", "8200", "9229", "1234",
    "12345", "9999", "3128", "1080", "7687", "7474", "5050", "5555", "8025", "1025", "9001", "6333", "19530", "8123",
    "4444", "35729", "3001", "5001", "8001",
})  # fmt: skip
"""Ports that a well-known tool listens on, or that examples pick, without a word of it in the project."""


@lru_cache(maxsize=KEPT)
def exposed(tree: Tree) -> dict[str, tuple[str, int]]:
    """The ports that compose files publish and Dockerfiles expose, with path and line."""
    found: dict[str, tuple[str, int]] = {}
    for path in tree.files:
        name = basename(path)
        pattern = _MAPPED if _COMPOSE.search(name) else _EXPOSED if "ockerfile" in name else None
        if pattern is None:
            continue
        for line, text in enumerate((tree.text(path) or "").split("\n"), 1):
            if (match := pattern.match(text)) is not None:
                for port in match.groups():
                    found.setdefault(port, (path, line))
    return found


def check(tree: Tree) -> Iterator[Finding]:
    """Addresses on this machine whose port no file of a project with published ports holds."""
    published = exposed(tree)
    if not published:
        return
    for said in passages(tree):
        if not said.is_of_now:
            continue
        for line, start, port in _claimed(said):
            if port not in _OF_OTHERS and port not in written(tree).words and not _is_chosen(said, port):
                listed = ", ".join(sorted(published, key=int)[:6])
                yield finding(
                    RULE,
                    f"nothing in the project listens on port {port}; published are {listed}",
                    said.document.place(line, start, len(port)),
                    evidence=_evidence(tree, published),
                )


def _claimed(said: Said) -> Iterator[tuple[int, int, str]]:
    """Lines, columns and ports of local addresses in a passage."""
    passage = said.passage
    for line in range(passage.first, passage.last + 1):
        text = said.document.lines[line - 1] if line <= len(said.document.lines) else ""
        for match in _LOCAL.finditer(text):
            yield line, match.start(1) + 1, match[1]


def _is_chosen(said: Said, port: str) -> bool:
    """Whether the document itself lets a port be chosen: `--port 8099`, `-p 8099:80`."""
    return any(re.search(rf"\b{port}\b", one) for one in _CHOSEN.findall(said.document.text))


def _evidence(tree: Tree, published: dict[str, tuple[str, int]]) -> tuple[Evidence, ...]:
    return evidence_of(tree, *next(iter(published.values())))
