from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from octad.errors import InputError
from octad.read.code.intake import Intake
from octad.search import cache
from octad.search.answers import Finder
from octad.search.bag_of_words import Bags
from octad.search.index import Pair, groups
from octad.search.open_index import open_finder
from tests.unit.search.made import JAVA, READ, RENAMED, SUM, code

CODES = (
    code(SUM, "sums.py"),
    code(RENAMED, "other.py"),
    code(JAVA, "Sums.java", "java"),
    code(READ, "read.py"),
    code("\n\n" + SUM.replace("    total += ", "    total  +=  "), "copy.py"),
)


@pytest.fixture(scope="module")
def finder() -> Finder:
    return open_finder(Intake(codes=CODES))


def test_cosines_are_those_of_the_formula() -> None:
    texts = ["a b b c", "b c d", "d d e"]
    bags = Bags([Counter(text.split()) for text in texts])
    held = Counter(word for text in texts for word in set(text.split()))
    rows = [
        {w: (1 + math.log(n)) * math.log(1 + 3 / held[w]) for w, n in Counter(text.split()).items()}
        for text in texts
    ]
    norms = [math.sqrt(sum(value**2 for value in row.values())) for row in rows]
    wanted = [
        sum(rows[0][w] * row.get(w, 0) for w in rows[0]) / norms[0] / norm
        for row, norm in zip(rows, norms, strict=True)
    ]
    assert bags.cosines(0) == pytest.approx(wanted, abs=1e-6)
    assert [bags.cosine(0, other) for other in range(3)] == pytest.approx(wanted, abs=1e-6)


def test_a_rare_word_answers_better_than_a_frequent_one() -> None:
    bags = Bags([{"a": 1, "b": 1}, {"a": 1, "c": 1}, {"a": 1, "d": 1}])
    assert bags.answers(["a", "b"]).argmax() == 0
    assert bags.answers(["nothing"]).tolist() == [0, 0, 0]
    assert (bags.answers(["b"]) <= 1).all()


def test_search_finds_by_words_and_shows_where(finder: Finder) -> None:
    report = finder.search("read a configuration file")
    best = report.matches[0]
    assert (best.place.path, best.place.name, report.functions) == ("read.py", "load_settings", 5)
    exact = {trace.asked: trace for trace in best.traces if trace.exact}
    assert {"configuration", "file"} <= exact.keys()
    anchor = exact["configuration"].anchor
    assert READ.split("\n")[anchor.line - 1][anchor.column - 1 : anchor.end_column - 1] == "configuration"
    assert [m.score for m in report.matches] == sorted((m.score for m in report.matches), reverse=True)


@pytest.mark.parametrize("question", ["", "the a of", "?!"])
def test_a_question_without_words_is_refused(finder: Finder, question: str) -> None:
    with pytest.raises(InputError, match="nothing to search for"):
        finder.search(question)


def test_similar_finds_the_copy_then_the_renamed_and_other_language(finder: Finder) -> None:
    report = finder.similar(finder.row_at("sums.py", 4))
    assert report.matches[0].place.path == "copy.py"
    assert {match.place.path for match in report.matches[:3]} == {"copy.py", "other.py", "Sums.java"}
    assert report.matches[-1].place.path == "read.py"
    assert report.matches[0].alike is not None and report.matches[0].alike.here.last == 8


def test_places(finder: Finder) -> None:
    with pytest.raises(
        InputError, match=r"no function at line 99 of sums.py; the nearest is `sum_of_even` on line 2"
    ):
        finder.row_at("sums.py", 99)
    assert finder.index.entries[finder.row_at("read.py", None)].name == "load_settings"


def test_clones_across_files_and_languages(finder: Finder) -> None:
    kinds = {group.kind: group for group in finder.clones(0.99).groups}
    assert {place.path for place in kinds["identical"].members} == {"sums.py", "copy.py"}
    report = finder.clones(0.3)
    assert {p.path for p in report.groups[0].members} >= {"sums.py", "copy.py", "Sums.java"}
    assert all(p.path != "read.py" for group in report.groups for p in group.members)


def test_renamed_is_told_from_similar() -> None:
    found = open_finder(Intake(codes=CODES[:2])).clones(0.1).groups
    assert [group.kind for group in found] == ["similar"]  # a docstring more
    bare = code(SUM.replace('    """Return the total of the even numbers."""\n', ""), "bare.py")
    found = open_finder(Intake(codes=(bare, CODES[1]))).clones(0.1).groups
    assert [group.kind for group in found] == ["renamed"]


def test_pairs_are_those_of_alike(finder: Finder) -> None:
    wanted = {(a, b) for a in range(5) for b in range(a + 1, 5) if finder.index.alike(a)[b] >= 0.4}
    assert {(pair.one, pair.other) for pair in finder.index.pairs(0.4)} == wanted


def test_in_a_group_every_two_are_a_pair() -> None:
    chain = [Pair(0, 1, 0.9), Pair(1, 2, 0.8), Pair(3, 4, 0.7), Pair(3, 5, 0.6), Pair(4, 5, 0.6)]
    assert groups(chain) == [[0, 1], [3, 4, 5]]


def test_only_what_changed_is_computed(tmp_path: Path) -> None:
    file = tmp_path / "a" / "functions.safetensors"
    first = open_finder(Intake(codes=CODES), file)
    assert first.built.computed == 5 and file.is_file()
    second = open_finder(Intake(codes=CODES), file)
    assert second.built.computed == 0
    assert np.array_equal(second.index.alike(0), first.index.alike(0))
    changed = CODES[3].model_copy(update={"text": SUM + READ.replace("[0]", "[1]")})
    assert open_finder(Intake(codes=(*CODES[:3], changed)), file).built.computed == 1


@pytest.mark.parametrize("content", [b"", b"junk" * 100, b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "functions.safetensors"
    file.write_bytes(content)
    assert open_finder(Intake(codes=CODES[:2]), file).built.computed == 2
    assert open_finder(Intake(codes=CODES[:2]), file).built.computed == 0


def test_other_weights_forget(tmp_path: Path) -> None:
    file = tmp_path / "functions.safetensors"
    cache.save(file, "one", cache.Known({"a": ([], "")}, {}))
    assert cache.load(file, "one", (2, 2)).files == {"a": ([], "")}
    assert cache.load(file, "other", (2, 2)).files == {}


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not cache.save(tmp_path / "file" / "x.safetensors", "", cache.Known())


def test_no_function_is_said() -> None:
    with pytest.raises(InputError, match="no named function in 1 file"):
        open_finder(Intake(codes=(code("x = 1\n"),)))
