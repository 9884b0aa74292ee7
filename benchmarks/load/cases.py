"""What servers are asked: the example of every agent, and real functions of a certain length.

A body has MARK in it where the number of the request goes, so that no two are alike: in the name of a
function and in texts of one line. Behind the JSON the number follows as blanks, for cases that have neither.
"""

from __future__ import annotations

import ast
import json
import random
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from octad.catalog import load
from octad.records.code import Code
from octad.review.pipeline import cases_of
from octad.syntax.tokenizer import tokenize

MARK = "ZQ0QZ"
"""Stands where the number of a request goes; part of a name in any language."""
DEFINED = re.compile(r"\s*(?:async\s+)?def (\w+)")
LARGEST = 60_000
"""Bytes of a file that is looked at."""
PER_FILE = 2
"""Functions of one file at most, so that many projects are among them."""


class Bodies(NamedTuple):
    """Bodies for an agent, and what they are, in words."""

    agent: str
    kind: str
    bodies: list[str]


def _files(seed: int) -> list[Path]:
    """Python files of installed packages without tests, shuffled."""
    root = Path(sysconfig.get_paths()["purelib"])
    found = [path for path in sorted(root.rglob("*.py")) if "test" not in path.as_posix()[len(str(root)) :]]
    random.Random(seed).shuffle(found)
    return found


def _units(agent: Any, path: Path) -> Iterator[tuple[Any, int]]:
    """The functions of a file as the reviewer sees them, with their numbers of tokens."""
    try:
        text = path.read_text("utf-8")
        ast.parse(text)
    except (OSError, ValueError, SyntaxError, RecursionError):
        return
    for case in cases_of(agent, [Code(path=path.name, text=text)]):
        if DEFINED.match(case.code.text):
            yield case, len(tokenize(case.code))


def functions(count: int, tokens: tuple[int, int], seed: int) -> Bodies:
    """So many real functions whose tokens are within bounds."""
    agent = load("code-reviewer")
    bodies: list[str] = []
    lengths: list[int] = []
    for path in _files(seed):
        if not 0 < path.stat().st_size <= LARGEST:
            continue
        taken = 0
        for case, length in _units(agent, path):
            if tokens[0] <= length <= tokens[1] and taken < PER_FILE and len(bodies) < count:
                bodies.append(json.dumps(_marked(case.model_dump(mode="json"))))
                lengths.append(length)
                taken += 1
        if len(bodies) == count:
            break
    mean = sum(lengths) / max(1, len(lengths))
    return Bodies(agent.name, f"{len(bodies)} functions, {mean:.0f} tokens", bodies)


def example(name: str) -> Bodies:
    """The example of an agent, marked."""
    case = load(name).example.model_dump(mode="json")
    return Bodies(name, "its example", [json.dumps(_marked(case))])


def _marked(value: Any) -> Any:
    """A case with the mark in the name of every function, and at the end of every text of one line."""
    if isinstance(value, dict):
        return {key: _marked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_marked(one) for one in value]
    if not isinstance(value, str):
        return value
    if "\n" in value:
        return _renamed(value)
    return f"{value} {MARK}" if " " in value.strip() and value[0].isalpha() else value


def _renamed(text: str) -> str:
    """Code whose first function bears the mark in its name; any other text as it is."""
    named = DEFINED.search(text)
    return re.sub(rf"\b{re.escape(named.group(1))}\b", rf"\g<0>_{MARK}", text) if named else text


def numbered(body: bytes, number: int) -> bytes:
    """The body of one request: its number in place of the mark, and as blanks behind the JSON."""
    blanks = f"{number:b}".replace("0", " ").replace("1", "\t")
    return body.replace(MARK.encode(), str(number).encode()) + blanks.encode()
