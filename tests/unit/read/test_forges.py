from __future__ import annotations

from collections.abc import Iterator

import pytest

from octad.errors import InputError, OctadError
from octad.read.forges import LONGEST_WAIT_S, PAGES, github, gitlab, publish
from tests.forge import BOT, TOKEN, Forge, running

MARK = "<!-- octad:review -->"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture(params=["github", "gitlab"])
def forge(request: pytest.FixtureRequest) -> Iterator[Forge]:
    with running(request.param) as made:
        yield made


def done(forge: Forge, text: str, waits: list[float] | None = None, is_new: bool = True) -> str:
    told = forge.environment()
    place = github(told, 3) if forge.kind == "github" else gitlab(told)
    waited = waits if waits is not None else []
    return publish(place, MARK, f"{MARK}\n{text}\n", is_new=is_new, sleep=waited.append)


def refused(forge: Forge, waits: list[float] | None = None) -> str:
    with pytest.raises(OctadError) as caught:
        done(forge, "x", waits)
    said = str(caught.value)
    assert "\n" not in said and TOKEN not in said and caught.value.hint
    return said


def test_a_comment_is_written_once_and_then_anew(forge: Forge) -> None:
    forge.add("hello", "somebody")
    assert [done(forge, text) for text in ("one", "two", "two")] == ["created", "updated", "unchanged"]
    assert [one["body"] for one in forge.comments] == ["hello", f"{MARK}\ntwo\n"]


def test_where_nothing_was_found_none_is_begun_but_one_is_updated(forge: Forge) -> None:
    assert done(forge, "none", is_new=False) == ""
    assert forge.comments == []
    done(forge, "one")
    assert done(forge, "none", is_new=False) == "updated"


def test_it_is_found_on_a_later_page(forge: Forge) -> None:
    forge.page = 2
    for number in range(5):
        forge.add(str(number), "somebody")
    forge.add(f"{MARK}\nold", forge.user or BOT)
    assert done(forge, "new") == "updated"
    assert len(forge.comments) == 6
    assert not [call for call in forge.calls if "elsewhere" in call]


def test_what_somebody_else_wrote_is_left_alone(forge: Forge) -> None:
    forge.add(f"{MARK}\nnot ours", "somebody")
    forge.add(f"see {MARK}", forge.user or BOT)
    assert done(forge, "ours") == "created"
    assert done(forge, "ours again") == "updated"
    assert forge.comments[0]["body"] == f"{MARK}\nnot ours"


def test_pages_have_an_end(forge: Forge) -> None:
    forge.page = 1
    for number in range(PAGES + 20):
        forge.add(str(number), "somebody")
    done(forge, "x")
    assert sum(call.startswith("GET") for call in forge.calls) == PAGES


@pytest.mark.parametrize("status", [401, 403, 404, 422, 301])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refusal_is_said_in_one_line(forge: Forge, method: str, status: int) -> None:
    forge.instead = [(method, status, {})]
    assert f"answers with {status}" in refused(forge)
    assert forge.comments == []


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (403, {"Retry-After": "60"}, 60.0),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, 1.0),
        (502, {}, 1.0),
    ],
)
def test_a_limit_is_waited_for(forge: Forge, status: int, headers: dict[str, str], wait: float) -> None:
    forge.instead = [("POST", status, headers)]
    waits: list[float] = []
    assert done(forge, "x", waits) == "created"
    assert waits == [wait]
    assert len(forge.comments) == 1


def test_a_limit_that_lasts_is_said(forge: Forge) -> None:
    forge.instead = [("POST", 429, {"Retry-After": "3600"})]
    waits: list[float] = []
    assert "asks to wait 3600 s" in refused(forge, waits)
    forge.instead = [("GET", 429, {})] * 3
    assert "asks to wait 60 s" in refused(forge, waits)
    assert waits == [LONGEST_WAIT_S] * 2


def test_an_answer_that_is_lost_makes_no_second_comment(forge: Forge) -> None:
    """The control: the comment was written before the forge failed."""
    real, forge_lost = forge.answer, [True]

    def lossy(method: str, path: str, headers: object, body: bytes) -> tuple[int, dict[str, str], object]:
        answered = real(method, path, headers, body)
        if method == "POST" and forge_lost.pop():
            return 502, {}, {}
        return answered

    forge.answer = lossy  # type: ignore[method-assign]
    assert done(forge, "x") == "unchanged"
    assert len(forge.comments) == 1


def test_a_wrong_token_is_said(forge: Forge) -> None:
    forge.token = "another"
    assert "answers with 401; the token is wrong" in refused(forge)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set"),
        ({"GITHUB_TOKEN": "a\nb: c"}, "GITHUB_TOKEN is no token"),
        ({"GITHUB_REPOSITORY": "o"}, "GITHUB_REPOSITORY is no owner/name"),
        ({"GITHUB_API_URL": "http://forge.example"}, "no token is sent there"),
        ({"GITHUB_API_URL": "file:///etc"}, "not an address"),
        ({"GITHUB_API_URL": "https://u@forge.example"}, "with a user"),
    ],
)
def test_what_github_does_not_tell_is_said(change: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        github({"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": "o/r"} | change, 3)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["OCTAD_GITLAB_TOKEN", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID", "CI_API_V4_URL"]
)
def test_what_gitlab_does_not_tell_is_said(name: str) -> None:
    told = {
        "CI_API_V4_URL": "https://forge.example/api/v4", "CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "3",
        "OCTAD_GITLAB_TOKEN": TOKEN,
    }  # fmt: skip
    assert gitlab(told).comments == "projects/7/merge_requests/3/notes"
    with pytest.raises(InputError, match=name):
        gitlab(told | {name: ""})
