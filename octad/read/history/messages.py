"""What a commit message is made of: subject, body, the issues it names, and its trailers.

Where a forge wrote the first line of a merge, the title of the change is its subject, as if it was squashed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from octad.records.lines import encodable
from octad.records.release import MOST_BODY

MOST_SUBJECT = 1_000
"""Characters of a subject; git takes any number."""
MOST_REFS = 20
_FORGE = re.compile(
    r"Merge pull request (?P<github>#\d+) from \S+|Merged in \S+ \(pull request (?P<bitbucket>#\d+)\)|"
    r"Merge branch '[^']+' into '?[^' ]+'?|Merge PR (?P<other>#\d+):? ?(?P<title>.*)"
)
_SEE = re.compile(r"^See merge request (?:\S*?)(![0-9]+)\s*$", re.MULTILINE)
_REF = re.compile(r"(?<![\w/&])(?:#|GH-|gh-)\d{1,7}\b|\b[A-Z][A-Z]{1,9}-\d{1,6}\b")
_NO_TICKET = frozenset(
    {
        "UTF",
        "ISO",
        "SHA",
        "PEP",
        "CVE",
        "RFC",
        "CWE",
        "AES",
        "RSA",
        "MD",
        "HTTP",
        "COVID",
        "BSD",
        "GPL",
        "LGPL",
        "EPSG",
    }
)
_CLOSES = re.compile(
    r"\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?|see|part of|re):?\s+"
    r"((?:\S*#|GH-|gh-)\d{1,7}|[A-Z]{2,10}-\d+)|\bissues/(\d{1,7})\b",
    re.IGNORECASE,
)
_TRAILER = re.compile(r"([A-Z][A-Za-z0-9-]{1,40}|BREAKING CHANGE|BREAKING-CHANGE)(?:: | #)(\S.*)")
_OF_PEOPLE = re.compile(
    r"(?:[a-z]+(?:-[a-z]+)*-by|change-id|cc|gerrit-\S+|reviewed-on|git-svn-id|pr-url|bug-url|x-\S+)",
    re.IGNORECASE,
)


class Message(NamedTuple):
    """The parts of a message; the body is without trailers that only name people and tools."""

    subject: str
    body: str
    refs: tuple[str, ...]
    trailers: tuple[tuple[str, str], ...]


def read_message(text: str) -> Message:
    """A message in its parts."""
    text = encodable(text).replace("\r\n", "\n").strip()
    subject, _, rest = text.partition("\n")
    while (
        rest
        and rest[0] != "\n"
        and not _TRAILER.match(rest)
        and len(subject) < 60
        and _runs_on(subject, rest)
    ):
        line, _, rest = rest.partition("\n")
        subject = f"{subject} {line}"
    subject, body, own = _of_forge(subject[:MOST_SUBJECT].strip(), rest.strip()[:MOST_BODY])
    body, trailers = _without_trailers(body)
    return Message(subject, body, refs_of(own, subject, body), trailers)


def refs_of(own: str, subject: str, body: str) -> tuple[str, ...]:
    """The issues and changes that a message names: any in the subject, in the body what it closes."""
    found = [own] if own else []
    found += [one[0].upper().replace("GH-", "#") for one in _REF.finditer(subject)]
    for one in _CLOSES.finditer(body):
        name = f"#{one[2]}" if one[2] else one[1].upper().replace("GH-", "#")
        found.append(name[name.index("#") :] if "#" in name else name)
    tickets = (one for one in found if one.partition("-")[0] not in _NO_TICKET)
    return tuple(dict.fromkeys(tickets))[:MOST_REFS]


def _runs_on(subject: str, rest: str) -> bool:
    """Whether the second line goes on with a subject that was wrapped."""
    line = rest.partition("\n")[0].strip()
    return bool(line) and line[0].islower() and not subject.endswith((".", ":", "!"))


def _of_forge(subject: str, body: str) -> tuple[str, str, str]:
    """Subject and body without what a forge wrote around them, and the number that it gave the change."""
    found = _FORGE.fullmatch(subject)
    if found is None:
        return subject, body, ""
    number = found["github"] or found["bitbucket"] or found["other"] or ""
    if see := _SEE.search(body):
        number, body = see[1], _SEE.sub("", body).strip()
    title, _, rest = body.partition("\n")
    if found["title"]:
        title, rest = found["title"], body
    if not title.strip() or title.startswith(("Conflicts:", "# Conflicts", "* ", "- ", "Merge ")):
        return subject, body, number
    named = f" ({number})" if number and number not in title else ""
    return f"{title.strip()}{named}"[:MOST_SUBJECT], rest.strip(), number


def _without_trailers(body: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A body without the lines that name people and tools, and the trailers of its last paragraph."""
    lines = body.split("\n")
    last = next((at for at in range(len(lines) - 1, -1, -1) if not lines[at].strip()), -1)
    found = [_TRAILER.match(line) for line in lines]
    trailers = tuple((one[1], one[2].strip()) for one in found[last + 1 :] if one)
    kept = [
        line for line, one in zip(lines, found, strict=True) if not (one and _OF_PEOPLE.fullmatch(one[1]))
    ]
    return "\n".join(kept).strip(), trailers
