"""Services of docker-compose that commands in a text name and that no file of the project has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from octad.budget import current
from octad.claims.judged import judged, untrue
from octad.claims.tree import Tree, fact
from octad.errors import UnreadableInput
from octad.read.graphs.compose import is_compose
from octad.read.graphs.yaml_nodes import documents, mapping
from octad.records.document import Document
from octad.records.report import Evidence, Finding

RULE = "docs/diagram"
_FILE = re.compile(r"^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$")
_COMMAND = re.compile(
    r"\bdocker[ -]compose((?: +-{1,2}[\w-]+(?:[= ][\w./-]+)?)*?) +"
    r"(?:up|run|exec|logs|restart|stop|start|build|pull|kill|top|rm)((?: +[^\s|&;<>]+)+)"
)
_SERVICE = re.compile(r"[a-z][a-z0-9_-]*\Z")
_NAME = re.compile(r"[\w.-]+\Z")
_VALUED = frozenset(
    (
        *(
            "-e",
            "--env",
            "-u",
            "--user",
            "-p",
            "--publish",
            "-v",
            "--volume",
            "-w",
            "--workdir",
            "--name",
            "-t",
        ),
        *(
            "--tail",
            "--scale",
            "--entrypoint",
            "--timeout",
            "-n",
            "--since",
            "--until",
            "--index",
            "-l",
            "--pull",
        ),
        *("--profile", "-f", "--file", "--build-arg", "-s", "--label", "--exit-code-from", "--progress"),
    )
)
"""Options that take the word after them."""


def check(tree: Tree) -> Iterator[Finding]:
    """A finding for every service that is in no compose file; nothing where one cannot be read."""
    known = services(tree)
    if not known:
        return
    for document in judged(tree):
        if current().spent():
            return
        yield from _commands(document, known)


@fact
def services(tree: Tree) -> dict[str, Evidence]:
    """The services of all compose files and where they begin; none where a file is a template or included."""
    found: dict[str, Evidence] = {}
    for path in tree.files:
        if not _FILE.match(basename(path)):
            continue
        text = tree.text(path) or ""
        try:
            held = documents(text, path)
        except UnreadableInput:
            return {}
        for one in filter(is_compose, held):
            if {"include", "extends"} & mapping(one).keys():
                return {}
            if not all(map(_NAME.match, mapping(one, "services"))):
                return {}
            for name in mapping(one, "services"):
                found.setdefault(str(name), _evidence(path, text, getattr(name, "line", 1)))
    return found


def _evidence(path: str, text: str, line: int) -> Evidence:
    written = text.split("\n")[line - 1]
    place = Document(path=path, text="", format="plain").place(line, 1, len(written))
    return Evidence(anchor=place, text=written, weight=1.0)


def _commands(document: Document, known: dict[str, Evidence]) -> Iterator[Finding]:
    for passage in document.passages:
        lines = enumerate(passage.text.split("\n"), passage.first) if passage.kind == "code" else ()
        spans = ((span.anchor.line, span.text) for span in passage.spans)
        for number, line in (*lines, *spans):
            for found in _COMMAND.finditer(line) if "compose" in line else ():
                name = _first(found[2]) if not re.search(r"-f|--file|--project", found[1]) else ""
                if name and name not in known:
                    yield _unknown(document, number, name, next(iter(known.values())))


def _unknown(document: Document, number: int, name: str, listed: Evidence) -> Finding:
    line = document.lines[number - 1] if number <= len(document.lines) else ""
    place = document.place(number, max(0, line.rfind(name)) + 1, len(name))
    message = f"the command names the service `{name}`, which no compose file here has"
    return untrue(RULE, message, place, evidence=(listed,))


def _first(words: str) -> str:
    """The first word that is a service, "" where there is none or it cannot be told."""
    parts = words.strip(" `'\".").split()
    at = 0
    while at < len(parts) and parts[at].startswith("-"):
        at += 2 if parts[at] in _VALUED else 1
    return parts[at] if at < len(parts) and _SERVICE.match(parts[at]) else ""
