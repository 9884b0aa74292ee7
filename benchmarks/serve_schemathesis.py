"""Every operation of a running server, asked what its description allows and what it does not.

    python -m benchmarks.serve_schemathesis --examples 200

starts `octad serve` with data of its own, reads /openapi.json, and sends cases that schemathesis makes of it:
for every operation as many that are valid and as many that are not. Prints the counts of each operation, the
statuses that came back, and every failure; the exit code is 1 where there is any.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS: tuple[Any, ...] = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
UNAVAILABLE = frozenset({503, 504})
"""What a server may say of itself: no failure, but counted."""


@dataclass
class Counts:
    """What came of one operation."""

    operation: str
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def server_errors(self) -> int:
        """Answers that say that the server failed."""
        return sum(n for status, n in self.statuses.items() if status >= 500 and status not in UNAVAILABLE)


def fuzz(
    address: str, token: str, examples: int, *, number: int = 0, checks: Sequence[Any] = CHECKS
) -> list[Counts]:
    """Counts of every operation of a server, the same for the same `number`."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {token}"
    described = session.get(f"{address}/openapi.json", timeout=60).json()
    schema = openapi.from_dict(described)
    return [
        _operation(result.ok(), session, address, (examples, number, tuple(checks)))
        for result in schema.get_all_operations()
    ]


def _operation(
    operation: Any, session: requests.Session, address: str, how: tuple[int, int, tuple[Any, ...]]
) -> Counts:
    """Cases of one operation, valid ones and others."""
    examples, number, checks = how
    counts = Counts(f"{operation.method.upper()} {operation.path}")
    for mode in MODES:
        try:
            strategy = operation.as_strategy(generation_mode=mode)
        except Exception as error:
            counts.failures.append(f"no {mode.value} cases: {error}")
            continue
        asked = _asked(strategy, counts, (session, address, checks))
        run = seed(number)(settings(
            max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet,
        )(asked))  # fmt: skip
        try:
            run()
        except Exception as error:  # what cannot be negated has no such cases
            if "generate" not in str(error).lower() and "unsatisf" not in type(error).__name__.lower():
                counts.failures.append(f"{type(error).__name__}: {error}"[:300])
    return counts


def _asked(strategy: Any, counts: Counts, to: tuple[requests.Session, str, Any]) -> Callable[[], None]:
    session, address, checks = to

    @given(case=strategy)
    def asked(case: schemathesis.Case) -> None:
        counts.cases += 1
        try:
            answer = case.call(base_url=address, session=session, timeout=90)
        except (requests.ConnectionError, requests.Timeout) as error:
            counts.failures.append(f"no answer: {error}"[:300])
            return
        counts.statuses[answer.status_code] += 1
        excluded = [negative_data_rejection] if negative_data_rejection not in checks else []
        if answer.status_code in UNAVAILABLE:
            return
        try:
            case.validate_response(answer, checks=list(checks), excluded_checks=excluded)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            said = getattr(error, "exceptions", [error])
            counts.failures.extend(f"{type(one).__name__}: {one}"[:600] for one in said)

    return asked


@contextmanager
def running(folder: Path, *more: str) -> Iterator[tuple[str, str]]:
    """`octad serve` on a free port over data of its own: its address and a token."""
    environment = {**os.environ, "OCTAD_STORE": str(folder / "store")}
    log = folder / "log"
    command = [sys.executable, "-c", "from octad.cli.main import main; main()", "serve", "--port", "0", *more]
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=environment, stderr=written)
    try:
        yield _address(log, process), (folder / "store" / "token").read_text("utf-8").strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        if found := re.search(r"listening on (\S+)", log.read_text("utf-8", "replace")):
            return found[1]
        time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text('utf-8', 'replace')}")


def show(found: Sequence[Counts]) -> int:
    """Print the table; 1 where anything failed."""
    for one in found:
        statuses = ", ".join(f"{status}: {n}" for status, n in sorted(one.statuses.items()))
        print(f"{one.operation:55} {one.cases:6} cases  {statuses}")
        for failure, n in Counter(one.failures).most_common(5):
            print(f"    {n} x {failure}")
    cases, errors = sum(one.cases for one in found), sum(one.server_errors for one in found)
    failures = sum(len(one.failures) for one in found)
    print(f"{len(found)} operations, {cases:,} cases, {errors} server errors, {failures} failures")
    return int(bool(errors or failures))


def main() -> int:
    """Fuzz a server that is started here, or one that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="cases of each sort for each operation")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--url", default="", help="a running server, with its token in OCTAD_TOKEN")
    given_options = parser.parse_args()
    examples, number = given_options.examples, given_options.seed
    if given_options.url:
        return show(fuzz(given_options.url, os.environ["OCTAD_TOKEN"], examples, number=number))
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as (address, token):
        return show(fuzz(address, token, examples, number=number))


if __name__ == "__main__":
    sys.exit(main())
