"""What it costs to review one file of 10,000 lines: at once, once more, and after one changed line.

    python benchmarks/long_file.py path/to/module.py

`octad review FILE --no-evidence`, each time a process of its own: with `--no-cache`, with an empty cache,
with that cache again, and after a line is put into the function that is nearest to the middle. *Seconds*
are those of the clock, *processor* those of the process and the analysers that it starts; where the machine
does other work, only the latter compare. *Anew* counts the units that were looked at.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from octad.records.code import Code
from octad.syntax.units import units
from octad_train.evaluate.tables import machine, table

START = "from octad.cli.main import main; main()"
MEGABYTE = 1024  # of the kilobytes in which the system counts
REMEMBERED = re.compile(r"([\d,]+) units as they were before")
HEAD = ("command", "lines", "units", "anew", "seconds", "processor", "peak MB", "exit code")


def changed(text: str) -> str:
    """The text with one more line in the function that is nearest to its middle."""
    lines = text.split("\n")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    node = min(functions, key=lambda one: abs(one.lineno - len(lines) // 2))
    first = node.body[-1]
    lines.insert(first.lineno - 1, f"{' ' * first.col_offset}added = 1")
    return "\n".join(lines)


def review(file: Path, cache: Path, *more: str) -> tuple[object, ...]:
    """One row: what a review of `file` costs, and how many of its units were looked at."""
    command = [sys.executable, "-P", "-c", START, "review", file.name, "--no-evidence", *more]
    environment = {**os.environ, "OCTAD_CACHE": str(cache)}
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, cwd=file.parent, env=environment, stdout=subprocess.DEVNULL, stderr=said
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        known = REMEMBERED.search(said.read().decode("utf-8", "replace"))
    text = file.read_text("utf-8")
    count = len(units(Code(path=file.name, text=text)))
    remembered = int(known.group(1).replace(",", "")) if known else 0
    return (
        text.count("\n"),
        count,
        count - remembered,
        f"{seconds:.1f}",
        f"{used.ru_utime + used.ru_stime:.1f}",
        used.ru_maxrss // MEGABYTE,
        process.returncode,
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path, help="A Python module of about 10,000 lines.")
    text = parser.parse_args().file.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        file, cache = Path(folder, "module.py"), Path(folder, "cache")
        file.write_text(text, "utf-8")
        rows = [
            ("--no-cache", *review(file, cache, "--no-cache")),
            ("--no-cache --no-analysers", *review(file, cache, "--no-cache", "--no-analysers")),
            ("cache empty", *review(file, cache)),
            ("once more", *review(file, cache)),
        ]
        file.write_text(changed(text), "utf-8")
        rows.append(("one line more", *review(file, cache)))
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    sys.stdout.write(f"{machine()}; load over 1, 5 and 15 minutes {load}\n\n")
    sys.stdout.write(table("A review of one long file", HEAD, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
