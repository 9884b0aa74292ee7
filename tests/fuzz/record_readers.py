"""Renderers of reports whose every text is somebody else's, cases in JSON, and what lies in caches."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from pydantic import ValidationError
from safetensors.numpy import save

from octad import catalog
from octad.ask import Options, ask
from octad.encoders.word_pieces import WordPieces
from octad.records.code import Code
from octad.records.graph import Edge, Graph, Node
from octad.records.report import (
    Anchor,
    Block,
    Curve,
    Evidence,
    Finding,
    Mark,
    Repair,
    Report,
    Skipped,
    Suppressed,
)
from octad.render.renderers import GRAPHS, REPORTS, names, render
from octad.review.fix import fixes_of
from octad.runtime import Runner
from octad.search import cache as functions_cache
from octad.store import output_cache
from octad.store.artefact import MANIFEST, load, shipped
from octad.store.output_cache import packed, unpacked
from tests.fuzz.reader import Reader, Shown, text_of
from tests.fuzz.seeds import files, literals, seeds

_TEXTS = seeds("unit/render/*.py", "unit/read/code/test_patch.py") + files("octad/records/*.py")
_STRANGE = (0.0, -1.0, 1.5, float("nan"), float("inf"), 1e308, 1_700_000_000.0, 1e18)
_TEXT = ("terminal", "concise", "github", *names(GRAPHS))
"""Formats that people read in a terminal as they are; of the others a program reads the data."""
_FORMATS = (*names(REPORTS), *names(GRAPHS))


def _report(data: bytes) -> tuple[Report, dict[str, str]]:
    """A report of the lines of a text: they are paths, messages, rules, services, units and code."""
    text = text_of(data)
    words = [*text.split("\n"), "", "a.py"]

    def word(at: int) -> str:
        return words[at % len(words)]

    numbers = [len(one) for one in words]
    path = word(0)
    anchors = [
        Anchor(path=path, line=n, column=n % 7, end_line=n + n % 3 - 1, end_column=numbers[-at] % 90)
        for at, n in enumerate(numbers[:4])
    ]
    findings = tuple(
        Finding(
            rule=f"bug/{word(at + 1)}",
            level=("error", "warning", "note")[at % 3],
            message=word(at + 2),
            probability=None if at % 2 else numbers[at] % 100 / 100,
            anchor=anchor,
            reference=word(at + 3),
            source=word(at),
            evidence=tuple(Evidence(anchor=one, text=word(at + 4), weight=0.3) for one in anchors),
            repairs=(Repair(anchor=anchor, replacement=word(at + 5), description=word(at + 6), safe=True),),
        )
        for at, anchor in enumerate(anchors)
    )
    times = tuple(_STRANGE[n % len(_STRANGE)] for n in numbers[:6])
    nodes = tuple(
        Node(id=one, kind=word(at), attributes={word(at): one})
        for at, one in enumerate(dict.fromkeys(words[:5]))
    )
    edges = tuple(
        Edge(source=a.id, target=b.id, kind=a.kind) for a, b in zip(nodes, nodes[::-1], strict=True)
    )
    blocks = (
        Block(
            kind="graph",
            title=word(1),
            graph=Graph(nodes=nodes, edges=edges),
            rows=tuple((word(at),) for at in range(len(edges))),
        ),
        Block(kind="table", title=word(2), rows=tuple((word(at), word(at + 1)) for at in range(4))),
        Block(kind="paragraph", title=word(3), rows=((word(4),),)),
        Block(
            kind="timeline",
            title=word(5),
            curves=(Curve(name=word(6), times=times, values=times[::-1], unit=word(7)),),
            marks=tuple(
                Mark(time=time, kind="log", text=word(at), subject=word(at + 1), weight=time)
                for at, time in enumerate(times)
            ),
        ),
    )
    skipped = (Skipped(path=word(8), reason=word(9)),)
    suppressed = (Suppressed(finding=findings[0], by="comment", reason=word(10)),)
    report = Report(
        agent="fuzz", version="1", findings=findings, blocks=blocks, skipped=skipped, suppressed=suppressed
    )
    return report, {path: text}


def _rendered(name: str) -> Callable[[bytes], Shown]:
    def run(data: bytes) -> Shown:
        report, sources = _report(data)
        text = render(name, report, sources)
        if name in _TEXT:
            return [text]
        if text.startswith(("{", "[")):
            json.loads(text)
        elif text.startswith("<?xml"):
            ElementTree.fromstring(text.encode())
        return ()

    return run


def _fixed(data: bytes) -> None:
    report, sources = _report(data)
    fixes_of(report.findings, [Code(path=path, text=text) for path, text in sources.items()])


@cache
def _pieces() -> WordPieces:
    return WordPieces(shipped("minilm"))


@cache
def _runner(name: str) -> Runner[Any, Any]:
    return Runner.load(catalog.load(name), threads=1)


def _case(name: str, data: bytes) -> Any:
    """A case of an agent; None for what is none."""
    try:
        return catalog.load(name).case.model_validate_json(text_of(data))
    except ValidationError:
        return None


def _prepared(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        if (case := _case(name, data)) is not None:
            agent = catalog.load(name)
            agent.collate([agent.prepare(case, _pieces())])

    return run


def _asked(name: str) -> Callable[[bytes], Shown]:
    """The whole way: a case, the model, what the agent says of it, and how it looks."""

    def run(data: bytes) -> Shown:
        case = _case(name, data)
        if case is None:
            return ()
        report = ask(_runner(name), case, Options(least=0.0, evidence=False))
        return [render("terminal", report, {})]

    return run


def _manifest(data: bytes) -> None:
    Path("weights").mkdir(exist_ok=True)
    Path("weights", MANIFEST).write_bytes(data)
    load("code-reviewer", Path("weights"), files=())


def _outputs(data: bytes) -> None:
    """A row of the cache of outputs; what it refuses, the cache computes again."""
    with suppress(ValueError, zlib.error):
        packet = zlib.compress(data)
        unpacked("x", output_cache._digest("x", packet) + packet)


def _functions(data: bytes) -> None:
    Path("functions.safetensors").write_bytes(data)
    functions_cache.load(Path("functions.safetensors"), "x", (384, 64))


@cache
def _rows() -> tuple[bytes, ...]:
    made = packed("x", {"line": [np.zeros((2, 3), np.float32), np.zeros(2, np.float32)]})
    return (zlib.decompress(made[output_cache._DIGEST :]),)


@cache
def _kept() -> tuple[bytes, ...]:
    known = functions_cache.Known()
    head = np.frombuffer(json.dumps(functions_cache._head(known, "x")).encode(), np.uint8)
    return (save(functions_cache._arrays(known) | {"head": head}),)


NAMES = tuple(entry.name for entry in catalog.entries())


def _examples(name: str) -> tuple[bytes, ...]:
    """The shipped example."""
    return (catalog.load(name).example_file.read_bytes(),)


READERS = (
    *(Reader(f"report: {name}", _rendered(name), _TEXTS) for name in _FORMATS),
    Reader("report: fixes", _fixed, _TEXTS),
    *(Reader(f"case: {name}", _prepared(name), _examples(name)) for name in NAMES),
    *(Reader(f"ask: {name}", _asked(name), _examples(name)) for name in NAMES),
    Reader(
        "manifest",
        _manifest,
        files("octad/weights/*/manifest.json", longest=20_000) + literals("unit/store/test_artefact.py"),
    ),
    Reader("cache of outputs", _outputs, _rows()),
    Reader("cache of functions", _functions, _kept()),
)
