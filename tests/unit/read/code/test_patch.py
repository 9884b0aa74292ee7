from __future__ import annotations

import difflib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.errors import UnreadableInput
from octad.read.code.hunks import changed_by_path, ranges, unquoted
from octad.read.code.intake import Intake
from octad.read.code.patch import read_patch

OLD = "".join(f"x{number} = {number}\n" for number in range(1, 31))
NEW = OLD.replace("x5 = 5\n", "x5 = 55\n").replace("x20 = 20\n", "x20 = 20\ny = 0\n")


def diff(old: str, new: str, path: str = "a.py", n: int = 3) -> str:
    pieces = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}", n=n
    )
    return "".join(
        piece if piece.endswith("\n") else f"{piece}\n\\ No newline at end of file\n" for piece in pieces
    )


def changed(intake: Intake) -> list[tuple[str, list[tuple[int, int]]]]:
    return [(code.path, [(one.first, one.last) for one in code.changed or ()]) for code in intake.codes]


@pytest.mark.parametrize("there", [NEW, OLD])
def test_whole_file_is_read_where_either_side_is_there(tmp_path: Path, there: str) -> None:
    (tmp_path / "a.py").write_text(there)
    intake = read_patch(diff(OLD, NEW), cwd=tmp_path)
    assert changed(intake) == [("a.py", [(5, 5), (21, 21)])]
    assert intake.codes[0].text == NEW
    assert intake.codes[0].flags == ()


@pytest.mark.parametrize("there", [None, "something = 'else'\n" * 40])
def test_hunks_stand_alone_where_the_file_is_another(tmp_path: Path, there: str | None) -> None:
    if there:
        (tmp_path / "a.py").write_text(there)
    intake = read_patch(diff(OLD, NEW).encode(), cwd=tmp_path)
    assert changed(intake) == [("a.py", [(5, 5)]), ("a.py", [(21, 21)])]
    lines = NEW.splitlines(keepends=True)
    for code in intake.codes:
        assert code.flags == ("hunk",)
        n_lines = code.text.count("\n")
        assert code.text == "".join(lines[code.first_line - 1 : code.first_line - 1 + n_lines])


def test_new_file_is_whole_in_its_hunk(tmp_path: Path) -> None:
    text = diff("", "x = 1\ny = 2\n").replace("--- a/a.py", "--- /dev/null")
    [code] = read_patch(text, cwd=tmp_path).codes
    assert (code.text, code.first_line, code.flags) == ("x = 1\ny = 2\n", 1, ())
    assert changed(Intake(codes=(code,))) == [("a.py", [(1, 2)])]


def test_deleted_renamed_binary_and_foreign_files(tmp_path: Path) -> None:
    text = (
        diff(OLD, "", "gone.py").replace("+++ b/gone.py", "+++ /dev/null")
        + "diff --git a/p.py b/q.py\nsimilarity index 100%\nrename from p.py\nrename to q.py\n"
        + "diff --git a/l.py b/l.py\nindex 1..2 100644\nBinary files a/l.py and b/l.py differ\n"
        + diff("a\n", "b\n", "notes.txt")
        + diff("x = 1\n", "x = 2\n", "z.py")
    )
    intake = read_patch(text, cwd=tmp_path)
    assert changed(intake) == [("z.py", [(1, 1)])]
    assert [(one.path, one.reason) for one in intake.skipped] == [("l.py", "binary file")]


def test_patch_made_without_prefixes_and_from_a_subfolder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a.py").write_text(NEW)
    assert changed(read_patch(diff(OLD, NEW, "sub/a.py"), cwd=tmp_path / "sub"))[0][0] == "a.py"
    plain = diff(OLD, NEW).replace("--- a/", "--- sub/").replace("+++ b/", "+++ sub/")
    assert changed(read_patch(plain, cwd=tmp_path)) == [("sub/a.py", [(5, 5), (21, 21)])]


def test_names_with_spaces_and_quotes(tmp_path: Path) -> None:
    (tmp_path / "ü.py").write_text("x = 2\n")
    text = (
        diff("x = 1\n", "x = 2\n", "NAME")
        .replace("a/NAME", r'"a/\303\274.py"')
        .replace("b/NAME", r'"b/\303\274.py"')
    )
    assert changed(read_patch(text, cwd=tmp_path)) == [("ü.py", [(1, 1)])]
    spaced = diff("x = 1\n", "x = 2\n", "a b.py").replace("b.py\n", "b.py\t\n")
    assert changed(read_patch(spaced, cwd=tmp_path)) == [("a b.py", [(1, 1)])]


