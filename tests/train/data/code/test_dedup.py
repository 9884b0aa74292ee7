from octad_train.data.code.dedup import Seen, signature

ONE = """
def read(path, limit=10):
    # a comment
    with open(path) as handle:
        rows = [line.strip() for line in handle if line and not line.startswith("#")]
    if len(rows) > limit:
        raise ValueError("too many rows")
    return rows
"""


def test_layout_comments_numbers_and_strings_do_not_count() -> None:
    other = ONE.replace("# a comment", "# another one").replace("10", "99").replace("too many", "no")
    seen = Seen()
    assert seen.add(signature(ONE))
    assert not seen.add(signature(other.replace("    ", "  ")))
    assert len(seen) == 1


def test_a_small_change_is_near_and_another_function_is_not() -> None:
    seen = Seen()
    seen.add(signature(ONE))
    assert signature(ONE.replace("return rows", "return rows, path")) in seen
    other = "def area(width, height):\n    if width < 0 or height < 0:\n        raise ValueError\n"
    assert signature(other) not in seen
    assert seen.add(signature(other))


def test_signatures_are_the_same_in_every_run() -> None:
    assert signature("a = b + c\n").tolist()[:2] == signature("a = b + c  # why\n").tolist()[:2]
    assert signature("x").shape == (32,)
