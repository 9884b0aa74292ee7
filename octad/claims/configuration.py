"""Settings that documentation puts into `[tool.NAME]` and `[NAME]`, against every word of the project's code."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from octad.claims.context import Said, evidence_of, finding, passages
from octad.claims.project import declared, folded, manifests, written
from octad.claims.tree import Tree
from octad.records.report import Finding, Repair

RULE = "docs/configuration"
_LANGUAGES = frozenset({"toml", "ini", "cfg", "dosini"})
_TABLE = re.compile(r"^\[([\w.:\"-]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"^([A-Za-z][\w-]*)\s*=")
_CLOSE = 0.8
_SHARE = 0.8
"""How many of the documented keys the code must know, before the others are said to be wrong."""
_FEWEST = 4


class _Key(NamedTuple):
    """A key in a documented table, and its place."""

    said: Said
    name: str
    line: int
    column: int


def check(tree: Tree) -> Iterator[Finding]:
    """Keys of the project's own table that no code names, where code names most of what is documented."""
    names = {re.sub(r"[\W_]+", "-", one.name).lower() for one in manifests(tree) if one.name}
    names |= {script.name.lower() for one in manifests(tree) for script in one.scripts}
    if not names or not tree.codes:
        return
    keys = [key for said in passages(tree) if said.is_of_now for key in _keys(said, names)]
    known = written(tree).words
    counted = Counter(folded(key.name) in known for key in keys)
    if counted[True] < max(_FEWEST, _SHARE * len(keys)):
        return
    for key in keys:
        if folded(key.name) not in known:
            yield _finding(tree, key, sorted({one.name for one in keys if folded(one.name) in known}))


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
    """What is said of one key; the nearest documented one that exists is offered, never as certain."""
    options = {
        name.removeprefix("--"): flag
        for command in declared(tree).commands.commands
        for flag in command.flags
        for name in flag.names
        if name.startswith("--")
    }
    near = difflib.get_close_matches(key.name, [*known, *sorted(options)], n=1, cutoff=_CLOSE)
    hint = f"; the nearest is `{near[0]}`" if near else ""
    anchor = key.said.document.place(key.line, key.column, len(key.name))
    flag = options.get(near[0]) if near else None
    return finding(
        RULE,
        f"no code of the project names the setting `{key.name}`{hint}",
        anchor,
        evidence=evidence_of(tree, flag.path, flag.line) if flag else (),
        repairs=tuple(Repair(anchor=anchor, replacement=one, description=f"write {one}") for one in near),
    )
