"""YAML to plain mappings, lists and words that know their line; no tags, a bounded depth, few aliases."""

from __future__ import annotations

import re

import yaml  # type: ignore[import-untyped]

from octad.errors import UnreadableInput
from octad.read.graphs.builder import wrong

MAX_DEPTH = 64
MAX_ALIASES = 100
MAX_CHARACTERS = 2_000_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same events, sixteen times as fast
_ACTION = re.compile(r"\{\{-?[^{}\n]{0,200}?(?:\.(?:Values|Release|Chart|Capabilities)\b|\binclude[ \t]+\")")
_BRACES = re.compile(r"\{\{")

Map = dict[str, object]


class Word(str):
    """A scalar, as it is written, and its line."""

    line: int

    def __new__(cls, text: str, line: int) -> Word:
        """A word of this line."""
        word = super().__new__(cls, text)
        word.line = line
        return word


def documents(text: str, source: str, first: int = 1) -> list[object]:
    """Every document; raises UnreadableInput, naming the line, for what is no YAML or beyond the bounds.

    `first` is what the words of the first line have as their line; errors name the line in the text.
    """
    if len(text) > MAX_CHARACTERS:
        raise wrong(source, 1, f"YAML longer than {MAX_CHARACTERS:,} characters", hint="cut it in parts")
    built = _Documents(source, first)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            built.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise wrong(
            source, min(mark.line, text.count("\n")) + 1, f"not YAML ({error.problem or error.context})"
        ) from error
    except yaml.YAMLError as error:
        raise wrong(source, 1, "not YAML (a character that it does not allow)") from error
    return built.found


def rendered(text: str, source: str, first: int = 1) -> list[object]:
    """Every document; raises UnreadableInput also for a template of helm, which only helm can render."""
    action = _ACTION.search(text)
    try:
        found = documents(text, source, first)
    except UnreadableInput as error:
        action = action or _BRACES.search(text)
        if action is None:
            raise
        raise _template(text, source, action) from error
    if action:
        raise _template(text, source, action)
    return found


def _template(text: str, source: str, action: re.Match[str]) -> UnreadableInput:
    line = text.count("\n", 0, action.start()) + 1
    return wrong(
        source, line, "a template that is not rendered", hint="name what `helm template CHART` prints"
    )


def mapping(value: object, *path: str) -> Map:
    """The mapping at a path, empty where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def entries(value: object) -> list[object]:
    """A list, empty where it is none."""
    return value if isinstance(value, list) else []


def word(value: object) -> Word:
    """A scalar, empty where it is none."""
    return value if isinstance(value, Word) else Word("", 1)


def line_of(key: str) -> int:
    """The line of a key."""
    return key.line if isinstance(key, Word) else 1


class _Documents:
    """Containers that are still open, the outermost the list of documents; a key waits for its value."""

    def __init__(self, source: str, first: int) -> None:
        self.found: list[object] = []
        self._first = first
        self._source = source
        self._open: list[Map | list[object]] = [self.found]
        self._keys: list[str | None] = [None]
        self._anchors: dict[str, object] = {}
        self._aliases = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._put(Word(event.value, line + self._first - 1), event.anchor)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin({}, event.anchor, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin([], event.anchor, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor, line)

    def _alias(self, anchor: str, line: int) -> None:
        """What was anchored, itself and no copy, so that a small file stays small."""
        self._aliases += 1
        if self._aliases > MAX_ALIASES or anchor not in self._anchors:
            what = "unknown alias" if anchor not in self._anchors else f"more than {MAX_ALIASES} aliases"
            raise wrong(self._source, line, what)
        self._put(self._anchors[anchor], None)

    def _begin(self, container: Map | list[object], anchor: str | None, line: int) -> None:
        if len(self._open) > MAX_DEPTH:
            raise wrong(self._source, line, f"YAML nested deeper than {MAX_DEPTH}")
        self._put(container, anchor)
        self._open.append(container)
        self._keys.append(None)

    def _put(self, value: object, anchor: str | None) -> None:
        """Add a value to the innermost container; what `<<` names is merged."""
        if anchor:
            self._anchors[anchor] = value
        inner, key = self._open[-1], self._keys[-1]
        if isinstance(inner, list):
            inner.append(value)
        elif key is None:
            self._keys[-1] = value if isinstance(value, str) else "?"
        else:
            self._keys[-1] = None
            if key == "<<":
                _merge(inner, value)
            else:
                inner[key] = value


def _merge(into: Map, value: object) -> None:
    """Entries of a mapping, or of each in a list; what is written later in `into` replaces them."""
    for one in value if isinstance(value, list) else [value]:
        for key, inner in list(one.items()) if isinstance(one, dict) else ():
            into.setdefault(key, inner)
