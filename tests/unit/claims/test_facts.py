from __future__ import annotations

from typing import ClassVar

import pytest

from octad.claims import configuration, environment, ports, targets, versions
from tests.unit.claims.facts import project, said

MANIFEST = """
    [project]
    name = "notes"
    requires-python = ">=3.10"
    [project.scripts]
    notes = "notes.cli:main"
"""
CODE = """
    import os
    import sys

    def main():
        os.environ.get("NOTES_COLOR")
        os.getenv("NOTES_HOME_FOLDER", "")
        DEFAULTS = {"line-length": 88, "include": (), "exclude": (), "indent": 4}
"""


class TestTargets:
    FILES: ClassVar = {
        "Makefile": "NAMES = build docs\n.PHONY: test\ntest: lint\n$(NAMES): test\nlint:\n%.o: %.c\n",
        "package.json": '{"scripts": {"dev": "vite", "check:types": "tsc"}}',
        "tox.ini": "[tox]\nenvlist = py{310,311}-django{42,52}, docs\n[testenv:lint]\ncommands = ruff\n",
        "noxfile.py": "@nox.session\ndef tests(session): ...\n@nox.session(name='fmt')\ndef f(s): ...\n",
        "justfile": "alias b := build\nbuild target='all':\n  make\n@run:\n  true\n",
    }

    @pytest.mark.parametrize(
        ("command", "name", "offered"),
        [
            ("make tests", "tests", "test"),
            ("npm run serve", "serve", ""),
            ("tox -e py311-django32", "py311-django32", ""),
            ("nox -s lint", "lint", ""),
            ("just deploy all", "deploy", ""),
        ],
    )
    def test_what_is_not_defined_is_said(self, command: str, name: str, offered: str) -> None:
        readme = f"# Notes\n\n```sh\n{command}\n```\n"
        assert said(targets.check, {**self.FILES, "README.md": readme}) == [(name, "README.md:4", offered)]

    @pytest.mark.parametrize(
        "command",
        [
            "make test lint build docs V=1 -j 4", "make", "make -C elsewhere all", "make -f other.mk all",
            "cd other && make all", "npm run check:types", "npm install x", "yarn run dev",
            "tox -e py310-django52,docs,lint", "tox -e py", "tox -- -e nothing", "nox -s tests-3.11 fmt",
            "just b x", "just --list", "make $TARGET", "make <target>", "make README.md",
        ],
    )  # fmt: skip
    def test_what_is_defined_or_elsewhere_is_left_alone(self, command: str) -> None:
        readme = f"# Notes\n\n```sh\n{command}\n```\n"
        assert said(targets.check, {**self.FILES, "README.md": readme}) == []

    def test_a_project_that_the_reader_makes_has_targets_of_its_own(self) -> None:
        later = "\n\nThen:\n\n```sh\nnpm run serve\n```\n"
        made = "# Start\n\n```sh\nnpm init notes\n```"
        assert said(targets.check, {**self.FILES, "README.md": made + later}) == []
        here = "# Start\n\n```sh\nnpm init -y\n```"
        assert len(said(targets.check, {**self.FILES, "README.md": here + later})) == 1
        elsewhere = f"{made}\n\n# Develop{later}"
        assert len(said(targets.check, {**self.FILES, "README.md": elsewhere})) == 1

    def test_other_makefiles_are_followed_as_far_as_they_are_here(self) -> None:
        readme = "# Notes\n\n```sh\nmake tests\n```\n"
        here = {"Makefile": "include more.mk\nall:\n", "README.md": readme}
        assert said(targets.check, here) == []
        assert said(targets.check, {**here, "more.mk": "tests:\n"}) == []
        assert len(said(targets.check, {**here, "more.mk": "other:\n"})) == 1

    def test_a_missing_part_of_an_environment_is_named(self) -> None:
        tree = project({**self.FILES, "README.md": "# Notes\n\nRun `tox -e py311-django32`.\n"})
        (one,) = targets.check(tree)
        assert "tox.ini does not define `django32`" in one.message
        assert one.evidence[0].anchor.line == 2


