"""A unified diff on standard input to the code that it leaves behind."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk, PatchedFile, PatchSet

from octad.errors import UnreadableInput
from octad.host.files import MAX_BYTES
from octad.read.code.decode import decode
from octad.read.code.files import read_code, shown_path
from octad.read.code.hunks import ranges, unquoted
from octad.read.code.intake import Intake
from octad.records.code import Code, Language
from octad.records.lines import lines_of
from octad.records.report import Skipped
from octad.syntax.languages import language_of

MAX_PATCH_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a hunk: where it starts, 1-based, and its lines without ends."""

    start: int
    lines: list[str]

    def matches(self, text: list[str]) -> bool:
        """Whether a file with these lines has this side."""
        return text[self.start - 1 : self.start - 1 + len(self.lines)] == self.lines


def read_patch(
    patch: str | bytes,
    languages: Collection[Language] | None = None,
    *,
    cwd: str | os.PathLike[str] | None = None,
    limit: int = MAX_BYTES,
) -> Intake:
    """The new side of every file in a unified diff, with its changed lines.

    Where the working tree has the file, before or after the patch, the whole file is read; else each
    hunk is a unit with the flag `hunk`. Nothing outside the current folder or its repository is opened.
    Raises UnreadableInput, naming the line, for a malformed patch.
    """
    folder = os.path.abspath(cwd or os.getcwd())
    codes: list[Code] = []
    skipped: list[Skipped] = []
    for file in _parsed(_text(patch)):
        source, target = unquoted(file.source_file), unquoted(file.target_file)
        if target == "/dev/null" or not _wanted(target, languages):
            continue
        paths = _candidates(source, target, folder)
        try:
            codes.extend(_codes(file, paths, folder, limit))
        except UnreadableInput as error:
            skipped.append(Skipped(path=shown_path(paths[0], folder), reason=error.message))
    return Intake(codes=tuple(codes), skipped=tuple(skipped))


def _text(patch: str | bytes) -> str:
    """The patch as text, its lines ending in a line feed."""
    data = patch.encode("utf-8", "replace") if isinstance(patch, str) else patch
    if len(data) > MAX_PATCH_BYTES:
        raise UnreadableInput(f"the patch is larger than {MAX_PATCH_BYTES:,} bytes", hint="split it")
    try:
        return decode(data).text
    except UnreadableInput as error:
        raise UnreadableInput(f"no patch on standard input: {error.message}") from error


def _parsed(text: str) -> list[PatchedFile]:
    """The files of a patch; raises UnreadableInput with the line where it stops making sense."""
    n_read = 0

    def counted() -> Iterator[str]:
        nonlocal n_read
        for line in lines_of(text):
            n_read += 1
            yield line + "\n"

    try:
        files = list(PatchSet(counted()))
    except (UnidiffParseError, ValueError, AssertionError) as error:
        reason = str(error).split("\n")[0].split(":")[0].lower()[:80] or "not a unified diff"
        raise UnreadableInput(
            f"malformed patch, line {n_read}: {reason}",
            hint="make it anew with `git diff`; it may be cut off",
        ) from error
    if not files and text.strip():
        raise UnreadableInput(
            "no unified diff on standard input, line 1 to the end", hint="try `git diff | octad review -`"
        )
    return files


def _wanted(path: str, languages: Collection[Language] | None) -> bool:
    """Whether files of this name are reviewed."""
    language = language_of(path)
    return language != "unknown" and (languages is None or language in languages)


def _candidates(source: str, target: str, folder: str) -> list[str]:
    """Absolute paths that the new file may have, the likeliest first; none leaves its base folder."""
    stripped = target.split("/", 1)[1] if target[:2] in _PREFIXES else target
    names = [stripped] if source[:2] in _PREFIXES or source == "/dev/null" else [target]
    names += [name for name in (stripped, target) if name not in names]
    bases = [folder, *_repository_above(folder)]
    paths = [
        os.path.normpath(os.path.join(base, name)) for base in bases for name in names if "\0" not in name
    ]
    inside = [path for path in paths if any(_inside(path, base) for base in bases)]
    return inside or [os.path.join(folder, os.path.basename(stripped).replace("\0", "\ufffd"))]


