"""Review real changes, read their documentation, tell what happened here: `make demo`.

What is said of a change is held against the release that came after.

The rule by which the changes were chosen, before anything was seen of them: of the Python packages that are
installed with Octad, in none of the sets it learned from, and have three minor releases, the five with most
code; the change is that from the third newest minor release to the second newest (November 2026, the last
patch of each), and the newest tells what had to be changed again. The releases are downloaded with pip into
demo/; nothing is installed or run.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from octad import catalog
from octad.cli.main import run
from octad.cli.output import write
from octad.errors import OctadError
from octad.host.sandbox import available
from octad.host.terminal import progress
from octad.read.code.git import read_revision
from octad.records.lines import sources_of
from octad.records.look import Look, Review
from octad.render.excerpt import counted
from octad.render.formats import html, sarif, terminal
from octad.review.order import SHOWN
from octad.review.pipeline import Options, review
from octad.runtime import Runner

DEMO = Path("demo")
COMMITS = 60
"""Of this repository, told of."""


class Change(NamedTuple):
    """A package, the releases between which it changed, and the one after them."""

    package: str
    old: str
    new: str
    later: str


CHANGES = (
    Change("markdown-it-py", "4.1.0", "4.2.0", "4.3.0"),
    Change("pathspec", "0.12.1", "1.0.4", "1.1.1"),
    Change("stevedore", "5.8.0", "5.9.1", "5.10.0"),
    Change("typing-inspection", "0.2.0", "0.3.1", "0.4.5"),
    Change("unidiff", "0.6.0", "0.7.5", "1.0.1"),
)


def fetched(package: str, version: str) -> dict[str, str]:
    """The Python files of a release by path, tests left out; none where pip cannot download it."""
    wheels = DEMO / "wheels"
    name = package.replace("-", "_")
    if not list(wheels.glob(f"{name}-{version}-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--retries", "0", "--timeout", "15", "--only-binary", ":all:"]
        command += ["--ignore-requires-python", "--dest", str(wheels), f"{package}=={version}"]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return {}
    with zipfile.ZipFile(next(wheels.glob(f"{name}-{version}-*.whl"))) as wheel:
        names = [one for one in wheel.namelist() if one.endswith(".py") and "test" not in one]
        return {one: wheel.read(one).decode("utf-8") for one in names}


def git(folder: Path, *arguments: str) -> None:
    """One git command in a folder, as nobody."""
    nobody = ["-c", "user.name=demo", "-c", "user.email=demo@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *nobody, *arguments], cwd=folder, check=True, capture_output=True)


def laid_out(change: Change) -> Path | None:
    """A repository whose commit is the old release and whose files are those of the new; None without pip."""
    old, new = (fetched(change.package, version) for version in (change.old, change.new))
    folder = DEMO / change.package
    if not old or not new:
        return None
    if not (folder / ".git").is_dir():
        write_all(folder, old)
        git(folder, "init", "--quiet")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--no-verify", "--message", change.old)
        for name in old.keys() - new.keys():
            (folder / name).unlink()
        write_all(folder, new)
    return folder


def write_all(folder: Path, files: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def functions(text: str) -> dict[str, str]:
    """The functions of a file without comments and layout, by their names."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name: ast.unparse(node) for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)}


def changed_again(change: Change, looks: tuple[Look, ...]) -> list[bool]:
    """Whether the release after changed each place again: its function is gone or other than it was."""
    new, later = (fetched(change.package, version) for version in (change.new, change.later))
    found = []
    for look in looks:
        path = look.anchor.path.removeprefix(f"{DEMO / change.package}/")
        before = functions(new.get(path, "")).get(look.name)
        after = functions(later[path]).get(look.name) if path in later else None
        found.append(before is not None and before != after)
    return found


