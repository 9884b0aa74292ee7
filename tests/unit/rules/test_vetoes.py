"""A repair that is no program, the same one, or one that fails is not offered; what may be right is."""

from __future__ import annotations

import pytest

from octad.records.code import Code
from octad.rules.rule import Edit, rule
from octad.rules.vetoes import has_no_value, is_same_program, is_type_checking
from octad.syntax.edits import INDEX, apply
from octad.syntax.parsed import note_parts
from octad.syntax.tokenizer import tokenize


def edited(code: Code, word: str, edit: str, name: str = "") -> Edit:
    """A repair at the last item that reads `word`, as vetoes see it."""
    tokens = tokenize(code)
    item = len(tokens) - 1 - tokens.words[::-1].index(word)
    verb, _, new = edit.partition(":")
    return Edit(code, tokens, item, verb, name or new, apply(code.text, tokens, item, INDEX[edit], name))


def reason(kind: str, text: str, word: str, edit: str) -> str:
    """Why the rule of a kind does not offer a repair."""
    return rule(f"bug/{kind}").veto(edited(Code(path="a.py", text=text), word, edit))


def body(*lines: str) -> str:
    return "".join(f"{line}\n" for line in ("def f(self, n, parts, text: str):", *lines))


@pytest.mark.parametrize(
    ("text", "word", "edit", "same"),
    [
        ("def f():\n    return -0\n", "0", "replace:0", True),
        ("def f(x):\n    return x\n    return x < 1\n", "<", "replace:<=", True),
        ("    while 2:\n        pass\n", "2", "replace:1", True),
        ("def f(x):\n    return x < 1\n", "<", "replace:<=", False),
        ("def f():\n    return 1\n", "1", "replace:True", False),
        ("def f():\n    return lambda: 1\n", "1", "replace:2", False),
        ("def f(:\n    return 1\n", "1", "replace:1", False),
    ],
)
def test_a_repair_that_compiles_to_the_same_is_no_repair(text: str, word: str, edit: str, same: bool) -> None:
    assert bool(is_same_program(edited(Code(path="a.py", text=text), word, edit))) == same


def test_programs_are_compared_in_python_alone() -> None:
    code = Code(path="a.js", text="while (2) {}\n", language="javascript")
    assert not is_same_program(edited(code, "2", "replace:2"))


UNSET = [
    ("    a = n", "    b = 1", "    return b"),
    ("    for b in n:", "        pass"),
    ("    b = n", "    return b"),
    ("    b: int = n",),
    ("    n += n", "    b = 1"),
    ("    if n:", "        b = 1"),
    ("    with n as b:", "        pass"),
    ("    return [n for a in self]", "    import b"),
    ("    def g(a=n):", "        return a", "    def b():", "        return g"),
    ("    try:", "        n()", "    except E as b:", "        pass"),
    ("    match n:", "        case {'a': [*b]}:", "            pass"),
]
SET = [
    ("    b = 1", "    return n"),
    ("    while n:", "        b = 1"),
    ("    for a in self:", "        print(n)", "        b = a"),
    ("    for b in self:", "        print(n)"),
    ("    for a in self:", "        for b in n:", "            pass"),
    ("    global b", "    print(n)", "    b = 1"),
    ("    print(n)", "    return b"),
    ("    print(n)", "    return [b for b in self]"),
    ("    print(n)", "    return lambda b: b"),
    ("    g = lambda: n", "    b = 1", "    return g"),
    ("    def g():", "        return n", "    b = 1", "    return g"),
    ("    def g():", "        nonlocal b", "        b = 1", "    print(n)", "    b = 1"),
    ("    if (b := 1) and n:", "        pass"),
    ("    class A:", "        c = n", "    b = 1"),
    ("    return n if (b := 1) else 2",),
    ("    return [n for b in self]", "    b = 1"),
    ("    self.a = n(lambda: 1)", "    parts[0].b = 1"),
]


def repaired(lines: tuple[str, ...]) -> Edit:
    """`n` repaired by `b` where it stands last."""
    return edited(Code(path="a.py", text=body(*lines)), "n", "name", "b")


@pytest.mark.parametrize("lines", UNSET)
def test_a_variable_that_is_only_set_later_is_not_read(lines: tuple[str, ...]) -> None:
    assert has_no_value(repaired(lines))


@pytest.mark.parametrize("lines", SET)
def test_a_variable_that_may_be_set_may_be_read(lines: tuple[str, ...]) -> None:
    assert not has_no_value(repaired(lines))


def test_a_parameter_and_a_name_of_a_module_may_be_read() -> None:
    again = Code(path="a.py", text="def f(n, b):\n    print(n)\n    b = 1\n")
    outside = Code(path="a.py", text="print(n)\nb = 1\n")
    written = Code(path="a.py", text="def f():\n    n = 1\n    b = 1\n")
    assert not any(has_no_value(edited(one, "n", "name", "b")) for one in (again, outside, written))


