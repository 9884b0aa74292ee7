"""A client of `octad serve`: typed, with a deadline for every question, asked again where that may help.

    from octad.client import Client

    client = Client("http://127.0.0.1:8642", token)
    reply = client.ask(agent, case)

A question has one name however often it is sent, so that it has one effect.
"""

from __future__ import annotations

import gzip
import json
import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from pydantic import BaseModel

from octad.errors import RemoteError, UnreadableInput
from octad.read.web import Answer, Question, checked_address, exchange
from octad.records.report import Finding

SECONDS = 60.0
"""The deadline of a question where nobody gives another; the server takes none that is longer."""
TRIES = 5
PACKED_FROM = 1 << 16
"""Bytes of a body that is sent as gzip."""
LARGEST = 256 << 20
"""Bytes of an answer."""
_LONGEST_PAUSE = 5.0
_ADDRESS = "give the address of the server, such as http://127.0.0.1:8642"


@dataclass(frozen=True, slots=True)
class Terms:
    """How to ask: with evidence, from which probability on, which version, how soon, how important.

    Of two questions that wait the one of smaller `priority` (0 to 9) is first; what has the same `key` is
    answered by the same version while a new one is tried.
    """

    evidence: bool = False
    min_probability: float | None = None
    version: str = ""
    seconds: float = SECONDS
    priority: int = 5
    key: str = ""


