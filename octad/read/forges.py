"""Comments of one change on GitHub and GitLab: find one's own, write it, or write it anew.

A token goes only to the address that the build gave, encrypted or on this machine, and stands in no message.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from octad.errors import InputError, UnreadableInput
from octad.read.web import Answer, Question, checked_address, deadline, exchange

PAGES = 50
PAGE = 100
"""Comments of one page, and pages that are looked through."""
TRIES = 3
LONGEST_WAIT_S = 60.0
"""How long a forge may ask to wait before it is asked again."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HINTS = {
    401: "the token is wrong or has run out",
    403: "the token may not comment: see what it is permitted; that of a fork's pull request only reads",
    404: "the change is not there, or the token may not see it",
}
"""What to do about a status."""
Sleep = Callable[[float], None]


class Place(NamedTuple):
    """A change on a forge.

    `root` is where its interface lies, `comments` the path below it where comments are listed and written,
    `single` what one of them is below, `headers` carry the token.
    """

    forge: str
    root: str
    comments: str
    single: str
    headers: Mapping[str, str]
    method: str
    author: str


class _Later(Exception):
    """The forge asks to be asked again."""

    def __init__(self, seconds: float, said: str) -> None:
        super().__init__(said)
        self.seconds = seconds


def github(environment: Mapping[str, str], number: int) -> Place:
    """The comments of a pull request, by what GitHub tells a workflow; raises InputError."""
    token = _token(environment, "GITHUB_TOKEN")
    repository = _told(environment, "GITHUB_REPOSITORY")
    owner, _, name = repository.partition("/")
    if not owner or not name or "/" in name:
        raise InputError("GITHUB_REPOSITORY is no owner/name", hint="run in a workflow of GitHub Actions")
    root = _root(environment.get("GITHUB_API_URL") or "https://api.github.com", "GITHUB_API_URL")
    at = f"repos/{quote(owner, safe='')}/{quote(name, safe='')}/issues"
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return Place(
        "GitHub", root, f"{at}/{number}/comments", f"{at}/comments", headers, "PATCH", "github-actions[bot]"
    )


def gitlab(environment: Mapping[str, str]) -> Place:
    """The notes of a merge request, by what GitLab tells a job; raises InputError."""
    token = _token(environment, "OCTAD_GITLAB_TOKEN")
    project = quote(_told(environment, "CI_PROJECT_ID"), safe="")
    number = _told(environment, "CI_MERGE_REQUEST_IID")
    if not number.isdecimal():
        raise InputError("CI_MERGE_REQUEST_IID is no number", hint="run in a pipeline of merge requests")
    root = _root(_told(environment, "CI_API_V4_URL"), "CI_API_V4_URL")
    at = f"projects/{project}/merge_requests/{number}/notes"
    return Place("GitLab", root, at, at, {"PRIVATE-TOKEN": token}, "PUT", "")


def publish(place: Place, mark: str, body: str, *, is_new: bool = True, sleep: Sleep = time.sleep) -> str:
    """Write the comment that begins with `mark`, anew where it is there: "created", "updated" or "".

    Where there is none and `is_new` does not hold, none is written. Each try looks for the comment first, so
    that one whose answer was lost is not written twice. Raises UnreadableInput with what the forge says.
    """
    for tried in range(1, TRIES + 1):
        try:
            return _Forge(place).publish(mark, body, is_new)
        except _Later as later:
            if tried == TRIES or later.seconds > LONGEST_WAIT_S:
                raise UnreadableInput(f"{place.forge}: {later}", hint="run it again later") from later
            sleep(later.seconds)
    raise AssertionError("unreachable")


