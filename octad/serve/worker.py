"""`python -m octad.serve.worker`: one process that answers batches of questions, as `octad ask` would.

One thread computes; the parent decides what it is given. An error of one question is that question's alone.
"""

from __future__ import annotations

import os
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from octad import catalog
from octad.agents.command import ReviewCommand
from octad.ask import Options, explained, report_of
from octad.budget import MEGABYTES, Budget, running
from octad.errors import ArtefactError, InputError, OctadError, OutOfBudget, first_line
from octad.host.resident import resident
from octad.host.workers import Frames
from octad.records.base import reason_of
from octad.records.code import Code
from octad.records.report import Finding
from octad.review import pipeline
from octad.runtime import Asked, Runner
from octad.serve.facts import facts_of
from octad.serve.fallback import RulesAlone
from octad.serve.faults import fault
from octad.serve.work import RULES, Batch, Done, Outcome, Question, Sources, batch_of, packed_done
from octad.syntax.languages import language_of

HELD = 12
"""Versions that a worker keeps at hand; of those that were used longest ago it forgets."""
MEMORY = 3 << 30
"""Bytes beyond which it forgets all but the one in use."""


class Versions:
    """The runners that a worker has at hand, by agent and version."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, str], Any] = OrderedDict()

    def runner(self, batch: Batch) -> Any:
        """The runner of a version; raises ArtefactError where it cannot be used."""
        name = (batch.agent, batch.version)
        if name not in self._held:
            agent = catalog.load(batch.agent)
            folder = Path(batch.folder) if batch.folder else None
            made = RulesAlone(agent) if batch.version == RULES else Runner.load(agent, folder, threads=1)
            self._held[name] = made
            self._forget()
        self._held.move_to_end(name)
        return self._held[name]

    def names(self) -> list[str]:
        """What is at hand, as agent and version."""
        return [f"{agent} {version}" for agent, version in self._held]

    def _forget(self) -> None:
        while len(self._held) > HELD or (len(self._held) > 1 and resident(os.getpid()) > MEMORY):
            self._held.popitem(last=False)


def main() -> None:
    """Answer until nobody speaks to it any more."""
    frames, versions = Frames(lambda: os._exit(0)), Versions()
    while True:
        frames.put(packed_done(done(versions, batch_of(frames.next()))))


def done(versions: Versions, batch: Batch) -> Done:
    """What comes of a batch."""
    try:
        runner = versions.runner(batch)
    except (OctadError, MemoryError) as error:
        return Done(unusable=str(error) or first_line(error), resident=resident(os.getpid()))
    work = Work(runner, batch)
    outcomes = work.files() if batch.kind == "files" else work.cases()
    return Done(outcomes, "", work.trace, resident(os.getpid()), versions.names())


class Work:
    """One batch; `trace` tells of errors that nobody foresaw."""

    def __init__(self, runner: Any, batch: Batch) -> None:
        self.runner, self.batch, self.agent = runner, batch, runner.agent
        self.trace = ""

    def cases(self) -> list[Outcome]:
        """Cases, read together where that is possible, each with a report of its own."""
        made = [self._alone(one, self._case) for one in self.batch.questions]
        cases = [case for case in made if not isinstance(case, Outcome)]
        began, cpu = time.perf_counter(), time.process_time()
        asked = iter(self._asked_together(cases))
        ran, used = time.perf_counter() - began, (time.process_time() - cpu) / max(len(cases), 1)
        outcomes = []
        for question, one in zip(self.batch.questions, made, strict=True):
            if isinstance(one, Outcome):
                outcomes.append(one)
                continue
            answered = next(asked)
            own = self._reported(question, one, answered)
            # All waited for what was read together; of the processor each has its part.
            outcomes.append(own if answered is None else replace(own, ran=own.ran + ran, cpu=own.cpu + used))
        return outcomes

    def files(self) -> list[Outcome]:
        """Source files, each question by itself, in what those before it left of its time."""
        began, outcomes = time.perf_counter(), list[Outcome]()
        for one in self.batch.questions:
            left = one.seconds - (time.perf_counter() - began)
            outcomes.append(self._timed(replace(one, seconds=left), self._reviewed))
        return outcomes

    def _case(self, question: Question) -> Any:
        """The case of a question; raises InputError."""
        try:
            return self.agent.case.model_validate_json(question.body)
        except ValueError as error:
            hint = f"GET /v1/agents/{self.agent.name} shows its schema and an example"
            reason = f"no case of {self.agent.name}: {reason_of(error)}"
            raise InputError(reason, hint=hint) from error

    def _asked_together(self, cases: Sequence[Any]) -> list[Asked[Any, Any] | None]:
        """Each case with its answer; None for those that have to be asked by themselves."""
        seconds = max((one.seconds for one in self.batch.questions), default=0.0)
        if len(cases) < 2:
            return [None] * len(cases)
        try:
            with running(Budget(max(seconds, 0.001), MEGABYTES)):
                asked = list(self.runner.ask(cases))
        except Exception:  # which one it was shows when each is asked by itself
            return [None] * len(cases)
        return [*asked, *[None] * (len(cases) - len(asked))]

    def _reported(self, question: Question, case: Any, asked: Asked[Any, Any] | None) -> Outcome:
        """The report on a case, asked by itself where it was not answered with the others."""

        def report(one: Question) -> tuple[bytes, dict[str, float]]:
            answered = asked
            if answered is None:
                found = self.runner.ask([case])
                if not found:
                    raise OutOfBudget("the deadline was reached")
                answered = found[0]
            made = report_of(self.runner, answered, Options(one.least, one.evidence and self._explains))
            return made.model_dump_json().encode(), self._facts(answered, made.findings)

        return self._timed(question, report)

    def _reviewed(self, question: Question) -> tuple[bytes, dict[str, float]]:
        """The review of source files."""
        if not isinstance(self.agent.command, ReviewCommand):
            raise InputError(f"{self.agent.name} reads no source files", hint="ask it about a case")
        try:
            given = Sources.model_validate_json(question.body)
        except ValueError as error:
            raise InputError(f"no source files: {reason_of(error)}") from error
        codes = [Code(path=one.path, text=one.text, language=language_of(one.path)) for one in given.files]
        options = pipeline.Options(
            analysers=given.analysers,
            jobs=1,
            least=question.least,
            explain=explained if question.evidence and self._explains else None,
        )
        report = pipeline.review(self.runner, codes, options)
        return report.model_dump_json().encode(), {}

    @property
    def _explains(self) -> bool:
        return not isinstance(self.runner, RulesAlone)

    def _facts(self, asked: Asked[Any, Any], findings: Sequence[Finding]) -> dict[str, float]:
        """Numbers for drift; what goes wrong with them costs nobody an answer."""
        try:
            return facts_of(asked, self.runner.manifest, findings) if self._explains else {}
        except Exception:
            self.trace = traceback.format_exc()
            return {}

    def _timed(
        self, question: Question, make: Callable[[Question], tuple[bytes, dict[str, float]]]
    ) -> Outcome:
        """What is made of a question within its deadline, or its fault; how long it took."""
        began, cpu = time.perf_counter(), time.process_time()
        with running(Budget(max(question.seconds, 0.001), MEGABYTES)):
            made = self._alone(question, make)
        ran, used = time.perf_counter() - began, time.process_time() - cpu
        if isinstance(made, Outcome):
            return replace(made, ran=ran, cpu=used)
        return Outcome(made[0], facts=made[1], ran=ran, cpu=used)

    def _alone(self, question: Question, make: Callable[[Question], Any]) -> Any:
        """What is made of a question; an outcome with its fault where that fails."""
        try:
            return make(question)
        except OutOfBudget as error:
            return Outcome(fault=fault("request.late", error.message, "give it longer, or ask about less"))
        except InputError as error:
            return Outcome(fault=fault("request.case", error.message, error.hint))
        except ArtefactError as error:
            self.trace = traceback.format_exc()
            return Outcome(fault=fault("server.internal", f"{self.agent.name}: {error.message}"))
        except Exception:
            self.trace = traceback.format_exc()
            hint = "the log of the server says why"
            return Outcome(fault=fault("server.internal", f"{self.agent.name} failed on this case", hint))


if __name__ == "__main__":
    main()
