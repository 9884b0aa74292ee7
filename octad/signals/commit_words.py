"""What the words of a commit say: which kind it states, its subject without marks, and counts of cues.

Numbers of issues and changes are left out of what is read: whoever aligned notes and commits by such
numbers would otherwise learn the alignment.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PREFIXES = {
    "feature": "feat feature enh enhancement new",
    "fix": "fix bug bugfix bugfixes hotfix rob",
    "performance": "perf pi performance optimize",
    "security": "sec security",
    "breaking": "breaking api removal removed break",
    "change": "change changed changes improvement improvements improve",
    "deprecation": "dep deprecate deprecated deprecation",
    "documentation": "doc docs documentation readme",
    "internal": (
        "chore build ci test tests tst maint mnt refactor refact refac style sty dev tools tool release rel "
        "cleanup "
        "clean lint rfc deps wip trivial misc internal process contrib vendor packaging"
    ),
}
PREFIXES = {word: kind for kind, words in _PREFIXES.items() for word in words.split()}
"""Which kind a prefix of a subject, or the ending of a file of news, states."""
_LEAD = re.compile(r"^\s*(?:[^\w\s\[(#`'\"*]{1,3}\s*)?(?:\[\w[\w ./-]{0,20}\]\s*)?")
_STATED = re.compile(r"^([A-Za-z]{2,14})(\([^()]{0,60}\))?(!)?:\s*")
_NUMBER = re.compile(
    r"\s*[\[(]?(?:(?:PR|GH|issue|bug|ticket|pull request|fixes|closes|refs?|see)s?[\s:-]*)?"
    r"(?:[\w.-]{1,60}/[\w.-]{1,60})?(?:#|\bgh-|!(?=\d))\d+[\])]?(?:\s*[,;/]\s*#\d+[\])]?)*",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://\S+")
_SENTENCE = re.compile(r"(?<=[.!?])\s|\n\s*\n|\n(?=\s*[-*])")
_TRAILER = re.compile(r"^[A-Z][\w-]+: |^\(cherry picked|^Conflicts:|^---", re.MULTILINE)
CUES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^merge (pull request|pr\b)",
        r"^merge\b(?! (pull request|pr\b))",
        r"\b(backport|cherry.?pick|forward.?port)",
        r"^(revert|back out|rollback|undo)\b",
        r"\b(wip|squash|fixup|oops|tmp|checkpoint|more work)\b",
        r"^(prepare|release|bump|start|begin|set|update|back to)?\W*(the )?(next )?(v(ersion)?\W*)?"
        r"\d+(\.\w+)+\W*$|"
        r"\b(prepare|releas(e|ing)|bump(ed|ing)?|finaliz\w+|version)\b.{0,24}(\d+\.\d|version|"
        r"release|develop)",
        r"\b(changelog|change log|release notes?|news|what'?s ?new|history\.(md|rst)|changes\.(md|rst))\b",
        r"\b(bump|upgrade|updat\w+|pin|unpin|pyup|renovate|dependabot|pre-commit|autoupdate)\b",
        r"\b(from [\w.]+ to [\w.]+)",
        r"\b(requirements?|dependenc\w+|lock ?files?|constraints?|actions?/\w+|submodules?)\b",
        r"\b(typos?|spelling|wording|grammar|whitespace|misspell\w*|nits?)\b",
        r"\b(docs?|docstrings?|documentation|readme|sphinx|tutorials?|examples?|contributors?|authors)\b",
        r"\b(tests?|testing|pytest|unittest|coverage|flaky|xfail|fixtures?|benchmarks?|fuzz\w*)\b",
        r"\b(ci|travis|appveyor|azure|github (actions?|workflows?)|tox|nox|jenkins|workflows?|"
        r"codecov|dockerfile)\b",
        r"\b(lint\w*|flake8|black|ruff|isort|pyflakes|pep ?8|formatt?(ing|ed)|style|prettier|pylint)\b",
        r"\b(mypy|typing|type (hints?|annotations?)|annotat\w+|pyright|stubs?)\b",
        r"\b(refactor\w*|clean\w* ?up|simplif\w+|reorgani\w+|reword|tidy|restructure|rework)\b",
        r"\b(renam\w+|mov(e|ed|ing)|extract\w*|split|inline)\b",
        r"\b(fix(e[sd]|ing)?|bugs?|correct\w*|repair\w*|resolv\w+|handle[sd]?|prevent\w*|avoid\w*|"
        r"ensure[sd]?)\b",
        r"\b(crash\w*|exceptions?|error|traceback|regression|leak\w*|deadlock|hang\w*|race|segfault|"
        r"broken|wrong\w*)\b",
        r"\b(add(s|ed|ing)?|implement\w*|introduc\w+|new|support\w*|allow\w*|enabl\w+|provide[sd]?|"
        r"expose[sd]?)\b",
        r"\b(options?|flags?|parameters?|arguments?|kwargs?|settings?|config\w*|commands?|plugins?|"
        r"api|cli)\b",
        r"\b(remov\w+|drop\w*|delet\w+|no longer|get rid|eliminat\w+)\b",
        r"\b(deprecat\w+|legacy|obsolete)\b",
        r"\b(breaking|backward\w*|incompatib\w+|rais(e|es|ed|ing)|default\w*|requir(e|es|ed)|stop)\b",
        r"\b(perf\w*|speed\w*|fast\w*|slow\w*|optimi[sz]\w+|cach\w+|memory|efficien\w+|latency)\b",
        r"\b(security|cve\S*|vulnerab\w+|xss|csrf|injection|sanitiz\w+|unsafe|secrets?)\b",
        r"\bpython ?[23](\.\d+)?\b|\bpy(py)?[23]\d*\b|\bwindows|macos|linux|arm64\b",
        r"\b(improv\w+|better|enhanc\w+|chang\w+|mak(e|es|ing)|us(e|es|ing))\b",
        r"\b(internal\w*|private|helpers?|utils?|comments?|logging|debug\w*|unused|dead|imports?|"
        r"variables?)\b",
        r"\b(translat\w+|locale|i18n|l10n)\b",
        r"\b(address\w*|review|suggestions?|feedback|comments|apply|minor|small|tweaks?|misc|some|"
        r"more|another|again)\b",
    )
)
"""Cues of a subject."""
BODY_CUES = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"\b(fix(es|ed)?|clos(es|ed?)|resolv(es|ed?)):? +\S*#\d+",
        r"^\s*[*-] ",
        r"^co-authored-by:",
        r"^signed-off-by:",
        r"\bcherry picked from\b|^backport",
        r"\b(breaking|backward|incompatib|deprecat|no longer|behaviou?r)",
        r"\bpre-commit|dependabot|release notes\]|^bumps? ",
        r"\b(users?|previously|now|would|when|because|bug|issue)\b",
        r"```|``\w|`\w",
        r"PiperOrigin|Change-Id|Reviewed-by",
    )
)
"""Cues of a body."""


def stated_kind(subject: str) -> str:
    """The kind that the prefix of a subject states, "" where it has none that is known."""
    found = _STATED.match(_LEAD.sub("", subject, count=1))
    if found is None:
        return ""
    return "breaking" if found[3] else PREFIXES.get(found[1].lower(), "")


def without_stated(subject: str) -> str:
    """A subject without a prefix that states a kind, and emoji in front."""
    text = _LEAD.sub("", subject, count=1)
    found = _STATED.match(text)
    return text[found.end() :] if found and (found[3] or found[1].lower() in PREFIXES) else text


@lru_cache(maxsize=4096)
def plain_subject(subject: str) -> str:
    """The same without the numbers of issues and changes."""
    return without_numbers(without_stated(subject))


def without_numbers(text: str) -> str:
    """A text without the numbers of issues and changes."""
    return " ".join(_NUMBER.sub("", _URL.sub("", text)).split())


def has_number(text: str) -> bool:
    """Whether a text names an issue or a change by number."""
    return _NUMBER.search(text) is not None


def first_sentence(body: str) -> str:
    """The first sentence of a body that is no trailer, without numbers; "" where there is none."""
    end = _TRAILER.search(body)
    text = (body[: end.start()] if end else body).strip()
    return without_numbers(_SENTENCE.split(text, maxsplit=1)[0])[:240]
