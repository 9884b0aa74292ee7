"""What is thought of a commit without a model: its conventional type, else its verb, and its files.

It serves where no head says more, and is the floor that the heads are measured beside.
"""

from __future__ import annotations

import re

from octad.notes.judged import Judged
from octad.notes.places import Place, places_of
from octad.notes.subjects import TYPES, Subject, subject_of
from octad.notes.words import words_of
from octad.records.notes import KINDS, Kind
from octad.records.release import ReleaseCommit

_VERBS: dict[str, str] = {
    "fix": "fix fixes fixed fixing bugfix hotfix correct corrects corrected repair resolve resolves "
        "resolved prevent "
    "prevents avoid avoids ensure ensures handle handles restore restores workaround guard don't never stop",
    "feature": "add adds added adding implement implements implemented introduce introduces introduced "
        "support "
    "supports allow allows allowed enable enables new provide provides expose exposes accept accepts include",
    "deprecation": "deprecate deprecates deprecated deprecating",
    "performance": "speed speedup optimize optimise optimizes optimized optimization cache faster",
    "change": "remove removes removed removing drop drops dropped rename renames renamed change changes "
        "changed "
    "update updates updated make makes made use uses switch replace replaces improve improves improved "
    "enhance "
    "require requires raise raises return returns set default disable disables disallow forbid reject "
    "limit increase "
    "reduce relax show print emit report treat let do always only mark unify reject respect apply bring "
    "revert reverted "
    "move promote port adjust extend preserve keep skip ignore retry propagate publish export validate check",
    "internal": "refactor refactors refactored refactoring clean cleanup cleanups simplify simplifies "
        "simplified tidy "
    "reformat format formatting lint typo typos extract inline reorganize reorder restructure bump "
    "bumps pin unpin sync "
    "regenerate comment annotate modernize merge merged release prepare prep begin start post-release "
    "isort black "
    "ruff flake8 mypy pre-commit blacken rewrap reword whitespace nit nits minor silence style ci test "
    "tests testing "
    "build chore wip debug experiment vendor upgrade deduplicate stub factor dead unused import imports",
    "documentation": "document documents documented docs doc docstring docstrings clarify readme explain",
}  # fmt: skip
_OF_VERB: dict[str, Kind] = {verb: kind for kind in KINDS for verb in _VERBS.get(kind, "").split()}
_FAST = re.compile(
    r"\b(?:perf(?:ormance)?|faster|speed(?:s|ed)?[ -]?up|optimi[sz]\w*|memory usage|allocations?|latency)\b",
    re.I,
)
_SECURITY = re.compile(
    r"\bCVE-\d{4}-\d+|\bGHSA-\w{4}|\b(?:security (?:fix|issue|hole|advisory|vulnerability)|"
    r"vulnerabilit(?:y|ies)|xss|csrf|"
    r"redos|path traversal|injection attack|request smuggling)\b",
    re.I,
)
_BREAKING = re.compile(
    r"\b(?:breaking|backwards?[- ]incompatible|incompatible change)\b|"
    r"\b(?:drop(?:s|ped)?|remove[sd]?|end)\s+(?:support\s+(?:for|of)\s+)?(?:eol\s+)?(?:python|py|"
    r"node(?:\.?js)?|go|java|ruby|php|django|rust|numpy)\s*v?\d",
    re.I,
)
_SAYS_BREAKING = re.compile(r"^BREAKING[ -]CHANGES?:[ \t]*\S", re.MULTILINE)
_FIXES = re.compile(
    r"\b(?:bug(?:fix)?s?|crash(?:e[sd]|ing)?|regressions?|leaks?|deadlocks?|incorrect(?:ly)?|"
    r"wrong(?:ly)?|broken|fails? (?:to|when|with|on)|"
    r"race condition|segfaults?|fix(?:e[sd]|ing)?|panics?|typeerror|keyerror|attributeerror|"
    r"off[- ]by[- ]one|(?:in)?correctly|properly|no longer|do not|infinite (?:loop|recursion))\b",
    re.I,
)
_OF_TOOLS = re.compile(
    r"\b(?:ci|travis|github actions?|gha|appveyor|codecov|pre-commit|linters?|lint(?:ing)?|clippy|mypy|"
    r"pyright|flake8|ruff|isort|pylint|eslint|prettier|type[- ]?(?:hints?|annotations?|checking)|refactor\w*|"
    r"code ?style|typos?|spelling|dev dependenc\w+|dependabot|renovate|tox|nox|devcontainer|dead code|"
    r"unused imports?)\b|\badd(?:s|ed)?\b.{0,80}\btests?$",
    re.I,
)
_INNER = re.compile(
    r"\b(?:early returns?|clean[- ]?ups?|tid(?:y|ied)|unreachable|redundant|unnecessary|"
    r"simplif\w+|inline\]|gofmt|rustfmt|"
    r"go (?:fix|vet)|f-strings?|example code|touch[- ]?ups?|magic numbers?|compile-time assertions?)\b",
    re.I,
)
_AND_FIXES = re.compile(r"\band fix(?:es|ed)?\b", re.I)
_OF_NOBODY = re.compile(
    r"\b(?:test(?:s|ing|case| suite| cases?)?|unit tests?|doctests?|fixtures?|benchmarks?|"
    r"fuzz(?:ing|er)?|gitignore|editorconfig|coverage|workflows?|makefile|whitespace)\b|\btest_\w+",
    re.I,
)
NEEDS_NEWER = re.compile(
    r"\b(?:msrv|minimum (?:supported |required )?\w+ version|(?:rust|node(?:\.?js)?|python|go|java) version|"
    r"requires-python|python_requires)\b",
    re.I,
)
"""What speaks of the oldest version of a language that is still served."""
_OF_SCOPE = re.compile(
    r"(docs?|readme|examples?)|(?:dev-?)?deps(?:-dev)?|dependenc(?:y|ies)|ci|tests?|build|lint|release|"
    r"refactor|style|tooling|benchmarks?|github|workflows?|internal|chore|scripts?|typos?",
    re.I,
)
_NEEDS = re.compile(
    r"\b(?:drop(?:s|ped)?|support(?:s|ed)?|requires?|minimum|at least|python_requires|msrv|python 3|node|"
    r"extras?|entry points?)\b",
    re.I,
)
_OF_DOCUMENTS = re.compile(
    r"\b(?:docs?|documentation|docstrings?|godocs?|rustdocs?|javadocs?|jsdocs?|"
    r"readme|changelog|release notes?|comments?|tutorials?|manual|"
    r"man ?pages?|sphinx|mkdocs|rtd)\b",
    re.I,
)
TOLD = frozenset(KINDS) - {"documentation", "internal"}


