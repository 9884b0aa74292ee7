"""A small run of `benchmarks/serve_schemathesis.py`: every operation, and a server that fails on purpose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from octad.serve.exchange import Answered, Asking
from octad.serve.settings import Limits
from tests.served import REPORT, Scripted, Served, listening

fuzz: Any = pytest.importorskip("benchmarks.serve_schemathesis").fuzz
AGENT = "documentation-keeper"


async def careful(asking: Asking) -> Answered:
    return Answered(id=asking.id, body=REPORT)


async def careless(asking: Asking) -> Answered:
    """Fails for what is no object, and forgets what a report holds otherwise."""
    json.loads(asking.body)["no such key"]
    return Answered(id=asking.id, body=b"{}")


def counted(folder: Path, by: Any, examples: int) -> list[Any]:
    service = Scripted(by=by)
    served = Served(folder, service, agents=[AGENT], port=0, limits=Limits(rate=1e6, burst=10**6))
    with listening(served, service):
        found: list[Any] = fuzz(served.address, served.plain["admin"], examples, number=1)
    return found


def test_no_operation_fails(tmp_path: Path) -> None:
    found = counted(tmp_path, careful, 2)
    assert len(found) >= 20 and sum(one.cases for one in found) >= 50
    assert [(one.operation, one.failures) for one in found if one.failures or one.server_errors] == []


def test_what_fails_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = counted(tmp_path, careless, 1)
    asked = next(one for one in found if one.operation == f"POST /v1/agents/{AGENT}")
    assert asked.server_errors and asked.failures
    assert "KeyError" in capsys.readouterr().err
