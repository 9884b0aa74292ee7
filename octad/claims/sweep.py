"""What `octad` is asked about documentation: the claims of a project that code contradicts, and its cases."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from octad.budget import current
from octad.claims import (
    change,
    code_blocks,
    compose_services,
    configuration,
    diagrams,
    docstrings,
    environment,
    flags,
    links,
    names,
    paths,
    ports,
    targets,
    versions,
)
from octad.claims.revision import tree_at
from octad.claims.run import executed
from octad.claims.tree import Tree, read_tree
from octad.errors import InputError, RepositoryError
from octad.read.code.files import shown_path
from octad.read.code.git import Repository
from octad.read.git.place import find
from octad.records.code import Code
from octad.records.report import Anchor, Block, Finding
from octad.records.skipped import Skipped
from octad.records.sweep import Sweep
from octad.render.excerpt import counted
from octad.signals.kept_docstrings import kept_docstrings

Check = Callable[[Tree], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "links": links.check,
    "paths": paths.check,
    "code blocks": code_blocks.check,
    "diagrams": diagrams.check,
    "compose services": compose_services.check,
    "flags": flags.check,
    "environment": environment.check,
    "targets": targets.check,
    "versions": versions.check,
    "ports": ports.check,
    "configuration": configuration.check,
    "docstrings": docstrings.check,
    "names": names.check,
}
"""Every check of a tree alone, by what it looks at."""


class _Sides(NamedTuple):
    """The tree that is judged, and, of a change, the one before it."""

    after: Tree
    before: Tree | None = None


def swept(values: Mapping[str, Any]) -> Sweep:
    """What the options ask for: `paths` (of this folder), `diff` (a revision or range), `run`.

    Raises InputError for a path that is nowhere and where nothing can be read, RepositoryError for a
    revision that nobody knows.
    """
    root, inside = _asked(values["paths"])
    sides = _sides(root, values["diff"])
    found = [one for name, check in CHECKS.items() for one in _found(name, check, sides.after)]
    if sides.before is not None:
        found += change.check(sides.after, sides.before)
    ran = ""
    if values["run"]:
        made = executed(sides.after)
        found += [*made.findings, *made.skipped]
        ran = f"{made.ran:,} of {counted(made.asked, 'example')} ran, with {made.python}."
    findings = _once(one for one in found if isinstance(one, Finding) and inside(one.anchor.path))
    skipped = [one for one in found if isinstance(one, Skipped)]
    cases = [one for one in _cases(sides) if inside(one["place"].path)]
    sweep = _shown(sides.after, findings, [*sides.after.skipped, *skipped], inside)
    if not sweep.codes:
        first = next((f": {one.path}: {one.reason}" for one in sweep.skipped), "")
        raise InputError(f"no documents and no code to read{first}", hint="name a folder that holds some")
    blocks = (_looked_at(sweep.codes, sides.after, ran),)
    moved = ({**one, "place": _moved(one["place"], sides.after)} for one in cases)
    return replace(sweep, cases=tuple(moved), blocks=blocks)


def _asked(paths: Sequence[Path]) -> tuple[str, Callable[[str], bool]]:
    """The root of the project that some paths are of, and whether a path from there is asked about."""
    whole = [os.path.realpath(path) for path in paths or (Path(),)]
    for path, given in zip(whole, paths, strict=False):
        if not os.path.exists(path):
            raise InputError(f"no such file or folder: {given}", hint="check the path")
    common = os.path.commonpath([path if os.path.isdir(path) else os.path.dirname(path) for path in whole])
    try:
        root = find(common).top or common
    except RepositoryError:
        root = common
    asked = {os.path.relpath(path, root).replace(os.sep, "/") for path in whole}

    def inside(path: str) -> bool:
        return "." in asked or any(path == one or path.startswith(f"{one}/") for one in asked)

    return root, inside


def _sides(root: str, revision: str) -> _Sides:
    """The trees of a project: of its files alone, or of both ends of a change."""
    if not revision:
        return _Sides(read_tree(root))
    repository = Repository(root)
    commits = repository.resolve(revision)
    if len(commits) == 1:
        return _Sides(read_tree(root), tree_at(repository.git, commits[0]))
    return _Sides(tree_at(repository.git, commits[1]), tree_at(repository.git, commits[0]))


def _found(name: str, check: Check, tree: Tree) -> Iterator[Finding | Skipped]:
    """What a check finds; that it was not made where the run is over."""
    if reason := current().unlooked():
        yield Skipped(path=name, reason=reason)
        return
    yield from check(tree)


def _cases(sides: _Sides) -> Iterator[Mapping[str, Any]]:
    """The fields of a case for each docstring that is as it was over code that is not."""
    if sides.before is None:
        return
    for path, code in sides.after.code.items():
        was = sides.before.code.get(path)
        if code.language == "python" and was is not None and was.text != code.text:
            if current().spent():
                return
            yield from kept_docstrings(was, code)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Without a name that is gone where it is said that the change made it so."""
    held = list(findings)
    stale = {one.anchor for one in held if one.rule == "docs/stale"}
    return [one for one in held if one.rule != "docs/name" or one.anchor not in stale]


def _shown(
    tree: Tree, findings: Iterable[Finding], skipped: Iterable[Skipped], inside: Callable[[str], bool]
) -> Sweep:
    """The sweep with paths as this folder sees them."""
    documents = [
        Code(path=_name(one.path, tree), text=one.text) for one in tree.documents if inside(one.path)
    ]
    codes = [one.model_copy(update={"path": _name(one.path, tree)}) for one in tree.codes if inside(one.path)]
    return Sweep(
        codes=(*documents, *codes),
        findings=tuple(_finding(one, tree) for one in findings),
        skipped=tuple(one.model_copy(update={"path": _name(one.path, tree)}) for one in skipped),
    )


def _finding(one: Finding, tree: Tree) -> Finding:
    evidence = tuple(e.model_copy(update={"anchor": _moved(e.anchor, tree)}) for e in one.evidence)
    repairs = tuple(r.model_copy(update={"anchor": _moved(r.anchor, tree)}) for r in one.repairs)
    return one.model_copy(
        update={"anchor": _moved(one.anchor, tree), "evidence": evidence, "repairs": repairs}
    )


def _moved(anchor: Anchor, tree: Tree) -> Anchor:
    return anchor.model_copy(update={"path": _name(anchor.path, tree)})


def _name(path: str, tree: Tree) -> str:
    """A path of the tree as this folder sees it; what is none stays as it is."""
    return shown_path(os.path.join(tree.root, path), os.getcwd()) if path in tree.paths else path


def _looked_at(codes: Sequence[Code], tree: Tree, ran: str) -> Block:
    """How much was read, and what ran."""
    documents = {_name(one.path, tree) for one in tree.documents}
    n_documents = sum(one.path in documents for one in codes)
    read = f"{counted(n_documents, 'document')} and {counted(len(codes) - n_documents, 'file')} of code read."
    return Block(kind="paragraph", title="Looked at", rows=tuple((one,) for one in (read, ran) if one))
