"""Whatever a program does, it ends, says and sees no more than it may, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from octad.errors import ProcessError
from octad.host.processes import Bounds, Finished, run
from tests.unit.host.hostile import Hangs, ended, gone, nothing_left

SOON = Bounds(0.5, 100_000)
LONG = Bounds(60)


def shell(program: str, bounds: Bounds = LONG, **given: object) -> Finished:
    return run(["sh", "-c", program], "/", bounds, **given)  # type: ignore[arg-type]


def python(program: str, bounds: Bounds = LONG) -> Finished:
    return run([sys.executable, "-c", program], "/", bounds)


def test_an_answer() -> None:
    with nothing_left():
        assert shell("cat; echo e >&2; exit 3", stdin=b"in") == Finished(3, b"in", b"e\n")
        assert shell("kill -9 $$").status == -9
        assert shell("cat") == Finished(0, b"", b""), "standard input is closed"
        data = os.urandom(5_000_000)
        assert shell("cat", stdin=data).stdout == data
        assert shell("exec <&-; sleep 0.1; echo x", stdin=data).stdout == b"x\n", (
            "nobody reads what is written"
        )


WITHOUT_END = {
    "sleeps": "sleep 1000",
    "ignores SIGTERM": "trap '' TERM INT HUP; while :; do sleep 1; done",
    "closes its outputs and sleeps": "exec >&- 2>&-; sleep 1000",
    "waits for its children": "sleep 1000 & sleep 1000 & wait",
    "reads nothing": "sleep 1000",
    "stops itself": "kill -STOP $$; sleep 1000",
    "drips": "while :; do echo x; sleep 0.05; done",
    "starts more and more": "f() { sleep 1000 & sleep 0.02; f; }; f",
}
TOO_MUCH = {
    "output without end": "yes",
    "errors without end": "yes >&2",
    "both": "yes & yes >&2",
    "one line without end": "cat /dev/zero",
    "a child says it": "(yes) & wait",
    "ignores a closed pipe": "trap '' PIPE; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done",
}


@pytest.mark.parametrize("kind", WITHOUT_END)
def test_a_program_without_end_is_killed_and_what_it_started_too(kind: str) -> None:
    mark = f"OCTAD_TEST_{os.getpid()}_{abs(hash(kind))}"
    stdin = bytes(1_000_000) if kind == "reads nothing" else b""
    with nothing_left(), pytest.raises(ProcessError, match="no answer within") as raised:
        ended(lambda: shell(WITHOUT_END[kind], SOON, stdin=stdin, environment={"MARK": mark}))
    assert raised.value.kind == "slow" and gone(mark)


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_output_without_end_is_cut_off(kind: str) -> None:
    mark = f"OCTAD_TEST_{os.getpid()}_{abs(hash(kind))}"
    with nothing_left(), pytest.raises(ProcessError, match="more than 100,000 bytes") as raised:
        ended(lambda: shell(TOO_MUCH[kind], Bounds(60, 100_000), environment={"MARK": mark}))
    assert raised.value.kind == "large" and gone(mark)


@pytest.mark.parametrize(
    "program",
    ["echo x; sleep 1000 &", "echo x; (trap '' HUP TERM; sleep 1000) &", "echo x; nohup sleep 1000 >&2 &"],
)
def test_who_inherits_the_outputs_is_not_waited_for(program: str) -> None:
    mark = f"OCTAD_TEST_{os.getpid()}_{abs(hash(program))}"
    with nothing_left():
        assert ended(lambda: shell(program, environment={"MARK": mark})).stdout == b"x\n"
    assert gone(mark)


def test_a_child_that_leaves_the_session_is_not_waited_for() -> None:
    """It may live on, for there is nothing to know it by; it holds nothing of ours."""
    program = "import os, time; os.fork() or (os.setsid(), time.sleep(1.5)); os.write(1, b'x')"
    with nothing_left():
        assert ended(lambda: python(program)).stdout == b"x"


VARIABLES = [
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "LD_AUDIT",
    "DYLD_INSERT_LIBRARIES",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONHOME",
    "PYTHONWARNINGS",
    "PYTHONBREAKPOINT",
    "PYTHONINSPECT",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_EXTERNAL_DIFF",
    "GIT_SSH_COMMAND",
    "GIT_ASKPASS",
    "GIT_PAGER",
    "GIT_TRACE",
    "GIT_EXEC_PATH",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "RUFF_CONFIG",
    "RUFF_OUTPUT_FILE",
    "RUFF_NO_CACHE",
    "BANDIT_CONFIG",
    "BASH_ENV",
    "ENV",
    "PROMPT_COMMAND",
    "IFS",
    "PS4",
    "SHELLOPTS",
    "CDPATH",
    "NODE_OPTIONS",
    "PERL5OPT",
    "PERL5LIB",
    "RUBYOPT",
    "JAVA_TOOL_OPTIONS",
    "PAGER",
    "EDITOR",
    "VISUAL",
    "LESSOPEN",
    "SSH_ASKPASS",
    "http_proxy",
    "https_proxy",
    "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN",
    "OCTAD_AGENTS",
]


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_that_would_change_a_program_is_not_given(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    harmless = "" if name.startswith(("LD_", "DYLD")) else "x"
    monkeypatch.setenv(name, harmless)
    plain = subprocess.run(
        [sys.executable, "-c", "import os; print(*os.environ)"], capture_output=True, check=False
    )
    assert name.encode() in plain.stdout.split() or plain.returncode, "the control: spawned plainly, it is"
    assert name not in python("import os; print(*os.environ)").stdout.decode().split()


def test_what_a_program_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    done = run(["env"], "/", LONG, environment={"NAMED": "by the caller"})
    given = dict(line.split("=", 1) for line in done.stdout.decode().splitlines())
    assert given["NAMED"] == "by the caller" and given["LC_ALL"] == "C" and given["PATH"] and "HOME" in given


@pytest.mark.parametrize(
    "path", [".", "", "relative", "./", ".:/usr/bin:/bin", ":/usr/bin:/bin", "/usr/bin:/bin:"]
)
def test_no_program_of_the_folder_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    for name in ("env", "git", "relative/git"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("#!/bin/sh\necho hostile\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", path)
    monkeypatch.chdir(tmp_path)
    for command in (["git", "--version"], ["env"], ["./git"]):
        try:
            assert b"hostile" not in run(command, tmp_path, LONG).stdout
        except ProcessError as error:
            assert error.kind == "absent"


ARGUMENTS = (
    "$(touch x)",
    "`touch x`",
    "; touch x",
    "| touch x",
    "&& touch x",
    "> x",
    "*",
    "~",
    "a\nb",
    "\x1b",
    "'\"",
)


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_no_shell_is_between(tmp_path: Path, argument: str) -> None:
    done = run([sys.executable, "-c", "import sys; sys.stdout.write(sys.argv[1])", argument], tmp_path, LONG)
    assert done.stdout.decode() == argument and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("command", "folder", "kind"),
    [
        (["octad-has-no-such-program"], "/", "absent"),
        (["/octad/has/none"], "/", "refused"),
        (["sh"], "/octad/has/none", "refused"),
        (["sh", "a\0b"], "/", "refused"),
        (["/etc/passwd"], "/", "refused"),
        (["/"], "/", "refused"),
        (["sh", "x" * 3_000_000], "/", "refused"),
    ],
)
def test_what_cannot_be_started(command: list[str], folder: str, kind: str) -> None:
    with nothing_left(), pytest.raises(ProcessError) as raised:
        run(command, folder, LONG)
    assert raised.value.kind == kind


def test_no_descriptor_and_no_terminal_is_inherited(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        seen = python("import os; print(*os.listdir('/proc/self/fd'))").stdout.split()
    assert len(seen) <= 4
    assert python("import os; print(os.getsid(0) == os.getpid())").stdout == b"True\n"


def plainly(program: str) -> Finished:
    done = subprocess.run(["sh", "-c", program], capture_output=True, timeout=0.5, check=False)
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("program", ["echo x; sleep 2 &", "trap '' TERM; sleep 2"])
def test_spawned_plainly_these_wait_or_raise(program: str) -> None:
    """The control: what `subprocess.run` makes of a child that goes on."""
    with pytest.raises((Hangs, subprocess.TimeoutExpired)):
        ended(lambda: plainly(program), 1.5)