class Reply(NamedTuple):
    """An answer: the report as JSON and as it was sent, the digest of the version, how it came about."""

    report: Mapping[str, Any]
    text: str
    version: str
    arm: str = "stable"
    degraded: str = ""
    is_cached: bool = False
    request_id: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the report."""
        return tuple(Finding.model_validate(one) for one in self.report["findings"])


class Health(NamedTuple):
    """Whether a server lives, and whether it answers questions now."""

    is_live: bool
    is_ready: bool


class Client:
    """Asks one server; all raise RemoteError for what it refuses, UnreadableInput where it says nothing."""

    def __init__(
        self, server: str, token: str = "", *, tries: int = TRIES, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.server = checked_address(server, _ADDRESS)
        self._token, self._tries, self._pause = token, tries, pause

    def ask(self, agent: str, case: Any, terms: Terms | None = None) -> Reply:
        """What an agent says of a case: a record, JSON as Python has it, or JSON as bytes."""
        return self._asked(f"/v1/agents/{quote(agent, safe='')}", _body(case), terms or Terms())

    def files(self, agent: str, files: Mapping[str, str], terms: Terms | None = None) -> Reply:
        """What an agent says of source files: texts by path."""
        body = {"files": [{"path": path, "text": text} for path, text in files.items()]}
        return self._asked(f"/v1/agents/{quote(agent, safe='')}/files", _body(body), terms or Terms())

    def batch(
        self, agent: str, cases: Sequence[Any], terms: Terms | None = None
    ) -> tuple[Reply | RemoteError, ...]:
        """The answer to each of some cases, or why there is none, in their order."""
        body = b"[" + b",".join(map(_body, cases)) + b"]"
        answer = self._sent(f"/v1/agents/{quote(agent, safe='')}/batch", body, terms or Terms())
        return tuple(map(_of_batch, _json(answer)["answers"]))

    def agents(self) -> tuple[Mapping[str, Any], ...]:
        """The agents that the server answers for."""
        return tuple(_json(self._got("/v1/agents")))

    def describe(self, agent: str) -> Mapping[str, Any]:
        """One agent: the schema and an example of its case, and the version that answers."""
        found: Mapping[str, Any] = _json(self._got(f"/v1/agents/{quote(agent, safe='')}"))
        return found

    def health(self) -> Health:
        """How the server does; no token is needed."""
        until = time.monotonic() + SECONDS
        live, ready = (
            exchange(Question(self.server + path), self.server, until).status == 200
            for path in ("/live", "/ready")
        )
        return Health(live, ready)

    def _asked(self, path: str, body: bytes, terms: Terms) -> Reply:
        answer = self._sent(path, body, terms)
        said = answer.headers
        return Reply(
            report=_json(answer), text=answer.body.decode("utf-8", "replace"),
            version=said.get("x-octad-version", ""), arm=said.get("x-octad-arm", "stable"),
            degraded=said.get("x-octad-degraded", ""), is_cached=said.get("x-octad-cached") == "true",
            request_id=said.get("x-request-id", ""),
        )  # fmt: skip

    def _got(self, path: str) -> Answer:
        head = {"Accept": "application/json", **self._authorization()}
        until = time.monotonic() + SECONDS
        return self._tried(lambda: Question(self.server + path, headers=head, most=LARGEST), until)

    def _sent(self, path: str, body: bytes, terms: Terms) -> Answer:
        """The answer to a question, which has one name however often it is sent."""
        until = time.monotonic() + terms.seconds
        address = self.server + path + _query(terms)
        head = {
            "Content-Type": "application/json",
            "Idempotency-Key": secrets.token_hex(16),
            "X-Octad-Priority": str(terms.priority),
            **({"X-Octad-Key": terms.key} if terms.key else {}),
            **self._authorization(),
        }
        if len(body) >= PACKED_FROM:
            body, head["Content-Encoding"] = gzip.compress(body, 1), "gzip"

        def question() -> Question:
            left = max(1, min(60_000, round(1e3 * (until - time.monotonic()))))
            return Question(address, "POST", {**head, "X-Octad-Deadline-Ms": str(left)}, body, LARGEST)

        return self._tried(question, until)

    def _tried(self, question: Callable[[], Question], until: float) -> Answer:
        """The answer to a question that is asked again, while there is time, where that may help."""
        for number in range(1, self._tries + 1):
            wrong: RemoteError | UnreadableInput
            wait = random.uniform(0.5, 1) * min(_LONGEST_PAUSE, 0.1 * 2**number)
            try:
                answer = exchange(question(), self.server, until)
            except UnreadableInput as error:
                wrong = error
            else:
                if answer.status < 400:
                    return answer
                wrong = _fault(answer)
                wait = max(wait, _retry_after(answer))
            is_final = isinstance(wrong, RemoteError) and not wrong.retry
            if is_final or number == self._tries or time.monotonic() + wait >= until:
                raise wrong
            self._pause(wait)
        raise AssertionError("there is a last try")

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}


def _query(terms: Terms) -> str:
    given: dict[str, Any] = {
        **({"evidence": "true"} if terms.evidence else {}),
        **({} if terms.min_probability is None else {"min_probability": terms.min_probability}),
        **({"version": terms.version} if terms.version else {}),
    }
    return f"?{urlencode(given)}" if given else ""


def _body(case: Any) -> bytes:
    """A case as JSON."""
    if isinstance(case, bytes):
        return case
    if isinstance(case, BaseModel):
        return case.model_dump_json().encode()
    return json.dumps(case, allow_nan=False).encode()


def _json(answer: Answer) -> Any:
    """The body of an answer; raises UnreadableInput where it is no JSON."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput("an answer that is no JSON", hint="is this address that of Octad?") from error


def _fault(answer: Answer) -> RemoteError:
    """What a server refused, and why, whoever answered."""
    try:
        return _told(json.loads(answer.body)["error"], answer.status)
    except (ValueError, KeyError, TypeError, RecursionError):
        message = f"the server answered with status {answer.status}"
        return RemoteError(message, fault="", status=answer.status, retry=answer.status in (429, 503))


def _told(wrong: Mapping[str, Any], status: int) -> RemoteError:
    return RemoteError(
        str(wrong["message"]), fault=str(wrong["code"]), status=status, retry=wrong["retry"] is True,
        hint=str(wrong["hint"]),
    )  # fmt: skip


def _of_batch(one: Mapping[str, Any]) -> Reply | RemoteError:
    """One element of the answer to a batch."""
    if "error" in one:
        return _told(one["error"], int(one["status"]))
    report = one["report"]
    return Reply(
        report=report, text=json.dumps(report), version=str(one["version"]), arm=str(one["arm"]),
        degraded=str(one["degraded"]), is_cached=one["cached"] is True,
    )  # fmt: skip


def _retry_after(answer: Answer) -> float:
    """Seconds that a server wants to be left alone for."""
    said = answer.headers.get("retry-after", "")
    return float(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0.0
