"""Safe repairs in the files that were reviewed: made (`--fix`), or shown as a patch (`--show-fixes`)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from octad.cli.options import Common, exit_code
from octad.cli.output import write
from octad.errors import InputError, UnreadableInput
from octad.host.files import read_bytes
from octad.host.terminal import say
from octad.host.whole_file import replace
from octad.read.code.decode import decode
from octad.records.code import Code
from octad.records.report import Finding, Report
from octad.render.excerpt import counted
from octad.review.fix import Fixes, fixes_of, patch, safe_repair

ONLY_NOTICED = frozenset({"bidi", "homoglyph"})
"""Flags of reading that changed nothing."""


def check_fixable(paths: Sequence[str], diff: str) -> None:
    """Raise InputError for an input that is not the files on disk."""
    if "-" in paths or ".." in diff:
        what = "a patch" if "-" in paths else "a range of revisions"
        raise InputError(f"--fix changes files, not {what}", hint="name files, or one revision with --diff")


def make_fixes(report: Report, codes: Sequence[Code]) -> bool:
    """Make the safe repairs and say how many; whether any file was changed."""
    fixes = _fixes(report, codes)
    changed = {path for path, text in fixes.texts.items() if _written(path, text)}
    n_fixed = sum(_path(finding) in changed for finding in fixes.fixed)
    say(f"{n_fixed:,} fixed in {counted(len(changed), 'file')}" if changed else "nothing was fixed")
    return bool(changed)


def show_fixes(report: Report, codes: Sequence[Code], common: Common) -> int:
    """Write what `make_fixes` would change as a patch and say how much; the exit code of the report."""
    fixes = _fixes(report, codes)
    text = "".join(
        patch(code.path, code.text, fixes.texts[code.path]) for code in codes if code.path in fixes.texts
    )
    write(text, common.output)
    say(f"{len(fixes.fixed):,} would be fixed in {counted(len(fixes.texts), 'file')}")
    return exit_code(report.findings, common.fail_on)


def _fixes(report: Report, codes: Sequence[Code]) -> Fixes:
    """The safe repairs of files that lie on disk as they were reviewed; one line for each other file."""
    wanted = {path for finding in report.findings if (path := _path(finding))}
    there = []
    for code in codes:
        reason = _obstacle(code) if code.path in wanted else ""
        if reason:
            say(f"{code.path} is left as it is: {reason}")
        elif code.path in wanted:
            there.append(code)
    return fixes_of(report.findings, there)


def _path(finding: Finding) -> str:
    """The file that the safe repair of a finding is of, empty where it has none."""
    repair = safe_repair(finding)
    return repair.anchor.path if repair is not None else ""


def _obstacle(code: Code) -> str:
    """Why a file cannot be fixed, empty where it can."""
    if "hunk" in code.flags or code.first_line != 1:
        return "only a part of it is known"
    if changed := [flag for flag in code.flags if flag not in ONLY_NOTICED]:
        return f"its line ends or encoding would be lost ({', '.join(changed)})"
    if "\r" in code.text:
        return "its line ends are mixed"
    try:
        data = read_bytes(code.path)
        if data == code.text.encode("utf-8", "replace"):
            return "" if os.access(code.path, os.W_OK) else "it may not be written"
        same = decode(data, code.language).text == code.text
    except UnreadableInput as error:
        return error.message
    return "it is not in UTF-8" if same else "it is not on disk as it was reviewed"


def _written(path: str, text: str) -> bool:
    """Put the text in the place of a file, through a symbolic link where it is one; else say why not."""
    try:
        replace(Path(path).resolve(), text.encode("utf-8"))
    except OSError as error:
        say(f"{path} is left as it is: {(error.strerror or 'unknown error').lower()}")
        return False
    return True
