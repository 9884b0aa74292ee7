"""What a package of Python offers to others: its public names, what each is, and how that changed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from octad.records.base import Record

ParameterKind = Literal["positional", "either", "keyword", "arguments", "keywords"]
"""Given by position alone, by position or name, by name alone; `*arguments`; `**keywords`."""
DefinitionKind = Literal["module", "class", "function", "attribute", "property"]
ChangeKind = Literal[
    "added", "removed", "renamed", "kind",
    "parameter-added", "parameter-required", "parameter-removed", "parameter-renamed",
    "parameter-moved", "parameter-kind", "default", "returns", "base-removed", "raises", "raises-no-more",
]  # fmt: skip
BREAKING: frozenset[ChangeKind] = frozenset(
    (
        "removed", "renamed", "kind", "parameter-required", "parameter-removed", "parameter-renamed",
        "parameter-moved", "parameter-kind", "default", "base-removed",
    )
)  # fmt: skip
"""Changes that a program which used the interface as it was may notice."""


class Place(Record):
    """A file and the line in it, from 1, where a definition begins."""

    path: str
    line: int


class Parameter(Record):
    """One parameter; `default` and `annotation` are source text, None and "" where there is none."""

    name: str
    kind: ParameterKind = "either"
    default: str | None = None
    annotation: str = ""

    @property
    def is_required(self) -> bool:
        """Whether a caller must give it."""
        return self.default is None and self.kind not in ("arguments", "keywords")


class Definition(Record):
    """A definition by the dotted name of the place where it stands.

    `bases` are dotted names as far as they are known; `raises` the exceptions that a function raises by name,
    and those of functions of the same file that it calls. `value` is the text of an attribute's value, whose
    annotation is in `returns`. `is_open` says that there may be more than is written: members of a class that
    inherits from elsewhere or of a module that answers to any name, exceptions that a variable holds.
    """

    name: str
    kind: DefinitionKind
    place: Place
    parameters: tuple[Parameter, ...] = ()
    returns: str = ""
    raises: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    value: str = ""
    decorators: tuple[str, ...] = ()
    is_open: bool = False


class Api(Record):
    """The public interface of a tree.

    `names` has every public dotted name and the name of its definition, which is in `definitions` unless it
    lies elsewhere. `hidden` are names that a module may answer to without defining them; `unread` are modules
    that could not be parsed, or that compute their names: of these nothing is known.
    """

    names: dict[str, str] = Field(default_factory=dict)
    definitions: dict[str, Definition] = Field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    def of(self, name: str) -> Definition | None:
        """What a public name means, None where it lies elsewhere or is no public name."""
        return self.definitions.get(self.names.get(name, ""))


class ApiChange(Record):
    """One difference between two interfaces.

    `name` is the shortest public name before (after, where it is new), `parameter` the one that is concerned;
    `before` and `after` are the old and the new name, default, kind or annotation, "" for none.
    """

    change: ChangeKind
    name: str
    parameter: str = ""
    before: str = ""
    after: str = ""
    place_before: Place | None = None
    place_after: Place | None = None

    @property
    def is_breaking(self) -> bool:
        """Whether a program that used the interface as it was may notice."""
        return self.change in BREAKING

    @property
    def sentence(self) -> str:
        """What changed, in words."""
        return _SENTENCES[self.change].format(
            name=self.name, parameter=self.parameter, before=self.before, after=self.after
        )


_SENTENCES: dict[ChangeKind, str] = {
    "added": "`{name}` is new",
    "removed": "`{name}` was removed",
    "renamed": "`{before}` is now `{after}`",
    "kind": "`{name}` was a {before} and is a {after}",
    "parameter-added": "`{name}` takes `{parameter}`",
    "parameter-required": "`{name}` requires `{parameter}`",
    "parameter-removed": "`{name}` no longer takes `{parameter}`",
    "parameter-renamed": "the parameter `{before}` of `{name}` is now `{after}`",
    "parameter-moved": "the parameter `{parameter}` of `{name}` moved: ({before}) became ({after})",
    "parameter-kind": "the parameter `{parameter}` of `{name}` was {before} and is {after}",
    "default": "the default of `{parameter}` in `{name}` was `{before}` and is `{after}`",
    "returns": "`{name}` was annotated to return `{before}` and is annotated `{after}`",
    "base-removed": "`{name}` no longer inherits from `{before}`",
    "raises": "`{name}` raises `{after}`",
    "raises-no-more": "`{name}` no longer raises `{before}`",
}
