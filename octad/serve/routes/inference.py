"""Open Inference Protocol, version 2: the agents for clients that know no other interface.

A case is an element of the input `case`, as JSON in a text; the reports come as the output `report`.
The protocol's extension for binary data is not spoken, which the metadata says by naming no extension.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from octad import __version__
from octad.agents.agent import Agent
from octad.records.base import reason_of
from octad.serve.auth import ROLES, needs
from octad.serve.context import Context
from octad.serve.errors import Refusal, refusal
from octad.serve.exchange import Answered
from octad.serve.faults import Fault
from octad.serve.json_check import check_json
from octad.serve.openapi import Json, content, example_of
from octad.serve.questions import REFERENCE, Asked, Terms, answers
from octad.serve.routes.health import require_ready

Model = Annotated[str, Path(max_length=64)]
VersionName = Annotated[str, Path(pattern=REFERENCE)]
INPUT, OUTPUT, BYTES = "case", "report", "BYTES"


class Tensor(BaseModel):
    """One input: a shape, and as many texts, in rows or one after the other."""

    model_config = ConfigDict(extra="forbid")

    name: Literal["case"]
    shape: list[Annotated[int, Field(ge=1)]] = Field(min_length=1, max_length=8)
    datatype: Literal["BYTES"]
    parameters: dict[str, Any] = Field(default_factory=dict)
    data: list[Any]


class Wanted(BaseModel):
    """One output that is asked for."""

    name: Literal["report"]
    parameters: dict[str, Any] = Field(default_factory=dict)


class Given(BaseModel):
    """What may be said of a question beside its case; other parameters are another server's."""

    evidence: bool | None = None
    min_probability: Annotated[float, Field(ge=0, le=1)] | None = None


class Inference(BaseModel):
    """A request for inference."""

    id: str = Field("", max_length=256)
    parameters: Given = Field(default_factory=Given)
    inputs: list[Tensor] = Field(min_length=1, max_length=1)
    outputs: list[Wanted] = Field(default_factory=list, max_length=1)


def router(context: Context) -> APIRouter:
    """`/v2` and what lies below it."""
    routes = APIRouter(tags=["open inference protocol"])
    _add_server(routes, context)
    _add_models(routes, context)
    return routes


def _add_server(routes: APIRouter, context: Context) -> None:
    @routes.get("/v2", operation_id="v2.server", openapi_extra=needs(*ROLES))
    async def server() -> dict[str, Any]:
        """The metadata of the server."""
        return {"name": "octad", "version": __version__, "extensions": []}

    @routes.get("/v2/health/live", operation_id="v2.live", openapi_extra=needs())
    async def live() -> dict[str, bool]:
        """Whether the server lives."""
        return {"live": True}

    @routes.get("/v2/health/ready", operation_id="v2.ready", openapi_extra=needs())
    async def ready() -> dict[str, bool]:
        """Whether all models are ready."""
        require_ready(context)
        return {"ready": True}


def _add_models(routes: APIRouter, context: Context) -> None:
    def metadata(model: Model) -> dict[str, Any]:
        """The metadata of a model: an agent."""
        agent = _agent(context, model)
        versions = [one.digest for one in context.registry.versions(agent.name)]
        return {
            "name": agent.name,
            "versions": versions,
            "platform": "octad_onnx",
            "inputs": [{"name": INPUT, "datatype": BYTES, "shape": [-1]}],
            "outputs": [{"name": OUTPUT, "datatype": BYTES, "shape": [-1]}],
        }

    def metadata_of_version(model: Model, version: VersionName) -> dict[str, Any]:
        """The metadata of one version of a model."""
        found = context.registry.get(_agent(context, model).name, version)[1]
        return metadata(model) | {"versions": [found.digest]}

    def ready(model: Model) -> dict[str, Any]:
        """Whether a model is ready."""
        require_ready(context)
        return {"name": _agent(context, model).name, "ready": True}

    def version_ready(model: Model, version: VersionName) -> dict[str, Any]:
        """Whether a version of a model is there; it is loaded when it is asked."""
        context.registry.get(_agent(context, model).name, version)
        return ready(model)

    async def infer(request: Request, model: Model, terms: Asked) -> dict[str, Any]:
        """Ask an agent about some cases."""
        return await _inferred(context, request, _agent(context, model), terms)

    async def infer_version(
        request: Request, model: Model, version: VersionName, terms: Asked
    ) -> dict[str, Any]:
        """Ask a version of an agent about some cases."""
        return await _inferred(context, request, _agent(context, model), terms, version)

    one, of_version = "/v2/models/{model}", "/v2/models/{model}/versions/{version}"
    seen = needs(*ROLES)
    asked = {**needs("infer"), "requestBody": _request_body(context)}
    for path, function, name, method, extra in (
        (one, metadata, "v2.model", "GET", seen),
        (f"{one}/ready", ready, "v2.model.ready", "GET", seen),
        (f"{one}/infer", infer, "v2.model.infer", "POST", asked),
        (of_version, metadata_of_version, "v2.version", "GET", seen),
        (f"{of_version}/ready", version_ready, "v2.version.ready", "GET", seen),
        (f"{of_version}/infer", infer_version, "v2.version.infer", "POST", asked),
    ):
        routes.add_api_route(path, function, operation_id=name, methods=[method], openapi_extra=extra)


