"""What one file says of itself, before anything is known of the others: scopes, names, imports, uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from octad.records.repo import Mark

Chain = tuple[str, ...]
"""An expression such as `a.b(x).c` as its steps: `a`, `.b`, `()`, `.c`; empty for any other expression."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One imported name: `module` as written, and the `member` taken of it, `*` for all, empty for none.

    `level` counts the dots of a relative import of Python, 0 for an absolute one.
    """

    module: str
    member: str
    line: int
    level: int = 0
    marks: tuple[Mark, ...] = ()

    @property
    def written(self) -> str:
        """The name in one word."""
        if self.member in ("", "*"):
            return self.of_module
        return self.of_module + ("." if self.module else "") + self.member

    @property
    def of_module(self) -> str:
        """The name of the module alone."""
        return "." * self.level + self.module


@dataclass(frozen=True, slots=True)
class Value:
    """What a variable holds: the value of an expression, or an instance of the class that `chain` names."""

    chain: Chain = ()
    is_instance: bool = False


@dataclass(slots=True, eq=False)
class Scope:
    """A file, function or class: its lines, and what the names inside it stand for."""

    name: str
    kind: Literal["module", "function", "class"]
    first: int
    last: int
    above: Scope | None = None
    names: dict[str, Scope | Value | Wanted] = field(default_factory=dict)
    bases: list[Chain] = field(default_factory=list)
    returns: Chain = ()
    is_property: bool = False

    def bind(self, name: str, what: Scope | Value | Wanted) -> None:
        """The first that is known of a name stays."""
        known = self.names.get(name)
        if known is None or (isinstance(known, Value) and not known.chain):
            self.names[name] = what


@dataclass(frozen=True, slots=True)
class Use:
    """An expression that is called or read, where."""

    chain: Chain
    line: int
    scope: Scope
    is_call: bool


@dataclass(slots=True)
class Outline:
    """Everything of one file; `variables` are the lines of assignments at its top, `package` its own name."""

    top: Scope
    scopes: list[Scope] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    variables: dict[str, tuple[int, int]] = field(default_factory=dict)
    package: str = ""
    flags: tuple[str, ...] = ()
