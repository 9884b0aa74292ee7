"""LitServe with its batching on: a worker a core, batches of eight, a timer of five milliseconds.

Its requests are parsed as JSON before a worker has them, so they are an object of agent and case.
"""

from __future__ import annotations

import sys
from typing import Any

sys.modules["mcp"] = None  # type: ignore[assignment]  # it does not start beside an mcp of version 2

import litserve  # noqa: E402
from fastapi import Response  # noqa: E402

from benchmarks.load.apps.shared import BATCH, TIMER, cores, port, reports, runners  # noqa: E402


class Agents(litserve.LitAPI):
    """Every agent behind one path."""

    def setup(self, device: str) -> None:
        """Load the agents."""
        self.runners = runners()

    def decode_request(self, request):  # type: ignore[no-untyped-def]
        """The agent and the case. An annotation would make FastAPI look for it in the address."""
        name = request["agent"]
        return name, self.runners[name].agent.case.model_validate(request["case"])

    def batch(self, inputs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """A batch is a list."""
        return inputs

    def unbatch(self, output: list[str]) -> list[str]:
        """And so is what comes of it."""
        return output

    def predict(self, inputs: list[tuple[str, Any]]) -> list[str]:
        """Reports in the order of the cases."""
        found = [""] * len(inputs)
        for name in {name for name, _ in inputs}:
            own = [i for i, (other, _) in enumerate(inputs) if other == name]
            said = reports(self.runners[name], [inputs[i][1] for i in own])
            for i, report in zip(own, said, strict=True):
                found[i] = report
        return found

    def encode_response(self, output: str) -> Response:
        """The report, which is JSON already."""
        return Response(output, media_type="application/json")


if __name__ == "__main__":
    litserve.LitServer(
        Agents(max_batch_size=BATCH, batch_timeout=TIMER),
        accelerator="cpu",
        devices=1,
        workers_per_device=cores(),
        timeout=60,
    ).run(host="127.0.0.1", port=port(), log_level="error", generate_client_file=False)
