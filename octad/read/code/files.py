"""Files and folders to records, surviving whatever lies there."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePath

from octad.budget import current
from octad.errors import UnreadableInput
from octad.host.files import MAX_BYTES, listed, read_bytes
from octad.read.code.decode import decode
from octad.read.code.ignore import ignore_above, ignore_in
from octad.read.code.intake import Intake
from octad.read.code.notebook import FLAG, SUFFIX, TIMES_LARGER, python_of
from octad.records.code import Code, Language
from octad.records.skipped import Skipped
from octad.syntax.languages import language_of

EMPTY = "empty file"
_FOREIGN = frozenset({"node_modules", "__pycache__", "bower_components", "site-packages"})
_SHEBANG = re.compile(rb"#!.{0,100}\bpython[0-9.]*\s")


def read_paths(
    paths: Sequence[str | os.PathLike[str]],
    languages: Collection[Language] | None = None,
    *,
    cwd: str | os.PathLike[str] | None = None,
    limit: int = MAX_BYTES,
    notebooks: bool = False,
) -> Intake:
    """Code in `paths`: files as named, folders walked as git would, hidden and foreign folders left out.

    `languages` are those wanted (None: every known one), `limit` is the largest file in bytes, `notebooks`
    says whether notebooks are Python. Raises UnreadableInput when a path does not exist; everything else that
    cannot be read is in `skipped`.
    """
    reader = _Reader(os.path.abspath(cwd or os.getcwd()), languages, limit, notebooks)
    for path in paths:
        reader.add(os.path.join(reader.cwd, os.fspath(path)))
    return Intake(codes=tuple(reader.codes), skipped=tuple(reader.skipped))


def read_text(data: bytes, name: str, languages: Collection[Language] | None = None) -> Intake:
    """What is to be taken for the contents of a file; raises UnreadableInput, with the reason."""
    language = language_of(name)
    if language == "unknown" or (languages is not None and language not in languages):
        raise UnreadableInput(f"{name} is not source code that this agent reads", hint="name such a file")
    text, flags = decode(data, language)
    shown = shown_path(os.path.abspath(name), os.getcwd())
    return Intake(
        codes=(Code(path=shown, text=text, language=language, flags=flags),) if text.strip() else ()
    )


def read_code(
    path: str, shown: str, language: Language, limit: int = MAX_BYTES, *, follow: bool = True
) -> Code:
    """One file as Code under the name `shown`; raises UnreadableInput with the reason."""
    flags: tuple[str, ...]
    if shown.lower().endswith(SUFFIX):
        text, flags = python_of(read_bytes(path, TIMES_LARGER * limit, follow=follow)), (FLAG,)
    else:
        text, flags = decode(read_bytes(path, limit, follow=follow), language)
    if not text.strip():
        raise UnreadableInput(EMPTY)
    return Code(path=shown, text=text, language=language, flags=flags)


def shown_path(path: str, cwd: str) -> str:
    """`path` relative to `cwd`, with forward slashes and without bytes that are no characters."""
    try:
        relative = os.path.relpath(path, cwd)
    except ValueError:  # another drive
        relative = path
    return os.fsencode(PurePath(relative).as_posix()).decode("utf-8", "replace")


class _Reader:
    """Collects code and reasons over several paths; each real file is read once."""

    def __init__(self, cwd: str, languages: Collection[Language] | None, limit: int, notebooks: bool) -> None:
        self.cwd = cwd
        self.languages = languages
        self.limit = limit
        self.notebooks = notebooks
        self.codes: list[Code] = []
        self.skipped: list[Skipped] = []
        self.seen: set[str] = set()

    def add(self, path: str) -> None:
        """Read what the user named."""
        try:
            mode = os.stat(path).st_mode
        except ValueError as error:
            raise UnreadableInput("a path with a NUL character") from error
        except OSError as error:
            if not os.path.lexists(path):
                raise UnreadableInput(
                    f"no such file or folder: {shown_path(path, self.cwd)}", hint="check the path"
                ) from error
            return self.skip(path, f"cannot be read: {(error.strerror or 'unknown error').lower()}")
        if stat.S_ISDIR(mode):
            for file in self.walk(os.path.abspath(path)):
                self.read(file, self.language(file), follow=False)
            return None
        return self.add_file(path)

    def add_file(self, path: str) -> None:
        """Read a file that the user named, whatever folder it is in."""
        language = self.language(path)
        if language == "unknown" and not os.path.splitext(path)[1] and _is_python_script(path):
            language = "python"
        if language == "unknown":
            self.skip(path, "not source code in a known language")
        elif not self.wanted(language):
            self.skip(path, f"{language} is not reviewed by this agent")
        else:
            self.read(path, language, follow=True)

    def walk(self, top: str) -> Iterator[str]:
        """Files of wanted languages below `top`, in a stable order, never through a symbolic link."""
        above = ignore_above(top)
        # Who names an ignored folder wants it read.
        stack = [(top, None if above and above.ignores(top, True) else above)]
        while stack:
            folder, rules = stack.pop()
            rules = ignore_in(folder, rules)
            folders = []
            for entry in self.entries(folder):
                is_folder = entry.is_dir(follow_symlinks=False)
                is_link = entry.is_symlink()
                if not (is_folder or is_link or self.wanted(self.language(entry.name))):
                    continue
                if _is_foreign(entry, is_folder) or (rules and rules.ignores(entry.path, is_folder)):
                    continue
                if is_link:
                    self.consider_link(entry.path, top)
                elif is_folder:
                    folders.append((entry.path, rules))
                else:
                    yield entry.path
            stack.extend(reversed(folders))

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """What lies in `folder`, by name; nothing, and a note, when it cannot be listed."""
        try:
            return listed(folder)
        except UnreadableInput as error:
            self.skip(folder, error.message)
            return []

    def consider_link(self, path: str, top: str) -> None:
        """Report a link that hides something; one to a place inside `top` is read in that place."""
        try:
            is_folder = stat.S_ISDIR(os.stat(path).st_mode)
        except OSError:
            return self.skip(path, "symbolic link that leads nowhere or in a circle")
        target = os.path.realpath(path)
        inside = os.path.commonpath([target, os.path.realpath(top)]) == os.path.realpath(top)
        if not inside and (is_folder or self.wanted(self.language(path))):
            return self.skip(path, "symbolic link that leaves the folder")
        if inside and is_folder and os.path.realpath(os.path.dirname(path)).startswith(target):
            return self.skip(path, "symbolic link that leads back to a folder above it")
        return None

    def language(self, path: str) -> Language:
        """The language of a file by its name; that of a notebook is looked for when it is read."""
        is_notebook = self.notebooks and path.lower().endswith(SUFFIX)
        return "python" if is_notebook else language_of(path)

    def wanted(self, language: Language) -> bool:
        """Whether files of this language are reviewed."""
        return language != "unknown" and (self.languages is None or language in self.languages)

    def read(self, path: str, language: Language, *, follow: bool) -> None:
        """Add one file, or the reason why not."""
        real = os.path.realpath(path)
        if real in self.seen:
            return
        self.seen.add(real)
        if reason := current().unlooked():
            return self.skip(path, reason)
        try:
            self.codes.append(
                read_code(path, shown_path(path, self.cwd), language, self.limit, follow=follow)
            )
        except UnreadableInput as error:
            self.skip(path, error.message)

    def skip(self, path: str, reason: str) -> None:
        """Note that `path` was passed over."""
        self.skipped.append(Skipped(path=shown_path(path, self.cwd), reason=reason))


def _is_foreign(entry: os.DirEntry[str], is_folder: bool) -> bool:
    """Whether a folder entry is hidden, installed by a package manager, or a virtual environment."""
    if entry.name.startswith(".") or (is_folder and entry.name in _FOREIGN):
        return True
    return is_folder and os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))


def _is_python_script(path: str) -> bool:
    """Whether a file without an extension starts like a Python script."""
    try:
        return _SHEBANG.match(read_bytes(path)[:200]) is not None
    except UnreadableInput:
        return False
