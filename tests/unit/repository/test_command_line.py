from __future__ import annotations

from textwrap import dedent

import pytest

from octad.records.code import Code
from octad.records.commands import Command
from octad.repository.command_line.read import commands_of, flags_of


def code(text: str) -> Code:
    return Code(path="cli.py", text=dedent(text))


def short(commands: tuple[Command, ...]) -> dict[str, tuple[set[str], bool]]:
    """By the name of a command, its options and whether these are all."""
    return {
        one.name: ({name for flag in one.flags for name in flag.names}, one.is_complete) for one in commands
    }


def test_argparse_gives_options_to_the_subcommands_that_own_them() -> None:
    found = commands_of(
        code("""
            NAME = "--name"
            def main():
                parser = ArgumentParser()
                parser.add_argument("-v", "--verbose")
                one = parser.add_subparsers().add_parser("one")
                group = one.add_argument_group("more")
                group.add_argument(NAME)
                two = subparsers.add_parser("two", parents=[common])
                two.add_argument("--flag", action=argparse.BooleanOptionalAction)
                three = subparsers.add_parser("three")
                add_common(three)
                parser.add_argument("path")
        """)
    )
    assert short(found.commands) == {
        "": ({"-v", "--verbose"}, False),
        "one": ({"--name"}, True),
        "two": ({"--flag", "--no-flag"}, False),
        "three": (set(), False),
    }
    assert not found.is_open


def test_click_gives_names_negations_variables_and_shared_options() -> None:
    found = commands_of(
        code("""
            import click
            verbose = click.option("--verbose", envvar=["A_V", "B_V"])

            @click.group()
            @click.version_option()
            def main(): ...

            @main.command()
            @verbose
            @click.option("--color/--no-color", " /-C", hidden=True)
            def do_it_cmd(): ...

            @main.command("raw", context_settings={"ignore_unknown_options": True})
            @unknown
            def raw(): ...
        """)
    )
    assert short(found.commands) == {
        "main": ({"--version"}, True),
        "do-it": ({"--verbose", "--color", "--no-color", "-C"}, True),
        "raw": (set(), False),
    }
    assert found.passes_on
    assert found.commands[1].flags[0].variables == ("A_V", "B_V")
    assert [flag.is_hidden for flag in found.commands[1].flags] == [False, True]


def test_typer_makes_options_of_parameters() -> None:
    found = commands_of(
        code("""
            import typer
            from typing import Annotated

            @app.callback()
            def root(debug: bool = False): ...

            @app.command()
            def run_it(
                path: str,
                out: Annotated[str, typer.Argument()] = "",
                level: Annotated[int, typer.Option("--level", "-l", envvar="LEVEL")] = 1,
                dry_run: bool = typer.Option(False),
                *,
                tag: str = "x",
            ): ...
        """)
    )
    assert short(found.commands) == {
        "": ({"--debug", "--no-debug"}, True),
        "run-it": ({"--level", "-l", "--dry-run", "--no-dry-run", "--tag"}, True),
    }


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("parser.add_argument(*names)", True),
        ("parser.add_argument(f'--{name}')", True),
        ("import docopt", True),
        ("parser.add_argument('--name')", False),
        ("def (", False),
        ("x = 'import docopt'", False),
    ],
)
def test_options_that_only_running_shows_are_noticed(text: str, is_open: bool) -> None:
    assert commands_of(code(text)).is_open is is_open


def test_all_options_are_listed_with_their_places() -> None:
    found = flags_of(
        [
            code("parser.add_option('-o', '--out')"),
            Code(path="a.py", text="TABLE = [{'name': ['--rev', '-r'], 'help': ''}]\n"),
            Code(path="b.js", text="option('--no')", language="javascript"),
        ]
    )
    assert [(flag.path, flag.line, flag.names) for flag in found] == [
        ("a.py", 1, ("--rev", "-r")),
        ("cli.py", 1, ("-o", "--out")),
    ]
