"""Commands that decorators declare: of click, and of libraries on top of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from octad.records.commands import Command, Flag
from octad.repository.command_line.syntax import (
    Function,
    first_name,
    is_flag,
    is_true,
    keyword,
    last_name,
    text_of,
    texts_of,
)

_READY = {
    "version_option": ("--version",),
    "help_option": ("--help",),
    "confirmation_option": ("--yes",),
    "password_option": ("--password",),
}
"""Decorators that are an option by themselves, and its name where none is given."""
_DECLARES = frozenset({"command", "group"})
_HARMLESS = frozenset({
    "argument", "pass_context", "pass_obj", "pass_meta_key", "help_option", "wraps", "result_callback",
    "epilog", "contextmanager", "staticmethod", "classmethod",
})  # fmt: skip
_SUFFIX = re.compile(r"_(command|cmd|group|grp)\Z")


class Seen(NamedTuple):
    """A file as its readers see it: its path, its tree, the texts that names stand for, and all its nodes."""

    path: str
    tree: ast.Module
    constants: Mapping[str, str]
    nodes: Sequence[ast.AST]

    @property
    def functions(self) -> Iterator[Function]:
        """All functions of the file, methods and inner ones too."""
        return (node for node in self.nodes if isinstance(node, Function))


def names_of(declared: tuple[str, ...]) -> tuple[str, ...]:
    """All spellings of an option that is declared so: `--shout/--no-shout` are two."""
    parts = [part.strip() for text in declared for part in re.split(r"[/;]", text.strip())]
    return tuple(dict.fromkeys(part for part in parts if is_flag(part)))


def option_of(seen: Seen, call: ast.expr) -> Flag | None:
    """The option that a decorator is, None where it is none or its name is not written down."""
    ready = _READY.get(last_name(call), ())
    if not isinstance(call, ast.Call):
        return Flag(names=ready, path=seen.path, line=call.lineno) if ready else None
    if last_name(call) != "option" and not ready:
        return None
    declared = tuple(text for one in call.args if (text := text_of(one, seen.constants)) is not None)
    names = names_of(declared) or ready
    if not names:
        return None
    return Flag(
        names=names,
        path=seen.path,
        line=call.lineno,
        variables=texts_of(keyword(call, "envvar"), seen.constants),
        is_hidden=is_true(keyword(call, "hidden")),
    )


def commands(seen: Seen) -> Iterator[Command]:
    """The commands of a file, in its order."""
    shared = _shared(seen)
    for function in seen.functions:
        declaring = next((one for one in function.decorator_list if last_name(one) in _DECLARES), None)
        if declaring is not None and first_name(_called(declaring)):
            yield _command(seen, function, declaring, shared)


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _command(
    seen: Seen, function: Function, declaring: ast.expr, shared: Mapping[str, list[Flag]]
) -> Command:
    """One command with the options of its decorators, and of functions that bundle some."""
    flags: list[Flag] = []
    complete = True
    for decorator in function.decorator_list:
        name = last_name(decorator)
        if decorator is declaring:
            complete &= not _is_special(declaring)
        elif (flag := option_of(seen, decorator)) is not None:
            flags.append(flag)
        elif name in shared:
            flags += shared[name]
        else:
            complete &= name in _HARMLESS or name.startswith("pass_")
    return Command(
        name=_name(seen, function, declaring),
        path=seen.path,
        line=declaring.lineno,
        flags=tuple(flags),
        is_complete=complete,
        is_group=last_name(declaring) == "group",
    )


def _is_special(declaring: ast.expr) -> bool:
    """Whether a class of the project makes the command, or it hands on what it does not know."""
    if not isinstance(declaring, ast.Call):
        return False
    return any(one.arg in (None, "cls", "context_settings", "params") for one in declaring.keywords)


def _name(seen: Seen, function: Function, declaring: ast.expr) -> str:
    """What is typed: as it is written, else made of the function's name as click does."""
    if isinstance(declaring, ast.Call):
        given = keyword(declaring, "name") or (declaring.args[0] if declaring.args else None)
        if (text := text_of(given, seen.constants)) is not None:
            return text
    return _SUFFIX.sub("", function.name).lower().replace("_", "-")


def _shared(seen: Seen) -> dict[str, list[Flag]]:
    """Names that stand for options: `verbose = click.option(...)`, and functions that only return them."""
    found: dict[str, list[Flag]] = {}
    for node in seen.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            flag = option_of(seen, node.value)
            if flag is not None:
                found[node.targets[0].id] = [flag]
    return found
