"""A program of a stranger reaches nothing, takes no more than it may, and is not run where that is not so.

Every attack is tried outside as well: there it works, so that a test fails where the sandbox does nothing.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from octad.errors import IsolationError, ProcessError
from octad.host import sandbox
from octad.host.interpreters import running
from octad.host.isolation import TEMPORARY, Limits, View
from octad.host.processes import Finished
from octad.host.sandbox import WAYS, broken, isolated
from tests.unit.host.hostile import children, ended, gone, nothing_left

REASONS = {name: broken(way) for name, way in WAYS.items()}
SMALL = Limits(seconds=5, processes=16, output=100_000)

pytestmark = pytest.mark.skipif(
    all(REASONS.values()), reason=f"no program can be isolated here: {sandbox.REFUSED}, {REASONS}"
)


@pytest.fixture(params=[name for name, reason in REASONS.items() if not reason] or [""])
def way(request: pytest.FixtureRequest) -> str:
    """Each way that there is here."""
    return str(request.param)


@pytest.fixture
def code(tmp_path: Path) -> Iterator[Path]:
    """A folder that a program may read, beside one that it may not."""
    tmp_path.chmod(0o755)
    (tmp_path / "secret").write_text("hidden")
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "own.py").write_text("X = 1\n")
    yield folder


def inside(
    way: str, program: str, folder: Path | None = None, limits: Limits = SMALL, **given: str
) -> Finished:
    """A Python program, isolated."""
    python = running()
    readable = python.folders | ({str(folder): str(folder)} if folder else {})
    command = [python.path, "-I", "-c", textwrap.dedent(program)]
    return ended(lambda: isolated(WAYS[way], command, View(readable, given), limits), 60)


def outside(program: str) -> subprocess.CompletedProcess[str]:
    """The same, without."""
    command = [sys.executable, "-c", textwrap.dedent(program)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def stages() -> set[Path]:
    """Folders that a root is built in."""
    return set(Path(TEMPORARY).glob(f"octad-{os.getpid()}-*"))


def test_an_answer(way: str, code: Path) -> None:
    before = stages()
    with nothing_left():
        program = "import sys, own; print(own.X, open('/tmp/a', 'w').write('x')); sys.exit(3)"
        found = inside(way, f"import sys; sys.path.insert(0, {str(code)!r})\n{program}", code)
    assert (found.status, found.stdout) == (3, b"1 1\n"), found.stderr
    assert stages() <= before


# What a program takes (44).

BOMB = """
    import os, time
    count = 0
    for _ in range(60):
        try:
            pid = os.fork()
        except BlockingIOError:
            break
        if pid == 0:
            time.sleep(2)
            os._exit(0)
        count += 1
    print(count)
"""


def test_processes_are_few(way: str) -> None:
    assert outside(BOMB).stdout == "60\n"
    assert 0 < int(inside(way, BOMB).stdout) < SMALL.processes


def test_a_fork_bomb_ends(way: str) -> None:
    program = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError: pass"
    with nothing_left(), pytest.raises(ProcessError) as raised:
        inside(way, program, limits=SMALL._replace(seconds=2), MARK=f"bomb-{way}")
    assert raised.value.kind == "slow"
    assert gone(f"MARK=bomb-{way}")


SPACE = "x = bytearray({size})\nprint(len(x))"


def test_one_process_holds_no_more_than_it_may(way: str) -> None:
    program = SPACE.format(size=3 << 30)
    assert outside(program).stdout == f"{3 << 30}\n"
    found = inside(way, program)
    assert found.status == 1
    assert b"MemoryError" in found.stderr


TOGETHER = """
    import os, time
    for _ in range(5):
        if os.fork() == 0:
            x = b"x" * 60_000_000
            time.sleep(4)
            os._exit(0)
    time.sleep(1)
    print("held")
