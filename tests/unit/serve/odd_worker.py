"""In the place of a worker: it does what the body of a question says. A version `dies` ends it on loading."""

from __future__ import annotations

import os
import time

from octad.host.workers import Frames
from octad.serve.faults import fault
from octad.serve.work import Batch, Done, Outcome, Question, batch_of, packed_done


def outcome(question: Question) -> Outcome:
    said = question.body.decode()
    if said.startswith("die"):
        os._exit(9)
    if said.startswith("hang"):
        time.sleep(60)
    if said.startswith("slow"):
        time.sleep(0.2)
    if said.startswith("raise"):
        return Outcome(fault=fault("request.case", "no case"))
    return Outcome(question.body.upper(), cpu=0.001)


def done(batch: Batch, held: set[str]) -> Done:
    if batch.folder == "dies":
        os._exit(9)
    if batch.folder == "broken":
        return Done(unusable="it is damaged", loaded=sorted(held))
    held.add(f"{batch.agent} {batch.version}")
    return Done([outcome(one) for one in batch.questions], loaded=sorted(held))


def main() -> None:
    frames, held = Frames(lambda: os._exit(0)), set[str]()
    while True:
        frames.put(packed_done(done(batch_of(frames.next()), held)))


if __name__ == "__main__":
    main()