class _Forge:
    """The few calls that are needed."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def publish(self, mark: str, body: str, is_new: bool) -> str:
        """Find the comment and write it."""
        own = self._own(mark)
        if own is not None and own[1].rstrip() == body.rstrip():
            return "unchanged"
        if own is not None:
            self._ask(self._place.method, f"{self._place.single}/{own[0]}", {"body": body})
            return "updated"
        if not is_new:
            return ""
        self._ask("POST", self._place.comments, {"body": body})
        return "created"

    def _own(self, mark: str) -> tuple[int, str] | None:
        """Number and text of the oldest comment of this author that begins with the mark."""
        found = (one for one in self._comments() if str(one.get("body", "")).startswith(mark))
        first = next(found, None)
        if first is None:
            return None
        # What others wrote is theirs, whatever it begins with.
        author = self._author()
        while first is not None and _name(first) != author:
            first = next(found, None)
        if first is None:
            return None
        number = first.get("id")
        if not isinstance(number, int):
            raise UnreadableInput(f"{self._place.forge}: a comment without a number", hint="ask again")
        return number, str(first["body"]).replace("\r\n", "\n")

    def _author(self) -> str:
        """Who writes with this token; GitHub does not tell the token of a workflow, which is its bot's."""
        answer = self._exchange("GET", "user", None)
        if self._place.author and answer.status in (401, 403, 404):
            return self._place.author
        said = self._said(answer)
        name = said.get("login") or said.get("username") if isinstance(said, dict) else None
        if not isinstance(name, str):
            raise UnreadableInput(f"{self._place.forge}: an answer that names no user", hint="ask again")
        return name

    def _comments(self) -> Iterator[dict[str, Any]]:
        """Every comment, the oldest first, over all pages."""
        order = "&sort=asc&order_by=created_at" if self._place.forge == "GitLab" else ""
        for page in range(1, PAGES + 1):
            path = f"{self._place.comments}?per_page={PAGE}&page={page}{order}"
            answer = self._exchange("GET", path, None)
            said = self._said(answer)
            if not isinstance(said, list):
                raise UnreadableInput(f"{self._place.forge}: an answer that is no list", hint="ask again")
            yield from (one for one in said if isinstance(one, dict))
            if 'rel="next"' not in answer.headers.get("link", ""):
                return

    def _ask(self, method: str, path: str, body: Mapping[str, str]) -> None:
        self._said(self._exchange(method, path, json.dumps(body).encode()))

    def _exchange(self, method: str, path: str, body: bytes | None) -> Answer:
        """One call; raises _Later where it is to be made again."""
        kind = {"Content-Type": "application/json"} if body is not None else {}
        headers = {**self._place.headers, **kind, "User-Agent": "octad"}
        question = Question(f"{self._place.root}/{path}", method, headers, body)
        answer = exchange(question, self._place.forge, deadline())
        if (wait := _wait(answer)) is not None:
            raise _Later(wait, f"asks to wait {wait:g} s")
        if answer.status >= 500:
            raise _Later(1.0, f"answers with {answer.status}")
        return answer

    def _said(self, answer: Answer) -> Any:
        """What an answer holds; raises UnreadableInput for one that is a refusal."""
        if not 200 <= answer.status < 300:
            hint = HINTS.get(answer.status, "see what it says of this change")
            raise UnreadableInput(f"{self._place.forge} answers with {answer.status}", hint=hint)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise UnreadableInput(
                f"{self._place.forge}: an answer that is no JSON", hint="ask again"
            ) from error


def _name(comment: Mapping[str, Any]) -> str:
    """Who wrote a comment."""
    writer = comment.get("user") or comment.get("author")
    return str(writer.get("login") or writer.get("username") or "") if isinstance(writer, dict) else ""


def _wait(answer: Answer) -> float | None:
    """The seconds that a forge asks to wait for, None where it does not: by either way of limiting calls."""
    headers = answer.headers
    if answer.status not in (403, 429):
        return None
    told = headers.get("retry-after", "")
    if told.isdecimal():
        return float(told)
    if headers.get("x-ratelimit-remaining") == "0" and headers.get("x-ratelimit-reset", "").isdecimal():
        return max(1.0, float(headers["x-ratelimit-reset"]) - time.time())
    return LONGEST_WAIT_S if answer.status == 429 else None


def _root(url: str, name: str) -> str:
    """An address that a token may be sent to."""
    try:
        root = checked_address(url, f"see {name}")
    except InputError as error:
        raise InputError(f"{name} is {error.message}", hint="it is set by the build") from error
    parts = urlsplit(root)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise InputError(f"{name} is not encrypted: no token is sent there", hint="give one with https")
    return root


def _told(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise InputError(f"{name} is not set", hint="run it in a build of a change")
    return value


def _token(environment: Mapping[str, str], name: str) -> str:
    """A token as it may stand in a header; raises InputError, without it."""
    value = environment.get(name, "").strip()
    if not value:
        raise InputError(f"{name} is not set", hint="give the step a token that may comment")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise InputError(f"{name} is no token", hint="give it as it was made")
    return value