"""


def test_all_together_hold_no_more_than_they_may(way: str) -> None:
    assert outside(TOGETHER).stdout == "held\n"
    assert inside(way, TOGETHER).stdout == b"held\n"
    with pytest.raises(ProcessError, match="memory"):
        inside(way, TOGETHER, limits=SMALL._replace(memory=200_000_000))


FILES = """
    import os
    for number in range(8):
        with open(f"{folder}/octad-{{os.getpid()}}-{{number}}", "wb") as file:
            file.write(bytes(1_000_000))
    print("written")
"""


def test_files_are_bounded(way: str, tmp_path: Path) -> None:
    assert outside(FILES.format(folder=tmp_path)).stdout == "written\n"
    assert inside(way, FILES.format(folder=TEMPORARY)).stdout == b"written\n"
    for limits in (SMALL._replace(temporary=2 << 20), SMALL._replace(file_bytes=1 << 19)):
        found = inside(way, FILES.format(folder=TEMPORARY), limits=limits)
        assert found.stdout == b""
        assert b"No space left" in found.stderr or b"File too large" in found.stderr


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_is_bounded(way: str, stream: str) -> None:
    with nothing_left(), pytest.raises(ProcessError, match="output"):
        inside(way, f"import sys\nwhile True: sys.{stream}.write('x' * 1000)")


LEAVES = """
    import os, time
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.close(0); os.close(1); os.close(2)
            time.sleep(30)
        os._exit(0)
    os.wait()
    print("left")
"""


def test_who_leaves_its_group_ends_too(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARK", "stray-outside")
    assert outside(LEAVES).stdout == "left\n"
    strays = children("MARK=stray-outside")
    subprocess.run(["sh", "-c", KILL, "sh", "MARK=stray-outside"], check=True)
    assert strays, "the control"
    assert inside(way, LEAVES, MARK=f"stray-{way}").stdout == b"left\n"
    assert gone(f"MARK=stray-{way}")


KILL = """
for one in /proc/[0-9]*; do
    grep -qz "^$1$" $one/environ 2>/dev/null && [ ${one#/proc/} != $$ ] && kill -9 ${one#/proc/}
done; :
"""


@pytest.mark.parametrize(
    "program",
    [
        "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]; time.sleep(99)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
        "while True: pass",
        "import os; os.close(1); os.close(2); os.kill(1, 9); import time; time.sleep(99)",
    ],
)
def test_every_program_ends(way: str, program: str) -> None:
    with nothing_left():
        try:
            found = inside(way, program, limits=SMALL._replace(seconds=1.5), MARK=f"endless-{way}")
        except ProcessError as error:
            assert error.kind == "slow"
        else:
            assert found.status > 128
    assert gone(f"MARK=endless-{way}")


def test_what_octad_started_ends_with_octad(way: str, tmp_path: Path) -> None:
    """Where it is killed itself, there is nobody left to clean up."""
    mark = f"orphan-{way}"
    program = f"""
        from octad.host.sandbox import *
        from octad.host.isolation import *
        from octad.host.interpreters import running
        python = running()
        command = [python.path, "-I", "-c", "import time; time.sleep(60)"]
        isolated(WAYS[{way!r}], command, View(python.folders, {{"MARK": {mark!r}}}), Limits())
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)])
    for _ in range(500):
        if any(one.startswith(running().path) for one in children(f"MARK={mark}")):
            break
        time.sleep(0.02)
    assert children(f"MARK={mark}"), "the control"
    parent.kill()
    parent.wait()
    for stage in Path(TEMPORARY).glob(f"octad-{parent.pid}-*"):
        shutil.rmtree(stage)
    assert gone(f"MARK={mark}"), children(f"MARK={mark}")


# What a program reaches (46).

