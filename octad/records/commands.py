"""What a project's commands take: their options, as the code declares them."""

from __future__ import annotations

from octad.records.base import Record


class Flag(Record):
    """An option of a command, and where the code declares it.

    `names` are all its spellings, those that turn it off included; `variables` the environment variables that
    stand for it.
    """

    names: tuple[str, ...]
    path: str
    line: int
    variables: tuple[str, ...] = ()
    is_hidden: bool = False


class Command(Record):
    """A command or subcommand, as one file declares it.

    `name` is what is typed, "" for what the program itself takes. `is_complete` says that no option of it can
    be declared where a reader of its code does not see it.
    """

    name: str
    path: str
    line: int
    flags: tuple[Flag, ...] = ()
    is_complete: bool = False
    is_group: bool = False


class CommandLine(Record):
    """Everything that the code of some files declares.

    `is_open` says that there are options or commands that are made while the program runs, `passes_on` that a
    command hands what it does not know to another program, `has_plugins` that other packages may add to it.
    """

    commands: tuple[Command, ...] = ()
    is_open: bool = False
    passes_on: bool = False
    has_plugins: bool = False
