"""Whether `octad assess` sees a bad deployment in a live Prometheus, how soon, and what of a good one.

    python benchmarks/live_gate.py [--binary prometheus] [--each 3] [--quiet 15] [--speed 25] [--after 30]

Starts a Prometheus on the loopback interface and an exporter of made-up services (`live_world.py`) whose
clock runs fast: `--minutes` before a deployment and `--after` since pass in a few minutes, scraped every five
of their seconds. Then asks the command line, and the judges of single metrics after every minute since. Each
line of the table is one kind of harm in one way of asking; `none` is the false alarms. Beside them, on the
same answers: Mann-Whitney at the least limit with which it is silent in all of `none`, which flatters it, and
whether a median rose to three times what it was. All that was started is stopped in the end.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
from judges import of_score, stretch_of, threefold
from live_world import KINDS, SERVICES, Worlds, exposition

from octad.advice.metric_verdicts import MetricVerdict, metric_verdicts, worse
from octad.cli.dependencies import Dependencies, load_runner
from octad.cli.main import run
from octad.read.metrics.prometheus_api import query_prometheus, step_of
from octad.records.series import SeriesSet, parted
from octad_train.data.operations.deployment_windows import Deployment
from octad_train.evaluate.canary_test import surest
from octad_train.evaluate.tables import machine, table

LOADED = cache(load_runner)
"""The agent is read once, not for each of the worlds."""
SCRAPED = 5.0
"""Seconds of the worlds between two scrapes."""
_BY = "sum by (service)"
_REQUESTS = "http_requests_total{{world='{world}'}}[1m]"
_FAILED = "http_requests_total{{world='{world}',code='500'}}[1m]"
_SHARE = f"{_BY} (rate({_FAILED})) / {_BY} (rate({_REQUESTS}))"
_LONG = "http_request_duration_seconds"
QUERIES = {
    "rates": (
        f"{_BY} (rate({_REQUESTS}))",
        _SHARE,
        f"{_BY} (rate({_LONG}_sum{{{{world='{{world}}'}}}}[1m]))"
        f" / {_BY} (rate({_LONG}_count{{{{world='{{world}}'}}}}[1m]))",
        "rate(container_cpu_usage_seconds_total{{world='{world}'}}[1m])",
        "memory_working_set_bytes{{world='{world}'}}",
    ),
    "percentiles": (
        f"{_BY} (rate({_REQUESTS}))",
        _SHARE,
        *(
            f"histogram_quantile({share}, {_BY[:-1]}, le)"
            f" (rate({_LONG}_bucket{{{{world='{{world}}'}}}}[1m])))"
            for share in ("0.5", "0.95")
        ),
        "rpc_duration_seconds{{world='{world}'}}",
        "cpu_usage{{world='{world}'}}",
    ),
    "raw": (
        f"rate({_LONG}_bucket{{{{world='{{world}}'}}}}[1m])",
        "http_requests_total{{world='{world}'}}",
        "container_cpu_usage_seconds_total{{world='{world}'}}",
        "memory_working_set_bytes{{world='{world}'}}",
    ),
}
"""Ways of asking: the braces of PromQL are doubled, `world` is filled in."""


@dataclass(frozen=True)
class Heard:
    """What is said of one world: certain so many seconds since; which service; the gate; and the floors."""

    kind: str
    seconds: float | None
    right: bool
    gate: bool
    surest: float
    threefold: float


@contextlib.contextmanager
def exporter(worlds: Worlds, clock: Clock) -> Iterator[int]:
    """An HTTP server of the worlds on a free port of the loopback interface."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                worlds.advance(min(clock.now(), clock.end))
                body = exposition(worlds).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Clock:
    """Time that runs `speed` times as fast from `first` on, and comes to `end` together with ours."""

    started: float
    first: float
    end: float
    speed: float

    def now(self) -> float:
        """The time in the worlds."""
        return self.first + (time.time() - self.started) * self.speed


def clock_of(seconds: float, speed: float) -> Clock:
    """A clock for so many seconds of the worlds."""
    now = time.time()
    end = now + seconds / speed
    return Clock(now, end - seconds, end, speed)