def by_rule(commit: ReleaseCommit) -> Judged:
    """The kind of a commit; `told` is 1 for one that changes what its users have, else 0."""
    subject, words = subject_of(commit.subject), words_of(commit)
    if words.origin == "body":
        subject = subject._replace(text=words.text)
    kind = kind_of(subject, commit)
    says_little = kind == "change" and len(subject.text.split()) < 2
    return Judged(float((kind in TOLD and not says_little) or is_breaking(commit)), kind)


def is_breaking(commit: ReleaseCommit) -> bool:
    """Whether a message says in the conventional way that it breaks something."""
    return subject_of(commit.subject).breaking or bool(_SAYS_BREAKING.search(commit.body))


def kind_of(subject: Subject, commit: ReleaseCommit) -> Kind:
    """The kind of a commit by its type, its verb and its files."""
    places = places_of(commit.paths)
    other = _without_program(places, subject.text)
    typed: Kind | None = TYPES.get(subject.type)  # type: ignore[assignment]
    if NEEDS_NEWER.search(subject.text) and places & {"program", "manifest"}:
        return "change"
    if typed is not None and (inner := _OF_SCOPE.fullmatch(subject.scope)):
        return "documentation" if inner[1] else "internal"
    if typed is not None and typed != "fix":
        return typed if typed in ("internal", "documentation") else other or typed
    if other is not None:
        return other
    if _SECURITY.search(subject.text):
        return "security"
    if typed is None and _BREAKING.search(subject.text):
        return "breaking"
    return _by_words(subject.text, typed, "program" in places)


def _by_words(text: str, typed: Kind | None, touches_program: bool) -> Kind:
    """The kind that the words of a subject speak of; `typed` is that of its conventional type."""
    if _OF_DOCUMENTS.search(text) and not _CODE_LIKE.search(text):
        return "documentation"
    if _INNER.search(text) and not _FIXES.search(text):
        return "internal"
    if touches_program and _AND_FIXES.search(text):
        return "fix"
    if _OF_TOOLS.search(text) or (_OF_NOBODY.search(text) and not touches_program):
        return "internal"
    if typed is not None:
        return typed
    if _FAST.search(text):
        return "performance"
    verb = _verb(text)
    kind = _OF_VERB.get(verb)
    if kind in ("change", None) and _FIXES.search(text):
        return "fix"
    if verb.endswith(":"):
        return _OF_VERB.get(_verb(text.partition(":")[2].strip()), "change")
    return kind or "change"


_CODE_LIKE = re.compile(r"`|\w\(\)|--\w")


def _verb(text: str) -> str:
    """The first word of a text, in small letters."""
    return text.partition(" ")[0].lower().strip(",.;`'\"*_()")


def _without_program(places: frozenset[Place], text: str) -> Kind | None:
    """The kind of a commit that touches nothing of the program; None where it does, or no file is known."""
    rest = places - {"news"}
    if not places or "program" in places or ("manifest" in rest and _NEEDS.search(text)):
        return None
    return "documentation" if rest == {"documents"} else "internal"
