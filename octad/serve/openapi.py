"""The description of the interface: OpenAPI 3.1, with the schema and the example of every agent."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from octad import __version__
from octad.agents.agent import Agent
from octad.agents.command import ReviewCommand
from octad.agents.reports import report_class
from octad.records.look import Review
from octad.registry.base import STABLE
from octad.serve.auth import SCHEME

Json = dict[str, Any]
COMPONENTS = "#/components/schemas/"
PLAIN = (401, 403, 404, 405, 429, 500, 503)
"""Statuses that every request may end with, and below those of one with a body."""
OF_BODIES = (400, 408, 409, 413, 415, 422, 431, 504)
FILES: Json = {
    "type": "object",
    "required": ["files"],
    "additionalProperties": False,
    "properties": {
        "files": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["path", "text"],
                "additionalProperties": False,
                "properties": {"path": {"type": "string", "minLength": 1}, "text": {"type": "string"}},
            },
        },
        "analysers": {"type": "boolean", "default": False, "description": "Run ruff and bandit on them too."},
    },
}
"""Source files that are reviewed together."""
FILES_EXAMPLE = {"files": [{"path": "first.py", "text": "def first(rows):\n    return rows[1]\n"}]}


def case_name(agent: Agent[Any, Any]) -> str:
    """The component that describes a case of an agent."""
    return f"{agent.name}.case"


def report_name(agent: Agent[Any, Any]) -> str:
    """The component that describes a report of an agent."""
    return f"{agent.name}.report"


def review_name(agent: Agent[Any, Any]) -> str:
    """The component that describes what a review of files by an agent says."""
    return f"{agent.name}.review"


def reference(name: str) -> Json:
    """A schema by the name of its component."""
    return {"$ref": COMPONENTS + name}


def content(schema: Json, example: Any = None, media: str = "application/json") -> Json:
    """What a body holds, with an example."""
    described: Json = {"schema": schema}
    if example is not None:
        described["examples"] = {"example": {"value": example}}
    return {media: described}


def example_of(agent: Agent[Any, Any]) -> Any:
    """The agent's example as JSON, without what has its default."""
    return json.loads(agent.example.model_dump_json(exclude_defaults=True))


def schemas(agents: Sequence[Agent[Any, Any]]) -> Json:
    """The components of all agents; each has names of its own."""
    found: Json = {}
    for agent in agents:
        found |= _components(agent.case, case_name(agent), "validation")
        found |= _components(report_class(agent), report_name(agent), "serialization")
        if isinstance(agent.command, ReviewCommand):
            found |= _components(Review, review_name(agent), "serialization")
    return found


def document(routes: Sequence[Any], agents: Mapping[str, Agent[Any, Any]]) -> Json:
    """The whole description of some routes."""
    made = get_openapi(
        title="Octad",
        version=__version__,
        summary="Small transformer agents for software delivery, on your own machine.",
        routes=routes,
    )
    components = made.setdefault("components", {})
    found = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        found.pop(name, None)
    found |= schemas(list(agents.values())) | ERRORS
    components["securitySchemes"] = {SCHEME: {"type": "http", "scheme": "bearer"}}
    components["responses"] = {
        name: {"description": "Why there is no answer.", "content": content(reference(name), example)}
        for name, example in (
            ("Error", _EXAMPLE),
            ("InferenceError", _flat(_EXAMPLE)),
            ("MessageError", _EXAMPLE),
        )
    }
    for route in routes:
        # Whole again: what is null in an example was taken out of it.
        if body := (route.openapi_extra or {}).get("requestBody"):
            for method in route.methods:
                made["paths"][route.path][method.lower()]["requestBody"] = body
    for path, item in made.get("paths", {}).items():
        _with_names(item, list(agents))
        for method, operation in item.items():
            _with_errors(operation, path, has_body=method in ("post", "put", "patch"))
    return made


def _components(
    kind: type[BaseModel], name: str, mode: typing.Literal["validation", "serialization"]
) -> Json:
    """A class and all that it refers to as components, whose names begin with that of the class."""
    template = f"{COMPONENTS}{name}.{{model}}"
    keys, described = models_json_schema([(kind, mode)], ref_template=template)
    own = keys[kind, mode]
    definitions: Json = {f"{name}.{key}": value for key, value in described.get("$defs", {}).items()}
    return definitions | {name: own}


def _with_names(item: Json, names: list[str]) -> None:
    """Say which agents there are, where one is named in a path, and which version there always is."""
    for parameter in (one for operation in item.values() for one in operation.get("parameters", ())):
        if parameter["in"] == "path" and parameter["name"] in ("agent", "model"):
            parameter["schema"] = {"type": "string", "enum": names}
        elif parameter["in"] == "path":
            parameter["example"] = STABLE


def _with_errors(operation: Json, path: str, *, has_body: bool) -> None:
    """Say what else may come of an operation."""
    shape = {"/v2": "InferenceError", "/mcp": "MessageError"}.get(path[:4].rstrip("/"), "Error")
    statuses = (*PLAIN, *(OF_BODIES if has_body else (422, 431)))
    for status in statuses:
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/{shape}"}
    if not operation.get("security"):
        operation["security"] = []


_FAULT: Json = {
    "code": {"type": "string"},
    "message": {"type": "string"},
    "hint": {"type": "string", "description": "What to do next."},
    "retry": {"type": "boolean", "description": "Whether the same may be answered later."},
    "request_id": {"type": "string"},
}
_ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object", "required": list(_FAULT), "properties": _FAULT, "additionalProperties": False,
        }
    },
}  # fmt: skip
_INFERENCE_ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, **{k: v for k, v in _FAULT.items() if k != "message"}},
}
_MESSAGE_ERROR: Json = {
    "type": "object",
    "required": ["jsonrpc", "error"],
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "error": {
            "type": "object", "required": ["code", "message"],
            "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
        },
    },
}  # fmt: skip
"""What JSON-RPC says of a message that is none; what never comes so far is refused as everywhere."""
ERRORS: Json = {
    "Error": _ERROR,
    "InferenceError": _INFERENCE_ERROR,
    "MessageError": {"anyOf": [_MESSAGE_ERROR, _ERROR]},
}
_EXAMPLE: Json = {
    "error": {
        "code": "server.overloaded", "message": "more is asked than can be answered in time",
        "hint": "ask again later", "retry": True, "request_id": "4d8f6a0b1c2d3e4f",
    }
}  # fmt: skip


def _flat(example: Json) -> Json:
    rest = dict(example["error"])
    return {"error": rest.pop("message"), **rest}
