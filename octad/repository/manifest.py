"""Manifests of Python projects: `pyproject.toml`, `setup.cfg` and `setup.py`, read and never run."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from octad.records.manifest import Manifest, Script
from octad.syntax.python_source import part_of

_LOWER = re.compile(r"(?:>=|~=|\^|~(?!=))\s*(\d+)\.(\d+)")
_OTHER_BOUND = re.compile(r">(?!=)|\|\||===")
_CLASSIFIER = re.compile(r"Programming Language :: Python :: (\d+)\.(\d+)")
_SCRIPT = re.compile(r"\s*([\w.-]+)\s*=\s*([\w.]+)\s*(?::\s*([\w.]+))?")
_LINE = re.compile(r"(?m)(?:^|[\s(,])[\"']?(?:requires-python|python_requires|python)[\"']?[ \t]*=")


def oldest_python(specifier: str) -> tuple[int, int] | None:
    """The smallest Python that a version specifier lets in, None where that is not one plain bound."""
    bounds = _LOWER.findall(specifier)
    if len(bounds) != 1 or _OTHER_BOUND.search(specifier):
        return None
    return int(bounds[0][0]), int(bounds[0][1])


def manifest_of(path: str, text: str) -> Manifest | None:
    """What a manifest says; None for other files, and for one that is damaged."""
    reader = _READERS.get(path.rpartition("/")[2])
    if reader is None:
        return None
    try:
        return reader(path, text)
    except (ValueError, configparser.Error, RecursionError):
        return None


def _made(path: str, text: str, said: Mapping[str, Any], scripts: Iterable[Script]) -> Manifest:
    """A manifest of the values that were found; those of another type are left out."""
    plain = {name: value for name, value in said.items() if isinstance(value, str)}
    oldest = oldest_python(plain.get("python", ""))
    line = _LINE.search(text)
    classifiers = said.get("classifiers")
    written = " ".join(map(str, classifiers)) if isinstance(classifiers, list) else str(classifiers or "")
    return Manifest(
        path=path,
        name=plain.get("name", ""),
        version=plain.get("version", ""),
        scripts=tuple(scripts),
        oldest=oldest if line else None,
        oldest_line=text.count("\n", 0, line.end()) + 1 if line and oldest else 0,
        pythons=tuple((int(major), int(minor)) for major, minor in _CLASSIFIER.findall(written)),
    )


def _scripts(table: object) -> list[Script]:
    """Commands of a table of names and `module:function`; poetry writes the latter in a table too."""
    found = []
    for name, value in table.items() if isinstance(table, Mapping) else ():
        target = value.get("reference", value.get("callable")) if isinstance(value, Mapping) else value
        if isinstance(target, str) and (match := _SCRIPT.match(f"{name} = {target}")):
            found.append(Script(name=match[1], module=match[2], function=match[3] or ""))
    return found


def _table(data: object, *names: str) -> Mapping[str, Any]:
    """A table within tables, an empty one where it is not there."""
    for name in names:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _of_pyproject(path: str, text: str) -> Manifest:
    data = tomllib.loads(text)
    project, poetry = _table(data, "project"), _table(data, "tool", "poetry")
    said = {
        "name": project.get("name") or poetry.get("name"),
        "version": project.get("version") or poetry.get("version"),
        "classifiers": project.get("classifiers") or poetry.get("classifiers"),
        "python": project.get("requires-python") or _table(poetry, "dependencies").get("python"),
    }
    scripts = _scripts(project.get("scripts")) + _scripts(poetry.get("scripts"))
    scripts += _scripts(_table(data, "tool", "flit", "scripts"))
    return _made(path, text, said, scripts)


def _of_setup_cfg(path: str, text: str) -> Manifest:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    has = {section: dict(parser.items(section)) for section in parser.sections()}
    metadata, options = has.get("metadata", {}), has.get("options", {})
    said = {
        "name": metadata.get("name"),
        "version": metadata.get("version"),
        "classifiers": metadata.get("classifiers") or metadata.get("classifier"),
        "python": options.get("python_requires"),
    }
    written = has.get("options.entry_points", {}).get("console_scripts", "")
    return _made(path, text, said, _lines(written))


def _lines(written: str) -> list[Script]:
    """Commands, one a line."""
    found = (_SCRIPT.match(line) for line in written.splitlines())
    return [Script(name=one[1], module=one[2], function=one[3] or "") for one in found if one]


def _of_setup_py(path: str, text: str) -> Manifest | None:
    tree = part_of(text)
    calls = [
        node
        for node in ast.walk(tree or ast.Module([], []))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "setup"
    ]
    if not calls or tree is None:
        return None
    known = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    said = {one.arg: _value(one.value, known) for one in calls[0].keywords if one.arg}
    entry_points = said.get("entry_points")
    written = entry_points.get("console_scripts") if isinstance(entry_points, dict) else None
    if isinstance(entry_points, str):
        parser = configparser.RawConfigParser(strict=False)
        parser.read_string(entry_points)
        written = "\n".join(
            f"{name} = {value}"
            for name, value in (parser.items("console_scripts") if "console_scripts" in parser else ())
        )
    lines = (
        written
        if isinstance(written, str)
        else "\n".join(map(str, written if isinstance(written, list) else ()))
    )
    return _made(path, text, {**said, "python": said.get("python_requires")}, _lines(lines))


def _value(node: ast.expr, known: Mapping[str, ast.expr]) -> Any:
    """The value of an expression that is written down, of a name that stands for one too; None otherwise."""
    node = known.get(node.id, node) if isinstance(node, ast.Name) else node
    if isinstance(node, ast.Dict):
        pairs = ((_value(key, {}), value) for key, value in zip(node.keys, node.values, strict=True) if key)
        return {key: _value(value, known) for key, value in pairs if isinstance(key, str)}
    if isinstance(node, ast.List | ast.Tuple):
        return [value for one in node.elts if (value := _value(one, known)) is not None]
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


_READERS: Mapping[str, Callable[[str, str], Manifest | None]] = {
    "pyproject.toml": _of_pyproject,
    "setup.cfg": _of_setup_cfg,
    "setup.py": _of_setup_py,
}
