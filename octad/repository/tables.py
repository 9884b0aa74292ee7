"""The graph of imports and its tables, for people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from octad.records.dependencies import About, Counted, Step
from octad.records.graph import Edge, Graph, Node
from octad.records.repo import Import, Module, Repo, Unresolved
from octad.records.report import Block
from octad.repository.graph import components

MOST_ROWS = 25


def blocks(repo: Repo, about: About | None) -> tuple[Block, ...]:
    """The picture, and either tables of the whole or those of one module."""
    if about is None:
        tables = [_most_imported(repo), _absent(repo)]
        wanted = {module.path for module in repo.modules}
    else:
        tables = [
            _steps(f"{about.name} depends on", about.dependencies),
            _steps(f"what depends on {about.name}", about.dependents),
        ]
        wanted = {about.path, *(step.path for step in (*about.dependencies, *about.dependents))}
    return (
        graph_block(repo.modules, repo.imports, wanted),
        *(table for table in tables if len(table.rows) > 1),
    )


def graph_block(modules: Iterable[Module | Counted], imports: Iterable[Import], wanted: set[str]) -> Block:
    """The imports among some files, each with its place; what is imported comes before what imports it."""
    names = _names(modules)
    firsts: dict[tuple[str, str], Import] = {}
    for one in imports:
        if one.source in wanted and one.target in wanted:
            firsts.setdefault((one.source, one.target), one)
    targets: dict[str, list[str]] = {path: [] for path in sorted(wanted)}
    for source, target in firsts:
        targets[source].append(target)
    nodes = (Node(id=names[path], kind="module") for cycle in components(targets) for path in sorted(cycle))
    edges = (Edge(source=names[a], target=names[b], kind="imports") for a, b in firsts)
    return Block(
        kind="graph",
        title="imports",
        rows=tuple((_place(one),) for one in firsts.values()),
        graph=Graph(nodes=tuple(nodes), edges=tuple(edges)),
    )


def _names(modules: Iterable[Module | Counted]) -> dict[str, str]:
    """What each file is called in the picture: its name where that is its alone, else its path."""
    known = list(modules)
    counts = Counter(module.name for module in known)
    return {m.path: m.name if counts[m.name] == 1 else m.path for m in known}


def _most_imported(repo: Repo) -> Block:
    """The modules that most others import."""
    names = _names(repo.modules)
    into: dict[str, set[str]] = defaultdict(set)
    out: Counter[str] = Counter()
    for source, target in {(one.source, one.target) for one in repo.imports}:
        into[target].add(source)
        out[source] += 1
    ranked = sorted(into, key=lambda path: (-len(into[path]), path))[:MOST_ROWS]
    rows = ((names[path], str(len(into[path])), str(out[path])) for path in ranked)
    return Block(kind="table", title="most imported", rows=(("module", "imported by", "imports"), *rows))


def _absent(repo: Repo) -> Block:
    """What is imported and not here: what is missing or only known when run, then packages by their use."""
    rows = [*_one_by_one(repo.unresolved), *_packages(repo.unresolved)]
    more = (("…", f"{len(rows) - MOST_ROWS} more", "", ""),) if len(rows) > MOST_ROWS else ()
    head = ("not resolved", "why", "times", "first at")
    return Block(kind="table", title="not among these files", rows=(head, *rows[:MOST_ROWS], *more))


def _one_by_one(unresolved: tuple[Unresolved, ...]) -> Iterator[tuple[str, ...]]:
    for one in sorted(unresolved, key=lambda one: (one.reason != "missing", one.source, one.line)):
        if one.reason in ("missing", "dynamic"):
            why = ", ".join(dict.fromkeys([one.reason, *one.marks]))
            yield one.name, why, "1", _place(one)


def _packages(unresolved: tuple[Unresolved, ...]) -> Iterator[tuple[str, ...]]:
    """Packages from elsewhere; the standard library is only counted."""
    by_name: dict[str, list[Unresolved]] = defaultdict(list)
    standard = [one for one in unresolved if one.reason == "standard library"]
    for one in unresolved:
        if one.reason == "external":
            by_name[_package(one)].append(one)
    for name in sorted(by_name, key=lambda name: (-len(by_name[name]), name)):
        yield name, "external", str(len(by_name[name])), _place(by_name[name][0])
    if standard:
        yield "standard library", "", str(len(standard)), _place(standard[0])


def _package(one: Unresolved) -> str:
    """The name that a package is installed by, as far as an import tells."""
    if one.source.endswith((".py", ".pyi", ".pyw")):
        return one.name.partition(".")[0]
    if one.name.startswith("@"):
        return "/".join(one.name.split("/")[:2])
    return (
        one.name if one.source.endswith((".go", ".java")) else one.name.partition("/")[0].partition("::")[0]
    )


def _steps(title: str, steps: tuple[Step, ...]) -> Block:
    """Modules by their distance, each with the import that leads there."""
    rows = [(step.path, str(step.steps), _place(step.via), ", ".join(step.via.marks)) for step in steps]
    return Block(kind="table", title=title, rows=(("module", "imports away", "by", ""), *rows))


def _place(one: Import | Unresolved) -> str:
    return f"{one.source}:{one.line}"
