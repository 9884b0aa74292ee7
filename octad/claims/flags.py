"""Options that documentation gives to the project's own commands, against those that its code declares."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from octad.claims.context import bounded, meant, nearest, offered
from octad.claims.judged import seen_at, untrue
from octad.claims.project import declared, manifests, may_be_composed, written
from octad.claims.shell import Typed, Word, all_typed
from octad.claims.tree import Tree, fact
from octad.records.commands import Command
from octad.records.report import Finding

RULE = "docs/flag"
ALWAYS = frozenset({"--help", "-h", "--version", "-V", "--install-completion", "--show-completion"})
_FLAG = re.compile(r"[\[({]*(--?[A-Za-z][\w-]*)(?![\w./:]*[.:/]\w)")
_FEWEST = 2
"""Options that the code of a command must declare before one is said to be missing."""
_PASSES_ON = frozenset({"--", "exec", "run", "shell"})


class _Known(NamedTuple):
    """Everything that is known of a project's commands: by name, and the spellings of all options."""

    by_name: Mapping[str, tuple[Command, ...]]
    flags: frozenset[str]
    ordered: Sequence[str]
    shared: frozenset[str]
    is_open: bool
    passes_on: bool
    has_plugins: bool

    @property
    def has_names(self) -> bool:
        """Whether there are subcommands, so that a word that is none of them may be one of a plug-in."""
        return len(self.by_name) > 1


@bounded
def check(tree: Tree) -> Iterator[Finding]:
    """Options in documented commands that no code declares."""
    programs = _programs(tree)
    if not programs:
        return
    line = _known(tree)
    if len(line.flags) < _FEWEST:
        return
    for command in all_typed(tree):
        if command.program.text in programs:
            yield from _of_command(tree, line, command)


@fact
def _programs(tree: Tree) -> frozenset[str]:
    """Names under which the project's code is run: its scripts whose module lies here, and its packages."""
    found: set[str] = set()
    for manifest in manifests(tree):
        for script in manifest.scripts:
            if _lies_here(tree, script.module):
                found.add(script.name)
                top = script.module.partition(".")[0]
                if any(path.endswith(f"{top}/__main__.py") for path in tree.code):
                    found.add(top)
    return frozenset(found)


def _lies_here(tree: Tree, module: str) -> bool:
    """Whether a module is a file of the project."""
    tail = module.replace(".", "/")
    ends = (f"{tail}.py", f"{tail}/__init__.py")
    return any(f"{start}{end}" in tree.code for start in ("", "src/", "lib/", "python/") for end in ends)


@fact
def _known(tree: Tree) -> _Known:
    line = declared(tree).commands
    by_name: dict[str, tuple[Command, ...]] = {}
    for command in line.commands:
        by_name[command.name] = (*by_name.get(command.name, ()), command)
    return _Known(
        by_name,
        flags=frozenset(_names(line.commands)),
        ordered=sorted(_names(line.commands)),
        shared=frozenset(_names(one for one in line.commands if one.is_group or not one.name)),
        is_open=line.is_open,
        passes_on=line.passes_on,
        has_plugins=line.has_plugins,
    )


def _names(of: Iterable[Command]) -> Iterator[str]:
    return (name for command in of for flag in command.flags for name in flag.names)


def _of_command(tree: Tree, line: _Known, command: Typed) -> Iterator[Finding]:
    """The options of one documented command that are not declared, or not of that subcommand."""
    named: list[str] = []
    is_named = True
    for word in command.arguments:
        if word.text in _PASSES_ON:
            return
        match = _FLAG.match(word.text)
        if match is not None and match[1].startswith("--"):
            place = Word(match[1], word.line, word.column + match.start(1))
            yield from _of_flag(tree, line, _Asked(command, tuple(named), place))
        elif not word.text.startswith("-"):
            if is_named and word.text in line.by_name:
                named.append(word.text)
                continue
            if line.passes_on or (is_named and _may_be_command(line, named)):
                return
            is_named = False


def _may_be_command(line: _Known, named: list[str]) -> bool:
    """Whether a word behind some names of subcommands may be another, of a plug-in for one."""
    return any(one.is_group for one in line.by_name[named[-1]]) if named else line.has_names


class _Asked(NamedTuple):
    """An option in a documented command, behind the names of subcommands."""

    command: Typed
    named: tuple[str, ...]
    word: Word

    @property
    def shown(self) -> str:
        """The command as far as it is looked at."""
        return " ".join([self.command.program.text, *self.named, self.word.text])


def _of_flag(tree: Tree, line: _Known, asked: _Asked) -> Iterator[Finding]:
    flag = asked.word.text
    if flag in ALWAYS:
        return
    held = [one for name in asked.named for one in line.by_name[name]]
    if not _is_known(tree, line, flag):
        near = nearest(flag, _names(held)) or nearest(flag, line.flags)
        message = f"`{asked.shown}`: no command of the project declares the option `{flag}`{meant(near)}"
        if line.has_plugins and not near:
            return
        yield _finding(tree, message, asked, near, _declaring(line, near) or held)
    elif held and flag in line.flags and _is_elsewhere(line, flag, held):
        near = nearest(flag, _names(held))
        message = f"`{asked.shown}`: `{asked.named[-1]}` does not take the option `{flag}`{meant(near)}"
        yield _finding(tree, message, asked, near, held)


def _is_known(tree: Tree, line: _Known, flag: str) -> bool:
    """Whether an option is line, abbreviated or negated too, or may be made while the program runs."""
    if flag in written(tree).options or _begins_one(line.ordered, flag):
        return True
    if not line.is_open:
        return False
    return may_be_composed(tree, flag, 1 if not nearest(flag, line.flags) else 2)


def _begins_one(ordered: Sequence[str], flag: str) -> bool:
    """Whether an option is the beginning of one of some in their order: parsers take abbreviations."""
    at = bisect_left(ordered, flag)
    return at < len(ordered) and ordered[at].startswith(flag)


def _is_elsewhere(line: _Known, flag: str, held: list[Command]) -> bool:
    """Whether an option is one of other commands alone, as far as all commands of these names are known."""
    if line.is_open or flag in line.shared or not all(one.is_complete for one in held):
        return False
    return not any(name.startswith(flag) for name in _names(held))


def _declaring(line: _Known, near: str) -> list[Command]:
    """The commands that declare the nearest option."""
    every = (command for group in line.by_name.values() for command in group)
    return [one for one in every if near in _names([one])] if near else []


def _finding(tree: Tree, message: str, asked: _Asked, near: str, held: list[Command]) -> Finding:
    """What is said of one option, with where the nearest is declared, else the command."""
    anchor = asked.word.anchor(asked.command.said.document.path)
    flags = [flag for command in held for flag in command.flags if near in flag.names]
    place = flags[0] if flags else held[0] if held else None
    evidence = seen_at(tree, place.path, place.line) if place else ()
    return untrue(RULE, message, anchor, evidence=evidence, repairs=offered(anchor, near))
