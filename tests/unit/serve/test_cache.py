"""Questions by the names that clients gave them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from octad.serve.cache import Once
from octad.serve.exchange import Answered, Asking


def asking(body: bytes) -> Asking:
    return Asking(id="q", agent="a", body=body, until=0.0, idempotency="name", actor="me")


def test_a_name_that_is_asked_again_while_its_first_question_ends_stays_known() -> None:
    async def tried() -> list[str]:
        once, made = Once(), []

        async def make() -> Answered:
            made.append(1)
            await asyncio.sleep(0.01)
            return Answered("q", b"{}")

        first = asyncio.ensure_future(once.ask(asking(b"1"), make))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first.cancel()
        again = asyncio.ensure_future(once.ask(asking(b"1"), make))
        with suppress(asyncio.CancelledError):
            await first
        answers = [await again, await once.ask(asking(b"1"), make), await once.ask(asking(b"2"), make)]
        assert len(made) == 2, "asked once again, because nobody waited for the first, and no more"
        return [one.fault.code if one.fault else "" for one in answers]

    assert asyncio.run(tried()) == ["", "", "request.conflict"]


def test_a_name_tells_versions_apart_and_answers_are_bounded_in_bytes() -> None:
    async def tried() -> tuple[str, int]:
        once, made = Once(largest=4_000), []

        async def make() -> Answered:
            made.append(1)
            return Answered("q", b"x" * 1_000)

        for number in range(4):
            await once.ask(replace(asking(b"1"), idempotency=str(number)), make)
        await once.ask(replace(asking(b"1"), idempotency="3"), make)  # is still known
        await once.ask(replace(asking(b"1"), idempotency="0"), make)  # made room for others
        other = await once.ask(replace(asking(b"1"), idempotency="3", version="candidate"), make)
        return other.fault.code if other.fault else "", len(made)

    assert asyncio.run(tried()) == ("request.conflict", 5)
