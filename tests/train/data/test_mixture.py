from __future__ import annotations

from collections import Counter
from itertools import islice

from octad_train.data.mixture import Mixture, Part

MIXTURE = Mixture(
    [Part(3.0, lambda epoch, index: ("a", epoch, index)), Part(1.0, lambda epoch, index: ("b", epoch, index))]
)


def test_shares_are_kept() -> None:
    counts = Counter(name for name, _, _ in islice(MIXTURE.stream(0, 0, 1), 2000))
    assert 0.7 < counts["a"] / 2000 < 0.8


def test_shards_together_are_the_whole_stream() -> None:
    whole = list(islice(MIXTURE.stream(5, 0, 1), 30))
    shards = [list(islice(MIXTURE.stream(5, shard, 3), 10)) for shard in range(3)]
    assert [row for rows in zip(*shards, strict=True) for row in rows] == whole
    assert [index for _, _, index in whole] == list(range(30))


def test_candidates_begin_with_the_example_of_the_stream() -> None:
    parts = [*MIXTURE.parts, Part(1.0, lambda e, i: ("c", e, i), lambda e, i, count: [("d", e, i)] * count)]
    mixture = Mixture(parts).map(lambda row: row[::2])
    groups = list(islice(mixture.candidates(5, 1, 3, 4), 40))
    assert [group[0] for group in groups] == list(islice(mixture.stream(5, 1, 3), 40))
    assert {(group[0][0], len(group)) for group in groups} == {("a", 1), ("b", 1), ("c", 4)}
    assert all(rival == ("d", group[0][1]) for group in groups for rival in group[1:])


def test_a_map_keeps_the_choices() -> None:
    whole = list(islice(MIXTURE.stream(5, 0, 1), 30))
    mapped = MIXTURE.map(lambda row: (row[0] * 2, row[2]))
    assert list(islice(mapped.stream(5, 0, 1), 30)) == [(name * 2, index) for name, _, index in whole]
