"""Two machines of Ray that serve Octad, as a program: prints as JSON what came of it.

The second machine is used once work waits, and is lost while questions are asked.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import threading
import time
from typing import Any

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
# What replicas say of their queue is looked at more often than in service.
os.environ["RAY_SERVE_REPLICA_AUTOSCALING_METRIC_PUSH_INTERVAL_S"] = "0.5"
os.environ["RAY_SERVE_HANDLE_AUTOSCALING_METRIC_PUSH_INTERVAL_S"] = "0.5"

import ray
from ray import serve
from ray.cluster_utils import Cluster

from octad import catalog
from octad.serve.auth import Tokens
from octad.serve.ray import Arguments, application
from octad.store.folders import data_folder

CLIENTS = 12


class Asking:
    """Asks the server, and counts what it answers."""

    def __init__(self, port: int, agents: list[str]) -> None:
        self.port = port
        self.token = Tokens(data_folder() / "tokens.json").add("test", ["admin"])
        self.cases = {
            name: catalog.load(name).example.model_dump_json(exclude_defaults=True) for name in agents
        }
        self.statuses: list[int] = []
        self.is_over = False

    def call(self, path: str, body: str | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        said = answer.status, json.loads(answer.read())
        connection.close()
        return said

    def ask(self, name: str, mark: str) -> int:
        """A case that nobody asked before."""
        case = json.loads(self.cases[name])
        case["code"]["text"] += f"\n# {mark}\n"
        return self.call(f"/v1/agents/{name}", json.dumps(case))[0]

    def many(self, number: int, name: str) -> None:
        count = 0
        while not self.is_over:
            count += 1
            self.statuses.append(self.ask(name, f"{number} {count}"))


def replicas() -> int:
    """How many replicas run."""
    deployments = serve.status().applications["octad"].deployments
    states = deployments["replica"].replica_states
    return int(states.get("RUNNING", 0))


def waited(until: float, holds: Any) -> bool:
    """Whether something holds before the time is over."""
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.2)
    return False


def main(first: str, second: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    other = cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False)
    serve.start(proxy_location="HeadOnly", http_options={"host": "127.0.0.1", "port": port})
    arguments = Arguments(agents=f"{first},{second}", least=1, most=2, per_machine=1)
    serve.run(application(arguments), name="octad")
    asking = Asking(port, [first, second])
    told: dict[str, Any] = {"before": replicas(), "ready": asking.call("/ready")[0]}
    told["other"] = asking.call(f"/v1/agents/{second}", asking.cases[second])[0]
    threads = [threading.Thread(target=asking.many, args=(number, first)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    told["grew"] = waited(time.monotonic() + 60, lambda: replicas() == 2)
    time.sleep(1)
    asked = len(asking.statuses)
    cluster.remove_node(other)
    waited(time.monotonic() + 60, lambda: len(asking.statuses) > asked + 100)
    asking.is_over = True
    for thread in threads:
        thread.join()
    told["alive"] = sum(one["Alive"] for one in ray.nodes())
    told["statuses"] = {str(one): asking.statuses.count(one) for one in set(asking.statuses)}
    told["after"] = len(asking.statuses) - asked
    print(json.dumps(told), flush=True)
    serve.shutdown()
    ray.shutdown()
    cluster.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
