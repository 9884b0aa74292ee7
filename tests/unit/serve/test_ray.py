"""The server as an application of Ray Serve; these run where Ray is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("ray.serve")

from octad import catalog
from octad.agents.command import ReviewCommand
from octad.serve.ray import COST, FRESH_S, Lane, Replica, application, by_cost
from octad.serve.work import Batch, batch_of, packed_batch
from scripts.size_limits import ROOT


@pytest.mark.parametrize(
    ("waiting", "running", "wanted"),
    [(0, 0, 1), (0, 3, 3), (2.5, 0, 3), (2.5, 5, 5), (100, 0, 8), (0.2, 0.5, 1)],
)
def test_there_are_replicas_for_what_runs_and_what_waits(waiting: float, running: float, wanted: int) -> None:
    context = SimpleNamespace(
        aggregated_metrics={COST: {"a": waiting, "b": waiting / 2}}, total_num_requests=running,
        capacity_adjusted_min_replicas=1, capacity_adjusted_max_replicas=8,
    )  # fmt: skip
    assert by_cost(context) == (wanted, {})
    context.aggregated_metrics = None
    context.capacity_adjusted_min_replicas = 2
    assert by_cost(context)[0] == max(2, min(8, round(running + 0.49)))


def test_what_waited_long_ago_waits_no_more() -> None:
    replica = Replica()
    assert replica.record_autoscaling_stats() == {COST: 0.0}
    import time

    replica._told = (3.0, time.monotonic())
    assert replica.record_autoscaling_stats() == {COST: 3.0}
    replica._told = (3.0, time.monotonic() - FRESH_S - 1)
    assert replica.record_autoscaling_stats() == {COST: 0.0}


class Handle:
    """Sends to a replica that is lost, or answers."""

    def __init__(self, answer: bytes | None) -> None:
        self.answered, self.sent = answer, []

    def options(self, multiplexed_model_id: str) -> Any:
        self.sent.append(multiplexed_model_id)
        return SimpleNamespace(answer=SimpleNamespace(remote=self.remote))

    def remote(self, frame: bytes, waiting: float) -> Any:
        self.sent += [batch_of(frame).agent, waiting]

        async def answered() -> bytes:
            if self.answered is None:
                raise RuntimeError("the actor is dead")
            return self.answered

        return answered()


@pytest.mark.parametrize("answer", [b"frame", None])
def test_a_replica_that_is_lost_is_a_worker_that_ended(answer: bytes | None) -> None:
    import asyncio

    handle = Handle(answer)
    pool: Any = SimpleNamespace(queue=SimpleNamespace(cost=1.5))
    lane = Lane(handle, pool)

    async def exchanged() -> bytes | None:
        await lane.send(packed_batch(Batch("load", "a", "b")))
        return await lane.received()

    assert asyncio.run(exchanged()) == answer
    assert handle.sent == ["a b", "a", 1.5]


def test_texts_of_the_command_line_are_arguments() -> None:
    assert application({"least": "2", "most": "3", "agents": "a,b"}) is not None
    with pytest.raises(ValueError, match="least"):
        application({"least": "0"})
    with pytest.raises(ValueError, match="unknown"):
        application({"unknown": "1"})


@pytest.mark.slow
def test_two_machines_answer_and_one_is_lost(tmp_path: Path) -> None:
    loaded = {entry.name: catalog.load(entry.name) for entry in catalog.entries()}
    first = next(name for name, agent in loaded.items() if isinstance(agent.command, ReviewCommand))
    second = next(name for name in loaded if name != first)
    environment = dict(os.environ) | {
        "OCTAD_STORE": str(tmp_path / "store"), "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0",
    }  # fmt: skip
    command = [sys.executable, str(ROOT / "tests/ray_cluster.py"), first, second]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    told = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    assert (told["before"], told["ready"], told["other"]) == (1, 200, 200)
    assert told["grew"] and told["alive"] == 1
    assert set(told["statuses"]) == {"200"} and told["after"] >= 100
