"""Commands that functions are by typer: options are their parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from octad.records.commands import Command, Flag
from octad.repository.command_line.of_click import Seen, names_of
from octad.repository.command_line.syntax import (
    Function,
    is_true,
    keyword,
    last_name,
    text_of,
    texts_of,
)


def uses(seen: Seen) -> bool:
    """Whether a file imports typer."""
    for node in seen.nodes:
        if isinstance(node, ast.Import) and any(one.name.partition(".")[0] == "typer" for one in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "typer":
            return True
    return False


def commands(seen: Seen) -> Iterator[Command]:
    """The commands of a file that imports typer, in its order; callbacks are groups."""
    for function in seen.functions:
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and last_name(decorator) in ("command", "callback"):
                yield _command(seen, function, decorator)


def _command(seen: Seen, function: Function, decorator: ast.Call) -> Command:
    given = keyword(decorator, "name") or (decorator.args[0] if decorator.args else None)
    is_group = last_name(decorator) == "callback"
    own = text_of(given, seen.constants) or function.name.lower().replace("_", "-")
    special = any(one.arg in (None, "cls", "context_settings") for one in decorator.keywords)
    flags = tuple(_flags(seen, function))
    plain = len(function.decorator_list) == 1 and function.args.kwarg is None
    return Command(
        name="" if is_group and given is None else own,
        path=seen.path,
        line=decorator.lineno,
        flags=flags,
        is_complete=plain and not special,
        is_group=is_group,
    )


def _flags(seen: Seen, function: Function) -> Iterator[Flag]:
    """The parameters of a command that are options."""
    spec = function.args
    plain = [*spec.posonlyargs, *spec.args]
    defaults = [None] * (len(plain) - len(spec.defaults)) + list(spec.defaults)
    pairs = [*zip(plain, defaults, strict=True), *zip(spec.kwonlyargs, spec.kw_defaults, strict=True)]
    for parameter, default in pairs:
        if (flag := _flag(seen, parameter, default)) is not None:
            yield flag


def _flag(seen: Seen, parameter: ast.arg, default: ast.expr | None) -> Flag | None:
    """The option that a parameter is; None for an argument, or the context."""
    said = _said(parameter.annotation, default)
    if last_name(said) == "Argument" if said is not None else default is None:
        return None
    declared: tuple[str, ...] = ()
    if said is not None:
        declared = names_of(tuple(t for one in said.args if (t := text_of(one, seen.constants)) is not None))
    names = declared or _made(parameter)
    return Flag(
        names=names,
        path=seen.path,
        line=parameter.lineno,
        variables=texts_of(keyword(said, "envvar"), seen.constants) if said is not None else (),
        is_hidden=said is not None and is_true(keyword(said, "hidden")),
    )


def _said(annotation: ast.expr | None, default: ast.expr | None) -> ast.Call | None:
    """`typer.Option(...)` or `typer.Argument(...)`, as the default or within `Annotated`."""
    inside: list[ast.expr] = [default] if default is not None else []
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) == "Annotated":
        inside += annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
    calls = (one for one in inside if isinstance(one, ast.Call))
    return next((one for one in calls if last_name(one) in ("Option", "Argument")), None)


def _made(parameter: ast.arg) -> tuple[str, ...]:
    """The names that typer makes of a parameter's."""
    name = parameter.arg.lower().replace("_", "-")
    kind = parameter.annotation
    if isinstance(kind, ast.Subscript) and last_name(kind.value) == "Annotated":
        kind = kind.slice.elts[0] if isinstance(kind.slice, ast.Tuple) else kind
    is_bool = kind is not None and "bool" in ast.unparse(kind)
    return (f"--{name}", f"--no-{name}") if is_bool else (f"--{name}",)
