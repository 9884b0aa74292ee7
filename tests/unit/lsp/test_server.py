"""A real client over standard input and output, against the program as an editor starts it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Union

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

WAIT = 60.0
PROGRAM = "from octad.cli.main import main; main()"
SHOP = """\
def contains(values, wanted):
    for value in values:
        if value == values:
            return True
    return False


def total(prices):
    return sum(prices)
"""
"""Of whose third line the shipped weights say, with 39 %, that it should be `wanted`."""


class Editor:
    """A client with one document, and what it is shown."""

    def __init__(self, folder: Path) -> None:
        self.client = LanguageClient("editor", "1")
        self.folder = folder
        self.told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.log: list[str] = []
        self.versions: dict[str, int] = {}
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda told: self.told.put_nowait(told))
        self.client.feature(types.WINDOW_LOG_MESSAGE)(lambda told: self.log.append(told.message))
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(lambda told: self.log.append(told.message))
        converter = self.client.protocol._converter
        # The library takes a code action that has a command for a bare command.
        converter.register_structure_hook(
            Union[types.Command, types.CodeAction],  # noqa: UP007
            lambda said, _: converter.structure(said, types.CodeAction),
        )

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, language: str = "python") -> None:
        self.versions[name] = 1
        item = types.TextDocumentItem(self.uri(name), language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, name: str, text: str) -> int:
        self.versions[name] += 1
        identifier = types.VersionedTextDocumentIdentifier(uri=self.uri(name), version=self.versions[name])
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
        return self.versions[name]

    def save(self, name: str) -> None:
        document = types.TextDocumentIdentifier(self.uri(name))
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(document))

    async def shown(self, name: str, version: int | None = None) -> list[types.Diagnostic]:
        """The next that is shown of a document, of a version of it."""
        while True:
            told = await asyncio.wait_for(self.told.get(), WAIT)
            if told.uri == self.uri(name) and version in (None, told.version):
                return list(told.diagnostics)

    async def actions(self, name: str, place: types.Range) -> list[types.CodeAction]:
        asked = types.CodeActionParams(
            types.TextDocumentIdentifier(self.uri(name)), place, types.CodeActionContext([])
        )
        found = await self.client.text_document_code_action_async(asked)
        return [one for one in found or () if isinstance(one, types.CodeAction)]

    async def run(self, command: types.Command | None) -> Any:
        assert command is not None
        asked = types.ExecuteCommandParams(command.command, command.arguments)
        return await self.client.workspace_execute_command_async(asked)


@asynccontextmanager
async def editing(folder: Path, *options: str) -> AsyncIterator[Editor]:
    """An editor with the server as its child, which ends with status 0 and nothing on standard error."""
    editor = Editor(folder)
    await editor.client.start_io(sys.executable, "-c", PROGRAM, "lsp", "--delay", "0", *options)
    server = editor.client._server
    assert server is not None and server.stderr is not None
    try:
        await editor.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(),
                root_uri=folder.as_uri(),
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), "here")],
            )
        )
        editor.client.initialized(types.InitializedParams())
        yield editor
        await editor.client.shutdown_async(None)
        editor.client.exit(None)
        assert await asyncio.wait_for(server.wait(), WAIT) == 0
        assert (await server.stderr.read()).decode() == ""
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()
        await editor.client.stop()


def applied(text: str, action: types.CodeAction) -> str:
    """A text with the one edit of an action in one of its lines."""
    assert action.edit is not None and action.edit.document_changes is not None
    change = action.edit.document_changes[0]
    assert isinstance(change, types.TextDocumentEdit)
    (edit,) = change.edits
    lines = text.split("\n")
    start, end = edit.range.start, edit.range.end
    assert start.line == end.line
    line = lines[start.line]
    lines[start.line] = line[: start.character] + edit.new_text + line[end.character :]
    return "\n".join(lines)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("OCTAD_ACTOR", "ann")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def test_from_a_finding_to_its_repair(folder: Path) -> None:
    """Shown, explained, repaired, gone; dismissed elsewhere, and not shown again."""

    async def session() -> None:
        async with editing(folder, "--min-probability", "0.3", "--no-analysers") as editor:
            editor.open("shop.py", SHOP)
            (found,) = await editor.shown("shop.py")
            assert found.code == "bug/variable-misuse" and found.range.start == types.Position(2, 20)
            place = types.TextDocumentIdentifier(editor.uri("shop.py"))
            asked = types.HoverParams(place, found.range.start)
            hover = await editor.client.text_document_hover_async(asked)
            assert hover is not None and isinstance(hover.contents, types.MarkupContent)
            assert hover.contents.value.startswith("# bug/variable-misuse")
            repair, wrong, *_ = await editor.actions("shop.py", found.range)
            repaired = applied(SHOP, repair)
            assert "value == wanted" in repaired
            version = editor.type("shop.py", repaired)
            await editor.run(repair.command)
            assert await editor.shown("shop.py", version) == []
            assert await editor.actions("shop.py", found.range) == []
            version = editor.type("shop.py", SHOP + "if (")
            assert not [one for one in editor.log if "Traceback" in one]
            version = editor.type("shop.py", "import os\n\n\n" + SHOP)
            (found,) = await editor.shown("shop.py", version)
            assert found.range.start.line == 5
            await editor.run(wrong.command)
            assert await editor.shown("shop.py") == []
            version = editor.type("shop.py", "\n" + SHOP)
            assert await editor.shown("shop.py", version) == []
            assert editor.log == []

    asyncio.run(session())
    from octad.feedback.store import Feedback

    decisions = [one.decision for one in Feedback().standing()]
    said = Feedback().history(Feedback().standing()[0].project, Feedback().standing()[0].fingerprint)
    assert decisions == ["dismissed"] and [one.decision for one in said] == ["accepted", "dismissed"]
    assert {one.actor for one in said} == {"ann"}


def test_documentation_on_save_notes_and_nonsense(folder: Path) -> None:
    async def session() -> None:
        async with editing(folder, "--no-analysers") as editor:
            (folder / "README.md").write_text("# A\n\nSee [the guide](docs/guide.md).\n")
            editor.open("README.md", (folder / "README.md").read_text(), "markdown")
            (found,) = await editor.shown("README.md")
            assert found.code == "docs/link" and found.range.start.line == 2
            (folder / "README.md").write_text("# A\n\nNo guide.\n")
            editor.type("README.md", "# A\n\nNo guide.\n")
            editor.save("README.md")
            assert await editor.shown("README.md") == []
            editor.open("large.py", "x = 1\n" * 40_000)
            (note,) = await editor.shown("large.py")
            assert "not looked at" in note.message
            for arguments in ([], [1], ["file:///x.py", "0" * 16, "because"], [{}, [], 1]):
                command = types.Command("", "octad.dismiss", arguments=arguments)
                with pytest.raises(JsonRpcException) as refused:
                    await editor.run(command)
                assert refused.value.data is None
            with pytest.raises(JsonRpcException):
                await editor.run(types.Command("", "octad.unknown", arguments=[]))
            nobody = ["file:///x.py", "0" * 16, "wrong"]
            assert await editor.run(types.Command("", "octad.dismiss", arguments=nobody)) is None
            assert all("\n" not in one and "Traceback" not in one for one in editor.log)

    asyncio.run(session())


def message(said: object) -> bytes:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def asked(method: str, params: object, number: int | None = None) -> bytes:
    named = {} if number is None else {"id": number}
    return message({"jsonrpc": "2.0", **named, "method": method, "params": params})


def test_what_no_editor_sends_ends_nothing_and_shows_no_traceback(folder: Path) -> None:
    place = {"textDocument": {"uri": "file:///x.py"}, "position": {"line": 10**9, "character": 0}}
    deep = {"uri": (folder / "deep.py").as_uri(), "languageId": "python", "version": 1, "text": "(" * 90_000}
    odd = deep | {"uri": (folder / "odd.py").as_uri(), "text": "x = '\ud800\0'\r\n"}
    sent = [
        b"GET / HTTP/1.1\r\n",
        message(b"{"),
        asked("textDocument/hover", place, 1),
        asked("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 2),
        asked("initialized", {}),
        asked("textDocument/didOpen", {"x": 1}),
        asked("textDocument/hover", {}, 3),
        asked("textDocument/didOpen", {"textDocument": deep}),
        asked("textDocument/didOpen", {"textDocument": odd}),
        asked("textDocument/didOpen", {"textDocument": odd | {"uri": "untitled:1"}}),
        asked("textDocument/hover", place, 4),
        asked("nothing/known", {}, 5),
        asked("shutdown", None, 6),
        asked("exit", None),
    ]
    command = [sys.executable, "-c", PROGRAM, "lsp", "--no-analysers"]
    done = subprocess.run(command, input=b"".join(sent), capture_output=True, timeout=WAIT, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Traceback" not in done.stdout and b"traceback" not in done.stdout
    # The library answers no request whose parameters are none; it says so in the log.
    assert {int(number) for number in re.findall(rb'"id": (\d)\b', done.stdout)} == {1, 2, 4, 5, 6}
