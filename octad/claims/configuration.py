"""Settings in documented tables `[tool.NAME]` and `[NAME]`, against every word of the project's code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from octad.claims.context import Said, bounded, meant, nearest, offered, said_of_now
from octad.claims.judged import seen_at, untrue
from octad.claims.project import declared, folded, manifests, written
from octad.claims.tree import Tree
from octad.records.report import Finding

RULE = "docs/configuration"
_LANGUAGES = frozenset({"toml", "ini", "cfg", "dosini"})
_TABLE = re.compile(r"^\[([\w.:\"-]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"^([A-Za-z][\w-]*)\s*=")
_TURNS = ("no_", "dis", "disable_", "enable_", "not_", "un")
_TURNED = re.compile(r"^(?:no_|dis(?=allow)|disable_|enable_|not_)")
_SHARE = 0.8
"""How many of the documented keys the code must know, before the others are said to be wrong."""
_FEWEST = 4


class _Key(NamedTuple):
    """A key in a documented table, and its place."""

    said: Said
    name: str
    line: int
    column: int


@bounded
def check(tree: Tree) -> Iterator[Finding]:
    """Keys of the project's own table that no code names, where code names most of what is documented."""
    names = {re.sub(r"[\W_]+", "-", one.name).lower() for one in manifests(tree) if one.name}
    names |= {script.name.lower() for one in manifests(tree) for script in one.scripts}
    if not names or not tree.codes:
        return
    keys = [key for said in said_of_now(tree) for key in _keys(said, names)]
    known = written(tree).words
    counted = Counter(_is_known(known, key.name) for key in keys)
    if counted[True] < max(_FEWEST, _SHARE * len(keys)):
        return
    for key in keys:
        if not _is_known(known, key.name):
            yield _finding(tree, key, sorted({one.name for one in keys if _is_known(known, one.name)}))


def _is_known(known: frozenset[str], key: str) -> bool:
    """Whether code names a key, or one that it turns round: `allow-x` for `disallow-x`, `no-x` for `x`."""
    plain = folded(key)
    bare = _TURNED.sub("", plain)
    return not {plain, bare, *(f"{start}{rest}" for start in _TURNS for rest in (plain, bare))}.isdisjoint(
        known
    )


def _keys(said: Said, names: set[str]) -> Iterator[_Key]:
    """The keys right below a table of the project in a block of TOML or INI."""
    passage = said.passage
    if passage.kind != "code" or passage.language.lower() not in _LANGUAGES:
        return
    inside, depth = False, 0
    for offset, text in enumerate(passage.text.split("\n")):
        plain = text.strip()
        if depth == 0 and (table := _TABLE.match(plain)) is not None:
            inside = table[1].removeprefix("tool.").removeprefix("tool:").replace("_", "-").lower() in names
        elif depth == 0 and inside and (key := _KEY.match(text)) is not None:
            line = passage.first + offset
            whole = said.document.lines[line - 1] if line <= len(said.document.lines) else ""
            if (column := whole.find(key[1])) >= 0:
                yield _Key(said, key[1], line, column + 1)
        depth = _depth(plain, depth)


def _depth(text: str, depth: int) -> int:
    """How many lists and tables are open behind a line; a text over several lines counts as one."""
    if text.count('"""') % 2 or text.count("'''") % 2:
        return 0 if depth else 1
    bare = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", "", text)
    return max(0, depth + bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}"))


def _finding(tree: Tree, key: _Key, known: list[str]) -> Finding:
    """What is said of one key, with the option of the same name as the nearest, where there is one."""
    options = {
        name.removeprefix("--"): flag
        for command in declared(tree).commands.commands
        for flag in command.flags
        for name in flag.names
        if name.startswith("--")
    }
    near = nearest(key.name, [*known, *options])
    anchor = key.said.document.place(key.line, key.column, len(key.name))
    flag = options.get(near)
    message = f"no code of the project names the setting `{key.name}`{meant(near)}"
    evidence = seen_at(tree, flag.path, flag.line) if flag else ()
    return untrue(RULE, message, anchor, evidence=evidence, repairs=offered(anchor, near))
