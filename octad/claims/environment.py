"""Environment variables that documentation says the project reads, against what names them in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from octad.claims.context import Said, bounded, meant, nearest, offered, said_of_now
from octad.claims.judged import seen_at, untrue
from octad.claims.project import declared, manifests, may_be_composed, written
from octad.claims.shell import Word, typed
from octad.claims.tree import Tree, fact
from octad.records.report import Finding
from octad.repository.environment import Variable, is_variable

RULE = "docs/environment"
_SPEAKS = re.compile(
    r"\benv(?:ironment)?(?:al)?[ -]?(?:variables?|vars?)?\b|\benvvars?\b|\bexport\b", re.IGNORECASE
)
_IN_CODE = re.compile(r"(?:os\.environ(?:\.get\(|\[)|getenv\()\s*[\"'](\w+)[\"']")
_ROLES = frozenset({"code", "envvar", "bold"})


class Known(NamedTuple):
    """The variables that code reads, and the prefixes that make a name one of the project's."""

    variables: Mapping[str, Variable]
    prefixes: tuple[str, ...]


@fact
def known(tree: Tree) -> Known:
    """What the code of a project reads."""
    read = declared(tree).variables
    names = {manifest.name for manifest in manifests(tree)}
    names |= {script.name for manifest in manifests(tree) for script in manifest.scripts}
    names |= {script.module.partition(".")[0] for manifest in manifests(tree) for script in manifest.scripts}
    prefixes = {re.sub(r"\W+", "_", name).upper() + "_" for name in names if len(name) > 2}
    return Known(read, tuple(sorted(prefixes)))


@bounded
def check(tree: Tree) -> Iterator[Finding]:
    """Variables with the project's prefix that nothing outside its documents names."""
    facts = known(tree)
    own = [one for one in facts.prefixes if any(name.startswith(one) for name in facts.variables)]
    if not own:
        return
    for said in said_of_now(tree):
        for word in _claimed(said):
            prefix = next((one for one in own if word.text.startswith(one) and word.text != one), "")
            if prefix and not _is_named(tree, facts, word.text, prefix):
                yield _finding(tree, facts, word, said.document.path)


def _claimed(said: Said) -> Iterator[Word]:
    """The variables that a passage names as such."""
    passage = said.passage
    if passage.kind == "code":
        for command in typed(said):
            words_of = command.assigned or (
                command.arguments if command.program.text in ("export", "set", "setx", "unset") else ()
            )
            for word in words_of:
                yield Word(word.text.partition("=")[0], word.line, word.column)
        yield from _in_code(said)
        return
    speaks = _SPEAKS.search(passage.text) or any(_SPEAKS.search(one) for one in passage.section)
    for span in passage.spans:
        name = re.sub(r"^\$\{?|[}=].*$", "", span.text)
        if is_variable(name) and (span.role == "envvar" or (span.role in _ROLES and speaks)):
            line = said.document.lines[span.anchor.line - 1]
            column = line.find(name, span.anchor.column - 1)
            if column >= 0:
                yield Word(name, span.anchor.line, column + 1)


def _in_code(said: Said) -> Iterator[Word]:
    """Variables that a block of Python asks the environment for, in the project's name."""
    for offset, text in enumerate(said.passage.text.split("\n")):
        for match in _IN_CODE.finditer(text):
            line = said.passage.first + offset
            whole = said.document.lines[line - 1] if line <= len(said.document.lines) else ""
            if (column := whole.find(match[1])) >= 0:
                yield Word(match[1], line, column + 1)


def _is_named(tree: Tree, facts: Known, name: str, prefix: str) -> bool:
    """Whether something outside the documents names a variable, or may put its name together."""
    if name.lower() in written(tree).words:
        return True
    is_composed = any(name.startswith(one) for one in written(tree).prefixes)
    if is_composed and may_be_composed(tree, name[len(prefix) :]):
        return True
    return _is_of_plugin(tree, facts, name, prefix) and not nearest(name, facts.variables)


def _is_of_plugin(tree: Tree, facts: Known, name: str, prefix: str) -> bool:
    """Whether a variable may be read by another package: one of a family of which the project reads none."""
    if declared(tree).commands.has_plugins:
        return True
    part, _, more = name[len(prefix) :].partition("_")
    return bool(more) and not any(one.startswith(f"{prefix}{part}") for one in facts.variables)


def _finding(tree: Tree, facts: Known, word: Word, path: str) -> Finding:
    """What is said of one variable, with where the nearest is read."""
    near = nearest(word.text, facts.variables)
    anchor = word.anchor(path)
    place = facts.variables.get(near)
    message = f"nothing in the project reads the environment variable `{word.text}`{meant(near)}"
    evidence = seen_at(tree, place.path, place.line) if place else ()
    return untrue(RULE, message, anchor, evidence=evidence, repairs=offered(anchor, near))
