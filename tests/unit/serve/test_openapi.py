"""The description of the interface is valid, and what it says is so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from octad import catalog
from octad.ask import Options, ask
from tests.served import Scripted, Served, Small


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return Served(tmp_path_factory.mktemp("served"), Scripted())


@pytest.fixture(scope="module")
def described(served: Served) -> Any:
    return served.call("GET", "/openapi.json").json


def operations(described: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation)
        for path, item in described["paths"].items()
        for method, operation in item.items()
    ]


def resolved(described: Any, schema: Any) -> Any:
    return {**schema, "components": described["components"]}


def test_it_is_openapi(described: Any) -> None:
    assert described["openapi"].startswith("3.1")
    assert set(described) >= {"info", "paths", "components"}
    text = json.dumps(described)
    for reference in {part.partition('"')[0] for part in text.split('"$ref": "')[1:]}:
        target = described
        for key in reference.removeprefix("#/").split("/"):
            target = target[key]
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names)) >= 30


def test_every_schema_is_one(described: Any) -> None:
    for name, schema in described["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert all(one.isalnum() or one in "._-" for one in name)


def test_every_path_is_described(served: Served, described: Any) -> None:
    routes = {(route.path, method.lower()) for route in served.app.routes for method in route.methods}
    assert {(path, method) for path, method, _ in operations(described)} == routes


def test_every_operation_says_who_may_and_what_may_happen(described: Any) -> None:
    for path, method, operation in operations(described):
        assert "security" in operation, path
        assert {"200", "401", "403", "404", "405", "429", "500", "503"} <= set(operation["responses"]), path
        if method == "post":
            body = operation["requestBody"]["content"]["application/json"]
            example = body["examples"]["example"]["value"]
            jsonschema.Draft202012Validator(resolved(described, body["schema"])).validate(example)
            assert {"400", "413", "415", "422", "504"} <= set(operation["responses"])


def test_faults_are_as_described(served: Served, described: Any) -> None:
    for target, name in (("/v1/x", "Error"), ("/v2/x", "InferenceError")):
        schema = described["components"]["schemas"][name]
        jsonschema.validate(served.call("GET", target).json, resolved(described, schema))
        example = described["components"]["responses"][name]["content"]["application/json"]["examples"]
        jsonschema.validate(example["example"]["value"], resolved(described, schema))


def test_nothing_is_loaded_from_elsewhere(served: Served) -> None:
    assert served.call("GET", "/docs").status == served.call("GET", "/redoc").status == 404


@pytest.mark.parametrize("name", [entry.name for entry in catalog.entries()])
def test_reports_are_as_described(described: Any, tmp_path: Path, name: str) -> None:
    runner = Small(tmp_path).runner(name)
    report = ask(runner, runner.agent.example, Options(0.0, False))
    schema = {"$ref": f"#/components/schemas/{name}.report"}
    validator = jsonschema.Draft202012Validator(resolved(described, schema))
    validator.validate(json.loads(report.model_dump_json()))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"agent": name})
