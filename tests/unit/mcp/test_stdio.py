"""`octad mcp` as a client starts it: a real one, over standard input and output, on a small repository."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters

from octad.audit import AuditLog

PROGRAM = "from octad.cli.main import main; main()"
CODE = """
def larger(first, second):
    if first is 1:
        return first
    return second
"""


def test_a_client_gets_answers(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text(CODE)
    (tmp_path / "secret.py").write_text(CODE)
    (root / "link.py").symlink_to(tmp_path / "secret.py")
    environment = dict(os.environ) | {"OCTAD_STORE": str(tmp_path / "store")}
    command = ["-W", "error", "-c", PROGRAM, "mcp", "--root", str(root)]
    server = StdioServerParameters(command=sys.executable, args=command, env=environment)

    async def talk() -> list[Any]:
        async with Client(server) as client:
            assert client.protocol_version == "2026-07-28"
            assert {"review", "rule"} < {tool.name for tool in (await client.list_tools()).tools}
            asked: list[tuple[str, dict[str, Any]]] = [
                ("review", {"paths": ["a.py"]}),
                ("review", {"paths": ["link.py"]}),
                ("deps", {}),
                ("rule", {"rule": "bug/wrong-operator"}),
            ]
            return [await client.call_tool(name, arguments) for name, arguments in asked]

    review, link, deps, rule = anyio.run(talk)
    found = review.structured_content["report"]["findings"]
    assert "ruff/F632" in {one["rule"] for one in found}
    assert {one["anchor"]["path"] for one in found} == {"a.py"}
    assert link.is_error and "outside" in link.content[0].text
    assert not deps.is_error and "wrong-operator" in rule.structured_content["text"]
    entries = AuditLog(tmp_path / "store" / "audit.jsonl").entries()
    assert [one.subject for one in entries] == ["rule", "deps", "review", "review"]
