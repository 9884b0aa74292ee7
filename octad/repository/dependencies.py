"""A repository to the report of its dependencies."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from octad import __version__
from octad.errors import InputError
from octad.records.dependencies import About, Counted, Cycle, Dependencies, Step
from octad.records.fingerprint import with_fingerprints
from octad.records.lines import lines_of, sources_of
from octad.records.repo import Import, Module, Repo
from octad.records.report import Anchor, Evidence, Finding
from octad.repository.graph import circle, reached, strongly_connected
from octad.repository.tables import blocks, graph_block

RULE = "dependency/cycle"
LATER = frozenset({"lazy", "type-checking"})
"""Marks of imports that are not made while modules are loaded."""


def dependencies(repo: Repo, of: str = "", depth: int | None = None) -> Dependencies:
    """Imports and their cycles; with `of`, what depends on that module, up to `depth` imports away.

    Raises InputError where no module, or more than one, has the name or path `of`.
    """
    one = module_of(repo, of) if of else None
    about = _about(one, repo.imports, depth) if one is not None else None
    cycles = tuple(cycles_of(repo.imports))
    if one is not None:
        cycles = tuple(cycle for cycle in cycles if one.path in cycle.members)
    sources = sources_of(repo.codes)
    names = {module.path: module.name for module in repo.modules}
    return Dependencies(
        agent="deps",
        version=__version__,
        findings=with_fingerprints((_finding(cycle, names, sources) for cycle in cycles), sources),
        skipped=repo.skipped,
        modules=_counted(repo),
        imports=repo.imports,
        unresolved=repo.unresolved,
        cycles=cycles,
        about=about,
        blocks=blocks(repo, about),
    )


def only_cycles(report: Dependencies) -> Dependencies:
    """The same of modules in import cycles alone: their picture, without the tables."""
    inside = {path for cycle in report.cycles for path in cycle.members}
    return report.model_copy(
        update={
            "modules": tuple(one for one in report.modules if one.path in inside),
            "imports": tuple(one for one in report.imports if {one.source, one.target} <= inside),
            "unresolved": (),
            "blocks": (graph_block(report.modules, report.imports, inside),) if inside else (),
        }
    )


def module_of(repo: Repo, wanted: str) -> Module:
    """The module of a name or a path; raises InputError with the nearest, or with all that it could be."""
    path = wanted.replace("\\", "/").removeprefix("./").rstrip("/")
    found = [module for module in repo.modules if path in (module.path, module.name)]
    if not found:
        found = [module for module in repo.modules if f"/{module.path}".endswith(f"/{path}")]
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(module.path for module in found[:3])
        raise InputError(f"{wanted!r} is the name of {len(found)} modules", hint=f"name one of {some}")
    names = [name for module in repo.modules for name in (module.name, module.path)]
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else "name it as it is imported, or by its path"
    raise InputError(f"there is no module {wanted!r} in what was read", hint=hint)


def cycles_of(imports: Iterable[Import]) -> list[Cycle]:
    """Every cycle of the imports made while loading, then those that only later imports close."""
    every = list(imports)
    found = [
        _cycle(cycle, edges, at_import=True)
        for edges in [edges_of(one for one in every if not LATER.intersection(one.marks))]
        for cycle in strongly_connected({source: list(targets) for source, targets in edges.items()})
    ]
    loaded = {cycle.members for cycle in found}
    edges = edges_of(every)
    for cycle in strongly_connected({source: list(targets) for source, targets in edges.items()}):
        if not any(set(cycle) == set(members) for members in loaded):
            found.append(_cycle(cycle, edges, at_import=False))
    return found


def edges_of(imports: Iterable[Import]) -> dict[str, dict[str, Import]]:
    """The first import of each pair of files, by source and target; one made while loading comes first."""
    found: dict[str, dict[str, Import]] = defaultdict(dict)
    for one in sorted(imports, key=lambda one: (bool(LATER.intersection(one.marks)), one.source, one.line)):
        found[one.source].setdefault(one.target, one)
    return found


def _cycle(cycle: Sequence[str], edges: Mapping[str, Mapping[str, Import]], *, at_import: bool) -> Cycle:
    later = [
        (source, target)
        for source in cycle
        for target, one in edges[source].items()
        if not at_import and target in cycle and LATER.intersection(one.marks)
    ]
    way = circle(cycle, {source: list(targets) for source, targets in edges.items()}, later)
    steps = tuple(edges[a][b] for a, b in zip(way, [*way[1:], way[0]], strict=True))
    return Cycle(members=tuple(cycle), imports=steps, at_import=at_import)


def _finding(cycle: Cycle, names: Mapping[str, str], sources: Mapping[str, str]) -> Finding:
    """The circle in words, at its first import; the others are its evidence."""
    first = cycle.imports[0]
    steps = (f"`{names[one.target]}` ({one.source}:{one.line})" for one in cycle.imports)
    way = " → ".join((f"`{names[first.source]}`", *steps))
    size = len(cycle.members)
    more = f"; {size} modules hang together" if size > len(cycle.imports) else ""
    when = "" if cycle.at_import else ", closed by an import inside a function or for types only"
    evidence = (
        Evidence(anchor=anchor, text=_at(anchor, sources), weight=1 / len(cycle.imports))
        for anchor in (_anchor(one, sources) for one in cycle.imports)
    )
    return Finding(
        rule=RULE,
        level="warning" if cycle.at_import else "note",
        message=f"modules import each other: {way}{more}{when}",
        probability=1.0,
        anchor=_anchor(first, sources),
        evidence=tuple(evidence),
        source="octad",
    )


def _anchor(one: Import, sources: Mapping[str, str]) -> Anchor:
    """The line of an import, without its indent."""
    lines = lines_of(sources.get(one.source, ""))
    text = lines[one.line - 1] if one.line <= len(lines) else ""
    start = len(text) - len(text.lstrip())
    return Anchor(
        path=one.source, line=one.line, column=start + 1, end_line=one.line, end_column=len(text.rstrip()) + 1
    )


def _at(anchor: Anchor, sources: Mapping[str, str]) -> str:
    lines = lines_of(sources.get(anchor.path, ""))
    return lines[anchor.line - 1].strip() if anchor.line <= len(lines) else ""


def _about(module: Module, imports: Sequence[Import], depth: int | None) -> About:
    """What a module leads to, and what leads to it."""
    forward = edges_of(imports)
    back: dict[str, dict[str, Import]] = defaultdict(dict)
    for source, targets in forward.items():
        for target, one in targets.items():
            back[target][source] = one
    return About(
        path=module.path,
        name=module.name,
        dependencies=_steps(module.path, forward, depth),
        dependents=_steps(module.path, back, depth),
    )


def _steps(start: str, edges: Mapping[str, Mapping[str, Import]], depth: int | None) -> tuple[Step, ...]:
    found = reached(start, {source: list(targets) for source, targets in edges.items()}, depth)
    steps = (Step(path=path, steps=count, via=edges[before][path]) for path, (count, before) in found.items())
    return tuple(sorted(steps, key=lambda step: (step.steps, step.path)))


def _counted(repo: Repo) -> tuple[Counted, ...]:
    forward: dict[str, set[str]] = defaultdict(set)
    back: dict[str, set[str]] = defaultdict(set)
    for one in repo.imports:
        forward[one.source].add(one.target)
        back[one.target].add(one.source)
    return tuple(
        Counted(
            path=module.path,
            name=module.name,
            language=module.language,
            imports=len(forward[module.path]),
            imported_by=len(back[module.path]),
            flags=module.flags,
        )
        for module in repo.modules
    )
