"""The words that tell a commit: chosen and shortened from what people wrote, never made up."""

from __future__ import annotations

import re
from typing import NamedTuple

from octad.notes.subjects import TYPES, sentence, subject_of
from octad.records.notes import Origin
from octad.records.release import ReleaseCommit

MOST_CHARACTERS = 280
"""A longer text is cut behind a sentence or a word."""
MOST_MESSAGES = 50
_WORDS_OF_NOTHING = """
    fix fixes fixed fixing update updates updated change changes changed add adds added improve improves
    improved improvements support handle resolve resolves resolved address addresses close closes closed misc
    various small minor more some bug bugs issue issues pr it this that the a an for in to of and again stuff
    things
"""
_NOTHING = frozenset(_WORDS_OF_NOTHING.split())
_NAME = re.compile(r"#?\d{1,9}|[\w./-]{1,100}\.\w{1,4}")
_BRANCH = re.compile(r"(?:feature|feat|fix|bugfix|hotfix|chore|patch|update)/.{1,80}", re.I)
_LIST = re.compile(r"^\s*(?:[*+-]|\d+[.)])\s+(\S.*)$", re.MULTILINE)
_NOISE = re.compile(
    r"\[?pre-commit|apply suggestions?|merge (?:branch|remote|pull)|fix(?:up)? (?:tests?|lint|typo|ci|"
    r"format\w*|mypy|build)|^wip\b|lint|typo|"
    r"address |review|format|changelog|^update$|^tests?$|^docs?$|co-authored|signed-off",
    re.I,
)
_PROSE = re.compile(r"[A-Z`\"'(].{0,2000}", re.DOTALL)
_END = re.compile(r"(?<=[a-z0-9`\"')\]])[.!?](?=\s+[A-Z`\"(]|\s*$)")
_BREAKING = re.compile(
    r"^BREAKING[ -]CHANGES?:[ \t]*(?P<text>\S.*?)(?=\n[ \t]*\n|\n[A-Z][\w-]+: |\n?BREAKING[ -]CHANGES?:|\Z)",
    re.MULTILINE | re.DOTALL,
)
_INSTEAD = re.compile(r"BEGIN_COMMIT_OVERRIDE[ \t]*\n(.*?)\n[ \t]*END_COMMIT_OVERRIDE", re.DOTALL)
_BESIDE = re.compile(r"BEGIN_NESTED_COMMIT[ \t]*\n(.*?)\n[ \t]*END_NESTED_COMMIT", re.DOTALL)
_TYPED = re.compile(r"(\w[\w-]*)(?:\([^)\n]*\))?!?:\s")


class Words(NamedTuple):
    """A text, and where it was taken from."""

    text: str
    origin: Origin


def words_of(commit: ReleaseCommit) -> Words:
    """What tells a commit: its subject, or where that says nothing, a sentence or item of its body."""
    subject = subject_of(commit.subject)
    text = _with_scope(subject.scope, subject.text)
    if is_poor(subject.text) and (better := _from_body(commit.body)):
        return Words(shortened(_with_scope(subject.scope, better)), "body")
    return Words(shortened(text), "subject")


def is_poor(text: str) -> bool:
    """Whether a text says nothing of what was done: `Fix bug`, `Update x.py`, the name of a branch."""
    words = (word.strip(",.;:!()[]") for word in text.lower().split())
    return bool(_BRANCH.fullmatch(text)) or all(word in _NOTHING or _NAME.fullmatch(word) for word in words)


def broken_by(commit: ReleaseCommit) -> list[str]:
    """What a message says that it breaks; nothing where it does not say what."""
    found = (shortened(sentence(one["text"])) for one in _BREAKING.finditer(commit.body))
    return [text for text in dict.fromkeys(found) if text][:MOST_MESSAGES]


def messages_of(commit: ReleaseCommit) -> tuple[list[ReleaseCommit], bool]:
    """A commit as the messages that it asks to be told by, and whether these replace its own."""
    instead = _INSTEAD.search(commit.body)
    if instead:
        return _split(commit, instead[1]), True
    beside = [one for found in _BESIDE.findall(commit.body)[:MOST_MESSAGES] for one in _split(commit, found)]
    own = commit.model_copy(update={"body": _BESIDE.sub("", commit.body).strip()}) if beside else commit
    return [own, *beside], False


def shortened(text: str) -> str:
    """A text of at most `MOST_CHARACTERS`, cut behind its last whole sentence or word."""
    text = " ".join(text.split())
    if len(text) <= MOST_CHARACTERS:
        return text
    head = text[:MOST_CHARACTERS]
    ends = [one.end() for one in _END.finditer(head)]
    return head[: ends[-1]].rstrip(".") if ends else head.rpartition(" ")[0].rstrip(",;: ") + " …"


def first_sentence(text: str) -> str:
    """The first sentence of prose, "" where there is none."""
    paragraph = text.strip().partition("\n\n")[0]
    if not _PROSE.fullmatch(paragraph) or _LIST.match(paragraph):
        return ""
    found = _END.search(paragraph)
    return " ".join(paragraph[: found.start() if found else len(paragraph)].split())


def _from_body(body: str) -> str:
    """A sentence of four words or more, or the one item of a list that says something; else ""."""
    prose = sentence(first_sentence(body))
    if len(prose.split()) >= 4:
        return prose
    items = [subject_of(one).text for one in _LIST.findall(body)[:MOST_MESSAGES] if not _NOISE.search(one)]
    telling = [one for one in items if len(one.split()) >= 3 and not is_poor(one)]
    return telling[0] if len(telling) == 1 else ""


def _split(commit: ReleaseCommit, text: str) -> list[ReleaseCommit]:
    """Messages within a text: each begins with a line of a known type."""
    parts: list[list[str]] = []
    for line in text.strip().splitlines():
        found = _TYPED.match(line)
        if not parts or (found and found[1].lower() in TYPES and not found[1].startswith("BREAKING")):
            parts.append([line.strip()])
        else:
            parts[-1].append(line)
    return [
        commit.model_copy(
            update={"subject": part[0][:1_000], "body": "\n".join(part[1:]).strip(), "trailers": ()}
        )
        for part in parts[:MOST_MESSAGES]
    ]


def _with_scope(scope: str, text: str) -> str:
    """A text behind the part of the program that it is about."""
    if not scope:
        return text
    small = text[:1].lower() + text[1:] if text[1:2].islower() else text
    return f"{scope}: {small}"
