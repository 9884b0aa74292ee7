"""A forge on this machine that speaks the few calls of comments, as GitHub and GitLab do."""

from __future__ import annotations

import http.server
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghs_a-token-of-a-build"
BOT = "github-actions[bot]"


class Forge:
    """Comments of one change, who asks, and what to answer instead of what is asked."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.comments: list[dict[str, Any]] = []
        self.user: str | None = "octad-bot" if kind == "gitlab" else None
        self.page = 100
        self.instead: list[tuple[str, int, dict[str, str]]] = []
        self.calls: list[str] = []
        self.root = ""
        self.token = TOKEN

    def add(self, body: str, author: str) -> None:
        """A comment that is there already."""
        key = ("user", "login") if self.kind == "github" else ("author", "username")
        self.comments.append({"id": 100 + len(self.comments), "body": body, key[0]: {key[1]: author}})

    def environment(self) -> dict[str, str]:
        """What a build is told."""
        if self.kind == "gitlab":
            return {
                "CI_API_V4_URL": self.root, "CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "3",
                "OCTAD_GITLAB_TOKEN": TOKEN,
            }  # fmt: skip
        return {"GITHUB_API_URL": self.root, "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": TOKEN}

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], Any]:
        """Status, headers and JSON of an answer."""
        self.calls.append(f"{method} {urlsplit(path).path}")
        if self.instead and self.instead[0][0] == method:
            _, status, told = self.instead.pop(0)
            return status, told, {"message": f"no, {TOKEN}"}
        given = headers.get("PRIVATE-TOKEN") or (headers.get("Authorization") or "").removeprefix("Bearer ")
        if given != self.token:
            return 401, {}, {"message": "Bad credentials"}
        return self._known(method, urlsplit(path).path, parse_qs(urlsplit(path).query), body)

    def _known(
        self, method: str, path: str, query: dict[str, list[str]], body: bytes
    ) -> tuple[int, dict[str, str], Any]:
        many = (
            "/repos/o/r/issues/3/comments" if self.kind == "github" else "/projects/7/merge_requests/3/notes"
        )
        one = "/repos/o/r/issues/comments/" if self.kind == "github" else f"{many}/"
        if path == "/user":
            return (200, {}, {"login": self.user, "username": self.user}) if self.user else (403, {}, {})
        if (method, path) == ("GET", many):
            start = (int(query["page"][0]) - 1) * self.page
            shown = self.comments[start : start + self.page]
            more = start + self.page < len(self.comments)
            return 200, {"Link": f'<{self.root}/elsewhere>; rel="next"'} if more else {}, shown
        if (method, path) == ("POST", many):
            self.add(json.loads(body)["body"], self.user or BOT)
            return 201, {}, self.comments[-1]
        named = re.fullmatch(re.escape(one) + r"(\d+)", path)
        if method == ("PATCH" if self.kind == "github" else "PUT") and named:
            held = next((c for c in self.comments if c["id"] == int(named[1])), None)
            if held is not None:
                held["body"] = json.loads(body)["body"]
                return 200, {}, held
        return 404, {}, {"message": "Not Found"}


@contextmanager
def running(kind: str) -> Iterator[Forge]:
    """A forge on a port of its own."""
    forge = Forge(kind)

    class Handler(http.server.BaseHTTPRequestHandler):
        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, said = forge.answer(self.command, self.path, self.headers, body)
            text = json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_PUT = respond

        def log_message(self, *_: object) -> None:
            """Nothing to print."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    forge.root = f"http://127.0.0.1:{server.server_port}"
    try:
        yield forge
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
