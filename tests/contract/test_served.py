"""What every agent says over HTTP is what `ask` says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from octad import catalog
from octad.ask import Options, ask
from tests.contract.conftest import names
from tests.served import Served, Small


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    folder = tmp_path_factory.mktemp("served")
    return Served(folder, Small(folder), agents=names())


@pytest.mark.parametrize("name", names())
def test_the_server_returns_what_ask_returns(served: Served, name: str) -> None:
    agent, runner = catalog.load(name), served.service.runner(name)
    body = agent.example.model_dump_json().encode()
    for target, options in (
        ("", Options(evidence=False)),
        ("?min_probability=0.0", Options(least=0.0, evidence=False)),
        ("?min_probability=0.2&evidence=true", Options(least=0.2, evidence=True)),
    ):
        said: Any = json.loads(ask(runner, agent.example, options).model_dump_json())
        path = f"/v1/agents/{name}"
        assert served.call("POST", path + target, body).json == said
        assert (
            served.call("POST", f"{path}/batch{target}", b"[" + body + b"]").json["answers"][0]["report"]
            == said
        )
        tensor = {"name": "case", "shape": [1], "datatype": "BYTES", "data": [body.decode()]}
        answer = served.call("POST", f"/v2/models/{name}/infer{target}", {"inputs": [tensor]})
        assert json.loads(answer.json["outputs"][0]["data"][0]) == said


@pytest.mark.parametrize("name", names())
def test_a_case_that_is_none_is_refused(served: Served, name: str) -> None:
    answer = served.call("POST", f"/v1/agents/{name}", {"no such field": 1})
    assert (answer.status, answer.code) == (422, "request.case")
