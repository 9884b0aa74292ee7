"""All commands of a project's Python code, and whether there are some that only running it would show."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from octad.records.code import Code
from octad.records.commands import Command, CommandLine, Flag
from octad.repository.command_line import of_argparse, of_click, of_typer
from octad.repository.command_line.of_click import Seen
from octad.repository.command_line.syntax import constants_of, last_name
from octad.syntax.python_source import module_of

_DECLARES = re.compile(
    r"add_?(?:arg|opt)|make_option|[Oo]ption\(|@[\w.]*(?:command|group|option)|typer|[\"']name[\"']"
)
"""A file without any of these declares nothing."""
_ELSEWHERE = (
    r"absl|argh|arguably|auto_argparse|cement|cleo|cliff|clikit|clize|configargparse|cyclopts|"
    r"dataclass_argparse|defopt|docopt|docopt_ng|duty|fire|gflags|hydra|invoke|jsonargparse|knack|mininterface|"
    r"oslo_config|plac|simple_parsing|tap|traitlets|tyro"
)
"""Libraries that make options of signatures, classes or texts."""
_PARTLY = frozenset({"parse_known_args", "parse_known_intermixed_args", "parse_known_parser_args"})
_PASSES = re.compile(r"ignore_unknown_options|allow_extra_args|allow_interspersed_args")
_PLUGINS = re.compile(
    r"\bentry_points\(|iter_entry_points|load_setuptools_entrypoints|import pluggy|\bstevedore\b"
)
_TAKES_REST = frozenset({"REMAINDER", "UNPROCESSED"})


def commands_of(code: Code) -> CommandLine:
    """What one file of Python declares; nothing where it cannot be parsed."""
    if code.language != "python":
        return CommandLine()
    declares = _DECLARES.search(code.text) is not None
    tree = module_of(code.text) if declares or _imports_elsewhere(code.text) else None
    has_plugins = _PLUGINS.search(code.text) is not None
    if tree is None or not declares:
        return CommandLine(is_open=tree is not None, has_plugins=has_plugins)
    seen = Seen(code.path, tree, constants_of(tree), list(ast.walk(tree)))
    found: list[Command] = [*of_argparse.commands(seen)]
    found += of_typer.commands(seen) if of_typer.uses(seen) else of_click.commands(seen)
    found += _loose(seen, found)
    return CommandLine(
        commands=tuple(found),
        is_open=_imports_elsewhere(code.text) or any(_is_computed(seen, node) for node in seen.nodes),
        passes_on=any(_passes_on(node) for node in seen.nodes),
        has_plugins=has_plugins,
    )


def together(lines: Iterable[CommandLine]) -> CommandLine:
    """What several files declare."""
    every = list(lines)
    return CommandLine(
        commands=tuple(command for one in every for command in one.commands),
        is_open=any(one.is_open for one in every),
        passes_on=any(one.passes_on for one in every),
        has_plugins=any(one.has_plugins for one in every),
    )


def flags_of(codes: Iterable[Code]) -> tuple[Flag, ...]:
    """All options that the commands of a project take, in the order of its files and lines."""
    found = {flag for code in codes for command in commands_of(code).commands for flag in command.flags}
    return tuple(sorted(found, key=lambda flag: (flag.path, flag.line, flag.names)))


def _loose(seen: Seen, found: list[Command]) -> list[Command]:
    """Options that no command of the file was seen to take: made for others to use, or listed in tables."""
    taken = {(flag.line, flag.names) for command in found for flag in command.flags}
    loose = []
    for node in seen.nodes:
        if isinstance(node, ast.Call) and last_name(node) in ("option", "Option", "make_option"):
            declared = of_argparse.flag_of(seen, node)
        elif isinstance(node, ast.Dict):
            declared = of_argparse.flag_of_table(seen, node)
        else:
            continue
        if declared is not None and (declared.line, declared.names) not in taken:
            loose.append(declared)
    if not loose:
        return []
    return [Command(name="", path=seen.path, line=loose[0].line, flags=tuple(loose), is_group=True)]


def _is_computed(seen: Seen, node: ast.AST) -> bool:
    """Whether a node declares an option whose name is not written down."""
    if not isinstance(node, ast.Call):
        return False
    is_option = last_name(node) in of_argparse.ADDS or (
        last_name(node) == "option" and isinstance(node.func, ast.Attribute) and bool(node.args)
    )
    return is_option and of_argparse.is_dynamic(seen, node)


def _passes_on(node: ast.AST) -> bool:
    """Whether a node lets a command take what it does not know."""
    match node:
        case ast.Attribute(attr=name):
            return name in _PARTLY or name in _TAKES_REST
        case ast.Constant(value=str(text)):
            return len(text) < 30 and _PASSES.fullmatch(text) is not None
        case ast.keyword(arg=str(name)):
            return _PASSES.fullmatch(name) is not None
    return False


def _imports_elsewhere(text: str) -> bool:
    """Whether a file imports a library that makes options where no reader here sees them."""
    return _FOREIGN.search(text) is not None


_FOREIGN = re.compile(rf"(?m)^[ \t]*(?:import|from)[ \t]+(?:{_ELSEWHERE})\b")
