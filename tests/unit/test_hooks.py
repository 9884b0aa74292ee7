"""The hook for pre-commit names a program and options that there are."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

from octad import catalog

ROOT = Path(__file__).resolve().parents[2]


def test_hooks_run_programs_of_this_package() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    verbs = {entry.verb for entry in catalog.entries()}
    for hook in hooks:
        program, verb = hook["entry"].split()
        assert hook["id"] == f"octad-{verb}" and hook["name"]
        assert program in scripts and verb in verbs
        assert (hook["language"], hook["require_serial"]) == ("python", True)
        assert f"id: {hook['id']}" in (ROOT / "README.md").read_text("utf-8")


def test_code_is_named_and_documentation_is_read_as_a_whole() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    named = {hook["id"]: hook["pass_filenames"] for hook in hooks}
    assert named == {"octad-review": True, "octad-docs": False}
