"""Readers of what git prints: whoever wrote the history chose messages, names, paths, tags and lines.

The output is laid out as git does it; only what stands in its fields is anybody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from octad.notes.compose import composed
from octad.read.code.git import read_revision
from octad.read.corrections import read_corrections
from octad.read.history import repository_events
from octad.read.history.changelog import entries_of, fragment_of
from octad.read.history.churn import churn_numbers
from octad.read.history.diffs import file_of, patches_of
from octad.read.history.fix_messages import is_fix, reverted
from octad.read.history.incident_changes import resolved
from octad.read.history.log import MARK, _named, commits_of
from octad.read.history.measures import measured
from octad.read.history.messages import read_message
from octad.read.history.versions import version_of
from octad.read.logs.frames import Frame
from octad.records.notes import Material
from octad.records.release import Release, ReleaseCommit
from octad.records.report import Block
from octad.render.renderers import render
from tests.fuzz.reader import Reader, Run, Shown, shown
from tests.fuzz.seeds import literals, seeds
from tests.past import Past

_MESSAGES = seeds("unit/read/history/*.py") + tuple(
    b"\n".join(literals("unit/read/history/*.py")[at : at + 5]) for at in range(0, 200, 5)
)
_CORRECTIONS = (
    b"[1a2b3c4]\ntext = 'It is so'\nkind = 'fix'\nsection = 'A'\n\n[5d6e7f8]\nhide = true\n",
    b"[1a2b3c4]\nhide = 'yes'\n",
)
_FILES = {
    ".git/config": (
        "[core]\n\trepositoryformatversion = 0\n\tautocrlf = input\n\tworktree = ..\n",
        '[extensions]\n\tobjectformat = sha1\n[branch "main"]\n\tremote = o\n\tmerge = refs/heads/main\n',
        '[include]\n\tpath = /etc/passwd\n[filter "x"]\n\tclean = false\n[alias]\n\tdiff = !false\n',
    ),
    ".git/packed-refs": (f"# pack-refs with: peeled\n{'1' * 40} refs/tags/v1\n^{'2' * 40}\n",),
    ".git/HEAD": ("ref: refs/heads/main\n", f"{'1' * 40}\n"),
    ".gitattributes": ("*.py text eol=crlf\nb.py -text filter=x diff=y\n[attr]z binary\n",),
    ".gitignore": ("*.pyc\n/build/\n!c.py\n**/x[a-z]?\n",),
}
"""Files that a repository of somebody else's brings along."""
_TIMES = ("1700000000", "0", "", "-1", "99999999999", "9223372036854775807", "1700000000")
_WRITTEN = ("2026-01-31T12:00:00+01:00", "", "1970-01-01T00:00:00Z", "2026-01-31T12:00:00+99:99")


def _fields(data: bytes) -> list[str]:
    """What somebody wrote, as git has it: without NUL."""
    return data.replace(b"\0", b"").decode("utf-8", "surrogateescape").split("\n")


def _path(text: str) -> str:
    return text.lstrip("/") or "a.py"


def _log(data: bytes, *, names: bool) -> str:
    """Commits in the format of `git log -z`, with the lines of files or with their names alone."""
    fields = _fields(data)
    parts = []
    for number in range(0, len(fields), 6):
        author, *rest = fields[number : number + 6]
        time, written = _TIMES[len(author) % len(_TIMES)], _WRITTEN[len(author) % len(_WRITTEN)]
        message, paths = "\n".join(rest[:2]), [_path(one) for one in rest[2:]]
        parts.append("\0".join((f"{MARK}{number:040x}", "1" * 40, time, written, author, message)) + "\0")
        listed = "".join(f"{path}\0" if names else f"{len(path)}\t-\t{path}\0" for path in paths)
        if not names and len(paths) > 1:
            listed += f"1\t1\t\0{paths[0]}\0{paths[1]}\0"
        parts.append(f"\n{listed}" if listed else "")
    return "".join(parts)


def _commits(data: bytes) -> None:
    list(measured(reversed(list(commits_of(_log(data, names=False))))))
    list(commits_of(_log(data, names=True), _named))