RAISING = [
    ('    return "-" * n', "*", "+"),
    ('    return "-" * n', "*", "**"),
    ("    return n * f'{n}'", "*", "-"),
    ("    return text * n", "*", "/"),
    ('    return (n * self.a) + n + "b"', "*", "+"),
    ('    a = "b"', '    a += "c"', "    return n * a", "*", "+"),
    ('    return " ".join(n) + n', "+", "-"),
    ("    return text + str(n)", "+", "*"),
    ("    text += n * parts", "*", "+"),
    ('    return "%s" % n', "%", "//"),
    ('    return n / "b"', "/", "*"),
    ("    return n ** 2", "**", "*"),
]
RUNNING = [
    ("    return parts * n", "*", "+"),
    ('    return "-" * "b"', "*", "+"),
    ('    return "-" + n', "+", "*"),
    ('    a = "b"', "    a = n", "    return n * a", "*", "+"),
    ('    return n % "b"', "%", "//"),
    ('    return "%s" / n', "/", "%"),
    ("    return n ** parts", "**", "*"),
    ("    return (n * self.a) + n + 1", "*", "+"),
    ("    return n * self.a, 'b'", "*", "+"),
    ("    return n and text", "and", "or"),
]


@pytest.mark.parametrize("held", RAISING)
def test_arithmetic_that_raises_is_not_offered(held: tuple[str, ...]) -> None:
    assert reason("wrong-operator", body(*held[:-2]), held[-2], f"replace:{held[-1]}")


@pytest.mark.parametrize("held", RUNNING)
def test_arithmetic_that_may_run_is_offered(held: tuple[str, ...]) -> None:
    assert not reason("wrong-operator", body(*held[:-2]), held[-2], f"replace:{held[-1]}")


WRITER = """\
class Writer:
    def __init__(self, level):
        self._level = level
        self._indent = {}

    def line(self):
        return self._indent * self._level

class Other:
    def __init__(self):
        self._indent = 1

    def line(self):
        return self._indent * self._level
"""


@pytest.mark.parametrize(
    ("name", "indent", "first", "raises"),
    [("a", '"  "', 6, True), ("b", "2", 6, False), ("c", '"  "', 13, False)],
)
def test_what_a_class_sets_is_known_in_its_methods(name: str, indent: str, first: int, raises: bool) -> None:
    file = WRITER.format(indent).replace("def line", f"def {name}")
    method = "".join(file.splitlines(keepends=True)[5:7])
    start = file.index(method)
    note_parts(file, "python", [(start, start + len(method))])
    offered = edited(Code(path="a.py", text=method, first_line=first), "*", "replace:+")
    assert bool(rule("bug/wrong-operator").veto(offered)) == raises


def test_text_alone_knows_its_own_assignments() -> None:
    offered = edited(
        Code(path="a.py", text=WRITER.format('"  "').partition("class Other")[0]), "*", "replace:+"
    )
    assert rule("bug/wrong-operator").veto(offered)


@pytest.mark.parametrize(
    ("line", "word", "new", "raises"),
    [
        ("    n += 'a'", "+=", "-=", True),
        ("    text += n", "+=", "*=", True),
        ("    text *= n", "*=", "/=", True),
        ("    n += 'a'", "+=", "=", False),
        ("    n += parts", "+=", "-=", False),
        ("    n *= 2", "*=", "+=", False),
        ("    n -= 2", "-=", "+=", False),
        ("    n = 2", "=", "+=", False),
    ],
)
def test_an_update_of_text_that_raises_is_not_offered(line: str, word: str, new: str, raises: bool) -> None:
    assert bool(reason("wrong-assignment", body(line), word, f"replace:{new}")) == raises


REST = [
    ("    for i, part in enumerate(parts):", "        n.add(parts[i:])", "        break"),
    ("    for i in range(len(parts)):", "        n = parts[i + 1 :]", "        break"),
    ("    for i, part in enumerate(parts):", "        n += parts[i:]", "        if n:", "            break"),
    ("    parts = iter(n)", "    for part in parts:", '        n.add("".join(parts))', "        break"),
    ("    parts = (a for a in n)", "    for part in parts:", "        n = [part, *parts]", "        break"),
    ("    parts = open(n)", "    for part in parts:", "        match n:", "            case 1:",
     "                n = list(parts)", "                break"),
    ("    parts = zip(n)", "    for part in parts:", "        for a in list(parts):", "            n(a)",
     "        break"),
]  # fmt: skip
NEVER_ENDS = ("    while True:", "        n()", "        if n:", "            break")
NEEDS_BREAK = ("    for part in parts:", "        if part:", "            break", "    else:", "        n()")
OPEN = [
    ("    for i, part in enumerate(parts):", "        n.add(parts[:i])", "        break"),
    ("    for i, part in enumerate(parts):", "        n.add(n[i:])", "        break"),
    ("    for i, part in enumerate(parts):", "        if n:", "            n = parts[i:]", "        break"),
    ("    for part in parts:", "        n = list(parts)", "        break"),
    ("    parts = iter(n)", "    for part in parts:", "        n = next(parts)", "        break"),
    ("    parts = iter(n)", "    parts = 1", "    for a in parts:", "        list(parts)", "        break"),
    ("    for part in parts:", "        n = part", "        break"),
    ("    while n:", "        n()", "        break"),
    ("    while True:", "        yield n", "        break"),
    ("    while True:", "        if n:", "            return n", "        break"),
    ("    while True:", "        if n:", "            break", "        break"),
    ("    for a in n:", "        if n:", "            break", "        break", "    else:", "        n()"),
]  # fmt: skip


