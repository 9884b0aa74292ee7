"""The verb of an agent that reads code: what is wrong with files, a change or a patch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from octad.cli.dependencies import Dependencies
from octad.cli.findings import asked_of, count, heard_here, known_before, shortened, store_baseline
from octad.cli.options import Common, common, verb
from octad.cli.review_input import Wanted, check_read, take
from octad.cli.review_options import BASELINE, OWN
from octad.errors import InputError
from octad.host.terminal import progress, say

if TYPE_CHECKING:
    from octad.agents.command import ReviewCommand
    from octad.catalog import Entry
    from octad.read.code.intake import Intake
    from octad.records.report import Report
    from octad.review.pipeline import Options


def function_of(entry: Entry, command: ReviewCommand) -> Callable[..., int]:
    """The function behind the verb of an agent that reads code."""

    def handle(context: typer.Context, values: dict[str, Any], common: Common) -> int:
        return _Review(context, entry, command, values, common).run()

    return verb(OWN, handle, command.summary, common(command.fail_on))


class _Review:
    """One call of the verb: its options, and what each of them does to input and report."""

    def __init__(
        self,
        context: typer.Context,
        entry: Entry,
        command: ReviewCommand,
        values: dict[str, Any],
        common: Common,
    ) -> None:
        self.dependencies: Dependencies = context.obj
        self.entry, self.command = entry, command
        self.values = values
        self.settings, self.common = asked_of(context, entry, values, common)
        for name in ("diff", "stdin_filename"):
            if values[name] == "":
                raise InputError(f"--{name.replace('_', '-')} is empty", hint="leave it out, or fill it in")
        self.wanted = Wanted(values["paths"] or [], values["diff"] or "", values["stdin_filename"] or "")

    def run(self) -> int:
        """Read, review, fix where that is asked, write; the exit code."""
        from octad.records.lines import sources_of

        values = self.values
        if values["fix"]:
            from octad.cli.fixes import check_fixable

            check_fixable(self.wanted.paths, self.wanted.diff)
        options = self._options()
        intake = take(self.wanted, self.command, self.settings)
        report = self._report(intake, options)
        if values["show_fixes"]:
            from octad.cli.fixes import show_fixes

            return show_fixes(report, intake.codes, self.common)
        if values["fix"]:
            intake, report = self._fixed(intake, report, options)
        check_read(intake, report)
        if values["write_baseline"]:
            return store_baseline(report, values["baseline"] or BASELINE)
        if values["statistics"]:
            return count(report, self.common)
        shown = shortened(report, self.settings.max_findings)
        if len(shown.findings) < len(report.findings):
            self._say(f"{len(report.findings) - len(shown.findings):,} more findings are not shown")
        return self.common.written(shown, sources_of(intake.codes), report.findings)

    def _options(self) -> Options:
        from octad.review.pipeline import Options

        values, common = self.values, self.common
        writes = values["write_baseline"]
        is_shown = not (writes or values["show_fixes"] or values["statistics"])
        others = None
        if values["others"]:
            from octad.cli.callers import usage_around

            others = usage_around(self.wanted, self.settings, self._say)
        return Options(
            analysers=values["analysers"],
            jobs=values["jobs"] or 0,
            folds=not (values["all_findings"] or writes),
            settings=self.settings,
            least=common.min_probability,
            baseline=known_before(values),
            heard=None if values["all_findings"] or writes else heard_here(common),
            explain=self.dependencies.explain if common.evidence and is_shown else None,
            others=others if is_shown else None,
        )

    def _report(self, intake: Intake, options: Options) -> Report:
        """Review the code; where nothing changed no weights are needed to say so."""
        from octad import __version__
        from octad.analysers import every
        from octad.records.look import Review
        from octad.review.pipeline import review

        if not intake.codes:
            self._say(f"no changed code to {self.entry.verb}")
            return Review(agent=self.entry.name, version=__version__, skipped=intake.skipped)
        common = self.common
        jobs = self.values["jobs"] or 0
        runner = self.dependencies.runner(self.entry.name, common.weights, cache=common.cache, threads=jobs)
        with progress("" if self.values["quiet"] else "reviewing") as advance:
            report = review(runner, intake.codes, options, advance)
        for skipped in report.skipped:
            if skipped.path in every.NAMES:
                say(f"no findings of {skipped.reason}")
        recalled = getattr(runner, "recalled", 0)
        if recalled:
            self._say(
                f"{recalled:,} units as they were before, not looked at again (--no-cache looks at all)"
            )
        if options.others is not None and not report.look_first:
            self._say("nothing to look at first: nothing is said of what others do")
        return report.model_copy(update={"skipped": (*intake.skipped, *report.skipped)})

    def _fixed(self, intake: Intake, report: Report, options: Options) -> tuple[Intake, Report]:
        """What is left after safe repairs: lines have moved, and one may settle more than its own finding."""
        from octad.cli.fixes import make_fixes
        from octad.read.code.intake import Intake

        if not make_fixes(report, intake.codes):
            return intake, report
        try:
            intake = take(self.wanted, self.command, self.settings)
        except InputError:
            intake = Intake()
        return intake, self._report(intake, options)

    def _say(self, line: str) -> None:
        if not self.values["quiet"]:
            say(line)
