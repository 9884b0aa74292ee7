"""What is measured of the commits of a release, and what of their words and paths is read."""

from __future__ import annotations

import numpy as np
import pytest

from octad.records.release import Release, ReleaseCommit
from octad.signals.commit_paths import sort_of, stated_by_paths
from octad.signals.commit_words import first_sentence, has_number, plain_subject, stated_kind
from octad.signals.release_measures import MEASURES, release_numbers


def commit(subject: str, *paths: str, added: int = 1) -> ReleaseCommit:
    return ReleaseCommit(revision=subject, subject=subject, paths=paths, files=len(paths), added=added)


@pytest.mark.parametrize(
    ("subject", "kind", "plain"),
    [
        ("feat(cli): add a flag (#12)", "feature", "add a flag"),
        ("fix!: reject empty names", "breaking", "reject empty names"),
        ("🐛 Fix the cache. PR #7 by @a", "", "Fix the cache. by @a"),
        ("parser: keep comments", "", "parser: keep comments"),
        ("DOC: spelling (gh-881)", "documentation", "spelling"),
        ("", "", ""),
    ],
)
def test_prefixes_and_numbers_are_taken_off(subject: str, kind: str, plain: str) -> None:
    assert (stated_kind(subject), plain_subject(subject)) == (kind, plain)
    assert not has_number(plain)


def test_the_first_sentence_is_no_trailer() -> None:
    assert first_sentence("It was lost (#3). Now it is kept.\n") == "It was lost."
    assert first_sentence("Signed-off-by: A <a@b>\n") == ""


@pytest.mark.parametrize(
    ("path", "sort"),
    [
        ("docs/changes/units/17200.bugfix.rst", "news"),
        ("CHANGELOG.md", "changelog"),
        ("tests/test_a.py", "tests"),
        (".github/workflows/a.yml", "ci"),
        ("src/a/b.rs", "source"),
        ("docs/index.md", "docs"),
        ("LICENSE", ""),
    ],
)
def test_paths_are_sorted(path: str, sort: str) -> None:
    assert sort_of(path) == sort


def test_a_file_of_news_states_a_kind() -> None:
    assert stated_by_paths(["src/a.py", "news/12.feature.rst"]) == "feature"
    assert stated_by_paths(["src/feature.rst", "a.bugfix.py"]) == ""


def test_every_commit_is_measured_beside_the_others() -> None:
    large, small = commit("Add an option", "a.py", added=90), commit("Correct a typo", "README.md")
    numbers = release_numbers(Release(version="2.0.0", commits=(large, small)))
    assert numbers.shape == (2, MEASURES) and np.isfinite(numbers).all()
    alone = release_numbers(Release(version="2.0.0", commits=(large,)))
    assert (numbers[0] != alone[0]).any() and (numbers[0] != numbers[1]).any()
    assert release_numbers(Release()).shape == (0, MEASURES)


def test_words_of_any_length_are_read() -> None:
    for text in ("a" * 100_000, "#1 " * 30_000, "a/b-" * 30_000, "v1." * 30_000, "((" * 30_000):
        assert np.isfinite(release_numbers(Release(commits=(commit(text, text[:4_000]),)))).all()
        assert len(first_sentence(text)) <= 240
