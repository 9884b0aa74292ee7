"""What can be told of a change from its message, its lines and who made it: cues with names in words.

Every cue is a number around 0 to 3: a yes or no, a share, or the logarithm of a count. They are what the odds
that a change is taken back are told by (`octad.advice.taken_back`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from octad.records.change import Change, Familiarity

READ = 4_000
"""Characters of changed lines that are read, from the first file on: with more, a change is large anyway."""
_TEST = re.compile(r"(^|[/_.])(tests?|specs?|testing|__tests__)([/_.]|$)", re.IGNORECASE)
_PROSE = re.compile(r"\.(md|rst|txt|adoc)$|(^|/)(docs?|changelog|changes|news|readme)", re.IGNORECASE)
_BUILD = re.compile(
    r"(^|/)(\.github|\.travis|\.circleci|\.zuul|zuul\.d|azure-pipelines|appveyor|tox\.ini|\.gitlab|Jenkinsfile"
    r"|Makefile|\.pre-commit|ci)",
    re.IGNORECASE,
)
_REQUIRED = re.compile(
    r"requirements|setup\.(py|cfg)|pyproject|\.lock$|Pipfile|package(-lock)?\.json|constraints|environment.*"
    r"\.ya?ml|\.gitmodules|go\.(mod|sum)|Cargo\.toml|pom\.xml|\.gradle|Gemfile",
    re.IGNORECASE,
)
_SETTINGS = re.compile(r"\.(ya?ml|json|toml|ini|cfg|conf|xml)$", re.IGNORECASE)
_DEFINED = re.compile(r"^\s*(?:export |public |static |async |pub )*(?:def|class|func|fn|function)\s+(\w+)")


def _subject(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


SUBJECT: Mapping[str, re.Pattern[str]] = {
    "speaks of a fix": _subject(r"\bfix|\bbug"),
    "removes something": _subject(r"\b(remov|delet|drop|clean ?up|unused)"),
    "adds something": _subject(r"\b(add|adds|added|introduce|implement|support)\b"),
    "switches something on, off or over": _subject(r"\b(enable|disable|turn (on|off)|default|switch|use)\b"),
    "is an attempt or for a while": _subject(
        r"\b(temporar|workaround|hack|try|attempt|debug|experiment|wip|xxx|todo|for now)"
    ),
    "changes a version": _subject(r"\b(bump|upgrade|update|pin|unpin|version|release|require|min)"),
    "restructures": _subject(
        r"\b(refactor|rewrite|move|rename|simplif|reorgani|restructur|convert|migrat|port)"
    ),
    "is about speed or things at once": _subject(
        r"\b(perf|optimi[sz]|speed|fast|cache|lazy|memory|parallel|async|concurren|thread|lock|pool)"
    ),
    "is about prose": _subject(r"\b(doc|docs|docstring|readme|changelog|typo|comment|spelling|news)"),
    "is about tests or checks": _subject(
        r"\b(test|tests|unittest|ci|travis|gate|job|tox|lint|pep8|flake8|mypy)\b"
    ),
    "is about compatibility": _subject(r"\b(deprecat|break|breaking|backward|compat)"),
    "allows, forces or skips": _subject(
        r"\b(allow|make|ensure|change|set|don.t|avoid|do not|skip|ignore|force|always|never|only)\b"
    ),
    "was tried before": _subject(r"\brevert|re-?apply|re-?land|back ?out|again"),
}
LINES: Mapping[str, re.Pattern[str]] = {
    "imports": re.compile(r"^\s*(import|from|require|use|#include)\b"),
    "things at once": _subject(r"thread|lock\b|async|await|multiprocess|concurren|queue|atomic|mutex"),
    "defaults": _subject(r"default"),
    "conditions": re.compile(r"\b(if|elif|else|switch|case)\b"),
    "errors caught or raised": re.compile(r"\b(try|except|finally|raise|catch|throw|rescue)\b"),
    "caches": _subject(r"cache|memo|lru|lazy|weakref"),
    "processes or the environment": _subject(r"subprocess|environ|sys\.(path|modules|platform)|shell|exec"),
    "warnings": _subject(r"warn|deprecat"),
    "waiting": _subject(r"timeout|retry|sleep|wait"),
    "assertions": _subject(r"assert|expect"),
}


@dataclass(slots=True)
class _Lines:
    """Paths of a change, how many lines came and went, and the first of them, as far as they are read."""

    paths: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    went: list[str] = field(default_factory=list)
    added: int = 0
    deleted: int = 0
    room: int = READ

    def add(self, path: str, came: Sequence[str], went: Sequence[str]) -> None:
        """One more file."""
        self.paths.append(path)
        self.added += len(came)
        self.deleted += len(went)
        for line, side in (
            (one, side) for lines, side in ((went, self.went), (came, self.came)) for one in lines
        ):
            if self.room <= 0:
                break
            side.append(line)
            self.room -= len(line) + 1


def change_cues(
    change: Change, sides: Iterable[tuple[str, Sequence[str], Sequence[str]]]
) -> dict[str, float]:
    """Every cue of a change by its name; `sides` are path, lines added and deleted of each file."""
    lines = _Lines()
    for path, came, went in sides:
        lines.add(path, came, went)
    return {
        **_of_message(change.message),
        **_of_paths(lines.paths),
        **_of_lines(lines),
        **size_cues(lines.added, lines.deleted),
        **(_of_past(change.familiarity) if change.familiarity else {}),
    }


def _of_message(message: str) -> dict[str, float]:
    subject, _, body = message.strip().partition("\n")
    found = {f"the subject {name}": _yes(pattern.search(subject)) for name, pattern in SUBJECT.items()}
    return found | {
        "words of the subject": math.log1p(len(subject.split())),
        "length of the message": math.log1p(len(body.strip())) / 2,
        "the message names an issue": _yes(
            re.search(r"(?i)(closes|fixes|resolves|bug|issue|related)[- :#]", body)
        ),
        "the subject names a number": _yes(re.search(r"#\d+", subject)),
    }


def _of_paths(paths: Sequence[str]) -> dict[str, float]:
    kinds = {
        "tests": _TEST, "prose": _PROSE, "builds or checks": _BUILD, "requirements": _REQUIRED,
        "settings": _SETTINGS,
    }  # fmt: skip
    touched = {name: [_yes(pattern.search(path)) for path in paths] for name, pattern in kinds.items()}
    found = {f"it touches {name}": max(hits, default=0.0) for name, hits in touched.items()}
    source = [not max(hits[at] for hits in touched.values()) for at in range(len(paths))]
    return found | {
        "no test was changed beside the code": float(any(source) and not found["it touches tests"]),
        "files of code": math.log1p(sum(source)),
        "files": math.log1p(len(paths)),
        "folders": math.log1p(len({path.rpartition("/")[0] for path in paths})),
        "depth of the files": sum(path.count("/") for path in paths) / max(len(paths), 1) / 3,
    }


def _of_lines(lines: _Lines) -> dict[str, float]:
    found = {}
    for name, pattern in LINES.items():
        found[f"{name} among the lines added"] = math.log1p(sum(map(_hit(pattern), lines.came)))
        found[f"{name} among the lines deleted"] = math.log1p(sum(map(_hit(pattern), lines.went)))
    old, new = ({m[1] for line in side if (m := _DEFINED.match(line))} for side in (lines.went, lines.came))
    return found | {
        "public definitions removed": math.log1p(sum(not name.startswith("_") for name in old - new)),
        "definitions changed in place": math.log1p(len(old & new)),
        "definitions added": math.log1p(len(new - old)),
    }


def size_cues(added: int, deleted: int) -> dict[str, float]:
    """The cues of how many lines came and went."""
    return {
        "lines added": math.log1p(added),
        "lines deleted": math.log1p(deleted),
        "share of lines added": added / (added + deleted + 1),
        "only deletes": float(deleted > 0 and not added),
        "only adds": float(added > 0 and not deleted),
    }


def _of_past(past: Familiarity) -> dict[str, float]:
    year = past.author_commits_year / (past.author_commits + 1)
    return {
        "changes by the author so far": math.log1p(past.author_commits) / 2,
        "share of them within a year": year,
        "changes by the author to these files": math.log1p(past.author_on_files),
        "share of the files that the author never changed": past.unknown_to_author,
        "the author's share of the changes to these files within a year": past.own_share_year,
        "changes of a file so far": math.log1p(past.changes),
        "repairs of a file so far": math.log1p(past.fixes),
        "share of repairs among the changes of a file": past.fixes / (past.changes + 3),
        "repairs of these files in 90 days": math.log1p(past.fixes_90_days),
        "people who changed a file": math.log1p(past.people),
        "new files": math.log1p(past.new_files),
        "days since a file was changed": math.log1p(past.days_since_change or 0.0) / 2,
        "age of the files": math.log1p(past.days_old or 0.0) / 3,
    }


def _yes(found: object) -> float:
    return float(bool(found))


def _hit(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda line: bool(pattern.search(line[:400]))
