"""JSON, YAML and TOML in documents that no parser of them takes."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping

MOST = 200_000
"""Characters of one example."""
LIKE = 0.6
"""The share of lines that begin as those of the format: another one under its name is no claim."""
_LIKE = {
    **dict.fromkeys(("yaml", "yml"), re.compile(r"\s*(?:- |-$|#|---|[\w.\"'/ -]+:(?:\s|$))")),
    "toml": re.compile(r"\s*(?:\[|#|[\w.\"' -]+=|[\])}\"'])"),
}
Problem = tuple[int, str]
"""The line of an example, from 1, and what is wrong there."""
_OPEN = re.compile(
    r"\.\.\.|…|\{!|<[\w ./|-]+>|\{\{|\{%|\$\{?\w|^\s*(?://|/\*|[$>+] )|^\s*- .*\n\s*\+|"
    r"^\s*[-+]{1,3}\s|%\(|@@|\[\[?\w+\]\]?\(|snip|etc\b|: *[A-Z][A-Z_]{3,}\b",
    re.MULTILINE,
)
"""Signs of a part left out, of a comment, a template, a shell or a difference."""


def problem_of(language: str, text: str) -> Problem | None:
    """What is wrong with an example; None for what may be a part of a file, and for other languages."""
    reader, like = _READERS.get(language), _LIKE.get(language)
    if reader is None or len(text) > MOST or not text.strip() or (_OPEN.search(text) and language != "yaml"):
        return None
    lines = [line for line in text.split("\n") if line.strip()]
    if like is not None and sum(map(bool, map(like.match, lines))) < LIKE * len(lines):
        return None
    return reader(text)


def _json(text: str) -> Problem | None:
    bare = text.strip()
    if (
        (bare[0], bare[-1]) not in (("{", "}"), ("[", "]"))
        or "//" in re.sub(r'"[^"\n]*"', "", text)
        or "#" in text
    ):
        return None
    decoder, at = json.JSONDecoder(), 0
    try:
        while at < len(bare):
            _, at = decoder.raw_decode(bare, at)
            while at < len(bare) and bare[at] in " \t\n,":
                at += 1
    except RecursionError:
        return None
    except json.JSONDecodeError as error:
        skipped = text[: len(text) - len(text.lstrip())].count("\n")
        return bare.count("\n", 0, error.pos) + 1 + skipped, error.msg[:1].lower() + error.msg[1:]
    return None


def _yaml(text: str) -> Problem | None:
    import yaml  # type: ignore[import-untyped]

    if re.search(
        r"…|\{!|^\s+\.\.\.|^\.\.\.\s*\S|<[\w ./|-]+>|\{\{|\{%|\$\{\{|^\s*[$>] |^\s*//", text, re.MULTILINE
    ):
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for _ in yaml.parse(text, Loader=loader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return (mark.line + 1 if mark else 1), error.problem or "it does not parse"
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return None


def _toml(text: str) -> Problem | None:
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"^(.*?) \(at line (\d+)", str(error))
        if found is None or "overwrite" in found[1] or "declare" in found[1] or "Cannot" in found[1]:
            return None
        return int(found[2]), found[1][:1].lower() + found[1][1:]
    return None


_READERS: Mapping[str, Callable[[str], Problem | None]] = {
    "json": _json,
    "yaml": _yaml,
    "yml": _yaml,
    "toml": _toml,
}
