from __future__ import annotations

from collections.abc import Mapping

import pytest

from octad.budget import FINDINGS
from octad.claims.flags import check
from tests.unit.claims.facts import project, said

PROJECT = """
    [project]
    name = "notes"
    [project.scripts]
    notes = "notes.cli:main"
"""
ARGPARSE = """
    import argparse

    def main():
        parser = argparse.ArgumentParser()
        parser.add_argument("--verbose", action="store_true")
        commands = parser.add_subparsers()
        export = commands.add_parser("export")
        export.add_argument("--format", default="json")
        clean = commands.add_parser("clean")
        clean.add_argument("--dry-run", action=argparse.BooleanOptionalAction)
        parser.parse_args()
"""
CLICK = """
    import click

    @click.group()
    @click.option("--verbose/--quiet")
    def main(): ...

    @main.command()
    @click.option("--format")
    def export(format): ...

    @main.command("clean")
    @click.option("--dry-run")
    def remove_all(dry_run): ...
"""
TYPER = """
    from typing import Annotated
    import typer

    app = typer.Typer()

    @app.callback()
    def root(verbose: bool = False): ...

    @app.command()
    def export(path: str, format: Annotated[str, typer.Option()] = "json"): ...

    @app.command()
    def clean(dry_run: bool = typer.Option(False)): ...
    main = app
"""


def files(readme: str, code: str = ARGPARSE, **more: str) -> Mapping[str, str]:
    return {"README.md": readme, "pyproject.toml": PROJECT, "notes/cli.py": code, **more}


def shell(command: str) -> str:
    return f"# Notes\n\nRun it:\n\n```console\n$ {command}\n```\n"


@pytest.mark.parametrize("code", [ARGPARSE, CLICK, TYPER], ids=["argparse", "click", "typer"])
class TestEveryLibrary:
    def test_an_option_that_nobody_declares_is_said(self, code: str) -> None:
        found = said(check, files(shell("notes export --fromat json --colour"), code))
        assert found == [("--fromat", "README.md:6", "--format"), ("--colour", "README.md:6", "")]

    def test_an_option_of_another_subcommand_is_said(self, code: str) -> None:
        assert said(check, files(shell("notes export --dry-run"), code)) == [("--dry-run", "README.md:6", "")]

    def test_what_is_declared_is_left_alone(self, code: str) -> None:
        typed = "notes --verbose export --format=json; notes clean --dry-run --help; other --fromat"
        assert said(check, files(shell(typed), code)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Run `notes export --fromat json`.",
        "Run:\n\n    $ sudo notes export \\\n        --fromat json\n",
        "Run:\n\n```sh\nX=1 uv run notes export --fromat json | less\n```\n",
        "Run:\n\n```\nnotes export [--fromat FORMAT]\n```\n",
        "- Run:\n\n  ```bash\n  cd a && notes export --fromat json\n  ```\n",
    ],
)
def test_commands_are_found_wherever_they_are_typed(text: str) -> None:
    assert [one[0] for one in said(check, files(f"# Notes\n\n{text}"))] == ["--fromat"]


@pytest.mark.parametrize(
    "text",
    [
        "The option was removed: `notes export --fromat`.",
        "Run `notes exec -- other --fromat`.",
        "Run `notes other --fromat`.",
        "Run `cat --fromat`.",
        "Run `notes export --form json` or `notes clean --no-dry-run`.",
        'Run `notes export "--fromat json`.',
        "```python\nnotes export --fromat\n```\n",
        "# Upgrading\n\nRun `notes export --fromat`.",
    ],
)
def test_what_is_no_claim_is_left_alone(text: str) -> None:
    assert said(check, files(f"# Notes\n\n{text}\n")) == []


@pytest.mark.parametrize(
    "code",
    [
        ARGPARSE + "\n    for name in NAMES:\n        main.add_argument('--' + name)\n    fromat = 1\n",
        ARGPARSE + "\n    import fire\n    def fromat(): ...\n",
        ARGPARSE + "\n    OTHERS = ['--fromat']\n",
        "def main(): ...\n",
    ],
    ids=["computed", "another library", "written elsewhere", "no options"],
)
def test_projects_whose_options_cannot_be_known_are_left_alone(code: str) -> None:
    assert said(check, files(shell("notes export --fromat json"), code)) == []


def test_where_plug_ins_are_loaded_only_a_misspelling_is_said() -> None:
    code = ARGPARSE + "\n    from importlib.metadata import entry_points\n    entry_points(group='notes')\n"
    found = said(check, files(shell("notes export --fromat json --colour"), code))
    assert [one[0] for one in found] == ["--fromat"]


def test_the_evidence_is_the_line_of_the_nearest_option() -> None:
    (one,) = check(project(files(shell("notes export --fromat json"))))
    assert (one.rule, one.level, one.source, one.probability) == ("docs/flag", "note", "claims", None)
    assert (one.evidence[0].anchor.path, one.evidence[0].anchor.line) == ("notes/cli.py", 9)
    assert "--format" in one.evidence[0].text
    assert not one.repairs[0].safe
    assert one.message == (
        "`notes export --fromat`: no command of the project declares the option `--fromat`; "
        "the nearest is `--format`"
    )


def test_damaged_files_are_survived() -> None:
    broken = {"setup.cfg": "[metadata\n", "setup.py": "setup(", "notes/bad.py": "def ("}
    assert len(said(check, files(shell("notes export --fromat json"), **broken))) == 1


def test_a_text_full_of_options_is_bounded() -> None:
    many = "\n".join(f"$ notes export --x{number}y" for number in range(FINDINGS))
    block = f"```console\n{many}\n```\n\n"
    assert len(said(check, files(f"# Notes\n\n{block}{block}"))) == FINDINGS
