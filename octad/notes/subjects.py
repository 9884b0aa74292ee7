"""The first line of a commit message, without what only tools and reviewers need of it."""

from __future__ import annotations

import re
from typing import NamedTuple

_CONVENTIONAL = re.compile(
    r"(?P<type>[A-Za-z][A-Za-z-]{1,14})\s?(?:\((?P<scope>[^()\n]{0,80})\))?(?P<bang>!?):\s*(?P<text>[^\s:].*)"
)
TYPES = {
    "feat": "feature", "feature": "feature", "feats": "feature", "new": "feature", "add": "feature",
    "enhancement": "feature", "enh": "feature",
    "fix": "fix", "bugfix": "fix", "hotfix": "fix", "bug": "fix", "fixed": "fix", "fixes": "fix",
    "perf": "performance", "performance": "performance", "optimize": "performance",
    "docs": "documentation", "doc": "documentation", "documentation": "documentation",
    "refactor": "internal", "ref": "internal", "refacto": "internal", "style": "internal",
    "test": "internal", "tests": "internal", "testing": "internal", "chore": "internal", "ci": "internal",
    "build": "internal", "deps": "internal", "dep": "internal", "release": "internal", "wip": "internal",
    "dev": "internal", "lint": "internal", "internal": "internal", "maint": "internal", "mnt": "internal",
    "infra": "internal", "misc": "internal", "typing": "internal", "types": "internal", "bench": "internal",
    "benchmark": "internal", "benchmarks": "internal", "cleanup": "internal", "examples": "documentation",
    "tst": "internal", "typo": "internal", "tooling": "internal", "meta": "internal",
    "example": "documentation",
    "revert": "change", "change": "change", "changed": "change", "update": "change", "api": "change",
    "improvement": "change", "improve": "change", "imp": "change", "remove": "change", "removed": "change",
    "security": "security", "sec": "security",
    "deprecate": "deprecation", "deprecated": "deprecation", "deprecation": "deprecation",
    "dpr": "deprecation",
    "breaking": "breaking",
}  # fmt: skip
"""What the types of conventional commits, and those that people write like them, stand for."""
_NUMBER = r"(?:[\w./-]{0,80}#|GH-|gh-|!)\d{1,7}"
_NO_TICKET = "(?:UTF|ISO|SHA|PEP|CVE|RFC|CWE|AES|HTTP)-"
_TAIL = re.compile(
    rf"[\s,;:.]*(?:[(\[]\s*(?:{_NUMBER}(?:\s*[,/&]\s*)?|(?:fix(?:e[sd])?|clos(?:e[sd]?|ing)|refs?|see|"
    rf"re|resolve[sd]?|"
    rf"part of|issue|pr|backport(?: of)?|cherry[- ]picked? from)[\s:]+){{1,8}}\s*[)\]]|"
    rf"[,;(-]?\s*\b(?:fix(?:e[sd])?|clos(?:e[sd]?|ing)|refs?|see|resolve[sd]?)[\s:]+{_NUMBER}(?:\s*(?:,|"
    rf"and|&)?\s*{_NUMBER}){{0,5}}\)?|"
    r"\[(?:skip ci|ci skip|no ci|skip actions|skip changelog|backport[^\]]{0,30})\])\s*$",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"(?:Merge:\s+|"
    rf"(?:WIP|Draft|DRAFT|RFC|MRG|fixup!|squash!)\s*:?\s+|\[(?:WIP|PR [^\]]{{1,60}}|MRG[^\]]{{0,3}}|"
    rf"[\d.]{{1,9}}(?:\.x)?|v[\d.]{{1,9}}(?:\.x)?|backport[^\]]{{0,30}})\]\s*|"
    rf"\(?{_NUMBER}\)?\s*(?::|-|\u2013)?\s+|\[{_NUMBER}\]\s*|"
    rf"(?!{_NO_TICKET})[A-Z][A-Z]{{1,9}}-\d{{1,6}}\s*(?::|-)?\s+|\[[A-Z][A-Z]{{1,9}}-\d{{1,6}}\]\s*|"
    r"(?:bpo|gh|GH|Issue|issue|Bug|bug|Fix|fix)[- ]#?\d{1,7}\s*[:\u2013-]\s+|:[a-z0-9_+-]{2,40}:\s*|[*+-]\s+)"
)
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U000e0020-\U000e007f]+"
)
_CODE = re.compile(r"`|::|[_./\\(\[{<$@]|\d|[a-z][A-Z]|--")


class Subject(NamedTuple):
    """A subject: its conventional type and scope where it has them, whether it breaks, and its words."""

    type: str
    scope: str
    breaking: bool
    text: str


def subject_of(line: str) -> Subject:
    """The parts of a first line; a word before a colon that is no known type stays in the text."""
    line = _without_head(line)
    found = _CONVENTIONAL.fullmatch(line)
    if found is None or found["type"].lower() not in TYPES:
        return Subject("", "", False, sentence(line))
    breaking = bool(found["bang"]) or found["type"].lower() == "breaking"
    return Subject(found["type"].lower(), (found["scope"] or "").strip(), breaking, sentence(found["text"]))


def sentence(text: str) -> str:
    """A text without numbers, emoji and a full stop around it, with a capital where it begins with a word."""
    text = _without_head(_EMOJI.sub("", " ".join(text.split())[:2_000])).strip()
    for _ in range(6):
        if text.endswith(".") and not text.endswith(("..", "etc.", "e.g.", "i.e.")):
            text = text[:-1]
        shorter = _TAIL.sub("", text).rstrip(" ,;-")
        if shorter == text or not shorter:
            break
        text = shorter
    if len(text) > 1 and text[0] == text[-1] == '"' and text.count('"') == 2:
        text = text[1:-1]
    first = text.partition(" ")[0]
    return (
        text
        if not text or first.endswith(":") or _CODE.search(first.rstrip(".,;"))
        else text[0].upper() + text[1:]
    )


def key_of(text: str) -> str:
    """What is the same of two texts that say the same: words without case, marks and endings of verbs."""
    words = re.findall(r"[a-z0-9_]+", text.lower())
    return " ".join(stem for word in words if (stem := _STEMS.get(word, word)))


_STEMS = {
    form: stem
    for stem, forms in {
        "fix": "fixes fixed fixing", "add": "adds added adding", "remove": "removes removed removing",
        "change": "changes changed changing", "deprecate": "deprecates deprecated",
        "improve": "improves improved",
        "update": "updates updated updating", "allow": "allows allowed", "support": "supports supported",
        "drop": "drops dropped dropping", "make": "makes made", "use": "uses used", "rename": "renames "
            "renamed",
        "avoid": "avoids avoided", "prevent": "prevents prevented", "handle": "handles handled",
        "": "the a an",
    }.items()
    for form in forms.split()
}  # fmt: skip


def _without_head(text: str) -> str:
    """A text without the marks and numbers before it."""
    text = text.strip()
    for _ in range(6):
        plain = _lead(text)
        found = _HEAD.match(plain)
        shorter = plain[found.end() :].strip() if found else plain
        if shorter == text or not shorter:
            break
        text = shorter
    return text


def _lead(text: str) -> str:
    """A text without emoji at its beginning."""
    found = _EMOJI.match(text)
    return text[found.end() :].lstrip() if found else text