class TestEnvironment:
    FILES: ClassVar = {"pyproject.toml": MANIFEST, "notes/cli.py": CODE}

    @pytest.mark.parametrize(
        "text",
        [
            "Set the environment variable `NOTES_COLOUR`.",
            "Run:\n\n```sh\nexport NOTES_COLOUR=1\n```",
            "Run:\n\n```sh\nNOTES_COLOUR=1 notes\n```",
            "Or:\n\n```python\nos.environ['NOTES_COLOUR'] = '1'\n```",
        ],
    )
    def test_a_variable_that_nothing_names_is_said(self, text: str) -> None:
        (found,) = said(environment.check, {**self.FILES, "README.md": f"# Notes\n\n{text}\n"})
        assert (found[0], found[2]) == ("NOTES_COLOUR", "NOTES_COLOR")

    @pytest.mark.parametrize(
        "text",
        [
            "Set the environment variable `NOTES_COLOR`.",
            "Set the environment variable `OTHER_COLOUR`.",
            "The constant `NOTES_COLOUR` is one.",
            "The environment variable `NOTES_COLOUR` was removed.",
            "Set the environment variable `NOTES_S3_KEY`.",
        ],
    )
    def test_what_is_no_claim_of_it_is_left_alone(self, text: str) -> None:
        assert said(environment.check, {**self.FILES, "README.md": f"# Notes\n\n{text}\n"}) == []

    def test_names_that_code_puts_together_are_left_alone(self) -> None:
        readme = "# Notes\n\nSet the environment variable `NOTES_INDENT`.\n"
        settings = (
            "class S(BaseSettings):\n    model_config = dict(env_prefix='notes_')\n    indent: int = 4\n"
        )
        files = {**self.FILES, "README.md": readme}
        assert len(said(environment.check, files)) == 1
        assert said(environment.check, {**files, "notes/settings.py": settings}) == []


class TestVersions:
    def test_a_smaller_python_is_mended(self) -> None:
        readme = "# Notes\n\nNotes requires\nPython 3.8 or newer.\n"
        tree = project({"README.md": readme, "pyproject.toml": MANIFEST})
        (one,) = versions.check(tree)
        (repair,) = one.repairs
        assert (repair.replacement, repair.safe) == ("3.10", True)
        assert (one.anchor.line, one.anchor.column, one.anchor.end_column) == (4, 8, 11)
        assert one.evidence[0].text.strip() == 'requires-python = ">=3.10"'

    @pytest.mark.parametrize(
        "text",
        [
            "Notes requires Python 3.10+.",
            "Notes requires Python 3.12 or newer.",
            "Version 1.2 requires Python 3.8+.",
            "Notes needed Python 3.8+ in the past.",
            "For the plugin, Python 3.8+ is required.",
            "Python 3.8 is nice.",
            "Install pipx (requires Python 3.8+):",
            "Install Python (Python 3.4+ ships with pip).",
        ],
    )
    def test_what_is_true_or_of_something_else_is_left_alone(self, text: str) -> None:
        files = {"README.md": f"# Notes\n\n{text}\n", "pyproject.toml": MANIFEST}
        assert said(versions.check, files) == []

    def test_a_readme_of_a_folder_without_manifest_is_left_alone(self) -> None:
        text = "# Tool\n\nRequires Python 3.8+.\n"
        assert said(versions.check, {"tool/README.md": text, "pyproject.toml": MANIFEST}) == []
        assert len(said(versions.check, {"README.md": text, "pyproject.toml": MANIFEST})) == 1


class TestPorts:
    COMPOSE = 'services:\n  web:\n    ports:\n      - "8743:8743"\n'

    def test_a_port_that_no_file_holds_is_said(self) -> None:
        files = {"README.md": "# Notes\n\nOpen http://localhost:8742/.\n", "compose.yaml": self.COMPOSE}
        assert said(ports.check, files) == [("8742", "README.md:3", "")]

    @pytest.mark.parametrize(
        "text",
        [
            "Open http://localhost:8743/.",
            "Open http://localhost:5432/.",
            "Run `x --port 8742`, open http://localhost:8742.",
        ],
    )
    def test_ports_that_are_known_or_chosen_are_left_alone(self, text: str) -> None:
        assert said(ports.check, {"README.md": f"# Notes\n\n{text}\n", "compose.yaml": self.COMPOSE}) == []


class TestConfiguration:
    FILES: ClassVar = {"pyproject.toml": MANIFEST, "notes/cli.py": CODE}
    BLOCK = (
        '# Notes\n\n```toml\n[tool.notes]\n{}\ninclude = [\n  "x = 1",\n]\nexclude = []\nindent = 2\n```\n'
    )

    def test_a_key_that_no_code_names_is_said(self) -> None:
        readme = self.BLOCK.format("line-length = 80\nline-lenght = 80")
        found = said(configuration.check, {**self.FILES, "README.md": readme})
        assert found == [("line-lenght", "README.md:6", "line-length")]

    def test_keys_that_are_named_or_turned_round_are_left_alone(self) -> None:
        readme = self.BLOCK.format("line_length = 80\nno-indent = true\n[tool.other]\nzzz = 1\n[tool.notes]")
        assert said(configuration.check, {**self.FILES, "README.md": readme}) == []

    def test_code_that_reads_keys_by_no_name_is_left_alone(self) -> None:
        readme = "# Notes\n\n```toml\n[tool.notes]\na1 = 1\nb1 = 1\nc1 = 1\nindent = 2\n```\n"
        assert said(configuration.check, {**self.FILES, "README.md": readme}) == []