@pytest.mark.parametrize("name", ["../secret.py", "/secret.py", "sub/../../secret.py", "link/secret.py"])
def test_nothing_outside_is_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.py").write_text(NEW)
    work = tmp_path / "work"
    work.mkdir()
    (work / "link").symlink_to(tmp_path)
    path = str(tmp_path / "secret.py") if name.startswith("/") else name
    intake = read_patch(diff(OLD, NEW, path), cwd=work)
    assert [code.flags for code in intake.codes] == [("hunk",), ("hunk",)]
    assert "secret.py" in intake.codes[0].path and ".." not in intake.codes[0].path


def test_line_ends_and_a_missing_last_one(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = 1\r\ny = 3")
    intake = read_patch(diff("x = 1\ny = 2", "x = 1\ny = 3").replace("\n", "\r\n"), cwd=tmp_path)
    assert changed(intake) == [("a.py", [(2, 2)])]
    assert intake.codes[0].flags == ("crlf",)


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_nothing_to_read(tmp_path: Path, text: str) -> None:
    assert read_patch(text, cwd=tmp_path) == Intake()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello\n", "no unified diff"),
        ("--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n a\n-b\n", "line 5: hunk is shorter"),
        ("--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n a\n*b\n", "line 5: hunk diff line expected"),
        ("+++ b/a.py\n@@ -1 +1 @@\n-a\n+b\n", "line 1: target without source"),
        (f"--- a/a.py\n+++ b/a.py\n@@ -{'9' * 5000} +1 @@\n", "line 3"),
        (b"\x7fELF", "binary"),
    ],
)
def test_malformed_patch_names_the_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(UnreadableInput, match=message) as caught:
        read_patch(text, cwd=tmp_path)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


def test_a_patch_that_was_cut_off_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"line 5: hunk is shorter.*; make it anew with `git diff`"):
        read_patch("--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n a\n-b\n", cwd=tmp_path)


def test_oversized_patch_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octad.read.code.patch.MAX_PATCH_BYTES", 10)
    with pytest.raises(UnreadableInput, match="larger than 10 bytes"):
        read_patch(b"x" * 11, cwd=tmp_path)


source_lines = st.lists(
    st.sampled_from(["a = 1", "b = 2", "", "-- c", "++ d", "@@ -1 +1 @@"]), min_size=1, max_size=12
)


@settings(max_examples=20)
@given(source_lines, source_lines, st.integers(0, 3))
def test_any_patch_gives_its_new_side(
    tmp_path_factory: pytest.TempPathFactory, old: list[str], new: list[str], n: int
) -> None:
    before, after = ("".join(f"{line}\n" for line in side) for side in (old, new))
    text = diff(before, after, n=n)
    intake = read_patch(text, cwd=tmp_path_factory.getbasetemp())
    marked = set()
    for code in intake.codes:
        part = code.text.split("\n")[:-1]
        assert part == new[code.first_line - 1 : code.first_line - 1 + len(part)]
        marked |= {line for one in code.changed or () for line in range(one.first, one.last + 1)}
    steps = difflib.SequenceMatcher(None, old, new).get_opcodes()
    added = {line + 1 for step, _, _, first, last in steps if step != "equal" for line in range(first, last)}
    blank = {line for line in added if not new[line - 1]}  # hunks of nothing but blank lines are left out
    assert added - blank <= marked <= set(range(1, len(new) + 1))
    n_taken = sum(step == "delete" for step, *_ in steps)
    assert len(marked - added) <= n_taken


@settings(max_examples=20)
@given(st.lists(st.integers(1, 50)))
def test_ranges_hold_exactly_their_lines(lines: list[int]) -> None:
    found = ranges(lines)
    assert [line for one in found for line in range(one.first, one.last + 1)] == sorted(set(lines))
    assert all(b.first > a.last + 1 for a, b in pairwise(found))


@settings(max_examples=20)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_quoted_paths_come_back(path: str) -> None:
    quoted = "".join(
        f"\\{byte:03o}" if byte > 126 or byte < 32 or byte in b'"\\' else chr(byte) for byte in path.encode()
    )
    assert unquoted(f'"{quoted}"') == path
    assert unquoted(r'"\t\"\\"') == '\t"\\'


def test_changed_lines_of_a_patch_without_context() -> None:
    text = diff(OLD, NEW, n=0) + "--- a/c\n+++ b/c\n@@ -3 +2,0 @@\n-x\n"
    assert changed_by_path(text) == {"a.py": [5, 21], "c": [3]}
