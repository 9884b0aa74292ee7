"""A client of the Model Context Protocol and `octad serve` itself, with its workers and shipped weights."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from octad import catalog
from octad.agents.command import ReviewCommand
from octad.audit import AuditLog

PROGRAM = "from octad.cli.main import main; main()"
AGENT = next(
    agent
    for agent in map(catalog.load, [entry.name for entry in catalog.entries()])
    if isinstance(agent.command, ReviewCommand)
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Its address and its data folder."""
    store = tmp_path_factory.mktemp("server") / "store"
    command = [sys.executable, "-c", PROGRAM, "serve", "--port=0", "--workers=1", f"--agents={AGENT.name}"]
    environment = dict(os.environ) | {"OCTAD_STORE": str(store)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    found = (re.search(r"listening on (\S+)", line) for line in process.stderr)
    address = next(one[1] for one in found if one)
    yield address, store
    process.send_signal(signal.SIGTERM)
    process.stderr.read()
    assert process.wait(20) == 0
    process.stderr.close()


def test_an_assistant_gets_a_real_answer_from_a_running_server(server: tuple[str, Path]) -> None:
    address, store = server
    token = (store / "token").read_text().strip()
    case = json.loads(AGENT.example.model_dump_json(exclude_defaults=True))
    files = [{"path": "a.py", "text": "def f(a, b):\n    return a + b\n"}]
    verb = AGENT.command.verb

    async def talk() -> tuple[Any, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers) as known,
            Client(streamable_http_client(f"{address}/mcp", http_client=known)) as client,
        ):
            assert client.protocol_version == "2026-07-28"
            one = await client.call_tool(f"ask_{verb}", {"case": case})
            return one, await client.call_tool(f"{verb}_text", {"files": files})

    one, whole = anyio.run(talk)
    assert not one.is_error and not whole.is_error
    found = one.structured_content["report"]
    assert found["agent"] == AGENT.name and found["findings"], "the example of the agent shows a finding"
    assert whole.structured_content["report"]["agent"] == AGENT.name
    log = AuditLog(store / "audit.jsonl")
    assert [(e.actor, e.subject) for e in log.entries(2)] == [
        ("local", f"{verb}_text"),
        ("local", f"ask_{verb}"),
    ]
    assert log.verify() is None


def test_without_a_token_there_is_no_answer(server: tuple[str, Path]) -> None:
    answered = httpx2.post(f"{server[0]}/mcp", json={})
    assert answered.status_code == 401
