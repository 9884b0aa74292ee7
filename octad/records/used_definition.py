"""What a name in a unit of code stands for: the statement that defines it, somewhere else."""

from __future__ import annotations

from typing import Literal

from octad.records.base import Record
from octad.records.code import Code

Sort = Literal["function", "class", "method", "field", "constant", "owner"]


class UsedDefinition(Record):
    """A name and the head of its definition.

    A `function` and a `class` are called by their bare names, the latter for its `__init__`; a `method` and a
    `field` are reached through `self` or `cls`; a `constant` is a variable of the module. The `owner` is the
    class that a method stands in: it says whether there are bases of which nothing is known here.
    """

    name: str
    sort: Sort
    code: Code
