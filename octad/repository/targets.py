"""Names that a project can be asked for: of make, npm, tox, nox and just."""

from __future__ import annotations

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from math import prod
from typing import NamedTuple

from octad.syntax.python_source import part_of

_RULE = re.compile(r"([^\s:=#][^:=#]*)::?(?!=|:=)(?:[^=]|$)")
_INCLUDE = re.compile(r"^\s*[-s]?include\s+(.+)")
_VARIABLE = re.compile(r"^\s*(?:export\s+|override\s+)?([A-Za-z_][\w.-]*)\s*(?:\?|:{0,2}|\+|!)=\s*(.*)$")
_USED = re.compile(r"\$[({]([\w.-]+)[)}]")
_MOST_EXPANDED = 10_000
"""Characters that the variables of one line may become."""
_RECIPE = re.compile(r"@?([A-Za-z_][\w-]*)(?:\s[^:]*)?:(?!=)")
_ALIAS = re.compile(r"^alias\s+([\w-]+)\s*:=")
_FACTOR = re.compile(r"[A-Za-z0-9_.]+")
_WORD = re.compile(r"(?:\{[^{}\n]*\}|[\w.])+")
"""What stands between two `-` of an environment: letters, and choices of them in braces."""
_PART = re.compile(r"\{[^{}]*\}|[^{}]+")


class Targets(NamedTuple):
    """Names that one file defines, with their lines; `patterns` are names with one `%` in them.

    `is_open` says that there may be others, `includes` are files that hold more.
    `factors` are the words that names of environments are made of, `line` is where the names are listed.
    """

    names: Mapping[str, int]
    patterns: tuple[str, ...] = ()
    is_open: bool = False
    includes: tuple[str, ...] = ()
    factors: frozenset[str] = frozenset()
    line: int = 1

    def knows(self, name: str) -> bool:
        """Whether a name is defined here, or may be."""
        if self.is_open or name in self.names:
            return True
        parts = (pattern.partition("%") for pattern in self.patterns)
        return any(name.startswith(start) and name.endswith(end) for start, _, end in parts)


def makefile(text: str) -> Targets:
    """The targets of a makefile; one that includes others, or makes names with functions, is open."""
    names: dict[str, int] = {}
    patterns: list[str] = []
    includes: list[str] = []
    variables: dict[str, str] = {}
    is_open = False
    for number, line in _joined(text):
        if (set_to := _VARIABLE.match(line)) is not None:
            variables[set_to[1]] = set_to[2][:_MOST_EXPANDED]
        elif (named := _INCLUDE.match(line)) is not None:
            includes += _expanded(named[1], variables).split()
        elif line.lstrip().startswith(("$(eval", "$(foreach", "$(call", "define ")):
            is_open = True
        elif (rule := _RULE.match(line)) is not None:
            written = _expanded(rule[1], variables)
            is_open |= "$" in written
            for name in written.split():
                if name == ".DEFAULT":
                    is_open = True
                elif "%" in name:
                    patterns.append(name)
                else:
                    names.setdefault(name, number)
    return Targets(names, tuple(patterns), is_open, tuple(includes))


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines that are no commands of a rule, with the numbers they begin on; a backslash continues one."""
    begun, first = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("\t") and not begun:
            continue
        first = first if begun else number
        begun += line.rstrip()
        if begun.endswith("\\"):
            begun = begun[:-1] + " "
            continue
        yield first, begun
        begun = ""


def _expanded(text: str, variables: Mapping[str, str]) -> str:
    """A text with the variables in it, two deep; what is still one afterwards is not known."""
    for _ in range(2):
        text = _USED.sub(lambda one: variables.get(one[1], one[0]), text)[:_MOST_EXPANDED]
    return text


def package_json(text: str) -> Targets:
    """The scripts of a package for npm."""
    try:
        scripts = json.loads(text).get("scripts")
    except (ValueError, AttributeError, RecursionError):
        return Targets({}, is_open=True)
    lines = text.split("\n")
    wanted = scripts if isinstance(scripts, dict) else {}
    quoted = {line.split('"')[1]: number for number, line in enumerate(lines, 1) if line.count('"') > 1}
    return Targets({name: quoted.get(name, 1) for name in wanted}, line=quoted.get("scripts", 1))


def tox_ini(text: str) -> Targets:
    """The environments of tox in `tox.ini` or `setup.cfg`; their names are put together from factors."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return Targets({}, is_open=True)
    head = next((name for name in ("tox", "tox:tox") if parser.has_section(name)), "")
    names = {one[8:] for one in parser.sections() if one.startswith("testenv:")}
    if not head and not names:
        return Targets({})
    listed = dict(parser.items(head)) if head else {}
    written = "\n".join([listed.get("envlist", ""), listed.get("env_list", ""), *names])
    factors = frozenset(_factors(written))
    is_open = "{" in "".join(names)
    return Targets(
        dict.fromkeys(names, 1), factors=factors | _conditional(text), is_open=is_open, line=_listed(text)
    )


