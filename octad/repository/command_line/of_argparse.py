"""Options that programs declare by calls: of argparse, optparse, and parsers like them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from octad.records.commands import Command, Flag
from octad.repository.command_line.of_click import Seen, names_of
from octad.repository.command_line.syntax import Function, keyword, last_name, text_of, texts_of

ADDS = frozenset({"add_argument", "add_option", "addoption", "add_arg", "add_opt", "_add_option"})
_GROUPS = frozenset({"add_argument_group", "add_mutually_exclusive_group", "add_option_group"})
_FINISHES = frozenset({"set_defaults", "parse_args", *ADDS, *_GROUPS, "set_description", "print_help"})


@dataclass
class _Parser:
    """A subcommand that is being read: its name, the variables that add to it, its options."""

    name: str
    line: int
    flags: list[Flag] = field(default_factory=list)
    is_complete: bool = True


def flag_of(seen: Seen, call: ast.Call) -> Flag | None:
    """The option that a call adds; None where it adds none, or one that is not written down."""
    declared = tuple(text for one in call.args if (text := text_of(one, seen.constants)) is not None)
    names = names_of(declared)
    if not names:
        return None
    action, said = keyword(call, "action"), keyword(call, "help")
    if action is not None and last_name(action) == "BooleanOptionalAction":
        names += tuple(f"--no-{one[2:]}" for one in names if one.startswith("--"))
    is_hidden = said is not None and last_name(said) == "SUPPRESS"
    return Flag(names=names, path=seen.path, line=call.lineno, is_hidden=is_hidden)


def flag_of_table(seen: Seen, table: ast.Dict) -> Flag | None:
    """The option that a table of a declarative parser describes: its `name` is one or more options."""
    named = (
        value
        for key, value in zip(table.keys, table.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "name"
    )
    names = names_of(texts_of(next(named, None), seen.constants))
    return Flag(names=names, path=seen.path, line=table.lineno) if names else None


def commands(seen: Seen) -> Iterator[Command]:
    """What a file's functions add: subcommands that they make themselves, and the rest under no name."""
    rest: list[Flag] = []
    for body in (seen.tree, *seen.functions):
        subcommands, others = _read(seen, body)
        rest += others
        for one in subcommands:
            yield Command(
                name=one.name,
                path=seen.path,
                line=one.line,
                flags=tuple(one.flags),
                is_complete=one.is_complete,
            )
    if rest:
        yield Command(name="", path=seen.path, line=rest[0].line, flags=tuple(rest), is_group=True)


def _own(body: ast.Module | Function) -> Iterator[ast.AST]:
    """The nodes of a body without those of functions in it, in their order."""
    waiting: list[ast.AST] = list(reversed(body.body))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def _read(seen: Seen, body: ast.Module | Function) -> tuple[list[_Parser], list[Flag]]:
    """The subcommands that a body makes, and the options that it adds to something else."""
    made: list[_Parser] = []
    by_name: dict[str, _Parser] = {}
    rest: list[Flag] = []
    for node in _own(body):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name | ast.Attribute):
            _bind(seen, node, by_name, made)
        elif isinstance(node, ast.Call):
            _call(seen, node, by_name, rest)
    return made, rest


def _bind(seen: Seen, node: ast.Assign, by_name: dict[str, _Parser], made: list[_Parser]) -> None:
    """A variable that becomes a subcommand, or a group of the options of one."""
    target = ast.unparse(node.targets[0])
    by_name.pop(target, None)
    if not isinstance(node.value, ast.Call):
        return
    name = last_name(node.value)
    if name == "add_parser" and node.value.args:
        text = text_of(node.value.args[0], seen.constants)
        if text is not None:
            open_to_more = keyword(node.value, "parents") is not None or any(
                one.arg is None for one in node.value.keywords
            )
            by_name[target] = _Parser(text, node.lineno, is_complete=not open_to_more)
            made.append(by_name[target])
    elif name in _GROUPS and isinstance(node.value.func, ast.Attribute):
        owner = by_name.get(ast.unparse(node.value.func.value))
        if owner is not None:
            by_name[target] = owner


def _call(seen: Seen, call: ast.Call, by_name: dict[str, _Parser], rest: list[Flag]) -> None:
    """An option that is added; a subcommand that is handed to somebody may be given others there."""
    for handed in [*call.args, *(one.value for one in call.keywords)]:
        if isinstance(handed, ast.Name | ast.Attribute) and (given := by_name.get(ast.unparse(handed))):
            given.is_complete = False
    if not isinstance(call.func, ast.Attribute):
        return
    owner = by_name.get(ast.unparse(call.func.value)) if by_name else None
    if call.func.attr in ADDS:
        flag = flag_of(seen, call)
        if flag is not None:
            (rest if owner is None else owner.flags).append(flag)
        elif owner is not None and is_dynamic(seen, call):
            owner.is_complete = False
    elif owner is not None and call.func.attr not in _FINISHES:
        owner.is_complete = False


def is_dynamic(seen: Seen, call: ast.Call) -> bool:
    """Whether the names of an option are made while the program runs."""
    if any(isinstance(one, ast.Starred) for one in call.args):
        return True
    return any(text_of(one, seen.constants) is None for one in call.args)