# git's plain prefixes and those of diff.mnemonicPrefix.
_PREFIXES = frozenset({"a/", "b/", "c/", "i/", "o/", "w/"})


def _repository_above(folder: str) -> list[str]:
    """The top folder of the repository around `folder`, if there is one above it."""
    level = folder
    while not os.path.exists(os.path.join(level, ".git")):
        parent = os.path.dirname(level)
        if parent == level:
            return []
        level = parent
    return [level] if level != folder else []


def _inside(path: str, base: str) -> bool:
    """Whether `path`, links followed, lies in `base`."""
    real_path, real_base = os.path.realpath(path), os.path.realpath(base)
    return os.path.commonpath([real_path, real_base]) == real_base


def _codes(file: PatchedFile, paths: list[str], folder: str, limit: int) -> list[Code]:
    """Code of one file of the patch: the whole file where it is known, else its hunks."""
    if file.is_binary_file:
        raise UnreadableInput("binary file")
    if not file:
        if file.is_rename or file.source_file == "/dev/null":
            return []
        raise UnreadableInput("the patch has no readable hunks for it")
    changed = ranges(line for hunk in file for line in _changed(hunk))
    for path in paths:
        if not os.path.lexists(path):
            continue
        code = read_code(path, shown_path(path, folder), language_of(path), limit, follow=False)
        text = _patched(lines_of(code.text), list(file))
        if text is not None:
            return [
                code.model_copy(update={"text": "".join(f"{line}\n" for line in text), "changed": changed})
            ]
    return _loose(file, shown_path(paths[0], folder))


def _patched(text: list[str], hunks: list[Hunk]) -> list[str] | None:
    """The lines of a file after the patch; None where it has neither side of it."""
    if all(_target(hunk).matches(text) for hunk in hunks):
        return text
    if not all(_source(hunk).matches(text) for hunk in hunks):
        return None
    for hunk in reversed(hunks):
        old = _source(hunk)
        text = [*text[: old.start - 1], *_target(hunk).lines, *text[old.start - 1 + len(old.lines) :]]
    return text


def _loose(file: PatchedFile, shown: str) -> list[Code]:
    """Each hunk as a unit of a file that is not here; a new file is whole in its hunk."""
    is_new = file.is_added_file
    codes = []
    for hunk in file:
        side = _target(hunk)
        if not "".join(side.lines).strip():
            continue
        codes.append(
            Code(
                path=shown,
                text="".join(f"{line}\n" for line in side.lines),
                language=language_of(shown),
                first_line=max(1, side.start),
                changed=ranges(_changed(hunk)),
                flags=() if is_new else ("hunk",),
            )
        )
    return codes


def _source(hunk: Hunk) -> _Side:
    """What the hunk replaces. A side without lines names the line before it."""
    lines = [line.value.removesuffix("\n") for line in hunk if line.is_context or line.is_removed]
    return _Side(hunk.source_start + (not lines), lines)


def _target(hunk: Hunk) -> _Side:
    """What the hunk leaves behind."""
    lines = [line.value.removesuffix("\n") for line in hunk if line.is_context or line.is_added]
    return _Side(hunk.target_start + (not lines), lines)


def _changed(hunk: Hunk) -> list[int]:
    """Added lines, and the line after each place where lines were only taken away."""
    found: list[int] = []
    taken_away = False
    last = hunk.target_start + hunk.target_length - 1
    for line in hunk:
        if line.is_removed:
            taken_away = True
        elif line.target_line_no is not None:
            if line.is_added or taken_away:
                found.append(line.target_line_no)
            taken_away = False
    return [*found, last] if taken_away and last >= hunk.target_start else found
