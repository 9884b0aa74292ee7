"""What a docstring says, by cheap patterns of the usual styles: which parameters, sections and names.

Nothing here is a claim that is checked: it is what a model reads beside the text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from octad.signals.function_facts import WORD

_FIELD = re.compile(r"^\s*[:@](?:param|parameter|arg|argument|key|keyword|kwarg|type)\s+([^:\n]+):", re.M)
_ITEM = re.compile(
    r"^\s*[-*]?\s*`{0,2}(\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)`{0,2}\s*(?:\([^)\n]*\))?\s*(?::|--| -|$)"
)
_HEAD = re.compile(
    r"^\s*(args|arguments|parameters?|params|keyword args|keyword arguments|other parameters|attributes|"
    r"returns?|yields?|raises?|exceptions?|examples?|notes?|see also|warnings?|references)\s*:?\s*$",
    re.I,
)
_PARTS = {
    "returns": re.compile(
        r"^\s*(:returns?|:rtype|@returns?|returns?\s*:|yields?\s*:)|^\s*(returns?|yields?)\s*:?\s*$",
        re.I | re.M,
    ),
    "raises": re.compile(r"^\s*(:raises?|:except|@raises?|raises?\s*:)|^\s*(raises?)\s*:?\s*$", re.I | re.M),
    "examples": re.compile(r">>>|^\s*(examples?|usage)\s*:?\s*$|.. code", re.I | re.M),
    "dated": re.compile(r"versionadded|versionchanged|deprecated", re.I),
    "defaults": re.compile(r"\bdefaults?\b|\boptional\b", re.I),
    "types": re.compile(
        r":type|:rtype|\(\s*(?:`{0,2}(?:str|int|bool|dict|list|float|callable)|optional)", re.I
    ),
    "later": re.compile(r"\b(todo|fixme|xxx|hack)\b", re.I),
    "markup": re.compile(r"<p>|raw:: html|https?://", re.I),
}
_QUOTED = re.compile(r"`{1,2}([^`\n]{1,80})`{1,2}|'([^'\n]{1,40})'|\"([^\"\n]{1,40})\"|\*(\w+)\*")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_STOP = re.compile(r"[.!?](?:\s|$)")
_MODAL = re.compile(r"\b(?:only|always|never|must|not|no|all|every|any|instead|unless|currently)\b", re.I)
"""Words by which a text binds the code."""
PARTS = tuple(_PARTS)
MOST = 20_000
"""Characters of a docstring that are read; a longer one is read by its beginning."""
LINE = 300
"""Characters of a line in which a head or the name of a parameter is sought."""
_BLANK = re.compile(r"\n(?:[^\S\n]*\n){2,}")
_WIDE = re.compile(r"[^\S\n]{80,}")


@dataclass(frozen=True, slots=True)
class DocstringFacts:
    """`documented` are names in lists of parameters, with what is said of each; `quoted` stands in marks.

    `parts` says which of PARTS there are, `words` counts words of at least two letters, in lower case,
    `exact` are the words as written, `prose` those that do not stand in lists of parameters.
    """

    documented: dict[str, str]
    quoted: frozenset[str]
    parts: tuple[bool, ...]
    words: Counter[str]
    exact: frozenset[str]
    prose: frozenset[str]
    numbers: frozenset[str]
    lines: int
    characters: int
    modal: int
    sentences: int


@lru_cache(maxsize=256)
def docstring_facts(text: str) -> DocstringFacts:
    """The facts of a docstring; runs of blanks are cut, for patterns would take long over them."""
    text = _WIDE.sub(" " * 80, _BLANK.sub("\n\n", text[:MOST]))
    documented = _documented(text)
    exact = frozenset(WORD.findall(text))
    quoted = {word for held in _QUOTED.findall(text) for one in held for word in WORD.findall(one)}
    return DocstringFacts(
        documented=documented,
        quoted=frozenset(quoted | set(documented)),
        parts=tuple(bool(pattern.search(text)) for pattern in _PARTS.values()),
        words=Counter(word.lower() for word in WORD.findall(text) if len(word) > 1),
        exact=exact,
        prose=frozenset(WORD.findall(_summary(text))),
        numbers=frozenset(_NUMBER.findall(text)),
        lines=sum(bool(line.strip()) for line in text.splitlines()),
        characters=len(text),
        modal=len(_MODAL.findall(text)),
        sentences=len(_STOP.findall(text)),
    )


def _summary(text: str) -> str:
    """What comes before the first list of parameters, results or exceptions."""
    kept = []
    for line in text.splitlines():
        if _HEAD.match(line[:LINE]) or re.match(r"\s*[:@]\w+.*:", line):
            break
        kept.append(line)
    return "\n".join(kept)


def _documented(text: str) -> dict[str, str]:
    """Names that are documented as parameters, with what is said of each."""
    found: dict[str, str] = {}
    for match in _FIELD.finditer(text):
        name = match[1].split()[-1].strip("*`\\")
        rest = text[match.end() :]
        end = re.search(r"\n\s*[:@]\w|\n\s*\n", rest)
        found[name] = found.get(name, "") + match[0] + (rest[: end.start()] if end else rest)
    inside, depth, current = False, 0, ""
    for line in text.splitlines():
        head = _HEAD.match(line[:LINE])
        if head:
            inside = head[1].lower().startswith(("arg", "param", "keyword", "other", "attr"))
            depth, current = -1, ""
        elif inside and line.strip() and not set(line.strip()) <= set("-=~"):
            indent = len(line) - len(line.lstrip())
            depth = indent if depth < 0 else depth
            item = _ITEM.match(line[:LINE]) if indent <= depth else None
            if item:
                names = [one.strip(" *") for one in item[1].split(",")]
                current = names[0]
                found.update((name, line) for name in names)
            elif indent < depth:
                inside = False
            elif current:
                found[current] += "\n" + line
    return found