@contextlib.contextmanager
def prometheus(binary: str, port: int, every: float) -> Iterator[str]:
    """A Prometheus that scrapes a port; its address."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        own = free.getsockname()[1]
        free.close()
        written = f"{round(every * 1000)}ms"
        # The worlds lie behind our time, and what Prometheus says of its scrapes does not.
        Path(folder, "own.yml").write_text(
            f"global: {{scrape_interval: {written}, scrape_timeout: {written}}}\n"
            "storage: {tsdb: {out_of_order_time_window: 6h}}\n"
            f"scrape_configs: [{{job_name: own, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n"
        )
        command = [
            binary, f"--config.file={folder}/own.yml", f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{own}", "--log.level=error",
        ]  # fmt: skip
        process = subprocess.Popen(command)
        try:
            yield ready(f"http://127.0.0.1:{own}")
        finally:
            process.terminate()
            process.wait(30)


def ready(address: str) -> str:
    """The address, once it answers; raises RuntimeError where it does not within half a minute."""
    for _ in range(150):
        try:
            with urlopen(f"{address}/-/ready", timeout=1) as answer:
                if answer.status == 200:
                    return address
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("Prometheus does not start")


def asked(address: str, queries: Sequence[str], at: float, minutes: float) -> bool:
    """Whether the command line calls for a rollback."""
    given = [part for query in queries for part in ("--query", query)]
    arguments = ["--prometheus", address, *given, "--at", f"{at}", "--minutes", f"{minutes}"]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = run(["assess", *arguments, "--format", "json", "--no-cache"], Dependencies(load=LOADED))
    if code not in (0, 1):
        raise RuntimeError(f"octad assess ended with {code}")
    return any(one["rule"] == "deployment/rollback" for one in json.loads(said.getvalue())["findings"])


def first_certain(
    found: SeriesSet, at: float, looks: Sequence[float]
) -> tuple[float | None, tuple[MetricVerdict, ...]]:
    """The first look, in seconds since, at which a metric is called worse, and what was said at it."""
    said: tuple[MetricVerdict, ...] = ()
    for seconds in looks:
        compared = parted(parted(found, at + seconds + 0.1).before, at)
        said = metric_verdicts(compared)
        if worse(said):
            return seconds, said
    return None, said


def hear(address: str, worlds: Worlds, world: int, way: str, looks: Sequence[float], minutes: float) -> Heard:
    """Ask about one world in one way."""
    queries = [query.format(world=world) for query in QUERIES[way]]
    gate = asked(address, queries, worlds.at, minutes)
    start, end = worlds.at - minutes * 60, worlds.at + looks[-1]
    found = query_prometheus(address, queries, start=start, end=end, step=step_of(minutes * 60))
    seconds, said = first_certain(found, worlds.at, looks)
    stretch = stretch_of(found, "live", str(world))
    deployment = Deployment(stretch, int(np.searchsorted(stretch.times, worlds.at)), 0)
    sick = SERVICES[int(worlds.whose[world])]
    return Heard(
        kind=worlds.kinds[world],
        seconds=seconds,
        right=any(one.service == sick for one in worse(said)),
        gate=gate,
        surest=of_score(surest)(deployment, stretch.values),
        threefold=of_score(threefold)(deployment, stretch.values),
    )


def rows_of(way: str, heard: Sequence[Heard]) -> list[tuple[str, ...]]:
    """The lines of one way of asking."""
    limit = max(one.surest for one in heard if one.kind == "none")
    rows = []
    for kind in KINDS:
        own = [one for one in heard if one.kind == kind]
        seconds = sorted(one.seconds for one in own if one.seconds is not None)
        counts = (
            sum(one.seconds is not None for one in own),
            sum(one.right for one in own),
            sum(one.gate for one in own),
            sum(one.surest > limit for one in own),
            sum(one.threefold >= 3 for one in own),
        )
        judged, right, *others = (f"{count} of {len(own)}" for count in counts)
        soon = f"{np.median(seconds):.0f} ({seconds[0]:.0f} to {seconds[-1]:.0f})" if seconds else ""
        rows.append((way, kind, judged, right if kind != "none" else "", soon, *others))
    return rows


def main() -> None:
    """Let the time pass, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--binary", default=shutil.which("prometheus"), help="the program of Prometheus")
    parser.add_argument("--each", type=int, default=3, help="worlds of every kind of harm")
    parser.add_argument("--quiet", type=int, default=15, help="worlds in which nothing goes wrong")
    parser.add_argument("--minutes", type=float, default=60, help="before the deployment")
    parser.add_argument("--after", type=int, default=30, help="minutes since it, each with a look")
    parser.add_argument(
        "--speed", type=float, default=25, help="how much faster the clock of the worlds runs"
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if not given.binary:
        sys.exit("no Prometheus: name one with --binary")
    kinds = tuple(kind for kind in KINDS for _ in range(given.quiet if kind == "none" else given.each))
    looks = [60.0 * minute for minute in range(1, given.after + 1)]
    clock = clock_of(given.minutes * 60 + looks[-1], given.speed)
    worlds = Worlds(kinds, clock.end - looks[-1], clock.first, np.random.default_rng(given.seed))
    with exporter(worlds, clock) as port, prometheus(given.binary, port, SCRAPED / given.speed) as address:
        time.sleep(max(clock.end - time.time(), 0) + 2)
        rows = []
        for way in QUERIES:
            heard = [hear(address, worlds, at, way, looks, given.minutes) for at in range(len(kinds))]
            rows += rows_of(way, heard)
    head = ("asked for", "harm", "worse", "right service", "seconds since", "gate", "Mann-Whitney", "3 x")
    sys.stdout.write(table("A live Prometheus", head, rows))
    sys.stdout.write(f"\nSeed {given.seed}, {given.speed:g} times as fast. {machine()}.\n")


if __name__ == "__main__":
    main()
