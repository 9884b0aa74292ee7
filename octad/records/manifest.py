"""What a project says of itself to installers: its name, its commands, the Pythons that it runs on."""

from __future__ import annotations

from octad.records.base import Record


class Script(Record):
    """A command that installing makes: its name, and the module and function that it runs."""

    name: str
    module: str
    function: str = ""


class Manifest(Record):
    """One `pyproject.toml`, `setup.cfg` or `setup.py`.

    `oldest` is the smallest Python as (3, 9), written on line `oldest_line`; `pythons` are those of the
    classifiers. What is not written down, or is computed, is empty.
    """

    path: str
    name: str = ""
    version: str = ""
    scripts: tuple[Script, ...] = ()
    oldest: tuple[int, int] | None = None
    oldest_line: int = 0
    pythons: tuple[tuple[int, int], ...] = ()
