"""Nothing that a repository says is run, whichever of the settings of the git at hand it uses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from octad.read.code.git import Repository, read_revision
from octad.read.git import work_tree
from octad.read.history.changes import read_told
from octad.read.history.diffs import read_patches
from octad.read.history.incident_changes import changes_since, regions_of
from octad.read.history.log import read_log, read_names
from octad.read.history.repository_events import events_of_repository
from tests.hostile import Hostile

READERS: dict[str, Callable[[Path], object]] = {
    "review": lambda root: read_revision("HEAD", root),
    "range": lambda root: read_revision("HEAD~1...HEAD", root),
    "upstream": lambda root: read_revision("HEAD@{0}", root),
    "others": lambda root: Repository(root).files(lambda path: True),
    "working tree": lambda root: read_told(folder=root).change,
    "change": lambda root: read_told("HEAD", root).change,
    "since": lambda root: changes_since("HEAD~1", root),
    "regions": lambda root: regions_of(None, root, None),
    "events": events_of_repository,
    "log": read_log,
    "names": lambda root: read_names(root, "HEAD", before=0, most=9),
    "patches": lambda root: [*read_patches(root, [one.revision for one in read_log(root)])],
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    return Hostile(tmp_path_factory.mktemp("hostile"))


def test_every_setting_is_tried(hostile: Hostile) -> None:
    assert len(hostile.everything()) > 400
    known = {"core.fsmonitor", "filter.x.clean", "diff.x.textconv", "core.pager", "gpg.program"}
    assert known <= {*hostile.commands()} <= {*hostile.everything()}


def test_git_by_hand_runs_what_it_says(hostile: Hostile) -> None:
    """Else the tests below could not fail."""
    hostile.configure(hostile.commands())
    list(hostile.ask())
    assert hostile.lit() != []


@pytest.mark.parametrize("which", ["commands", "everything"])
@pytest.mark.parametrize("reader", READERS)
def test_nothing_is_run(hostile: Hostile, reader: str, which: str) -> None:
    hostile.configure(getattr(hostile, which)())
    hostile.lit()
    READERS[reader](hostile.root)
    assert hostile.lit() == []


def test_a_reader_that_lets_git_at_the_files_is_found_out(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above, with the readers themselves."""

    def careless(tree: work_tree.WorkTree) -> str:
        list(hostile.ask())
        return "HEAD"

    monkeypatch.setattr(work_tree.WorkTree, "tree", property(careless))
    hostile.configure(hostile.commands())
    hostile.lit()
    READERS["review"](hostile.root)
    assert hostile.lit() != []


def test_what_is_missing_is_not_fetched(tmp_path: Path) -> None:
    """A clone with objects left out would ask its remote, by whatever program that names."""
    hostile = Hostile(tmp_path)
    blob = hostile.past.git("rev-parse", "HEAD~1:a.py")
    (hostile.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    promised = (
        "[extensions]\n\tpartialClone = evil\n"
        f'[remote "evil"]\n\tpromisor = true\n\turl = ext::{hostile.stops}\n'
    )
    allowed = '[protocol "ext"]\n\tallow = always\n'
    config = hostile.root / ".git" / "config"
    config.write_text(hostile.plain.replace("formatversion = 0", "formatversion = 1") + promised + allowed)
    list(hostile.ask())
    assert hostile.lit() != []
    with pytest.raises(Exception, match="a partial one"):
        read_told("HEAD", hostile.root)
    assert hostile.lit() == []
