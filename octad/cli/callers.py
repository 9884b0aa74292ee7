"""Reads the repository around the current folder for what the callers in it do."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from octad.errors import InputError, UnreadableInput

if TYPE_CHECKING:
    from octad.cli.review_input import Wanted
    from octad.records.code import Code
    from octad.repository.usage import Usage
    from octad.repository.uses import FileUses
    from octad.review.others import UsageOf
    from octad.review.settings import Settings

LARGEST = 500_000
"""Bytes of a file; larger ones are made by programs."""


def usage_around(wanted: Wanted, settings: Settings, say: Callable[[str], None]) -> UsageOf:
    """Reads the Python files of the working tree, those excluded left out; says where it was not all of them.

    Tests are read where tests are under review. Raises InputError where no change is, and RepositoryError
    where no repository is.
    """
    from octad.read.code.files import read_code
    from octad.read.code.git import Repository
    from octad.repository.usage import is_test, read
    from octad.repository.uses import uses_of

    if not wanted.diff and wanted.paths != ["-"]:
        raise InputError("--others is for a change", hint="add --diff REV, or give a patch on standard input")
    repository = Repository(os.getcwd())

    def usage_of(codes: Sequence[Code]) -> Usage:
        under_review = {code.path: code for code in codes if "hunk" not in code.flags}
        tests = any(map(is_test, under_review))

        def uses(path: str, module: str) -> FileUses | None:
            try:
                code = under_review.get(path) or read_code(path, path, "python", LARGEST, follow=False)
            except UnreadableInput:
                return None
            return uses_of(code, module)

        python = repository.files(lambda path: path.endswith(".py"))
        listed = [path for path in python if not settings.excludes(path)]
        others = [path for path in listed if tests or not is_test(path)]
        usage = read([*dict.fromkeys((*under_review, *others))], uses)
        if usage.stopped:
            say(f"what others do: {usage.stopped}")
        return usage

    return usage_of
