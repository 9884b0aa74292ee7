"""The parser of reStructuredText, such that no directive or role does anything, known or not.

No file is included, nothing raw is taken over, no code is highlighted: a directive becomes a node that says
what was written, with its contents parsed inside; a role becomes a node with its name.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser, states
from docutils.statemachine import StringList
from docutils.utils import Reporter, new_document

from octad.budget import current
from octad.errors import UnreadableInput
from octad.read.documents.directives import PLAIN, VERBATIM

MOST_STEPS = 150_000
"""Lines that the parser goes to, those that it reads again counted again."""
DEEPEST = 12
"""Directives inside one another; what is deeper is taken as it is written."""


class directive(nodes.General, nodes.Element):  # type: ignore[misc]
    """What was written, with its contents."""


class role(nodes.Inline, nodes.TextElement):  # type: ignore[misc]
    """Interpreted text."""


class _Tolerant:
    """A state of the parser that runs no directive."""

    def __init__(self, state_machine: Any, debug: bool = False) -> None:
        super().__init__(state_machine, debug)  # type: ignore[call-arg]
        self.nested_sm_kwargs = {"state_classes": STATES, "initial_state": "Body"}

    def directive(self: Any, match: Any, **presets: Any) -> tuple[list[nodes.Node], bool]:
        """The directive as a node."""
        first = self.state_machine.abs_line_number()
        block, _, offset, blank = self.state_machine.get_first_known_indented(match.end(), strip_top=0)
        found = directive(name=match.group(1).lower())
        found.line = first
        head, body = _parts(block, found["name"])
        found["argument"], found["options"] = head
        found["content"] = [body.data[i] for i in range(len(body))]
        found["start"] = _line(body, first)
        found["last"] = first + max(0, len(block) - 1)
        depth = getattr(self.document, "octad_depth", 0)
        if body and found["name"] not in VERBATIM and depth < DEEPEST:
            self.document.octad_depth = depth + 1
            try:
                self.nested_parse(body, offset + len(block) - len(body), found)
            finally:
                self.document.octad_depth = depth
        return [found], blank or self.state_machine.is_next_line_blank()


def _explicit() -> Any:
    """The constructs of explicit markup, with the tolerant directive in the place of the parser's own."""
    own = states.Struct(**vars(states.Body.explicit))
    own.constructs = [
        (_Tolerant.directive if method is states.Body.directive else method, pattern)
        for method, pattern in states.Body.explicit.constructs
    ]
    return own


_EXPLICIT = _explicit()
STATES = tuple(type(one.__name__, (_Tolerant, one), {"explicit": _EXPLICIT}) for one in states.state_classes)


def _interpreted(
    rawsource: str, text: str, name: str, _line: int
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """One piece of interpreted text, whatever its role."""
    return [role(rawsource, text, name=name or "")], []


class _Steps:
    """Counts the lines that the parser goes to, and ends it where they are too many or time is up."""

    def __init__(self, note: Callable[[object, object], None]) -> None:
        self._note, self._taken = note, 0

    def __call__(self, source: object, line: object) -> None:
        """Another line, which nodes without a line of their own take theirs from."""
        self._note(source, line)
        self._taken += 1
        if self._taken > MOST_STEPS or (self._taken % 1_000 == 0 and current().spent()):
            raise UnreadableInput("takes too long to read")


def parsed(text: str, path: str) -> nodes.document:
    """The tree of a text; what is wrong in it is in the tree as system messages."""
    settings = _settings()
    document = new_document(path, settings)
    document.reporter = Reporter(path, 5, 6, stream=io.StringIO())
    inliner = states.Inliner()
    inliner.interpreted = _interpreted  # it takes its patterns from its own class: a subclass has none
    parser = Parser(inliner=inliner)
    parser.state_classes = STATES
    document.note_source = _Steps(document.note_source)
    parser.parse(text, document)
    return document


def _settings() -> Any:
    settings: Any = get_default_settings(Parser)
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.report_level = 5
    settings.halt_level = 6
    settings.warning_stream = io.StringIO()
    settings.line_length_limit = 1_000_000
    settings.syntax_highlight = "none"
    settings.pep_references = settings.rfc_references = False
    return settings


def _parts(block: StringList, name: str) -> tuple[tuple[str, dict[str, str]], StringList]:
    """The argument and the options of a directive, and the lines of its contents."""
    begin = 1 if len(block) and not block[0].strip() else 0
    at = begin
    while at < len(block) and block[at].strip() and not _option(block[at]):
        at += 1
    argument = " ".join(line.strip() for line in block.data[begin:at]).strip()
    if name in PLAIN and argument:
        return ("", {}), _trimmed(block)
    options: dict[str, str] = {}
    while at < len(block) and block[at].strip():
        key, value = _option(block[at]) or ("", block[at].strip())
        if key:
            options[key] = value
        at += 1
    return (argument, options), _trimmed(block[at:])


def _option(line: str) -> tuple[str, str] | None:
    """The name and value of `:name: value`."""
    stripped = line.strip()
    if not stripped.startswith(":"):
        return None
    key, colon, value = stripped[1:].partition(":")
    is_option = bool(colon) and key.replace("-", "").replace("_", "").isalnum() and value[:1] in ("", " ")
    return (key, value.strip()) if is_option else None


def _trimmed(block: StringList) -> StringList:
    """The lines without empty ones before and after."""
    while block and not block[0].strip():
        block.trim_start()
    while block and not block[-1].strip():
        block.trim_end()
    return block


def _line(block: StringList, otherwise: int) -> int:
    """The line of the file, from 1, on which some lines begin."""
    return (block.offset(0) + 1) if block else otherwise
