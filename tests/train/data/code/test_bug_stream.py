from octad_train.data.code.bug_stream import BuggyFunctions
from octad_train.data.code.rows import Row
from tests.train.inject.test_bug_injector import RICH

ROWS = [
    Row("p", "p/a.py", 11, RICH.rstrip("\n"), ((13, "PLR2004"),)),
    Row(
        "p",
        "p/b.py",
        1,
        "def f(first, second):\n    rows = second\n    return [g(first, row) for row in rows]",
    ),
]


def test_examples_depend_on_seed_epoch_and_index_only() -> None:
    one, two = BuggyFunctions(ROWS, seed=3), BuggyFunctions(ROWS, seed=3)
    texts = [one.example(1, index).code.text for index in range(8)]
    assert texts == [two.example(1, index).code.text for index in reversed(range(8))][::-1]
    assert texts != [one.example(2, index).code.text for index in range(8)]
    assert len(one) == 2


def test_half_are_correct_and_keep_their_marks() -> None:
    stream = BuggyFunctions(ROWS, rewritten=0.0)
    examples = [stream.example(0, index) for index in range(60)]
    clean = [item for item in examples if item.bug is None]
    assert 18 <= len(clean) <= 42
    for item in clean:
        assert item.item == 0
        assert item.marks in (ROWS[0].marks, ROWS[1].marks)
        assert item.code.first_line in (11, 1)
    for item in examples:
        assert item.code.path in ("p/a.py", "p/b.py")
        if item.bug is not None:
            assert item.marks is None
            assert int(item.tokens.offsets[item.item, 0]) == item.bug.offset


def test_rivals_of_a_bug_are_other_bugs_of_its_function_and_of_correct_ones_correct() -> None:
    stream = BuggyFunctions(ROWS, rewritten=0.0)
    others = 0
    for index in range(20):
        item, rivals = stream.example(0, index), stream.rivals(0, index, 3)
        assert rivals == stream.rivals(0, index, 3) and len(rivals) <= 3
        assert len({rival.code.text for rival in rivals}) == len(rivals)
        if item.bug is not None:
            assert all(rival.bug is not None for rival in rivals)
            assert {rival.code.path for rival in rivals} <= {item.code.path}
            others += any(rival.bug != item.bug for rival in rivals)
        else:
            assert all(rival.bug is None for rival in rivals)
    assert others > 3


def test_every_pass_shows_every_function_once() -> None:
    rows = [Row("p", f"p/{i}.py", 1, ROWS[1].text) for i in range(9)]
    stream = BuggyFunctions(rows, clean=1.0, rewritten=0.0)
    passes = [[stream.example(0, turn * 9 + i).code.path for i in range(9)] for turn in range(2)]
    assert sorted(passes[0]) == sorted(passes[1]) == [row.path for row in rows]
    assert passes[0] != passes[1]


def test_rewritten_functions_carry_no_marks() -> None:
    stream = BuggyFunctions(ROWS[:1], clean=1.0, rewritten=1.0)
    item = stream.example(0, 0)
    assert item.bug is None
    assert item.marks is None
    assert "(not row.live)" in item.code.text
