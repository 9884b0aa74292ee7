"""The verb of an agent that is asked about many cases of one input, beside what checks find in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from octad.cli.findings import asked_of, count, heard_here, known_before, shortened, store_baseline
from octad.cli.options import Common, Parameters, common, verb
from octad.cli.review_options import BASELINE, OWN
from octad.host.terminal import progress

if TYPE_CHECKING:
    from octad.agents.command import SweepCommand
    from octad.catalog import Entry
    from octad.records.report import Report
    from octad.records.sweep import Sweep

SHARED = (
    "select", "ignore", "max_findings", "baseline", "write_baseline", "statistics", "quiet", "fix",
    "show_fixes",
)  # fmt: skip
"""Options of the verb that reviews code that serve any findings."""


Read = Callable[[dict[str, Any]], Any]
"""From the values of the options to what is asked about."""


def function_of(entry: Entry, command: SweepCommand, own: Parameters, read: Read) -> Callable[..., int]:
    """The function behind the verb; `own` are the options of its input, which `read` reads."""

    def handle(context: typer.Context, values: dict[str, Any], chosen: Common) -> int:
        return _Sweeping(context, (entry, command), read, values, chosen).run()

    shared = {name: OWN[name] for name in SHARED}
    return verb({**own, **shared}, handle, command.summary, common(command.fail_on))


class _Sweeping:
    """One call of the verb: its options, and what each of them does to input and report."""

    def __init__(
        self,
        context: typer.Context,
        asked: tuple[Entry, SweepCommand],
        read: Read,
        values: dict[str, Any],
        chosen: Common,
    ) -> None:
        self.dependencies = context.obj
        (self.entry, self.command), self.read, self.values = asked, read, values
        self.settings, self.common = asked_of(context, self.entry, values, chosen)

    def run(self) -> int:
        """Read, ask, fix where that is asked, write; the exit code."""
        from octad.records.lines import sources_of

        values = self.values
        sweep: Sweep = self.read(values)
        report = self._report(sweep)
        if values["show_fixes"]:
            from octad.cli.fixes import show_fixes

            return show_fixes(report, sweep.codes, self.common)
        if values["fix"]:
            from octad.cli.fixes import make_fixes

            if make_fixes(report, sweep.codes):
                sweep = self.read(values)
                report = self._report(sweep)
        if values["write_baseline"]:
            return store_baseline(report, values["baseline"] or BASELINE)
        if values["statistics"]:
            return count(report, self.common)
        shown = shortened(report, self.settings.max_findings)
        return self.common.written(shown, sources_of(sweep.codes), report.findings)

    def _report(self, sweep: Sweep) -> Report:
        """What is found; the agent is loaded only where there is something to ask it."""
        from octad.read.pyproject import whole_path
        from octad.review.sweep import Options, swept

        chosen, values = self.common, self.values
        shows = not (values["write_baseline"] or values["show_fixes"] or values["statistics"])
        options = Options(
            families=self.command.families,
            named=frozenset(whole_path(str(path)) for path in values.get("paths") or ()),
            settings=self.settings,
            least=chosen.min_probability,
            baseline=known_before(values),
            heard=None if values["write_baseline"] else heard_here(chosen),
            explain=self.dependencies.explain if chosen.evidence and shows else None,
        )

        def runner() -> Any:
            return self.dependencies.runner(self.entry.name, chosen.weights, cache=chosen.cache)

        with progress("" if values["quiet"] else "asking") as advance:
            return swept(self.entry.name, sweep, runner, options, advance)
