"""Nothing that a stranger's code does by itself reads as a result that it did not have."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from octad.host import sandbox, session
from octad.host.interpreters import running
from octad.host.isolation import Limits
from octad.host.session import Came, Piece, Project, Session, outcomes

pytestmark = pytest.mark.skipif(not sandbox.available(), reason="no program can be isolated here")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    tmp_path.chmod(0o755)
    (tmp_path / "shop.py").write_text(
        "class Price:\n    def __init__(self, each): self.each = each\nTWO = 2\n"
    )
    return Project(str(tmp_path), (str(tmp_path),), ("shop",), running())


def came(project: Project, *sources: str, module: str = "") -> Came:
    """What came of pieces that are typed one after another."""
    typed = Session(tuple(Piece(source, is_typed=True) for source in sources), module)
    return outcomes([typed], project, Limits(seconds=10))


def test_what_pieces_print_and_raise(project: Project) -> None:
    found = came(
        project,
        "1 + 1",
        "x = 3",
        "print(x)",
        "shop.Price(of=1)",
        "import shop",
        "shop.Price(of=1)",
        "shop.no",
    )
    assert found.early == ""
    _, *results = found.results[0]
    assert [one.output for one in results] == ["2\n", "", "3\n", "", "", "", ""]
    kinds = [one.raised.kinds[0] if one.raised else "" for one in results]
    assert kinds == ["", "", "", "NameError", "", "TypeError", "AttributeError"]
    assert results[5].raised is not None
    assert (results[5].raised.owner, results[5].raised.is_direct) == ("shop", True)
    assert results[6].raised is not None
    assert (results[6].raised.owner, results[6].raised.name) == ("shop", "no")


def test_sessions_share_nothing_but_begin_with_their_module(project: Project) -> None:
    first = Session((Piece("own = TWO", is_typed=True), Piece("own + 1", is_typed=True)), "shop")
    found = outcomes([first, Session((Piece("own"), Piece("TWO"))), Session((Piece("1"),), "gone")], project)
    assert found.results[0][2].output == "3\n"
    assert [one.raised is not None for one in found.results[1]] == [False, True, True]
    assert found.results[2][0].raised is not None, "the module is not there"


def test_a_version_that_nobody_built(project: Project) -> None:
    (Path(project.root) / "shop.py").unlink()
    (Path(project.root) / "shop").mkdir()
    (Path(project.root) / "shop" / "__init__.py").write_text("from shop._version import __version__\n")
    found = came(project, "import shop; shop.__version__", "import shop._versions", "import json._version")
    assert found.results[0][1].output == "'0.0.0'\n"
    assert all(one.raised is not None for one in found.results[0][2:]), "no other module, of nobody else"


def test_a_docstring_knows_the_names_of_its_package_too(project: Project) -> None:
    (Path(project.root) / "shop.py").unlink()
    (Path(project.root) / "shop").mkdir()
    (Path(project.root) / "shop" / "__init__.py").write_text("from shop.till import Till\nOPEN = 1\n")
    (Path(project.root) / "shop" / "till.py").write_text("class Till: pass\nOPEN = 2\n")
    (Path(project.root) / "shop" / "door.py").write_text("")
    found = came(project, "Till.__name__", "OPEN", module="shop.door").results[0]
    assert [one.output for one in found[1:]] == ["'Till'\n", "1\n"]
    assert came(project, "OPEN", module="shop.till").results[0][1].output == "2\n", "its own names first"


LEAVES = {
    "at once": "import os; os._exit(0)",
    "by a signal": "import os; os.kill(os.getpid(), 9)",
    "by a crash": "import sys; sys.setrecursionlimit(10**9); f = lambda: f(); f()",
    "by exec": "import os; os.execv('/bin/true', ['true'])",
    "with a faked end": "import os; os.write(1, b'[\"ended\", 4]\\n'); os._exit(0)",
    "with a faked end on every channel": (
        "import os\nfor fd in range(3, 20):\n"
        "    try: os.write(fd, b'\\n' + b'0' * 32 + b' [\"ended\", 4]\\n')\n"
        "    except OSError: pass\nos._exit(0)"
    ),
}


@pytest.mark.parametrize("how", LEAVES)
def test_leaving_early_is_no_result(project: Project, how: str) -> None:
    found = outcomes([Session((Piece("1"), Piece(LEAVES[how]), Piece("2")))], project, Limits(seconds=10))
    assert found.early != ""
    assert len(found.results[0]) <= 2


def test_a_status_alone_would_believe_it() -> None:
    """The control: to leave early is a success for who looks at nothing else."""
    done = subprocess.run([sys.executable, "-c", LEAVES["at once"] + "\n1 / 0"], check=False)
    assert done.returncode == 0


PATCHES = {
    "equality": "class Any(str):\n    __eq__ = lambda self, other: True\n    __hash__ = str.__hash__",
    "results": "import json\njson.dumps = lambda *a, **k: '[]'\njson.JSONEncoder.encode = lambda *a: '[]'",
    "writing": "import os\nos.write = lambda *a: 0\nos._exit = lambda *a: None",
    "leaving": "import sys\nsys.exit(0)",
    "printing": "import sys\nsys.stdout = sys.__stdout__ = sys.__stderr__ = None",
    "built-ins": "import builtins\nbuiltins.compile = builtins.exec = builtins.repr = lambda *a, **k: None",
    "closing": "import os\nos.closerange(0, 3)",
    "an endless end": "import atexit, threading, time\natexit.register(time.sleep, 99)\n"
    "threading.Thread(target=time.sleep, args=(99,)).start()",
}


@pytest.mark.parametrize("what", PATCHES)
def test_what_is_patched_is_not_what_counts(project: Project, what: str) -> None:
    found = outcomes(
        [Session((Piece(PATCHES[what]), Piece("1 + 1", is_typed=True)))], project, Limits(seconds=10)
    )
    results = [one.output for one in found.results[0][2:]]
    assert found.early or results in (["2\n"], [""])


def test_every_piece_ends(project: Project) -> None:
    slow = Session(
        (Piece("while True: pass"), Piece("while True: print('x' * 1000)"), Piece("input()"), Piece("x = 1"))
    )
    found = outcomes([slow], project, Limits(seconds=4))
    kinds = [one.raised.kinds[0] if one.raised else "" for one in found.results[0][1:]]
    assert kinds[0] == "Stopped"
    assert found.early == ""
    found = outcomes([slow], project, Limits(seconds=20))
    kinds = [one.raised.kinds[0] if one.raised else "" for one in found.results[0][1:]]
    assert kinds == ["Stopped", "Stopped", "EOFError", ""]


WORD = "w"


def told(*lines: object) -> bytes:
    return "".join(f"{WORD} {json.dumps(line)}\n" for line in lines).encode()


WHOLE = (["begun"], ["came", 0, 0, "", None], ["came", 0, 1, "2\n", None], ["ended", 2])


@pytest.mark.parametrize(
    "lines",
    [
        [],
        WHOLE[:3],
        (*WHOLE[:2], WHOLE[3]),
        (*WHOLE[:3], ["ended", 1]),
        (*WHOLE[:3], ["ended", "2"]),
        (*WHOLE, WHOLE[3]),
        (WHOLE[0], WHOLE[2], WHOLE[1], WHOLE[3]),
        (WHOLE[0], WHOLE[1], WHOLE[1], WHOLE[3]),
        (*WHOLE[:2], ["came", 0, 1, None, None], WHOLE[3]),
        (*WHOLE[:2], ["came", 0, 1, "", {"kinds": 3}], WHOLE[3]),
        (*WHOLE[:2], ["came", 0, 1, ""], WHOLE[3]),
        (*WHOLE[:2], [], 5, "x", WHOLE[3]),
    ],
)
def test_results_that_contradict_themselves_are_none(lines: list[object]) -> None:
    assert session._told(told(*WHOLE), WORD, [2]).early == "", "the control"
    assert session._told(told(*lines), WORD, [2]).early != ""


def test_a_line_without_the_word_is_none() -> None:
    data = told(*WHOLE).replace(b"w [", b"v [")
    assert session._told(data, WORD, [2]) == Came(((),), "did not begin")
    assert session._told(b"w " + b"[" * 100_000, WORD, [2]).early != ""
