"""How long an editor waits: from a key to what is found, beside a whole run of the verb on the same file.

    python benchmarks/lsp.py [--file PATH] [--keys 60] [--runs 5]

The file is a real one of this package with some 200 lines, if no other is named. Each key changes one number
in one of its functions to one that it never was, so that nothing of that function is known from before. The
delay that the server waits for another key is left out (--delay 0) and has to be added. While the server
computes it is asked for a hover, again and again: how long that takes tells whether it stays responsive.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "octad" / "review" / "pipeline.py"
PROGRAM = (sys.executable, "-c", "from octad.cli.main import main; main()")
LINE = "def _typed(values):\n    return [value for value in values if value > {number}]\n\n\n"


class Editor:
    """A client with one document."""

    def __init__(self, file: Path, text: str) -> None:
        self.client = LanguageClient("editor", "1")
        self.uri, self.text, self.version = file.as_uri(), text, 0
        self.told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda told: self.told.put_nowait(told))

    async def start(self, folder: Path) -> None:
        """Start the server and greet it."""
        options = ("lsp", "--delay", "0", "--no-analysers", "--min-probability", "0.3")
        await self.client.start_io(*PROGRAM, *options)
        capabilities = types.ClientCapabilities()
        await self.client.initialize_async(
            types.InitializeParams(capabilities=capabilities, root_uri=folder.as_uri())
        )
        self.client.initialized(types.InitializedParams())

    async def open(self) -> float:
        """Open the document; seconds until something is shown."""
        self.version = 1
        begun = time.perf_counter()
        item = types.TextDocumentItem(self.uri, "python", 1, self.text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        await self.told.get()
        return time.perf_counter() - begun

    async def type(self, text: str) -> tuple[float, list[float]]:
        """Change the text; seconds until it is shown, and how long hovers took meanwhile."""
        self.version += 1
        identifier = types.VersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        change = types.TextDocumentContentChangeWholeDocument(text)
        begun = time.perf_counter()
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
        shown = asyncio.create_task(self._shown())
        hovers = []
        place = types.HoverParams(types.TextDocumentIdentifier(self.uri), types.Position(0, 0))
        while not shown.done():
            asked = time.perf_counter()
            await self.client.text_document_hover_async(place)
            hovers.append(time.perf_counter() - asked)
            await asyncio.sleep(0.005)
        return shown.result() - begun, hovers

    async def _shown(self) -> float:
        while (await self.told.get()).version != self.version:
            pass
        return time.perf_counter()

    async def stop(self) -> None:
        """Say goodbye."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()


async def edited(file: Path, keys: int) -> tuple[float, list[float], list[float]]:
    """Seconds until the first findings, from each key to what is found, and for each hover."""
    text = file.read_text("utf-8")
    editor = Editor(file, LINE.format(number=0) + text)
    await editor.start(file.parent)
    first = await editor.open()
    waits, hovers = [], []
    for number in range(1, keys + 1):
        waited, answered = await editor.type(LINE.format(number=number) + text)
        waits.append(waited)
        hovers += answered
    await editor.stop()
    return first, waits, hovers


def whole(file: Path, runs: int, *options: str) -> list[float]:
    """Seconds of the verb on the file, each a process of its own."""
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        verb = ("review", "--no-analysers", "--no-evidence", "--min-probability", "0.3", *options, file.name)
        subprocess.run([*PROGRAM, *verb], cwd=file.parent, check=False, capture_output=True)
        found.append(time.perf_counter() - begun)
    return found


def row(name: str, seconds: Sequence[float]) -> str:
    """A row of the table, in milliseconds."""
    middle, high = (1_000 * float(np.percentile(seconds, share)) for share in (50, 95))
    return f"| {name} | {len(seconds)} | {middle:,.0f} | {high:,.0f} | {1_000 * max(seconds):,.0f} |\n"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--file", type=Path, default=FILE)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["OCTAD_CACHE"] = str(Path(folder, "cache"))
        os.environ["OCTAD_STORE"] = str(Path(folder, "store"))
        file = Path(folder, arguments.file.name)
        file.write_bytes(arguments.file.read_bytes())
        without = whole(file, arguments.runs, "--no-cache")
        recalled = whole(file, arguments.runs + 1)[1:]
        first, waits, hovers = asyncio.run(edited(file, arguments.keys))
    lines = arguments.file.read_text("utf-8").count("\n")
    sys.stdout.write(f"{arguments.file.name}, {lines} lines; milliseconds\n\n")
    sys.stdout.write("| what | count | P50 | P95 | most |\n|---|---|---|---|---|\n")
    sys.stdout.write(row("a key to what is found", waits) + row("a hover meanwhile", hovers))
    sys.stdout.write(row("the verb, nothing known", without) + row("the verb, all known", recalled))
    sys.stdout.write(f"\nFirst findings after opening, weights loaded: {first:.1f} s. ")
    ratio = float(np.median(without)) / float(np.median(waits))
    sys.stdout.write(f"A key costs one {ratio:.0f}th of the verb; {os.cpu_count()} cores.\n")


if __name__ == "__main__":
    main()
