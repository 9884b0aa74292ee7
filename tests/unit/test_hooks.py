"""The hook for pre-commit names a program and options that there are."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_the_hook_runs_a_program_of_this_package() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    program, verb = hook["entry"].split()
    assert hook["id"] == "octad-review" and hook["name"]
    assert program in scripts and verb == "review"
    assert (hook["language"], hook["types"]) == ("python", ["python"])
    assert (hook["pass_filenames"], hook["require_serial"]) == (True, True)
    assert f"id: {hook['id']}," in (ROOT / "README.md").read_text("utf-8")
