"""A unit is given the signatures of what it uses, from its own file and from those read with it."""

from __future__ import annotations

from octad.records.code import Code
from octad.repository.signatures import Signatures
from octad.syntax.units import units

ONE = Code(
    path="pkg/one.py",
    text="LIMIT = 3\n\n\nclass Client:\n    def __init__(self, url):\n        self.url = url\n",
)
TWO = Code(
    path="pkg/two.py",
    text="from pkg.one import LIMIT, Client\nfrom gone import other\n\n\ndef made():\n"
    "    return Client(), helped(LIMIT), other()\n\n\ndef helped(a):\n    return a\n",
)


def found(*codes: Code) -> dict[str, tuple[str, str, int]]:
    (unit,) = (one for one in units(TWO) if "def made" in one.text)
    return {one.name: (one.sort, one.code.path, one.code.first_line) for one in Signatures(codes).of(unit)}


def test_definitions_of_other_files_are_found_where_these_are_read_too() -> None:
    assert found(ONE, TWO) == {
        "helped": ("function", "pkg/two.py", 9),
        "Client": ("class", "pkg/one.py", 5),
        "LIMIT": ("constant", "pkg/one.py", 1),
    }
    assert found(TWO) == {"helped": ("function", "pkg/two.py", 9)}
