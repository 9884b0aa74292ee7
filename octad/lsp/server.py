"""The language server: what an editor sends, and what it is shown, as soon as that is known.

Handlers only take note; one thread computes. No error reaches the editor as more than one line.
"""

from __future__ import annotations

import functools
import logging  # noqa: TID251
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.uris import to_fs_path

from octad import __version__
from octad.budget import Budget
from octad.errors import OctadError, first_line
from octad.feedback.verdict import Decision, Reason
from octad.lsp.analysis import Analyst, Document, Load, Looked, Wishes, readers, reviewers
from octad.lsp.messages import ACCEPT, DISMISS, Shown, hover
from octad.lsp.places import Places, carried
from octad.lsp.worker import Worker, is_superseded
from octad.read.code.files import shown_path
from octad.records.lines import lines_of

DELAY = 0.15
"""Seconds without a key after which a text is looked at."""
OWN = ("model", "octad")
"""Who speaks while a text is typed; analysers do when it is saved."""


class Protocol(LanguageServerProtocol):
    """The protocol without tracebacks."""

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        if error is not None:
            error.data = None
        super()._send_response(msg_id, result, error)


class Server(LanguageServer):
    """A language server with what it shows of every document that is open."""

    def __init__(self, load: Load, wishes: Wishes, delay: float = DELAY) -> None:
        super().__init__(
            "octad", __version__, types.TextDocumentSyncKind.Full, protocol_cls=Protocol, max_workers=2
        )
        self.analyst = Analyst(load, wishes)
        self.worker = Worker(wishes.seconds, self.complain)
        self.delay = delay
        self.shown: dict[str, Shown] = {}
        self.offered: dict[str, Shown] = {}  # a repair that was made is of what was shown before it
        self._complained: set[str] = set()
        _register(self)

    def complain(self, error: BaseException) -> None:
        """Say once in one line what went wrong, in the editor's log; what its user can mend, to them too."""
        said = " ".join((str(error) if isinstance(error, OctadError) else first_line(error)).split())
        if said in self._complained:
            return
        self._complained.add(said)
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, said))
        if isinstance(error, OctadError):
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, f"octad: {said}"))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """What pygls could not do."""
        self.complain(error)

    def look(self, uri: str, *, full: bool, delay: float = 0.0) -> None:
        """Look at code as it is now, and show what is found."""
        path = _path(uri)
        if path is None or not reviewers(path):
            return
        held = self.workspace.get_text_document(uri)
        document, version = Document(path, held.source), held.version
        self.worker.ask(uri, lambda budget: self._looked(uri, document, version, full, budget), delay=delay)

    def sweep(self, uri: str) -> None:
        """Hold documentation as it was saved against its tree, when nothing else is to be done."""
        path = _path(uri)
        if path is not None and not reviewers(path) and readers(path):
            self.worker.ask(f"sweep {uri}", lambda budget: self._swept(uri, path, budget), rank=1)

    def close(self, uri: str) -> None:
        """Forget a document."""
        for key in (uri, f"sweep {uri}"):
            self.worker.drop(key)
        self.shown.pop(uri, None)
        self.offered.pop(uri, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def say(self, uri: str, fingerprint: str, decision: Decision, reason: Reason | None = None) -> None:
        """Keep what the user says of a finding that is shown; what is dismissed is shown no longer."""
        held = [one for one in (self.shown.get(uri), self.offered.get(uri)) if one is not None]
        about = next(((one, found) for one in held if (found := one.named(fingerprint))), None)
        if about is None:
            return
        self.analyst.say(about[1], "\n".join(about[0].places.lines), decision, reason)
        shown = self.shown.get(uri)
        if decision == "dismissed" and shown is not None:
            kept = tuple(one for one in shown.findings if one.fingerprint != fingerprint)
            self._show(replace(shown, findings=kept))

    def _looked(self, uri: str, document: Document, version: int | None, full: bool, budget: Budget) -> None:
        """Look at a text, and show what is found unless it has changed meanwhile or cannot be read."""
        looked = self.analyst.look(document, full=full)
        if is_superseded(budget) or looked.is_unread:
            return
        before = self.shown.get(uri)
        if not full and before is not None:
            others = [one for one in before.findings if one.source not in OWN]
            kept = carried(others, before.places.lines, lines_of(document.plain))
            looked = looked._replace(findings=(*looked.findings, *kept))
        self._show(self._made(uri, document, version, looked))

    def _swept(self, uri: str, path: str, budget: Budget) -> None:
        """The same of a document that was saved: what stands on the disk is what is held against the tree."""
        looked = self.analyst.sweep(path)
        if not is_superseded(budget) and uri in self.workspace.text_documents:
            held = self.workspace.get_text_document(uri)
            self._show(self._made(uri, Document(path, held.source), held.version, looked))

    def _made(self, uri: str, document: Document, version: int | None, looked: Looked) -> Shown:
        encoding = self.workspace.position_encoding
        places = Places(lines_of(document.plain), str(getattr(encoding, "value", encoding)))
        return Shown(
            uri=uri,
            version=version,
            path=shown_path(document.path, os.getcwd()),
            places=places,
            findings=looked.findings,
            note=looked.note,
            line_end="\r\n" if "\r\n" in document.text else "\n",
        )

    def _show(self, shown: Shown) -> None:
        self.shown[shown.uri] = shown
        told = types.PublishDiagnosticsParams(shown.uri, shown.diagnostics, shown.version)
        self.text_document_publish_diagnostics(told)


def _path(uri: str) -> str | None:
    """The path of a document; None where it is of no file."""
    return to_fs_path(uri) if uri.startswith("file:") else None


def serve(load: Load, wishes: Wishes, delay: float = DELAY) -> None:
    """Serve an editor on standard input and output until it says goodbye, or goes."""
    # Its own log, on standard error, would show tracebacks of what is told in one line.
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    server = Server(load, wishes, delay)
    try:
        server.start_io()
    finally:
        server.worker.stop()


def _register(server: Server) -> None:
    """What the server does of what editors ask."""

    def quietly(function: Callable[..., Any]) -> Callable[..., Any]:
        """A handler whose errors are one line in the editor's log, and no answer."""

        @functools.wraps(function)
        def handler(*given: Any, **named: Any) -> Any:
            try:
                return function(*given, **named)
            except Exception as error:
                server.complain(error)
                return None

        return handler

    _register_documents(server, quietly)
    _register_questions(server, quietly)


def _register_documents(server: Server, quietly: Callable[..., Any]) -> None:
    @server.feature(types.INITIALIZED)
    @quietly
    def begun(params: types.InitializedParams) -> None:
        folders = [*server.workspace.folders, *filter(None, [server.workspace.root_uri])]
        root = next((path for uri in folders if (path := to_fs_path(uri)) and os.path.isdir(path)), None)
        if root is not None:
            os.chdir(root)  # what a path, a setting and a baseline are seen from, as on the command line

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    @quietly
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.look(params.text_document.uri, full=True)
        server.sweep(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    @quietly
    def typed(params: types.DidChangeTextDocumentParams) -> None:
        server.look(params.text_document.uri, full=False, delay=server.delay)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    @quietly
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.look(params.text_document.uri, full=True)
        server.sweep(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    @quietly
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri)


def _register_questions(server: Server, quietly: Callable[..., Any]) -> None:
    kinds = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    @quietly
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        shown = server.shown.get(params.text_document.uri)
        if shown is not None:
            server.offered[shown.uri] = shown
        version = server.workspace.get_text_document(params.text_document.uri).version
        return shown.actions(params.range, version) if shown is not None else []

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    @quietly
    def meaning(params: types.HoverParams) -> types.Hover | None:
        shown = server.shown.get(params.text_document.uri)
        found = shown.at(types.Range(params.position, params.position)) if shown is not None else []
        text = hover(found)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None

    @server.thread()
    @server.command(DISMISS)
    @quietly
    def dismiss(uri: str, fingerprint: str, reason: Reason) -> None:
        server.say(str(uri), str(fingerprint), "dismissed", reason)

    @server.thread()
    @server.command(ACCEPT)
    @quietly
    def accept(uri: str, fingerprint: str) -> None:
        server.say(str(uri), str(fingerprint), "accepted")
