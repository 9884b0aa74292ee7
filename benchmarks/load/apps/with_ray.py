"""Ray Serve with its batching on: a replica a core, batches of eight, a timer of five milliseconds."""

from __future__ import annotations

import signal

import ray
from ray import serve
from starlette.requests import Request
from starlette.responses import Response

from benchmarks.load.apps.shared import BATCH, TIMER, cores, port, reports, runners


@serve.deployment(
    num_replicas=cores(), max_ongoing_requests=64, ray_actor_options={"num_cpus": 1}, max_queued_requests=-1
)
class Agents:
    """Every agent, by the last part of the path."""

    def __init__(self) -> None:
        self.runners = runners()

    async def __call__(self, request: Request) -> Response:
        """A case to a report."""
        name = request.url.path.rpartition("/")[2]
        case = self.runners[name].agent.case.model_validate_json(await request.body())
        return Response(await self.answer((name, case)), media_type="application/json")

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=TIMER)
    async def answer(self, asked: list[tuple[str, object]]) -> list[str]:
        """Reports in the order of the cases."""
        found = [""] * len(asked)
        for name in {name for name, _ in asked}:
            own = [i for i, (other, _) in enumerate(asked) if other == name]
            for i, report in zip(own, reports(self.runners[name], [asked[i][1] for i in own]), strict=True):
                found[i] = report
        return found


if __name__ == "__main__":
    ray.init(num_cpus=cores(), include_dashboard=False, log_to_driver=False, object_store_memory=200 << 20)
    serve.start(http_options={"host": "127.0.0.1", "port": port()})
    serve.run(Agents.bind(), name="agents", route_prefix="/")
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    serve.shutdown()
    ray.shutdown()
