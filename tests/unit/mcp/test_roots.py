from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import InputError
from octad.mcp.roots import Roots


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    for name in ("one/src", "two/src", "one/.git", "else"):
        (tmp_path / name).mkdir(parents=True)
    for name in (
        "one/src/a.py",
        "two/src/b.py",
        "one/.git/config",
        "one/.env",
        "else/secret.py",
        "one/-x.py",
    ):
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / "one/out").symlink_to(tmp_path / "else")
    (tmp_path / "one/file.py").symlink_to(tmp_path / "else/secret.py")
    (tmp_path / "one/hidden.py").symlink_to(tmp_path / "one/.env")
    (tmp_path / "one/loop").symlink_to(tmp_path / "one/loop")
    (tmp_path / "one/same.py").symlink_to("src/a.py")
    return Roots([tmp_path / "one", tmp_path / "two"])


@pytest.mark.parametrize("path", ["src/a.py", "src", ".", "./src/../src/a.py", "same.py"])
def test_what_lies_in_a_root_may_be_read(roots: Roots, path: str) -> None:
    assert roots.inside("", path) in ("src/a.py", "src", ".")


@pytest.mark.parametrize(
    "path",
    ["..", "../two/src/b.py", "/etc/passwd", "out/secret.py", "file.py", "hidden.py", ".env", ".git/config",
     "loop", "gone.py", "", "a\0b", "x" * 5_000, "../else/gone.py"],
)  # fmt: skip
def test_nothing_else_may(roots: Roots, path: str) -> None:
    with pytest.raises(InputError) as refused:
        roots.inside("", path)
    assert "\n" not in str(refused.value)


def test_whether_something_lies_outside_is_not_told(roots: Roots) -> None:
    said = []
    for name in ("secret.py", "gone.py"):
        with pytest.raises(InputError) as refused:
            roots.inside("", f"../else/{name}")
        said.append(refused.value.message.replace(name, ""))
    assert said[0] == said[1]


def test_a_path_is_of_the_root_that_is_named(roots: Roots) -> None:
    assert roots.names == ("one", "two")
    assert roots.inside("two", "src/b.py") == "src/b.py"
    with pytest.raises(InputError):
        roots.inside("two", "src/a.py")


def test_a_name_is_no_option(roots: Roots) -> None:
    assert roots.inside("", "-x.py") == "./-x.py"


def test_roots_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("a/src", "b/src"):
        (tmp_path / name).mkdir(parents=True)
    twice = Roots([tmp_path / "a/src", tmp_path / "b/src", tmp_path / "a/src"])
    assert twice.names == ("src", "src-2")
    with pytest.raises(InputError):
        Roots([tmp_path / "gone"])
