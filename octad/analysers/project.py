"""Which configuration of its own a project gives a tool, and what of it is looked at where it lies.

Configuration is read by the tool, never by us beyond the question whether there is any. Files that lie on
disk as they are under review are looked at in place, so that paths in the configuration mean what they say;
others are written to a temporary folder under the same relative names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from octad.analysers.workspace import Analysis, write_plain, written
from octad.errors import UnreadableInput
from octad.host.files import read_bytes
from octad.host.whole_file import temporary_folder
from octad.read.pyproject import NAME, project_folders, tables, whole_path
from octad.records.code import Code


class Group(NamedTuple):
    """Files that one run looks at: the folder it runs in, the codes by name, and the configuration.

    Without a configuration the project says nothing about the tool. `in_place` says that the folder is the
    project's own.
    """

    folder: Path
    names: dict[str, Code]
    configuration: Path | None
    in_place: bool = False


def by_project(
    codes: Sequence[Code], of_group: Callable[[Group], Analysis], table: str, files: tuple[str, ...] = ()
) -> Analysis:
    """What a tool says of all codes, one group of files after the other, as `by_configuration` parts them."""
    analysis = Analysis()
    for configuration, own in by_configuration(codes, table, files).items():
        with laid_out(own, configuration) as groups:
            for group in groups:
                analysis += of_group(group)
    return analysis


def by_configuration(
    codes: Sequence[Code], table: str, files: tuple[str, ...] = ()
) -> dict[Path | None, list[Code]]:
    """Codes by the nearest file above them that configures a tool: one of `files`, or its TOML table.

    `table` is its name under `[tool]` in pyproject.toml. None: nothing configures it.
    """
    found: dict[Path | None, list[Code]] = {}
    for code in codes:
        found.setdefault(_nearest(whole_path(code.path).parent, table, files), []).append(code)
    return found


@contextmanager
def laid_out(codes: Sequence[Code], configuration: Path | None) -> Iterator[list[Group]]:
    """The codes of one configuration in place where that is possible, the others in a temporary folder."""
    if configuration is None:
        with written(codes) as (place, names):
            yield [Group(place, names, None)]
        return
    top = configuration.parent
    there: dict[str, Code] = {}
    others: dict[str, Code] = {}
    for code in codes:
        path = whole_path(code.path)
        name = path.relative_to(top).as_posix()
        name += ".py" if "notebook" in code.flags else ""  # the text of one is Python, not a notebook
        (there if _is_on_disk(path, code) else others)[name] = code
    with temporary_folder() as folder:
        for name, code in others.items():
            write_plain(folder / name, code.text)
        groups = [Group(top, there, configuration, in_place=True), Group(folder, others, configuration)]
        yield [group for group in groups if group.names]


def _is_on_disk(path: Path, code: Code) -> bool:
    """Whether a file holds what is under review, and the decoding changed nothing of it."""
    if code.flags or not code.path.endswith((".py", ".pyi")):
        return False
    try:
        return read_bytes(path) == code.text.encode()
    except (UnreadableInput, UnicodeEncodeError):
        return False


def _nearest(folder: Path, table: str, files: tuple[str, ...]) -> Path | None:
    for above in project_folders(folder):
        for name in files:
            if Path(above, name).is_file():
                return Path(above, name)
        if table in tables(Path(above, NAME)):
            return Path(above, NAME)
    return None