REACHES = {
    "a server of this machine": "import socket; socket.create_connection(('127.0.0.1', {port}), 2)",
    "an abstract socket": "import socket; s = socket.socket(1); s.connect('\\0{mark}')",
    "a file beside the code": "open({secret!r}).read()",
    "writing beside code": "open({code!r} + '/new', 'w')",
    "writing to code": "open({code!r} + '/own.py', 'a')",
    "making code writable": "import os; os.chmod({code!r} + '/own.py', 0o777)",
    "a variable": "import os; os.environ[{mark!r}]",
    "users of this machine": "open('/etc/passwd').read()",
    "another process": "import os; os.kill({pid}, 0)",
    "variables of another process": "assert open('/proc/{pid}/environ', 'rb').read()",
    "folders of this machine by another process": "import os; os.listdir('/proc/{pid}/root/var')",
    "folders of this machine": "import os; os.listdir('/var')",
    "the home": "import os; os.listdir({home!r} + '/.cache')",
}


@pytest.fixture
def reached(code: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """What there is to be reached."""
    mark = f"OCTAD_{os.getpid()}"
    monkeypatch.setenv(mark, mark)
    monkeypatch.setenv("HOME", str(code.parent / "home"))
    (code.parent / "home" / ".cache").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as other:
        other.bind(f"\0{mark}")
        other.listen()
        yield {
            "port": server.getsockname()[1], "mark": mark, "secret": str(code.parent / "secret"),
            "code": str(code), "pid": os.getpid(), "home": os.environ["HOME"],
        }  # fmt: skip


@pytest.mark.parametrize("what", REACHES)
def test_nothing_is_reached(way: str, what: str, code: Path, reached: dict[str, object]) -> None:
    program = REACHES[what].format(**reached) + "\nprint('reached')"
    assert outside(program).stdout == "reached\n", "the control"
    found = inside(way, program, code)
    assert found.stdout == b""
    assert found.status == 1
    assert b"Traceback" in found.stderr


def test_no_privileges(way: str) -> None:
    program = "print(*(line for line in open('/proc/self/status') if line[:3] in ('Cap', 'NoN')), sep='')"
    found = dict(line.split(":\t") for line in inside(way, program).stdout.decode().split("\n") if line)
    assert found == {f"Cap{name}": "0" * 16 for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")} | {
        "NoNewPrivs": "1"
    }


@pytest.mark.parametrize(
    "command", ["unshare -r true", "mount -t tmpfs none /tmp", "mount -o remount,bind,rw /usr"]
)
def test_no_way_back_to_privileges(way: str, command: str) -> None:
    assert inside(way, f"import subprocess; subprocess.run({command!r}.split(), check=True)").status == 1


# Where there is no isolation (47).


@pytest.fixture
def nothing_isolates(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sandbox, "WAYS", {"none": lambda *_: ["false"]})
    sandbox._way.cache_clear()
    yield
    sandbox._way.cache_clear()


@pytest.mark.usefixtures("nothing_isolates")
def test_without_isolation_nothing_is_run(tmp_path: Path) -> None:
    assert sandbox.available() == ""
    made = tmp_path / "made"
    with pytest.raises(IsolationError, match=r"none is run \(none: ended with 1\); install bubblewrap"):
        sandbox.run(["touch", str(made)], View({}))
    assert not made.exists()


def test_a_way_that_does_not_isolate_is_found_out() -> None:
    def open_door(command: object, *_: object) -> list[str]:
        return list(command)  # type: ignore[call-overload]

    reason = broken(open_door)
    for name in ("other processes", "files of the system"):
        assert name in reason
    leaky = WAYS[next(name for name, said in REASONS.items() if not said)]

    def without_bounds(*given: object) -> list[str]:
        return [part for part in leaky(*given) if "--nproc" not in part]  # type: ignore[arg-type]

    assert "starting processes without end" not in broken(without_bounds), "the look bounds itself"


def test_a_folder_that_holds_the_home_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for folder in (tmp_path, tmp_path.parent, Path("/")):
        with pytest.raises(IsolationError, match="whole home"):
            sandbox.run(["true"], View({str(folder): str(folder)}))
    with pytest.raises(IsolationError, match="no folder"):
        sandbox.run(["true"], View({"/x": str(tmp_path / "gone")}))