def _factors(written: str) -> Iterator[str]:
    """The words of a list of environments: `py{310,311}-django{42,52}` has four."""
    for word in _WORD.findall(written):
        parts = _PART.findall(word)
        choices = [_FACTOR.findall(part[1:-1]) or [""] if part.startswith("{") else [part] for part in parts]
        if prod(map(len, choices)) <= _MOST_EXPANDED:
            for made in product(*choices):
                yield from _FACTOR.findall("".join(made))


def _listed(text: str) -> int:
    """The line on which the environments are listed."""
    match = re.search(r"(?m)^[ \t]*env_?list", text)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _conditional(text: str) -> frozenset[str]:
    """Factors that lines of settings begin with: `django42: Django>=4.2`."""
    found = re.findall(r"(?m)^[ \t]*(?:\w+[ \t]*=[ \t]*)?([\w!.,{}-]+):\s", text)
    return frozenset(factor for line in found for factor in _FACTOR.findall(line))


def tox_toml(text: str) -> Targets:
    """The environments of tox in `tox.toml` or `pyproject.toml`."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError):
        return Targets({}, is_open=True)
    tool = data.get("tool", {})
    table = tool.get("tox", {}) if isinstance(tool, dict) and "tox" in tool else data
    if not isinstance(table, dict) or not {"env", "env_list", "legacy_tox_ini", "envlist"} & set(table):
        return Targets({})
    if isinstance(table.get("legacy_tox_ini"), str):
        return tox_ini(table["legacy_tox_ini"])
    env, listed = table.get("env"), table.get("env_list")
    plain = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    names = {*(env if isinstance(env, dict) else ()), *plain}
    is_open = isinstance(listed, list) and len(plain) < len(listed)
    factors = frozenset("-".join(names).split("-"))
    return Targets(dict.fromkeys(names, 1), factors=factors, is_open=is_open, line=_listed(text))


def noxfile(text: str) -> Targets:
    """The sessions of nox; parametrised ones have names that begin with theirs."""
    tree = part_of(text)
    if tree is None:
        return Targets({}, is_open=True)
    names: dict[str, int] = {}
    is_open = False
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if ast.unparse(call.func if call else decorator).rpartition(".")[2] != "session":
                continue
            given = next((one.value for one in call.keywords if one.arg == "name"), None) if call else None
            is_open |= given is not None and not isinstance(given, ast.Constant)
            names[str(given.value) if isinstance(given, ast.Constant) else node.name] = node.lineno
    is_open |= "nox.session(" in text.replace("@nox.session(", "")
    return Targets(names, tuple(f"{name}{mark}%" for name in names for mark in "-("), is_open)


def justfile(text: str) -> Targets:
    """The recipes and aliases of just; a file that imports others is open."""
    names: dict[str, int] = {}
    is_open = False
    for number, line in enumerate(text.split("\n"), 1):
        if (match := _ALIAS.match(line) or _RECIPE.match(line)) is not None:
            names.setdefault(match[1], number)
        is_open |= line.startswith(("import ", "import? ", "mod ", "mod? ", "!include", "set fallback"))
    return Targets(names, is_open=is_open)


READERS: Mapping[str, tuple[str, Callable[[str], Targets]]] = {
    "Makefile": ("make", makefile),
    "makefile": ("make", makefile),
    "GNUmakefile": ("make", makefile),
    "package.json": ("npm", package_json),
    "tox.ini": ("tox", tox_ini),
    "setup.cfg": ("tox", tox_ini),
    "tox.toml": ("tox", tox_toml),
    "pyproject.toml": ("tox", tox_toml),
    "noxfile.py": ("nox", noxfile),
    "justfile": ("just", justfile),
    "Justfile": ("just", justfile),
    ".justfile": ("just", justfile),
}
"""File names, the tool that reads such a file, and who reads its targets here."""
