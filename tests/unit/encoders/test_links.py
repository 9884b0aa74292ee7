"""What names the same file, wherever it lies."""

from __future__ import annotations

import pytest

from octad.encoders.links import LONGEST, endings


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("app.py", ("app.py",)),
        ("./app.py", ("app.py",)),
        ("cart/app.py", ("cart/app.py",)),
        ("/srv/cart/app.py", ("cart/app.py", "srv/cart/app.py")),
        (r"C:\cart\app.py", ("cart/app.py", "C:/cart/app.py")),
        ("", ()),
    ],
)
def test_endings_name_a_folder_where_they_can(path: str, found: tuple[str, ...]) -> None:
    assert endings(path) == found


def test_a_deep_path_has_few_endings() -> None:
    assert len(endings("/".join("abcdefghijkl"))) == LONGEST - 1


def test_a_program_elsewhere_shares_a_link_with_its_source() -> None:
    assert set(endings("/app/cart/store.py")) & set(endings("services/cart/store.py"))