async def _inferred(
    context: Context, request: Request, agent: Agent[Any, Any], terms: Terms, version: str = ""
) -> dict[str, Any]:
    """The response of the protocol; raises Refusal where one of the cases has no answer."""
    if "inference-header-content-length" in request.headers:
        raise refusal("request.type", "binary data is not read", "send texts in `data`")
    wanted, cases = _read(await request.body(), context)
    given = wanted.parameters
    askings = [
        Terms(
            id=terms.id, actor=terms.actor, until=terms.until, priority=terms.priority, key=terms.key,
            evidence=terms.evidence if given.evidence is None else given.evidence,
            least=terms.least if given.min_probability is None else given.min_probability,
            version=version or terms.version, idempotency=terms.idempotency,
        ).asking(agent.name, case, part=number)
        for number, case in enumerate(cases)
    ]  # fmt: skip
    found = await answers(context, request, askings)
    _check_all(found)
    data = [one.body.decode() for one in found]
    return {
        "model_name": agent.name,
        "model_version": found[0].version,
        "id": wanted.id or terms.id,
        "outputs": [{"name": OUTPUT, "shape": [len(data)], "datatype": BYTES, "data": data}],
    }


def _read(body: bytes, context: Context) -> tuple[Inference, list[bytes]]:
    """A request and its cases; raises Refusal."""
    try:
        wanted = Inference.model_validate_json(body)
    except ValueError as error:
        raise refusal("request.case", f"no request for inference: {reason_of(error)}", "see /v2") from error
    tensor, limits = wanted.inputs[0], context.settings.limits
    count = math.prod(tensor.shape)
    if count > limits.batch:
        raise refusal("request.case", f"more than {limits.batch} cases at once", "send several requests")
    texts = list(_flat(tensor.data))
    if len(texts) != count or not all(isinstance(one, str) for one in texts):
        hint = "`data` holds as many texts as `shape` says"
        raise refusal("request.case", "data and shape differ, or hold something else than texts", hint)
    cases = [text.encode("utf-8", "surrogatepass") for text in texts]
    for case in cases:
        check_json(case, limits)
    return wanted, cases


def _flat(data: list[Any]) -> list[Any]:
    """The elements of rows, in their order; the gate has bounded how deep they lie."""
    return [one for row in data for one in (_flat(row) if isinstance(row, list) else [row])]


def _check_all(found: list[Answered]) -> None:
    """Raise Refusal with the first fault, which says whose it is where there are several cases."""
    for number, one in enumerate(found):
        if (wrong := one.fault) is not None:
            said = wrong.message if len(found) == 1 else f"case {number}: {wrong.message}"
            raise Refusal(Fault(wrong.code, wrong.status, said, wrong.hint, wrong.retry, wrong.retry_after))


def _agent(context: Context, name: str) -> Agent[Any, Any]:
    """An agent by its name; raises Refusal."""
    if name not in context.agents:
        raise refusal("request.unknown", "no such model", "GET /v1/agents shows them all")
    return context.agents[name]


def _request_body(context: Context) -> Json:
    """What a request for inference holds, with the example of the first agent."""
    schema = Inference.model_json_schema()
    definitions = schema.pop("$defs", {})
    inlined = _inlined(schema, definitions)
    first = next(iter(context.agents.values()), None)
    text = agent_text(first) if first else "{}"
    tensor = {"name": INPUT, "shape": [1], "datatype": BYTES, "data": [text]}
    return {"required": True, "content": content(inlined, {"inputs": [tensor]})}


def agent_text(agent: Agent[Any, Any]) -> str:
    """The example of an agent as the text of a BYTES element."""
    import json

    return json.dumps(example_of(agent))


def _inlined(schema: Any, definitions: Json) -> Any:
    """A schema whose references are replaced by what they refer to; none refers to itself."""
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return _inlined(definitions[name], definitions)
    return {key: _inlined(value, definitions) for key, value in schema.items()}
