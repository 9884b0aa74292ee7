"""Questions that nobody waits for do not stay in memory."""

from __future__ import annotations

import asyncio

from octad.serve.exchange import Asking
from octad.serve.queue import MOST, Queue, Waiting


def test_cancelled_questions_do_not_pile_up_and_the_others_keep_their_order() -> None:
    async def run() -> tuple[int, list[str]]:
        queue, loop, most = Queue(), asyncio.get_running_loop(), 0
        for number in range(1_000):
            asking = Asking(str(number), "a", b"x", 0.0)
            one = Waiting(asking, "v", "", 0.001, 0.0, loop.create_future())
            queue.put(one)
            if number % 200:
                one.outcome.cancel()
                queue.drop(one)
            most = max(most, max(len(line.heap) for line in queue._lanes.values()))
        return most, [one.asking.id for one in queue.take()]

    most, taken = asyncio.run(run())
    assert most <= 2 * 5 + MOST + 2
    assert taken == ["0", "200", "400", "600", "800"]
