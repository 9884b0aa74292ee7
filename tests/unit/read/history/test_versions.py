from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import InputError, RepositoryError
from octad.read.git.sealed import Sealed
from octad.read.history.versions import change_span, span_of, version_of
from tests.past import Past


@pytest.fixture
def past(tmp_path: Path) -> Past:
    made = Past(tmp_path)
    made.commit("first", {"a.py": "1\n"})
    return made


@pytest.mark.parametrize(
    ("tag", "prefix", "numbers", "is_final"),
    [
        ("v1.2.0", "", (1, 2), True),
        ("release-1.2.3", "", (1, 2, 3), True),
        ("REL_4_2", "", (4, 2), True),
        ("2026-11-30", "", (2026, 11, 30), True),
        ("1.2.0rc1", "", (1, 2), False),
        ("v2.0.0-beta.3", "", (2,), False),
        ("0.30.0.dev1", "", (0, 30), False),
        ("api/v1.2", "api", (1, 2), True),
        ("@ui/core@3.1.4", "@ui/core", (3, 1, 4), True),
        ("log4j-2.17.0", "log4j", (2, 17), True),
        ("k8s-v1.2", "k8s", (1, 2), True),
    ],
)
def test_a_tag_is_a_version_of_a_package(
    tag: str, prefix: str, numbers: tuple[int, ...], is_final: bool
) -> None:
    version = version_of(tag)
    assert version is not None
    assert (version.prefix, version.numbers, version.is_final) == (prefix, numbers, is_final)


@pytest.mark.parametrize("tag", ["nightly", "latest", "v", "go1.21rc2", "with space", ""])
def test_other_tags_are_none(tag: str) -> None:
    assert version_of(tag) is None


def test_versions_are_ordered_by_number_not_by_name() -> None:
    tags = ["v1.10.0", "v1.9.0", "v1.10.0rc1", "v1.10.0.post1", "v1.10.0a2", "v1.10.0.dev3"]
    versions = [version for tag in tags if (version := version_of(tag))]
    ordered = [one.tag for one in sorted(versions, key=lambda one: one.order)]
    assert ordered == ["v1.9.0", "v1.10.0.dev3", "v1.10.0a2", "v1.10.0rc1", "v1.10.0", "v1.10.0.post1"]


def tagged(past: Past, *tags: str) -> None:
    """Make a commit for each tag."""
    for day, tag in enumerate(tags, 1):
        past.commit(f"work {day}", {"a.py": f"{day}\n"}, day=day)
        past.git("tag", tag)


def test_without_a_range_it_is_what_came_after_the_last_version(past: Past) -> None:
    tagged(past, "v1.9", "v1.10", "nightly")
    tip = past.commit("later", {"b.py": "1\n"}, day=9)
    span = span_of(Sealed(past.root), "")
    assert (span.previous, span.version, span.tip) == ("v1.10", "", tip)
    assert span.base == past.git("rev-parse", "v1.10")


def test_a_tag_is_its_predecessor_to_it_and_a_release_skips_its_previews(past: Past) -> None:
    tagged(past, "1.0", "2.0rc1", "2.0rc2", "2.0", "3.0")
    git = Sealed(past.root)
    assert span_of(git, "2.0")[2:4] == ("1.0", "2.0")
    assert span_of(git, "2.0rc2")[2:4] == ("2.0rc1", "2.0rc2")
    first = span_of(git, "1.0")
    assert (first.base, first.previous, first.version) == ("", "", "1.0")


def test_a_version_may_be_tagged_beside_the_branch(past: Past) -> None:
    past.git("tag", "v1.0")
    past.commit("more", {"a.py": "2\n"}, day=1)
    past.git("checkout", "--quiet", "-b", "side")
    past.commit("release", {"v": "1.1\n"}, day=1)
    past.git("tag", "v1.1")
    past.git("checkout", "--quiet", "main")
    past.commit("new", {"a.py": "3\n"}, day=2)
    assert span_of(Sealed(past.root), "").previous == "v1.1"
    past.git("tag", "v1.2")
    assert span_of(Sealed(past.root), "v1.2").previous == "v1.1"
    past.git("checkout", "--quiet", "-b", "old", "v1.0")
    past.commit("mended", {"a.py": "4\n"}, day=3)
    assert span_of(Sealed(past.root), "").previous == "v1.0"
    past.git("tag", "v1.0.1")
    assert span_of(Sealed(past.root), "v1.2").previous == "v1.1"


def test_packages_of_one_repository_have_their_own_order(past: Past) -> None:
    tagged(past, "api/v1.0", "web/v5.0", "api/v1.1", "web/v5.1")
    past.commit("later", {"b.py": "1\n"}, day=9)
    git = Sealed(past.root)
    assert span_of(git, "api/v1.1")[2:] == ("api/v1.0", "api/v1.1", "api")
    assert span_of(git, "", "api").previous == "api/v1.1"
    assert span_of(git, "").previous == "web/v5.1"


def test_ranges_are_taken_as_they_are_written(past: Past) -> None:
    tagged(past, "v1", "v2")
    tip = past.commit("later", {"b.py": "1\n"}, day=9)
    git = Sealed(past.root)
    assert span_of(git, "v1..v2")[2:4] == ("v1", "v2")
    assert span_of(git, "v1..").tip == span_of(git, "v1...").tip == tip
    assert span_of(git, "..v2")[2:4] == ("v1", "v2")
    assert span_of(git, "v1...v2") == span_of(git, "v1..v2")


def test_a_change_is_a_commit_against_its_first_parent(past: Past) -> None:
    tip = past.commit("later", {"b.py": "1\n"}, day=9)
    git = Sealed(past.root)
    assert change_span(git, "HEAD")[:2] == (past.git("rev-parse", "HEAD^1"), tip)
    assert change_span(git, "HEAD~1")[:2] == ("", past.git("rev-parse", "HEAD~1"))


def test_what_is_not_there_is_said_in_one_line(past: Past, tmp_path: Path) -> None:
    git = Sealed(past.root)
    with pytest.raises(InputError, match="no tag of a version here"):
        span_of(git, "")
    tagged(past, "v1", "v2")
    git = Sealed(past.root)
    with pytest.raises(InputError, match=r"nothing between v2 and v1: v2 is the later one.*try v1\.\.v2"):
        span_of(git, "v2..v1")
    with pytest.raises(InputError, match="nothing between v2 and HEAD: they are the same commit"):
        span_of(git, "")
    with pytest.raises(RepositoryError, match=r"unknown revision 'gone\.\.v1'"):
        span_of(git, "gone..v1")
    with pytest.raises(InputError, match="no tag that begins with 'web'"):
        span_of(git, "", "web")


def test_unrelated_histories_and_shallow_clones_are_said(past: Past, tmp_path: Path) -> None:
    tagged(past, "v1", "v2")
    past.git("checkout", "--quiet", "--orphan", "other")
    past.commit("of another", {"z.py": "1\n"}, day=20)
    with pytest.raises(InputError, match="v1 and other have no common history"):
        span_of(Sealed(past.root), "v1..other")
    clone = tmp_path / "clone"
    past.git("clone", "--quiet", "--depth=1", "--no-tags", f"file://{past.root}", str(clone))
    with pytest.raises(InputError, match=r"this clone is shallow.*fetch --unshallow"):
        span_of(Sealed(clone), "")
