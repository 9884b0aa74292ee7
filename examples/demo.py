"""Review released code that is known to be wrong, and hold the findings against the later fix: `make demo`.

Four old releases, and the ones that repaired them, are downloaded with pip into demo/ (nothing is installed
or run); the files with the defects are reviewed as `octad review` would, with the shipped weights and
thresholds. None of these packages was among those that the agent learnt from.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from octad import catalog
from octad.agents.agent import Candidate
from octad.ask import explained, found
from octad.cli.output import progress, write
from octad.errors import OctadError
from octad.read.code.files import read_paths
from octad.records.code import Code
from octad.records.lines import sources_of
from octad.records.report import Finding
from octad.render.formats import html, sarif, terminal
from octad.review.pipeline import Options, cases_of, review
from octad.rules.pages import page
from octad.runtime import Asked, Runner
from octad.syntax.edits import RULE_KINDS

DEMO = Path("demo")
LEAST = 0.2
"""From here on a suspicion about a known defect is told, even where the rule's threshold hides it."""


@dataclass(frozen=True)
class Defect:
    """A published defect: the release that had it, the release that repaired it, and what went wrong."""

    package: str
    old: str
    new: str
    path: str
    line: int
    story: str

    @property
    def place(self) -> str:
        """The reviewed file, relative to the folder of the demo."""
        return f"{self.package}-{self.old}/{self.path}"


DEFECTS = (
    Defect("urllib3", "1.22", "1.23", "urllib3/contrib/securetransport.py", 402,
           "freed what was not there, which crashed pip on macOS (pip #5131), and leaked the rest"),
    Defect("rich", "8.0.0", "9.0.0", "rich/table.py", 173,
           "the style given for the caption was dropped, and the title's taken"),
    Defect("textual", "0.26.0", "0.27.0", "textual/worker.py", 261,
           "a worker could not have more than 0 steps, so its progress was never known"),
    Defect("twitchio", "2.0.6", "2.1.0", "twitchio/ext/commands/builtin_converter.py", 61,
           "a command that asks for a PartialChatter was handed a coroutine"),
)  # fmt: skip


def fetch(package: str, version: str, path: str) -> bool:
    """Put one file of a release into demo/<package>-<version>/; False where pip cannot download it."""
    folder, wheels = DEMO / f"{package}-{version}", DEMO / "wheels"
    if (folder / path).is_file():
        return True
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--retries", "0", "--timeout", "15", "--only-binary", ":all:", "--ignore-requires-python"]
    command += ["--dest", str(wheels), f"{package}=={version}"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        return False
    with zipfile.ZipFile(next(wheels.glob(f"{package}-{version}-*.whl"))) as wheel:
        wheel.extract(path, folder)
    return True


def available() -> Iterator[Defect]:
    """The defects whose old and new file are here; stops asking at the first that is not."""
    for it in DEFECTS:
        if not (fetch(it.package, it.old, it.path) and fetch(it.package, it.new, it.path)):
            return
        yield it


def evidence(runner: Runner[Any, Any], asked: Asked[Any, Any], candidate: Candidate) -> Finding:
    """What moved the model, for what matters: notes on style speak for themselves."""
    return candidate.finding if candidate.finding.level == "note" else explained(runner, asked, candidate)


def fixed(defect: Defect) -> tuple[str, str]:
    """The defect's line, and that of the release that repaired it."""
    files = (DEMO / f"{defect.package}-{version}" / defect.path for version in (defect.old, defect.new))
    old, new = (file.read_text("utf-8").split("\n") for file in files)
    index = defect.line - 1
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if a <= index < b and index - a < d - c:
            return old[index].strip(), new[c + index - a].strip()
    return old[index].strip(), "?"


def compared(defect: Defect, shown: Sequence[Finding], suspected: Sequence[Finding]) -> str:
    """The finding on the defect's line beside the fix, and whether the ordinary review makes it."""
    before, after = fixed(defect)

    def here(findings: Sequence[Finding]) -> list[Finding]:
        place = str(DEMO / defect.place), defect.line
        mine = [f for f in findings if (f.anchor.path, f.anchor.line) == place]
        return [f for f in mine if f.rule.startswith("bug/") and f.repairs]

    best = max(here(suspected), key=lambda f: f.probability, default=None)
    verdict = "missed"
    if best is not None:
        verdict = f"{'FOUND' if here(shown) else 'suspected, but too unsurely to be shown'}"
        verdict += f": {best.repairs[0].description} ({best.probability:.0%})"
    released, repaired = f"released in {defect.old}", f"fixed in {defect.new}"
    lines = f"{released:<20} {before}", f"{repaired:<20} {after}", f"{'Octad':<20} {verdict}"
    head = f"{defect.package} {defect.old}, {defect.path}:{defect.line}: {defect.story}"
    return "\n    ".join([head, *lines]) + "\n"


def suspicions(runner: Runner[Any, Any], codes: Sequence[Code]) -> list[Finding]:
    """Every bug that the agent thinks at least as likely as LEAST, whatever the shipped thresholds."""
    least = {f"bug/{kind}": LEAST for kind in RULE_KINDS}
    return [one.finding for one in found(runner, cases_of(runner.agent, codes), lambda _: least)]


def main() -> int:
    """Download, review, report, compare."""
    DEMO.mkdir(exist_ok=True)
    defects = list(available())
    paths: list[Path] = [DEMO / defect.place for defect in defects]
    if not defects:
        write("demo: pip cannot download the packages; reviewing an installed one instead\n", None)
        paths = [Path(str(distribution("typer").locate_file("typer/main.py")))]
    try:
        codes = read_paths(paths).codes
        runner: Runner[Any, Any] = Runner.load(catalog.load(catalog.by_verb("review").name))
        with progress("reviewing") as advance:
            report = review(runner, codes, Options(explain=evidence), advance)
        suspected = suspicions(runner, codes)
    except OctadError as error:
        sys.stderr.write(f"demo: error: {error}\n")
        return 2
    sources = sources_of(codes)
    grave = [f for f in report.findings if f.level != "note"]
    write(terminal.render(report.model_copy(update={"findings": tuple(grave)}), sources), None)
    write(f"{len(report.findings) - len(grave)} notes are on the page only\n\n", None)
    write("".join(compared(defect, report.findings, suspected) + "\n" for defect in defects), None)
    for name, render in (("report.html", html.render), ("report.sarif", sarif.render)):
        write(render(report, sources), DEMO / name)
    for rule in sorted({f.rule for f in grave if f.source == "model"}):
        write(f"{rule}, probabilities aside: {page(rule).strip().rpartition(chr(10))[2]}\n", None)
    write(f"The whole report: {DEMO / 'report.html'} (open it in a browser), {DEMO / 'report.sarif'}\n", None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
