"""Findings of any tool, from its SARIF 2.1.0 file (OASIS, "Static Analysis Results Interchange Format")."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from octad.errors import UnreadableInput
from octad.host.files import read_bytes
from octad.read.code.files import shown_path
from octad.records.code import MOST_LINES
from octad.records.report import Anchor, Finding, Level, Skipped

MOST_BYTES = 100_000_000
MOST_RESULTS = 200_000
LEVELS: Mapping[str, Level] = {"error": "error", "warning": "warning", "note": "note", "none": "note"}
MOST_COLUMN = 10**6


class Results(NamedTuple):
    """Findings in the order of the file, and what of it could not be read."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]


def read_sarif(path: str) -> Results:
    """The findings of a file; raises UnreadableInput where it is no SARIF.

    A result that another tool suppressed already is left out. One without a place in a file below the current
    folder cannot be judged by its code, but stands; one that says nothing at all is in `skipped`.
    """
    try:
        data = read_bytes(path, MOST_BYTES)
    except UnreadableInput as error:
        raise UnreadableInput(f"{path}: {error.message}", hint=error.hint) from error
    try:
        content = json.loads(data.decode("utf-8-sig"))
        runs = content["runs"]
        if not isinstance(runs, list):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableInput(f"{path} is no SARIF file", hint="name a file in SARIF 2.1.0") from error
    findings: list[Finding] = []
    bad = over = 0
    number = 0
    for run, result in _results(runs):
        number += 1
        if len(findings) == MOST_RESULTS:
            over += 1
            continue
        try:
            found = _finding(run, result)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            bad += 1
            continue
        if found is not None:
            findings.append(found)
    if bad == number > 0:
        raise UnreadableInput(f"{path}: none of its {number:,} results is as SARIF has them")
    said = [(bad, "results are not as SARIF has them"), (over, "results are beyond the most that are read")]
    skipped = tuple(Skipped(path=path, reason=f"{count:,} {reason}") for count, reason in said if count)
    return Results(tuple(dict.fromkeys(findings)), skipped)


def _results(runs: list[Any]) -> Iterator[tuple[Any, Any]]:
    for run in runs:
        results = run.get("results", []) if isinstance(run, dict) else [None]
        for result in results if isinstance(results, list) else [None]:
            yield run, result


def _finding(run: Mapping[str, Any], result: Mapping[str, Any]) -> Finding | None:
    """One result; None where the tool suppressed it, or says that it passed or is gone."""
    if list(result.get("suppressions") or ()) or result.get("baselineState") == "absent":
        return None
    if str.lower(result.get("kind", "fail")) not in ("fail", "open", "review"):
        return None
    driver = run["tool"]["driver"]
    tool = _word(driver["name"])
    rules = driver.get("rules") or ()
    index = result.get("ruleIndex", -1)
    described = rules[index] if isinstance(index, int) and 0 <= index < len(rules) else {}
    name = str(result.get("ruleId") or described.get("id") or "unnamed")
    level = result.get("level") or described.get("defaultConfiguration", {}).get("level") or "warning"
    return Finding(
        rule=f"{tool}/{name.removeprefix(f'{tool}/')}",
        level=LEVELS.get(level, "warning"),
        message=_message(result["message"], described),
        probability=None,
        anchor=_anchor(result),
        reference=str(described.get("helpUri") or ""),
        source=tool,
    )


def _message(message: Mapping[str, Any], described: Mapping[str, Any]) -> str:
    """The words of a result: its own, or those of its rule with the arguments put in."""
    text = message.get("text") or message.get("markdown")
    if not text and "id" in message:
        text = described.get("messageStrings", {}).get(message["id"], {}).get("text", "")
        for number, argument in enumerate(message.get("arguments", ())):
            text = text.replace(f"{{{number}}}", str(argument))
    return str(text or "")


def _anchor(result: Mapping[str, Any]) -> Anchor:
    """Where it is; line 1 of no file where the result does not say."""
    places: Sequence[Mapping[str, Any]] = result.get("locations") or ({},)
    physical = places[0].get("physicalLocation", {})
    region = physical.get("region", {})
    line = _number(region.get("startLine"), 1, MOST_LINES)
    column = _number(region.get("startColumn"), 1, MOST_COLUMN)
    end_line = _number(region.get("endLine"), line, MOST_LINES)
    end = _number(region.get("endColumn"), column if end_line == line else 1, MOST_COLUMN)
    path = _path(str(physical.get("artifactLocation", {}).get("uri", "")))
    return Anchor(path=path, line=line, column=column, end_line=end_line, end_column=end)


def _number(value: object, least: int, most: int) -> int:
    """A line or column, within its bounds; the least where there is none."""
    return min(max(value, least), most) if isinstance(value, int) else least


def _path(uri: str) -> str:
    """A URI as a path from the current folder; as it is where it is of no file."""
    parts = urlsplit(uri)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return shown_path(unquote(parts.path), os.getcwd())
    return uri if parts.scheme else Path(unquote(uri)).as_posix() if uri else ""


def _word(name: str) -> str:
    """The name of a tool as the first part of that of a rule."""
    return "-".join(name.lower().split()) or "tool"
