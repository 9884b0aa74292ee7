"""`octad serve` up to the point where it listens, its tokens, and `octad client` against a server."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.audit import AuditLog
from octad.cli.main import run
from octad.serve.assemble import served_agents
from octad.serve.auth import Tokens
from octad.serve.exchange import Answered, Asking
from octad.serve.run import Ended
from tests.served import DIGEST, Scripted, Served, Shelf, listening

AGENT = catalog.by_verb("review").name
OTHER = catalog.by_verb("debug").name
Told = tuple[int, str, str]
Octad = Callable[..., Told]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "store"))
    monkeypatch.delenv("OCTAD_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "store"


@pytest.fixture
def octad(folder: Path, capsys: pytest.CaptureFixture[str]) -> Octad:
    def asked(*arguments: str) -> Told:
        code = run(arguments)
        return code, *capsys.readouterr()

    return asked


def test_tokens(octad: Octad, folder: Path) -> None:
    code, plain, said = octad("serve", "token", "add", "ci", "--role", "infer, audit")
    assert (code, said) == (0, "") and plain.startswith("octad_")
    actor = Tokens(folder / "tokens.json").actor(plain.strip())
    assert actor is not None and actor.roles == ("infer", "audit")
    code, out, _ = octad("serve", "token", "list")
    assert code == 0 and out.split()[0] == "ci" and out.strip().endswith("infer, audit")
    assert plain.strip() not in out
    assert octad("serve", "token", "revoke", "ci")[0] == 0
    assert Tokens(folder / "tokens.json").all() == ()
    log = AuditLog(folder / "audit.jsonl")
    assert [(one.action, one.subject) for one in log.entries()] == [
        ("token.revoke", "ci"),
        ("token.add", "ci"),
    ]
    assert plain.strip() not in log.path.read_text("utf-8") and log.verify() is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("token", "add", "a", "--role", "root"), "no role 'root'; roles are infer"),
        (("token", "add", "a", "--role", ","), "without a role"),
        (("token", "add", "a b", "--role", "infer"), "no name of a token"),
        (("token", "add", "a"), "--role"),
        (("token", "revoke", "a"), "no token 'a'"),
        (("--host", "0.0.0.0"), "TLS"),
        (("--host", "0.0.0.0", "--behind-proxy"), "no token yet"),
        (("--certificate", "a"), "both"),
        (("--agents", "nobody"), "no agent 'nobody'"),
        (("--port", "70000"), "65535"),
        (("--log", "everything"), "--log"),
    ],
)
def test_mistakes_are_one_line(octad: Octad, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = octad("serve", *arguments)
    assert (code, out) == (2, "") and said in err and err.count("\n") == 1


def test_a_first_start_makes_a_token(
    octad: Octad, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    lost = [0, 3]

    def running(app: Any, context: Any, service: Any, listening: Any) -> Ended:
        started.append((context, service))
        listening("http://127.0.0.1:1234")
        return Ended(lost.pop(0), False)

    monkeypatch.setattr("octad.serve.run.run", running)
    code, out, err = octad("serve", "--agents", f"{OTHER},{AGENT}", "--workers", "1", "--log", "requests")
    token = folder / "token"
    assert (code, out) == (0, "") and str(token) in err.splitlines()[0]
    assert f"listening on http://127.0.0.1:1234 for {OTHER}, {AGENT}" in err
    assert f'curl -H "Authorization: Bearer $(cat {token})" --json @- http://127.0.0.1:1234' in err
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    actor = Tokens(folder / "tokens.json").actor(token.read_text("utf-8").strip())
    assert actor is not None and actor.roles == ("admin",)
    context, _ = started[0]
    assert list(context.agents) == [OTHER, AGENT] and context.settings.log_requests
    code, _, err = octad("serve", "--agents", AGENT)
    assert code == 2 and "3 questions were not answered" in err
    assert "made a token" not in err and len(Tokens(folder / "tokens.json").all()) == 1


def test_a_token_that_cannot_be_kept_is_none(octad: Octad, folder: Path) -> None:
    code, _, err = octad("serve", "--token-file", "missing/folder/token")
    assert code == 2 and "cannot be written" in err
    assert Tokens(folder / "tokens.json").all() == ()


def test_all_agents_with_weights_are_served() -> None:
    assert list(served_agents(())) == [one.name for one in catalog.entries()]
    assert list(served_agents((AGENT, AGENT))) == [AGENT]


async def reporting(asking: Asking) -> Answered:
    finding = {
        "rule": "bug/word", "level": "warning", "message": "a bug", "probability": 0.9,
        "anchor": {"path": "a.py", "line": 1, "end_line": 1, "end_column": 2},
    }  # fmt: skip
    body = {"agent": asking.agent, "version": "1", "findings": [] if asking.agent == OTHER else [finding]}
    return Answered(id=asking.id, body=json.dumps(body).encode(), version=DIGEST, degraded="rules alone")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    service = Scripted(by=reporting)
    made = Served(tmp_path_factory.mktemp("served"), service, agents=[AGENT, OTHER], port=0)
    with listening(made, service):
        yield made


@pytest.fixture
def client(octad: Octad, served: Served, folder: Path, tmp_path: Path) -> Octad:
    (tmp_path / "key").write_text(served.plain["infer"] + "\n")
    (tmp_path / "case.json").write_text(catalog.load(AGENT).example.model_dump_json())

    def asked(*arguments: str, token: str = "key") -> Told:
        given = ["--server", served.address] + (["--token-file", token] if token else [])
        return octad("client", *arguments, *given)

    return asked


def test_the_client_asks(client: Octad, served: Served) -> None:
    code, out, err = client("ask", AGENT, "case.json")
    assert code == 1 and "a bug" in out and "degraded: rules alone" in err
    code, out, _ = client("ask", AGENT, "case.json", "--format", "json", "--fail-on", "error", "--evidence")
    assert code == 0 and json.loads(out)["findings"][0]["rule"] == "bug/word"
    assert served.service.asked[-1].evidence


def test_the_client_sends_files(client: Octad, served: Served, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("x = 1\n")
    (tmp_path / "src" / "b.txt").write_text("no code\n")
    code, out, _ = client("files", AGENT, "src")
    assert code == 1 and "a bug" in out
    asked = served.service.asked[-1]
    assert asked.kind == "files"
    assert json.loads(asked.body) == {"files": [{"path": "src/a.py", "text": "x = 1\n"}]}
    assert "reviews no files" in client("files", OTHER, "src")[2]
    (tmp_path / "empty").mkdir()
    assert client("files", AGENT, "empty")[0] == 2


def test_the_client_shows_what_there_is(client: Octad, octad: Octad, served: Served) -> None:
    assert AGENT in client("agents")[1]
    assert [one["name"] for one in json.loads(client("agents", "--json")[1])] == [AGENT, OTHER]
    assert octad("client", "health", "--server", served.address) == (0, "live, ready\n", "")
    served.service.ready = False
    assert octad("client", "health", "--server", served.address) == (1, "live, not ready\n", "")
    served.service.ready = True


def test_where_the_token_comes_from(
    client: Octad, served: Served, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = client("agents", token="")
    assert code == 2 and "no token in" in err and "OCTAD_TOKEN" in err
    (folder / "token").write_text(served.plain["infer"])
    assert client("agents", token="")[0] == 0
    (folder / "token").write_text("two words")
    assert "holds no token" in client("agents", token="")[2]
    monkeypatch.setenv("OCTAD_TOKEN", served.plain["audit"])
    assert client("agents", token="")[0] == 0
    code, _, err = client("ask", AGENT, "case.json", token="")
    assert code == 2 and "needs a token of the role infer" in err


def test_a_report_that_is_not_known_here(client: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = client("ask", OTHER, "case.json")
    assert code == 0 and "degraded" in err
    monkeypatch.setattr("octad.agents.reports.report_class", lambda agent: Shelf)
    assert client("ask", "nobody", "case.json")[0] == 2
