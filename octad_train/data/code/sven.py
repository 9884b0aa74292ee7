"""Vulnerable functions and their fixes (SVEN, MIT): kind, lines, and folds that keep commits whole.

He and Vechev, Large Language Models for Code: Security Hardening and Adversarial Testing (2023).
The split of the set puts 21 commits on both sides, so it is not used: `fold` is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from octad.records.code import Code, Language
from octad_train.data.public_sets import Row, folds, merged, rows

FILE = "sven/functions.jsonl.xz"
LICENCE = "MIT"
LANGUAGES: dict[str, Language] = {"py": "python", "c": "c", "h": "c"}


@dataclass(frozen=True, slots=True)
class SecurityPair:
    """One function before and after the fix of a vulnerability.

    `cwe` is written as CWE-89. `lines` are the lines of `before`, from 1, that the fix removed or
    changed; where it only added, the lines around. `group` names commits that share code, and
    `fold` (0 to 4) is the same for a whole group.
    """

    name: str
    cwe: str
    before: Code
    after: Code
    lines: tuple[int, ...]
    group: str
    fold: int

    @property
    def language(self) -> Language:
        """The language of both halves."""
        return self.before.language


def security_pairs() -> list[SecurityPair]:
    """Read all pairs whose two halves differ; raises InputError where the set is not to be had."""
    return pairs_of(rows(FILE))


def pairs_of(records: Iterable[Row]) -> list[SecurityPair]:
    """Make pairs of the rows of the set; rows with equal halves (the fix is elsewhere) are left out."""
    kept = [row for row in records if row["func_src_before"] != row["func_src_after"]]
    keys = [[_squeezed(row["func_src_before"]), _squeezed(row["func_src_after"])] for row in kept]
    groups = merged([_commit(row["commit_link"]) for row in kept], keys)
    # Each language is dealt out on its own, or a fold might hold the commits of one alone.
    fold_of: dict[str, int] = {}
    languages = [language_of(row["file_name"]) for row in kept]
    for language in sorted(set(languages)):
        names = [group for group, spoken in zip(groups, languages, strict=True) if spoken == language]
        for group, fold in zip(names, folds(names), strict=True):
            fold_of.setdefault(group, fold)
    return [_pair(row, group, fold_of[group]) for row, group in zip(kept, groups, strict=True)]


def language_of(path: str) -> Language:
    """Tell Python, C and C++ apart by the ending; the set has no others."""
    return LANGUAGES.get(path.rsplit(".", 1)[-1], "cpp")


def _pair(row: Row, group: str, fold: int) -> SecurityPair:
    path, language = row["file_name"], language_of(row["file_name"])
    before, after = row["func_src_before"], row["func_src_after"]
    return SecurityPair(
        name=row["func_name"],
        cwe="CWE-" + row["vul_type"].removeprefix("cwe-").lstrip("0"),
        before=Code(path=path, text=before, language=language),
        after=Code(path=path, text=after, language=language),
        lines=_lines(before, row["line_changes"]),
        group=group,
        fold=fold,
    )


def _lines(before: str, changes: Row) -> tuple[int, ...]:
    """Lines removed, blank ones left out; without any, the lines around each run of added lines."""
    text = before.split("\n")
    used = [n for n, line in enumerate(text, start=1) if line.strip()]
    removed = {change["line_no"] for change in changes["deleted"]} & set(used)
    if removed:
        return tuple(sorted(removed))
    places: set[int] = set()
    gone = sorted(change["line_no"] for change in changes["deleted"])
    for at, added in enumerate(sorted(change["line_no"] for change in changes["added"])):
        # Line numbers of additions are those of the text after: earlier additions shift them.
        line = added - at + sum(number < added for number in gone)
        places.update([n for n in used if n < line][-1:] + [n for n in used if n >= line][:1])
    return tuple(sorted(places))


def _commit(link: str) -> str:
    """`owner/repository@hash`; some links carry a view of the page behind the hash."""
    found = re.search(r"([^/]+/[^/]+)/commit/(\w+)", link)
    return f"{found[1]}@{found[2]}" if found else link


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
