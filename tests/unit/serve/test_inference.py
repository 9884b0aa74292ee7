"""Open Inference Protocol, version 2, as its REST specification has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from octad import __version__, catalog
from octad.serve.exchange import Answered, Asking
from octad.serve.faults import fault
from octad.serve.settings import Limits
from tests.served import DIGEST, Plain, Scripted, Served

AGENT = "debugger"
MODEL = f"/v2/models/{AGENT}"


async def echo(asking: Asking) -> Answered:
    if asking.body == b"0":
        return Answered(id=asking.id, fault=fault("request.case", "not this"))
    return Answered(id=asking.id, body=b'{"of": %s}' % asking.body, version=DIGEST)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    folder = tmp_path_factory.mktemp("served")
    return Served(folder, Scripted(by=echo), agents=[AGENT], limits=Limits(batch=8))


def tensor(data: list[Any], **more: Any) -> dict[str, Any]:
    return {"name": "case", "datatype": "BYTES", "shape": [len(data)], "data": data} | more


def infer(served: Served, path: str = f"{MODEL}/infer", **request: Any) -> Plain:
    return served.call("POST", path, {"inputs": [tensor(["1"])]} | request)


def test_the_server(served: Served) -> None:
    assert served.call("GET", "/v2").json == {"name": "octad", "version": __version__, "extensions": []}
    assert served.call("GET", "/v2/health/live", role="").json == {"live": True}
    assert served.call("GET", "/v2/health/ready", role="").json == {"ready": True}


def test_a_server_that_is_not_ready(served: Served) -> None:
    served.service.ready = False
    try:
        for path in ("/v2/health/ready", f"{MODEL}/ready"):
            answer = served.call("GET", path)
            assert answer.status == 503 and isinstance(answer.json["error"], str)
    finally:
        served.service.ready = True


def test_a_model(served: Served) -> None:
    for path in (MODEL, f"{MODEL}/versions/stable"):
        assert served.call("GET", path).json == {
            "name": AGENT,
            "versions": [DIGEST],
            "platform": "octad_onnx",
            "inputs": [{"name": "case", "datatype": "BYTES", "shape": [-1]}],
            "outputs": [{"name": "report", "datatype": "BYTES", "shape": [-1]}],
        }
        assert served.call("GET", f"{path}/ready").json == {"name": AGENT, "ready": True}


def test_inference(served: Served) -> None:
    request = {
        "id": "42",
        "parameters": {"evidence": True, "min_probability": 0.5, "binary_data_output": False},
        "inputs": [tensor(["1", '{"a": [2]}'])],
        "outputs": [{"name": "report"}],
    }
    answer = infer(served, **request)
    assert answer.json == {
        "model_name": AGENT,
        "model_version": DIGEST,
        "id": "42",
        "outputs": [
            {"name": "report", "shape": [2], "datatype": "BYTES", "data": ['{"of": 1}', '{"of": {"a": [2]}}']}
        ],
    }
    asked = served.service.asked[-1]
    assert (asked.body, asked.evidence, asked.least) == (b'{"a": [2]}', True, 0.5)


def test_a_version_is_asked(served: Served) -> None:
    assert infer(served, f"{MODEL}/versions/{DIGEST[:9]}/infer").status == 200
    assert served.service.asked[-1].version == DIGEST[:9]


def test_an_example_of_the_description_is_answered(served: Served) -> None:
    paths = served.call("GET", "/openapi.json").json["paths"]
    body = paths["/v2/models/{model}/infer"]["post"]["requestBody"]["content"]["application/json"]
    request = body["examples"]["example"]["value"]
    assert served.call("POST", f"{MODEL}/infer", request).status == 200
    case = json.loads(served.service.asked[-1].body)
    assert catalog.load(AGENT).case.model_validate(case) == catalog.load(AGENT).example


def test_rows_are_read_in_their_order(served: Served) -> None:
    shaped = tensor([["1", "2"], ["3", "4"]], shape=[2, 2])
    data = infer(served, inputs=[shaped]).json["outputs"][0]["data"]
    assert data == [f'{{"of": {number}}}' for number in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    "request_",
    [
        {"inputs": []}, {"inputs": [tensor(["1"]), tensor(["1"])]}, {"inputs": [tensor(["1"], name="other")]},
        {"inputs": [tensor([1], datatype="INT64")]}, {"inputs": [tensor([1])]},
        {"inputs": [tensor(["1"], shape=[2])]},
        {"inputs": [tensor(["1"], shape=[-1])]}, {"inputs": [tensor(["1"], shape=[])]},
        {"inputs": [tensor(["1"] * 9)]}, {"inputs": [tensor(["1"], shape=[10**9])]},
        {"inputs": [tensor(["1"], shape=[10**6] * 8)]}, {"outputs": [{"name": "other"}]}, {"id": 1},
        {"parameters": {"min_probability": 2}}, {"inputs": [tensor([None])]}, {"inputs": {}},
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(served: Served, request_: dict[str, Any]) -> None:
    before = len(served.service.asked)
    answer = infer(served, **request_)
    assert (answer.status, answer.json["code"]) == (422, "request.case")
    assert isinstance(answer.json["error"], str) and answer.json["error"]
    assert len(served.service.asked) == before


def test_half_a_character_is_none(served: Served) -> None:
    assert infer(served, inputs=[tensor(["\ud800"])]).json["code"] == "request.case"


@pytest.mark.parametrize("text", ["{", "NaN", "[" * 100 + "]" * 100, '{"a":1,"a":2}', ""])
def test_texts_that_are_no_json_are_refused(served: Served, text: str) -> None:
    answer = infer(served, inputs=[tensor([text])])
    assert (answer.status, answer.json["code"]) == (400, "request.json")


def test_the_case_that_fails_is_named(served: Served) -> None:
    answer = infer(served, inputs=[tensor(["1", "0"])])
    assert (answer.status, answer.json["error"]) == (422, "case 1: not this")


def test_binary_data_is_not_read(served: Served) -> None:
    headers = {"inference-header-content-length": "10"}
    assert served.call("POST", f"{MODEL}/infer", {}, headers=headers).status == 415


@pytest.mark.parametrize(
    "path",
    ["/v2/models/x", "/v2/models/x/ready", f"{MODEL}/versions/x", f"{MODEL}/versions/x/ready", "/v2/x"],
)
def test_what_there_is_not(served: Served, path: str) -> None:
    answer = served.call("GET", path)
    assert (answer.status, answer.json["code"]) == (404, "request.unknown")
    assert isinstance(answer.json["error"], str)
