"""Commits that tell nobody anything: bots, versions, changelogs, merges, updates of dependencies."""

from __future__ import annotations

import re

from octad.notes.groups import Group, is_plain_merge
from octad.notes.places import places_of
from octad.notes.rule import NEEDS_NEWER
from octad.notes.subjects import subject_of
from octad.records.release import ReleaseCommit

_DEPENDENCY = re.compile(
    r"(?:bump|update|upgrade|pin|lock|rollup)s?(?:ed)?\s+(?:(?:the|rust|go|npm|python|pip|all|dev|"
    r"development|non-major|minor|patch|"
    r"dependency|github[- ]?actions?)\s+)*(?:crate\s+|module\s+|package\s+|dependency\s+|requirement\s+|"
    r"action\s+)?"
    r"(?:@?[\w./\[\]-]+\s+(?:requirement\s+)?(?:from\s+\S+\s+)?to\s+(?:v|version\s+)?[\^~<>=]*\d\S*|dependenc(?:y|ies)\b|deps\b|"
    r"lock ?files?|"
    r"\S+ group\b|pre-commit|\S+ requirement)|\[?pre-commit\.ci\]?|pre-commit autoupdate|(?:chore|build|"
    r"fix|deps)\(deps(?:-dev)?\)",
    re.I,
)
_BOT = re.compile(
    r"\[bot\]|\b(?:dependabot|renovate|pre-commit-ci|pyup|greenkeeper|snyk-bot|github-actions|weblate|"
    r"allcontributors)\b",
    re.I,
)
_VERSION = re.compile(
    r"(?:now working on (?:version )?v?\d\S*|\d{4}[.-]\d\d[.-]\d\d,? version v?\d.{0,40}|"
    r"(?:bump|set|increment|update|prepare|prep|release|start|begin|cut|tag|publish|open|back to|"
    r"mark|stage)s?(?:ing|d)?\b[\s:]*(?:(?:for|the|a|new|next|to|as|package|crate|project)\s+)*"
    r"(?:version|release|dev(?:elopment)?|v?\d+(?:\.\d+)+\S*|changelog|post-release|branch|"
    r"snapshot)\b.{0,60}|(?:version|release)?:?\s*v?\d+\.\d+(?:\.\d+)*\S{0,16}(?: (?:release|final))?|"
    r"[@\w/-]{1,40}[ -]v?\d+\.\d+(?:\.\d+)*(?:-\w+)?|\[maven-release-plugin\].*|"
    r"post[- ]release\b.{0,40}|bump (?:dev )?version\b.{0,40}|.{0,20}version bump.{0,20}|chore\(release\).*)",
    re.I,
)
_CHANGELOG = re.compile(
    r"(?:chore: )?(?:(?:update|updated|add|edit|fix|tweak|prepare|move|merge|sync|generate|missing|"
    r"clean ?up)\w*\s+)?(?:(?:the|to|missing|entry|entries|for|in|a)\s+){0,3}"
    r"(?:(?:change ?logs?|news ?fragments?|release notes?)(?:\.\w+)?(?:[\s:].{0,40})?|"
    r"(?:changes|news|history|authors|contributors|credits)(?:\.\w+(?:\s.{0,40})?|\s(?:for|file|entry)\b.{0,40})?)|"
    r".{0,30}contributor to.{0,30}",
    re.I,
)
_FIXUP = re.compile(
    r"(?:fixup!|squash!|amend!|wip\b|apply suggestions? from code review|suggestions? from|"
    r"address (?:review|comments|feedback)|(?:auto ?)?format(?:ting)?$|lint$|typo$|cleanup$|\.+$|"
    r"update [\w./-]+\.\w{1,5}$)",
    re.I,
)
DEPENDENCIES = "updates of dependencies"
_UPDATED = re.compile(
    r"(?:bump|update|upgrade|pin)\w*\s+(?:(?:the|rust|crate|module|dependency|requirement|"
    r"action)\s+)*(@?[\w./-]*\w)",
    re.I,
)


def dependency_of(head: ReleaseCommit) -> str:
    """What a commit updates, "" where its subject does not name it."""
    found = _UPDATED.search(head.subject)
    return (
        found[1] if found and found[1].lower() not in ("dependencies", "deps", "dev", "all", "github") else ""
    )


def mechanical(group: Group) -> str:
    """Why a group tells nothing, "" where it may tell something."""
    head, text = group.head, subject_of(group.head.subject).text
    if is_plain_merge(head):
        return "merges"
    if _CHANGELOG.fullmatch(text) or (head.paths and places_of(head.paths) == {"news"}):
        return "changelogs"
    if _VERSION.fullmatch(text) or head.subject.lower().startswith("chore(release)"):
        return "versions"
    if _is_dependency(head, text):
        return DEPENDENCIES
    if _BOT.search(head.author):
        return "commits of bots"
    if _FIXUP.match(text) or _FIXUP.match(head.subject) or not text:
        return "fix-ups"
    return ""


def _is_dependency(head: ReleaseCommit, text: str) -> bool:
    """Whether a commit takes newer versions of what the program needs, and does nothing else."""
    if _BOT.search(head.author) and re.match(
        r"(?:bump|update|upgrade|build|chore|fix\(deps)", head.subject, re.I
    ):
        return True
    if NEEDS_NEWER.search(text) or not (_DEPENDENCY.match(text) or _DEPENDENCY.match(head.subject)):
        return False
    return not head.paths or bool(places_of(head.paths) - {"program"}) or head.files <= 3
