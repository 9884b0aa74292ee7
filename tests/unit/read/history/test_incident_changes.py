"""Candidate changes and regions of code, of a real repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import RepositoryError
from octad.read.history.incident_changes import NEAR, NEWEST, changes_since, regions_of, resolved
from octad.read.logs.frames import Frame
from octad.records.change import Changes
from octad.records.logs import Logs, LogTemplate
from octad.records.region import Region
from tests.past import Past

FILES = ["cart/store.py", "stock/store.py", "web/src/index.js", "src/main/java/com/acme/Cart.java", "app.py"]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    made = Past(tmp_path_factory.mktemp("repository"))
    made.commit("Begin", {"cart/store.py": "a = 1\nb = 2\n", "app.py": "x\n", "old.py": "y\n"})
    made.git("tag", "good")
    made.commit("Speed up\n\nA cache.", {"cart/store.py": "a = 1\nb = 3\nc = 4\n"}, day=1, author="Eve")
    made.commit("Drop", {"old.py": None, "empty.txt": ""}, day=2)
    return made


@pytest.fixture(scope="module")
def changes(past: Past) -> Changes:
    return changes_since("good", past.root)


def python(path: str, *places: tuple[int, str]) -> str:
    frames = [f'  File "{path}", line {line}, in {name}' for line, name in places]
    return "\n".join(["boom", "Traceback (most recent call last):", *frames, "KeyError: 1"])


def logs(*examples: tuple[str, int, str]) -> Logs:
    return Logs(
        templates=tuple(
            LogTemplate(template=f"t{i}", service=service, count=count, example=text)
            for i, (service, count, text) in enumerate(examples)
        )
    )


def test_changes_are_those_that_the_good_revision_lacks(changes: Changes) -> None:
    cache, drop = changes.changes
    assert (cache.message, cache.author, drop.message) == ("Speed up\n\nA cache.", "Eve", "Drop")
    assert cache.time is not None and drop.time is not None and cache.time < drop.time
    (file,) = cache.files
    assert file.before is not None and file.after is not None
    assert (file.before.text, file.after.text) == ("b = 2", "b = 3\nc = 4")
    gone = {(f.before or f.after).path: f.after is None for f in drop.files}  # type: ignore[union-attr]
    assert gone == {"old.py": True}, "a file without lines is in no patch"


def test_nothing_came_since_the_newest(past: Past) -> None:
    assert changes_since("HEAD", past.root).changes == ()


@pytest.mark.parametrize("revision", ["nowhere", "--all"])
def test_a_revision_that_is_none_is_an_error(past: Past, revision: str) -> None:
    with pytest.raises(RepositoryError):
        changes_since(revision, past.root)


def test_no_repository_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError):
        changes_since("HEAD", tmp_path)


def test_the_newest_changes_are_read(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octad.read.history.incident_changes.NEWEST", 1)
    assert [one.message for one in changes_since("good", past.root).changes] == ["Drop"]
    assert NEWEST > 1


def test_regions_carry_services_counts_and_changes(past: Past, changes: Changes) -> None:
    trace = python("/srv/shop/cart/store.py", (1, "outer"), (2, "inner"))
    other = python("/srv/shop/app.py", (1, "main"))
    found = {
        r.first: r
        for r in regions_of(logs(("cart", 5, trace), ("web", 2, trace)), past.root, changes).regions
    }
    revision = changes.changes[0].revision
    assert found[2] == Region(
        path="cart/store.py", first=2, last=2 + NEAR, function="inner", frames=7, top=7,
        services=("cart", "web"), revisions=(revision,),
    )  # fmt: skip
    assert (found[1].function, found[1].frames, found[1].top) == ("outer", 7, 0)
    (app,) = regions_of(logs(("", 1, other)), past.root, changes).regions
    assert (app.path, app.services, app.revisions) == ("app.py", (), ())


def test_the_innermost_of_the_repository_is_on_top(past: Past) -> None:
    """Code of others may fail inside: the region is where this repository called it."""
    text = python("/srv/app.py", (1, "main")).replace(
        "KeyError", '  File "/usr/lib/python3.11/json/decoder.py", line 355, in raw_decode\nKeyError'
    )
    (region,) = regions_of(logs(("cart", 3, text)), past.root, None).regions
    assert (region.path, region.frames, region.top) == ("app.py", 3, 3)


def test_a_recursion_counts_a_message_once(past: Past) -> None:
    text = python("/srv/app.py", (1, "walk"), (1, "walk"), (1, "walk"))
    (region,) = regions_of(logs(("cart", 4, text)), past.root, None).regions
    assert (region.frames, region.top) == (4, 4)


def test_without_logs_or_frames_there_are_no_regions(past: Past) -> None:
    assert regions_of(None, past.root, None).regions == ()
    assert regions_of(logs(("cart", 1, "all is well")), past.root, None).regions == ()


def test_a_folder_within_the_repository_names_the_same_files(past: Past, changes: Changes) -> None:
    """Paths are those that the changes have, from the top."""
    said = logs(("cart", 5, python("/srv/shop/cart/store.py", (2, "inner"))))
    inside = regions_of(said, past.root / "cart", changes)
    assert inside == regions_of(said, past.root, changes)


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/srv/shop/stock/store.py", "stock/store.py"),
        ("C:\\srv\\cart\\store.py", "cart/store.py"),
        ("./web/src/index.js", "web/src/index.js"),
        ("com/acme/Cart.java", "src/main/java/com/acme/Cart.java"),
        ("/srv/elsewhere.py", ""),
        ("/usr/lib/python3.11/site-packages/flask/app.py", ""),
        ("/usr/lib/python3.12/asyncio/app.py", ""),
        ("/srv/web/node_modules/express/index.js", ""),
        ("", ""),
    ],
)
def test_frames_are_found_by_the_end_of_their_path(path: str, file: str) -> None:
    assert resolved(Frame(path, 1, ""), FILES) == file


def test_libraries_that_a_repository_holds_are_its_own() -> None:
    held = "vendored/site-packages/flask/app.py"
    assert resolved(Frame("/srv/vendored/site-packages/flask/app.py", 1, ""), [*FILES, held]) == held
