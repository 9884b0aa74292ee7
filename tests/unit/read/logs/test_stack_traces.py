from __future__ import annotations

import pytest

from octad.read.logs.files import read_lines

PYTHON = """Traceback (most recent call last):
  File "a.py", line 1, in <module>
    f()
ValueError: bad

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 3, in <module>
KeyError: 'x'"""
JAVA = """java.lang.IllegalStateException: outer
\tat com.foo.Bar.baz(Bar.java:12)
Caused by: java.io.IOException: inner
\tat x.Y.z(Y.java:3)
\t... 2 more"""
GO = """panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.main()
\t/tmp/x.go:5 +0x1d
created by net/http.(*Server).Serve
\t/usr/lib/go/http.go:1 +0x2
exit status 2"""
NODE = """/app/index.js:3
    throw new TypeError("x")
    ^

TypeError: x is not a function
    at foo (/app/index.js:3:5)

Node.js v20.1.0"""
NET = """Unhandled exception. System.InvalidOperationException: boom
   at Foo.Bar() in /x.cs:line 3
   --- End of inner exception stack trace ---
   at Foo.Main()"""
TRACES = pytest.mark.parametrize(
    "trace", [PYTHON, JAVA, GO, NODE, NET], ids=["py", "java", "go", "node", "net"]
)


def messages(text: str) -> list[tuple[int, str, str, float | None]]:
    return [
        (line.line, line.level, line.message, line.time)
        for line in read_lines([text.encode()], "cart.log", now=1.8e9)
    ]


@TRACES
def test_trace_belongs_to_the_error_above_it(trace: str) -> None:
    text = f"2024-03-12 12:00:00 ERROR failed\n{trace}\n2024-03-12 12:00:01 INFO going on\n"
    first, second = messages(text)
    assert first == (1, "error", f"failed\n{trace}", 1710244800.0)
    assert second[1:3] == ("info", "going on")


@TRACES
def test_crash_is_a_message_of_its_own_at_the_time_of_the_line_before(trace: str) -> None:
    text = f"2024-03-12 12:00:00 INFO fine\n{trace}\nstarted again\n{trace}\n"
    assert [one[1:] for one in messages(text)] == [
        ("info", "fine", 1710244800.0),
        ("error", trace, 1710244800.0),
        ("", "started again", None),
        ("error", trace, 1710244800.0),
    ]


@TRACES
def test_trace_in_envelopes(trace: str) -> None:
    lines = ["ERROR failed", *trace.split("\n"), "INFO going on"]
    text = "".join(f"2024-03-12T12:00:{at:02}Z stderr F {line}\n" for at, line in enumerate(lines))
    assert [one[2] for one in messages(text)] == [f"failed\n{trace}", "going on"]


def test_streams_are_not_mixed() -> None:
    pods = "[pod/a-0/x] 2024-03-12T12:00:00Z ERROR one\n[pod/b-0/x] 2024-03-12T12:00:00Z   indented\n"
    assert [one[2] for one in messages(pods)] == ["one", "  indented"]


def test_parts_are_joined_by_stream() -> None:
    head = "2024-03-12T12:00:0"
    parts = ("stdout P a ", "stderr P c ", "stdout F b", "stderr F d", "stdout P e")
    text = "\n".join(f"{head}{at}Z {part}" for at, part in enumerate(parts))
    assert [(one[0], one[2]) for one in messages(text)] == [(1, "a b"), (2, "c d"), (5, "e")]
    docker = '{"log":"a ","stream":"stdout","time":"%s"}\n{"log":"b\\n","stream":"stdout","time":"%s"}'
    assert [one[2] for one in messages(docker % (f"{head}0Z", f"{head}1Z"))] == ["a b"]


def test_blank_lines_are_no_messages_and_indented_ones_go_on() -> None:
    assert [one[:3] for one in messages("\n \nfoo\n\nbar\n  - more\n\n")] == [
        (3, "", "foo"),
        (5, "", "bar\n  - more"),
    ]


def test_a_log_that_is_all_indented_has_many_messages() -> None:
    assert len(messages("  2024-03-12 12:00:00 INFO a\n" * 3)) == 3
