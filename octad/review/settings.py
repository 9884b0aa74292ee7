"""What a project asks of a review: `[tool.octad]` in its pyproject.toml, and options of the command line.

    [tool.octad]
    select = ["bug", "security", "ruff/S"]      # only these
    ignore = ["ruff/PERF401"]
    exclude = ["vendored/", "*_pb2.py"]         # patterns as in .gitignore
    fail-on = "error"
    max-findings = 20                           # the gravest; the rest is counted
    deadline = 120                              # seconds; 0 for no limit
    max-memory = 2000                           # megabytes; 0 for no limit
    [tool.octad.per-file-ignores]
    "tests/" = ["security", "bandit"]

A rule is named as it is shown; the beginning of one stands for all that begin so, a family for all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

from pathspec import GitIgnoreSpec
from pydantic import ConfigDict, Field, ValidationError, field_validator

from octad.errors import InputError
from octad.read.code.ignore import is_pattern, spec_of
from octad.read.pyproject import NAME, problem_of, project_folders, tables, whole_path
from octad.records.base import Record
from octad.records.report import Finding

TABLE = "octad"


class Settings(Record):
    """Which rules are asked, where, and how many findings are shown; `folder` is what patterns start from."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    fail_on: Literal["error", "warning", "note", "never"] | None = None
    max_findings: int | None = Field(default=None, ge=1)
    deadline: float | None = Field(default=None, ge=0)
    max_memory: float | None = Field(default=None, ge=0)
    folder: Path = Field(default_factory=Path.cwd, exclude=True)

    @field_validator("exclude", "per_file_ignores")
    @classmethod
    def _only_patterns(cls, given: Iterable[str]) -> Iterable[str]:
        """Raise ValueError for a pattern that would match nothing."""
        if odd := next((one for one in given if not is_pattern(one)), None):
            raise ValueError(f"{odd[:60]!r} is no pattern as in .gitignore, or has too many stars")
        return given

    def wants(self, finding: Finding) -> bool:
        """Whether a finding of this rule, there, is asked for."""
        rule = finding.rule
        if (self.select and not covers(self.select, rule)) or covers(self.ignore, rule):
            return False
        path = self._below(finding.anchor.path)
        return not any(spec.match_file(path) and covers(rules, rule) for spec, rules in self._per_file)

    def excludes(self, path: str) -> bool:
        """Whether a file is not looked at, unless somebody names it."""
        return self._excluded.match_file(self._below(path))

    def asks(self, rule: str) -> bool:
        """Whether the rule is asked anywhere: else nothing follows from its silence."""
        return not covers(self.ignore, rule) and (not self.select or covers(self.select, rule))

    @cached_property
    def _excluded(self) -> GitIgnoreSpec:
        return spec_of(self.exclude)

    @cached_property
    def _per_file(self) -> Sequence[tuple[GitIgnoreSpec, tuple[str, ...]]]:
        return [(spec_of([one]), rules) for one, rules in self.per_file_ignores.items()]

    def _below(self, path: str) -> str:
        """A path from the folder that patterns start from; as it is where it lies elsewhere."""
        whole = whole_path(path)
        return whole.relative_to(self.folder).as_posix() if whole.is_relative_to(self.folder) else path


def covers(names: Iterable[str], rule: str) -> bool:
    """Whether one of the names stands for a rule."""
    return any(
        rule == name or rule.startswith(f"{name.rstrip('/')}/") or ("/" in name and rule.startswith(name))
        for name in names
    )


def check_rules(asked: Settings, families: Iterable[str]) -> None:
    """Raise InputError for a name that no rule of these families can have: it would ask for nothing."""
    known = set(families)
    per_file = [rule for rules in asked.per_file_ignores.values() for rule in rules]
    for name in (*asked.select, *asked.ignore, *per_file):
        if name.partition("/")[0] not in known:
            code = name[:1].isupper() and name[-1:].isdigit()
            hint = f"did you mean ruff/{name}?" if code else f"families: {', '.join(sorted(known))}"
            raise InputError(f"no rule is called {name!r}", hint=hint)


def settings(folder: Path) -> Settings:
    """What the nearest pyproject.toml above a folder says under `[tool.octad]`; all defaults without one.

    Raises InputError where it says something that means nothing, or cannot be read.
    """
    for above in project_folders(folder):
        if reason := problem_of(above / NAME):
            raise InputError(f"{above / NAME} cannot be read: {reason}", hint="mend it, or move it away")
        said = tables(above / NAME).get(TABLE)
        if said is None:
            continue
        try:
            return Settings.model_validate({**said, "folder": above})
        except (ValidationError, TypeError) as error:
            raise InputError(
                f"{above / NAME}: [tool.{TABLE}]: {_problem(error)}", hint=f"options: {', '.join(_options())}"
            ) from error
    return Settings(folder=folder)


def _problem(error: ValidationError | TypeError) -> str:
    if isinstance(error, TypeError):
        return "is no table"
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    return (
        f"no option {place}"
        if first["type"] == "extra_forbidden"
        else f"{place}: {first['msg'].removeprefix('Value error, ').lower()}"
    )


def _options() -> list[str]:
    return [name.replace("_", "-") for name in Settings.model_fields if name != "folder"]