@pytest.mark.parametrize("lines", [*REST, NEVER_ENDS, NEEDS_BREAK])
def test_a_loop_that_cannot_go_on_is_left(lines: tuple[str, ...]) -> None:
    assert reason("wrong-jump", body(*lines), "break", "replace:continue")


@pytest.mark.parametrize("lines", OPEN)
def test_a_loop_that_may_go_on_may_go_on(lines: tuple[str, ...]) -> None:
    assert not reason("wrong-jump", body(*lines), "break", "replace:continue")


RETRIED = [
    (
        "    while True:",
        "        try:",
        "            return n()",
        "        except E:",
        "            continue",
    ),
    ("    for part in parts:", "        if part:", "            continue", "        return part"),
    (
        "    for part in parts:",
        "        if n:",
        "            raise E",
        "        else:",
        "            continue",
    ),
]
ROUNDS = [
    ("    for part in parts:", "        if part:", "            continue", "        n(part)"),
    ("    for part in parts:", "        if n:", "            continue", "        elif part:",
     "            continue", "        return part"),
    ("    while n:", "        try:", "            n()", "        except E:", "            continue"),
    ("    while n:", "        if n:", "            continue", "        with n:", "            raise E"),
]  # fmt: skip


@pytest.mark.parametrize("lines", RETRIED)
def test_a_loop_keeps_its_second_round(lines: tuple[str, ...]) -> None:
    assert reason("wrong-jump", body(*lines), "continue", "replace:break")


@pytest.mark.parametrize("lines", ROUNDS)
def test_a_loop_with_other_rounds_may_be_left(lines: tuple[str, ...]) -> None:
    assert not reason("wrong-jump", body(*lines), "continue", "replace:break")


@pytest.mark.parametrize(
    ("condition", "guards"),
    [("TYPE_CHECKING", True), ("typing.TYPE_CHECKING", True), ("x", False), ("TYPE_CHECKING and x", False)],
)
def test_the_guard_of_type_checkers_is_left_alone(condition: str, guards: bool) -> None:
    code = Code(path="a.py", text=f"if {condition}:\n    import b\n")
    word = condition.partition(".")[0].partition(" ")[0]
    assert bool(is_type_checking(edited(code, word, "insert:not"))) == guards
    assert not is_type_checking(edited(code, "b", "name", "c"))


@pytest.mark.parametrize(
    ("line", "word", "new", "vetoed"),
    [
        ("    for a, b in n.values(): pass", "values", "items", True),
        ("    for a, b in n.values(): pass", "values", "keys", True),
        ("    return [a for a, b in n.items()]", "items", "values", True),
        ("    for a in n.values(): pass", "values", "items", False),
        ("    for a, b in n.keys(): pass", "keys", "items", False),
        ("    for a, b, c in n.items(): pass", "items", "values", False),
        ("    for a, b in parts(n.values()): pass", "values", "items", False),
        ("    return n.values()", "values", "items", False),
        ("    n.append(1)", "append", "extend", False),
    ],
)
def test_pairs_do_not_say_which_view_they_are_from(line: str, word: str, new: str, vetoed: bool) -> None:
    assert bool(reason("wrong-method", body(line), word, f"replace:{new}")) == vetoed


@pytest.mark.parametrize(
    ("call", "position", "vetoed"),
    [
        ('getattr(n, "a")', 0, True),
        ("setattr(n, parts_path, self)", 0, True),
        ("setattr(n, text, parts)", 1, True),
        ('self.setattr("a.b", n)', 0, True),
        ('getattr("a", n)', 0, False),
        ("setattr(n, parts, self)", 0, False),
        ("getattr(name, path)", 0, False),
        ('getattr(n.path, "a")', 0, True),
        ('getattr("a", "b")', 0, False),
        ("self.setattr(n, parts)", 0, False),
        ('n(parts, "a")', 0, False),
    ],
)
def test_the_name_of_an_attribute_stays_in_its_place(call: str, position: int, vetoed: bool) -> None:
    text = body(f"    return {call}")
    assert bool(reason("swapped-arguments", text, "(", f"swap:{position}")) == vetoed