def _patches(fields: list[str]) -> Iterator[str]:
    """The output of `git diff-tree --stdin --patch --unified=0`."""
    yield "1" * 40
    for number in range(0, len(fields), 5):
        name, context, *lines = [*fields[number : number + 5], ""][:5]
        quoted = f'"a/{name}"' if '"' in name or "\t" in name else f"a/{name}"
        yield from (
            f"diff --git {quoted} b/{name}",
            f"--- {quoted}",
            f"+++ b/{name}\t" if " " in name else f"+++ b/{name}",
        )
        yield f"@@ -{number + 1},{len(lines)} +{number + 1},{len(lines)} @@ {context}"
        yield from (f"-{line}" for line in lines)
        yield from (f"+{line}" for line in lines)
        if len(name) % 3 == 0:
            yield "\\ No newline at end of file"


def _diffs(data: bytes) -> None:
    for _, patches in patches_of("\n".join([*_patches(_fields(data)), ""])):
        changes = [file_of(patch) for patch in patches]
        lines = ((one.path, hunk.added, hunk.deleted) for one in patches for hunk in one.hunks)
        churn_numbers(lines)
        paths = [held.path for one in changes if (held := one.after or one.before) is not None]
        resolved(Frame(paths[0] if paths else "", 1, "f"), paths)


def _messages(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    is_fix(text)
    reverted(text)


def _notes(data: bytes) -> None:
    """Every format and both audiences of notes on commits with anybody's messages, beside a changelog."""
    text = data.decode("utf-8", "replace")
    names = [f"{number:040x}" for number in range(1, 40)]
    commits = []
    for number, part in enumerate(text.split("\n\n")[:38]):
        message = read_message(f"{part}\n\n{part}")
        version_of(message.subject)
        parents = tuple(names[number + 1 : number + 2 + number % 3])
        given = {"parents": parents, "refs": message.refs, "trailers": message.trailers}
        commits.append(
            ReleaseCommit(revision=names[number], subject=message.subject, body=message.body, **given)
        )
    release = Release(tip=names[0], commits=tuple(commits))
    written = (*entries_of("CHANGES", text), *fragment_of("a.yaml", text), *fragment_of("1.fix.md", text))
    known = tuple(one.model_copy(update={"commits": (names[0],)}) for one in written)
    for material in (Material(written=known), Material(audience="developers"), Material(describes=True)):
        notes = composed(release, {}, material)
        assert all(one.commits for one in notes.entries)
        for name in ("md", "rst", "keepachangelog", "github"):
            render(name, notes, {}, ("note_formats",))


def _corrected(data: bytes) -> None:
    path = Path("corrections.toml")
    path.write_bytes(data)
    read_corrections(path)


def _happened(data: bytes) -> Shown:
    fields = _fields(data)
    tags = [
        f"commit\0{'1' * 40}\0\0{_TIMES[at % 7]}\0{one}\n"
        for at, one in enumerate(fields)
        if one.isprintable() and one
    ]
    log = "".join(
        f"{'1' * 40}\0{_TIMES[at % 7]}\0{one}\0{one}\nThis reverts commit 1234567.\0"
        for at, one in enumerate(fields)
    )
    raw = log.encode("utf-8", "surrogateescape")
    events = [
        *repository_events._merges(raw, "x"),
        *repository_events._rollbacks(raw, "x"),
        *repository_events._deployments("".join(tags).encode("utf-8", "surrogateescape"), "x"),
    ]
    rows = tuple((one.kind, one.subject, *one.attributes.values()) for one in events[:5])
    return shown(Block(kind="table", title="events", rows=rows))


def _repository_with(name: str) -> Run:
    """A reader of a repository in which one file is somebody's: nothing else of it is."""

    def run(data: bytes) -> None:
        root = Path("repository")
        if not root.exists():
            past = Past(root)
            past.commit("begin", {"a.py": "x = 1\n", "b.py": "y = 2\n"})
            (root / "a.py").write_bytes(b"x = 2\r\n")
            (root / "c.py").write_bytes(b"z = 3\n")
        path = root / name
        before = path.read_bytes() if path.exists() else None
        path.write_bytes(data)
        try:
            read_revision("HEAD", root)
        finally:
            path.write_bytes(before) if before is not None else path.unlink()

    return run


READERS = (
    *(
        Reader(f"git: repository with {name}", _repository_with(name), tuple(text.encode() for text in texts))
        for name, texts in _FILES.items()
    ),
    Reader("git: log", _commits, _MESSAGES),
    Reader("git: patches", _diffs, _MESSAGES),
    Reader("git: messages", _messages, _MESSAGES),
    Reader("git: notes", _notes, _MESSAGES),
    Reader("git: corrections", _corrected, _CORRECTIONS),
    Reader("git: tags, merges, reverts", _happened, _MESSAGES),
)
