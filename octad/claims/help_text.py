"""Options that documentation gives to the project's commands, against what these say with `--help`.

Asked where reading the code leaves open which options there are. A command is called in the sandbox as its
script would; a word behind it is a subcommand where the help above names it as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from octad.claims.context import nearest, offered, said_of_now
from octad.claims.flags import ALWAYS, RULE
from octad.claims.judged import untrue
from octad.claims.project import declared, manifests, written
from octad.claims.runnable import tops
from octad.claims.shell import Typed, Word, typed
from octad.claims.tree import Tree
from octad.host.session import Outcome, Piece, Project, Session, outcomes
from octad.records.manifest import Script
from octad.records.report import Finding
from octad.records.skipped import Skipped

_OPTION = re.compile(r"(?<![\w-])--[A-Za-z][\w-]*")
_FLAG = re.compile(r"(--[A-Za-z][\w-]*)(?:=.*)?\Z")
_NAME = re.compile(r"[a-z][\w-]*\Z")
_PASSES_ON = frozenset({"--", "exec", "run", "shell"})
_DEPTH = 3
"""Names of commands in one line, the program's own with them."""
_FEWEST = 2
"""Options that code must declare, or the help of all commands show, before they are believed to be all."""
_MOST = 60
"""Commands whose help is asked for at once."""
_CALL = """\
import sys
sys.argv = {words!r}
from {module} import {first} as __call
sys.exit(__call{rest}())
"""

Name = tuple[str, ...]


class _Asked(NamedTuple):
    """A documented command of the project: what is typed before its first option, and its options."""

    command: Typed
    words: Name
    flags: tuple[Word, ...]


def is_open(tree: Tree) -> bool:
    """Whether reading the code leaves open which options there are."""
    line = declared(tree).commands
    return line.is_open or sum(len(one.flags) for one in line.commands) < _FEWEST


def check(tree: Tree, project: Project) -> Iterator[Finding | Skipped]:
    """Documented options that no help shows, and commands that give none; raises IsolationError."""
    own = {
        script.name: script
        for manifest in manifests(tree)
        for script in manifest.scripts
        if script.function and script.module.partition(".")[0] in tops(tree)
    }
    asked = list(_asked(tree, own)) if own and is_open(tree) else []
    helps = _helps({one.words for one in asked}, own, project)
    for name in sorted({one.words[:1] for one in asked} - helps.keys()):
        yield Skipped(path=own[name[0]].module, reason=f"`{name[0]} --help` gave no help")
    for one in asked:
        yield from _checked(tree, one, helps)


def _asked(tree: Tree, own: Mapping[str, Script]) -> Iterator[_Asked]:
    """The documented commands that have options, and hand nothing on to other programs."""
    for said in said_of_now(tree):
        for command in typed(said):
            words = [word.text for word in command.arguments]
            if command.program.text not in own or not _PASSES_ON.isdisjoint(words):
                continue
            names = [command.program.text]
            for word in words:
                if not _NAME.match(word):
                    break
                names.append(word)
            flags = tuple(word for word in command.arguments if _FLAG.match(word.text))
            if flags:
                yield _Asked(command, tuple(names[:_DEPTH]), flags)


def _helps(asked: Iterable[Name], own: Mapping[str, Script], project: Project) -> dict[Name, str]:
    """What commands say of themselves, those above first, since they name those below."""
    found: dict[Name, str] = {}
    for depth in range(1, _DEPTH + 1):
        names = sorted({words[:depth] for words in asked if len(words) >= depth})
        names = [one for one in names if depth == 1 or _is_named(one[-1], found.get(one[:-1], ""))][:_MOST]
        if not names:
            break
        came = outcomes([_call(own[one[0]], one) for one in names], project)
        for name, results in zip(names, came.results, strict=True):
            if len(results) > 1 and _is_help(results[1]):
                found[name] = results[1].output
    return found


def _call(script: Script, words: Name) -> Session:
    """What the script of a command does when it is called for its help."""
    first, dot, rest = script.function.partition(".")
    given = {"words": [*words, "--help"], "module": script.module, "first": first, "rest": dot + rest}
    return Session((Piece(_CALL.format(**given)),))


def _is_help(outcome: Outcome) -> bool:
    """Whether a command ended well and showed its options."""
    raised = outcome.raised
    is_well = raised is None or (raised.kinds[:1] == ("SystemExit",) and raised.message in ("", "0", "None"))
    return is_well and bool(_OPTION.search(outcome.output)) and "sage" in outcome.output


def _is_named(word: str, text: str) -> bool:
    """Whether a help names a subcommand: in braces, or at the beginning of a line of a list."""
    return bool(re.search(rf"(?m)^[ \u2502|]+{re.escape(word)}\b|[{{,]{re.escape(word)}[,}}]", text))


def _checked(tree: Tree, asked: _Asked, helps: Mapping[Name, str]) -> Iterator[Finding]:
    """A finding for each option that the help of no command in the line shows."""
    held = [asked.words[:depth] for depth in range(1, len(asked.words) + 1) if asked.words[:depth] in helps]
    if not held:
        return
    goes_on = len(asked.words) > len(held[-1])
    if goes_on and re.search(r"(?mi)^\W*(?:sub)?commands\b|\{\w+,", helps[held[-1]]):
        return  # the next word may be a subcommand that is installed elsewhere
    known = {option for name in held for option in _OPTION.findall(helps[name])}
    if len(known) < _FEWEST:
        return
    for word in asked.flags:
        flag = word.text.partition("=")[0]
        plain = flag.replace("--no-", "--", 1)
        if flag in ALWAYS or flag in written(tree).options or plain in known:
            continue
        if any(option.startswith(flag) for option in known):
            continue
        shown = " ".join(held[-1])
        near = nearest(flag, known)
        hint = f"; the nearest is `{near}`" if near else ""
        anchor = word.anchor(asked.command.said.document.path, len(flag))
        message = f"`{shown} {flag}`: `{shown} --help` shows no option `{flag}`{hint}."
        yield untrue(RULE, message, anchor, repairs=offered(anchor, near))
