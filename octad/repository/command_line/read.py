"""All commands of a project's Python code, and whether there are some that only running it would show."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from octad.budget import current
from octad.records.code import Code
from octad.records.commands import Command, CommandLine, Flag
from octad.repository.command_line import of_argparse, of_click, of_typer
from octad.repository.command_line.of_click import Seen
from octad.repository.command_line.syntax import constants_of, keyword, last_name
from octad.syntax.python_source import module_of

_WORDS = ("add_argument", "add_option", "addoption", "add_opt", "option", "command", "typer", "add_arg")
"""A file without any of these declares nothing."""
_ELSEWHERE = frozenset({
    "fire", "docopt", "tyro", "plac", "cleo", "cliff", "knack", "traitlets", "jsonargparse", "simple_parsing",
    "hydra", "absl", "oslo_config", "cyclopts", "clize", "defopt", "argh", "configargparse", "dataclass_argparse",
    "duty", "invoke", "cement", "tap", "mininterface", "arguably", "auto_argparse", "gflags", "docopt_ng", "clikit",
})  # fmt: skip
"""Libraries that make options of signatures, classes or texts."""
_UNCHECKED = frozenset({"parse_known_args", "parse_known_intermixed_args", "from_entry_points"})


def commands_of(code: Code) -> CommandLine:
    """What one file of Python declares; nothing where it cannot be parsed."""
    if code.language != "python" or not any(word in code.text for word in _WORDS):
        return CommandLine(is_open=_imports_elsewhere(code))
    tree = module_of(code.text)
    if tree is None:
        return CommandLine()
    seen = Seen(code.path, tree, constants_of(tree))
    found: list[Command] = [*of_argparse.commands(seen)]
    found += of_typer.commands(seen) if of_typer.uses(tree) else of_click.commands(seen)
    found += _loose(seen, found)
    return CommandLine(commands=tuple(found), is_open=_is_open(seen) or _imports_elsewhere(code))


def command_line(codes: Iterable[Code]) -> CommandLine:
    """What all files of a project declare together; files that the budget has no time for make it open."""
    commands: list[Command] = []
    is_open = False
    for code in codes:
        if current().spent():
            return CommandLine(commands=tuple(commands), is_open=True)
        one = commands_of(code)
        commands += one.commands
        is_open |= one.is_open
    return CommandLine(commands=tuple(commands), is_open=is_open)


def flags_of(codes: Iterable[Code]) -> tuple[Flag, ...]:
    """All options that the commands of a project take, in the order of its files and lines."""
    found = {flag for command in command_line(codes).commands for flag in command.flags}
    return tuple(sorted(found, key=lambda flag: (flag.path, flag.line, flag.names)))


def _loose(seen: Seen, found: list[Command]) -> list[Command]:
    """Options of click that no command of the file was seen to take: made for others to use."""
    taken = {(flag.line, flag.names) for command in found for flag in command.flags}
    loose = []
    for node in ast.walk(seen.tree):
        if isinstance(node, ast.Call) and last_name(node) in ("option", "Option"):
            declared = of_argparse.flag_of(seen, node)
            if declared is not None and (declared.line, declared.names) not in taken:
                loose.append(declared)
    if not loose:
        return []
    return [Command(name="", path=seen.path, line=loose[0].line, flags=tuple(loose), is_group=True)]


def _is_open(seen: Seen) -> bool:
    """Whether a file declares options or commands whose names are not written down."""
    for node in ast.walk(seen.tree):
        if not isinstance(node, ast.Call):
            continue
        name = last_name(node)
        if name in _UNCHECKED:
            return True
        if name in of_argparse.ADDS and of_argparse.is_dynamic(seen, node):
            return True
        if name == "option" and node.args and of_argparse.is_dynamic(seen, node):
            return True
        settings = keyword(node, "context_settings")
        if settings is not None and ("ignore_unknown" in (text := ast.unparse(settings)) or "allow_extra" in text):
            return True
    return False


def _imports_elsewhere(code: Code) -> bool:
    """Whether a file imports a library that makes options where no reader here sees them."""
    if code.language != "python" or not any(name in code.text for name in _ELSEWHERE):
        return False
    tree = module_of(code.text)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        if any(name.partition(".")[0] in _ELSEWHERE for name in names):
            return True
    return False