def told(change: Change, report: Review) -> Iterator[str]:
    """The order of reading beside what the next release did."""
    looks = report.look_first
    if not looks:
        yield f"{change.package} {change.old} → {change.new}: no function changed\n\n"
        return
    again = changed_again(change, looks)
    most = sorted(range(len(looks)), key=lambda i: -looks[i].changed)
    yield f"{change.package} {change.old} → {change.new}: {len(looks)} changed places to look at\n"
    for look, is_again in list(zip(looks, again, strict=True))[:SHOWN]:
        verdict = f"changed again in {change.later}" if is_again else "stands"
        yield f"  {look.anchor.path}:{look.line}  {look.name or '(module)'}  {verdict}\n"
        said = [f"it {' and '.join(look.reasons)}"] if look.reasons else []
        said += [f"a repair here is mostly {look.why}"] if look.why else []
        yield f"      {'; '.join(said)}\n" if said else ""
    counts = sum(again[:SHOWN]), sum(again[i] for i in most[:SHOWN]), sum(again)
    yield (
        f"  {change.later} changed {counts[0]} of these first {SHOWN} again, {counts[1]} of the {SHOWN} with "
        f"most changed lines, {counts[2]} of all {len(again)}.\n\n"
    )


def reviewed(runner: Runner[Any, Any], change: Change) -> Review | None:
    """The change as `octad review --diff HEAD` sees it, on the terminal and as a page."""
    folder = laid_out(change)
    if folder is None:
        return None
    intake = read_revision("HEAD", folder)
    named = [code.model_copy(update={"path": f"{folder}/{code.path}"}) for code in intake.codes]
    with progress(f"reviewing {change.package}") as advance:
        report = review(runner, named, Options(explain=None), advance)
    sources = sources_of(named)
    grave = tuple(one for one in report.findings if one.level != "note")
    write(terminal.render(report.model_copy(update={"findings": grave, "blocks": ()}), sources), None)
    if notes := len(report.findings) - len(grave):
        write(f"{counted(notes, 'note')} on the page only\n", None)
    write("".join(told(change, report)), None)
    for name, render in (("html", html.render), ("sarif", sarif.render)):
        write(render(report, sources), DEMO / f"{change.package}.{name}")
    return report


def read_documentation(changes: Iterable[Change]) -> None:
    """What documentation says that is not so: of the packages, and of an example that is wrong on purpose."""
    for change in changes:
        write(f"\nDocumentation of {change.package} {change.new}, since {change.old}:\n", None)
        asked(["docs", str(DEMO / change.package), "--diff", "HEAD", "--format", "concise"])
    parcel = DEMO / "parcel"
    if not parcel.is_dir():
        shutil.copytree(Path(__file__).parent / "parcel", parcel)
        git(parcel, "init", "--quiet")
    write("\nAn example that is wrong on purpose (examples/parcel):\n", None)
    runs = ["--run"] if available() else []
    asked(["docs", str(parcel), *runs])


def tell_what_happened() -> None:
    """Notes on the last commits of this repository."""
    here = Path(__file__).resolve().parents[1]
    counted_here = subprocess.run(
        ["git", "rev-list", "--count", "HEAD"], cwd=here, capture_output=True, text=True, check=False
    )
    if counted_here.returncode or int(counted_here.stdout) <= COMMITS:
        write("\nNo notes: this is no clone with its history.\n", None)
        return
    write(f"\nWhat the last {COMMITS} commits here brought, for their users:\n", None)
    asked(["notes", f"HEAD~{COMMITS}..HEAD", "--repo", str(here), "--format", "md"])


def asked(arguments: list[str]) -> None:
    """One command of Octad; what it finds is no failure of the demo."""
    if run(arguments) > 1:
        raise OctadError(f"`octad {' '.join(arguments)}` failed")


def main() -> int:
    """Download, review, compare; then what lives on text."""
    DEMO.mkdir(exist_ok=True)
    try:
        runner: Runner[Any, Any] = Runner.load(catalog.load(catalog.by_verb("review").name))
        reports = [reviewed(runner, change) for change in CHANGES]
        read_documentation(one for one, report in zip(CHANGES, reports, strict=True) if report)
        tell_what_happened()
    except OctadError as error:
        sys.stderr.write(f"demo: error: {error}\n")
        return 2
    if not any(reports):
        sys.stderr.write(
            "demo: error: pip cannot download the packages; try `octad review --diff` yourself\n"
        )
        return 2
    write(f"The pages, which say where to look first and why: {DEMO}/*.html (open them in a browser)\n", None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
