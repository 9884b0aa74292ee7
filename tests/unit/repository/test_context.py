from __future__ import annotations

from octad.records.code import Code
from octad.records.lines import lines_of
from octad.repository.context import Contexts, context, words
from tests.unit.repository.made import repo_of

FILES = {
    "p/__init__.py": "from p.far import helper\n",
    "p/far.py": "LIMIT = 3\n\ndef helper(x):\n    return x\n\ndef unrelated():\n    return 1\n",
    "p/near.py": """\
    from p import helper

    class Box:
        size = 1

        def open(self):
            return self.size

    def beside():
        return 1

    def unit(box: Box):
        box.open()
        return helper(beside)
    """,
    "p/user.py": "from p.near import unit\n\ndef user():\n    return unit(None)\n",
}


def unit_of(path: str, first: int, last: int) -> Code:
    code = next(code for code in repo_of(FILES).codes if code.path == path)
    text = "\n".join(code.text.split("\n")[first - 1 : last]) + "\n"
    return code.model_copy(update={"text": text, "first_line": first})


UNIT = unit_of("p/near.py", 12, 14)


def test_definitions_then_callers_then_neighbours() -> None:
    pieces = context(repo_of(FILES), UNIT, 10_000)
    assert [(p.path, p.name, p.why) for p in pieces] == [
        ("p/near.py", "Box.open", "definition"),
        ("p/far.py", "helper", "definition"),
        ("p/near.py", "Box", "definition"),
        ("p/near.py", "beside", "definition"),
        ("p/user.py", "user", "caller"),
    ]


def test_a_class_is_what_stands_before_its_first_method() -> None:
    box = next(p for p in context(repo_of(FILES), UNIT, 10_000) if p.name == "Box")
    assert (box.first, box.last) == (3, 5)


def test_neighbours_come_last_and_nearest_first() -> None:
    pieces = context(repo_of(FILES), unit_of("p/far.py", 6, 7), 1_000)
    assert [(p.name, p.why) for p in pieces] == [("helper", "neighbour"), ("LIMIT", "neighbour")]


def test_no_line_twice_never_over_the_budget_and_costs_are_true() -> None:
    repo = repo_of(FILES)
    lines = {code.path: lines_of(code.text) for code in repo.codes}
    for budget in range(0, 120, 3):
        pieces = Contexts(repo).of(UNIT, budget)
        seen = {("p/near.py", n) for n in range(12, 15)}
        for piece in pieces:
            span = {(piece.path, n) for n in range(piece.first, piece.last + 1)}
            assert not seen & span
            seen |= span
            assert piece.cost == sum(words(line) for line in lines[piece.path][piece.first - 1 : piece.last])
        assert sum(piece.cost for piece in pieces) <= budget


def test_another_measure_of_cost() -> None:
    assert all(p.cost == p.last - p.first + 1 for p in context(repo_of(FILES), UNIT, 50, cost=lambda line: 1))
