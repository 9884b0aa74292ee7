"""Of a Python file, which definitions each part of it refers to: calls, fields and constants.

Only what is certain counts: a name that the module, or the class, binds once, and that the function itself
does not bind. What is inherited is looked for in bases of the same file. That a class lacks something can be
said of a closed one alone: all its bases are here, and nothing makes attributes under names that do not show.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.used_definition import Sort, UsedDefinition
from octad.syntax.python_source import module_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
MOST = 48
"""Definitions that one part of a file is given; of one that uses more it is not said what its class lacks."""
LONGEST = 40
"""Lines of a head: of a table of constants the beginning is enough."""
DEEPEST = 8
"""Bases of bases that are followed."""
_ME = frozenset({"self", "cls"})
_PLAIN_BASES = frozenset({"object", "ABC", "abc.ABC"})
_PLAIN_DECORATORS = re.compile(r"(\w+\.)?(dataclass|total_ordering|final|unique)(\(.*)?", re.DOTALL)
_MADE = re.compile(
    r"__(get|set)attr(ibute)?__|__slots__|__dict__|\b(setattr|vars|locals)\b|class \w*Mixin", re.IGNORECASE
)
"""What makes attributes under names that nothing shows, and classes that are never alone."""


@dataclass(slots=True)
class _Class:
    """A class at the top of a file: its methods, the first assignment of each field, and its bases."""

    node: ast.ClassDef
    methods: dict[str, list[Function]] = field(default_factory=lambda: defaultdict(list))
    fields: dict[str, ast.stmt] = field(default_factory=dict)
    closed: bool | None = None


class Definitions:
    """The definitions of a file; none where Python cannot parse it."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._lines = lines_of(code.text)
        self._top: dict[str, list[ast.stmt]] = defaultdict(list)
        self._classes: dict[str, _Class] = {}
        self._stored: dict[str, ast.stmt] = {}
        self._used: dict[int, list[tuple[str, Sort, ast.stmt]]] = defaultdict(list)
        tree = _parsed(code)
        if tree is not None:
            for name, node in _bound(tree.body):
                self._top[name].append(node)
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and len(self._top[node.name]) == 1:
                    self._classes[node.name] = _class(node)
            for name, node in _attributes(tree):
                self._stored.setdefault(name, node)
            self._visit(tree, None, frozenset())

    def of(self, unit: Code) -> tuple[UsedDefinition, ...]:
        """What the lines of a unit refer to outside of it, the owner first."""
        first = unit.first_line
        last = first + unit.text.rstrip("\n").count("\n")
        found: dict[tuple[str, Sort], ast.stmt] = {}
        for line in range(first, last + 1):
            for name, sort, node in self._used.get(line, ()):
                # A field is one of its class wherever it is assigned; other names of the unit are at hand.
                if not first <= node.lineno <= last or sort in ("owner", "field", "method"):
                    found.setdefault((name, sort), node)
        if len(found) > MOST:
            found = {key: node for key, node in found.items() if key[1] != "owner"}
        ranked = sorted(found, key=lambda key: key[1] != "owner")[:MOST]
        return tuple(
            UsedDefinition(name=name, sort=sort, code=self._head(found[name, sort])) for name, sort in ranked
        )

    def named(self, name: str) -> UsedDefinition | None:
        """A function, class or constant at the top of the file; None where there is none or more than one."""
        known = self._top.get(name, [])
        sort = self._sort(known[0]) if len(known) == 1 else None
        return (
            None
            if sort is None
            else UsedDefinition(name=name, sort=sort, code=self._head(self._made_by(known[0])))
        )

    def _visit(self, node: ast.AST, owner: _Class | None, own: frozenset[str]) -> None:
        """Note what is used where; `own` are names that the functions around bind themselves."""
        waiting: list[tuple[ast.AST, _Class | None, frozenset[str]]] = [(node, owner, own)]
        while waiting:
            node, owner, own = waiting.pop()
            if isinstance(node, Function | ast.Lambda):
                own |= _names_of(node)
            elif isinstance(node, ast.ClassDef):
                known = self._classes.get(node.name)
                owner = known if known is not None and known.node is node else None
            self._note(node, owner, own)
            waiting += [(child, owner, own) for child in ast.iter_child_nodes(node)]

    def _note(self, node: ast.AST, owner: _Class | None, own: frozenset[str]) -> None:
        match node:
            case ast.Attribute(value=ast.Name(id=me), attr=name) if me in _ME and owner is not None:
                if self._is_closed(owner):
                    self._used[node.lineno].append((owner.node.name, "owner", owner.node))
                if (found := self._member(owner, name)) is not None:
                    self._used[node.end_lineno or node.lineno].append((name, *found))
            case ast.Name(id=name, ctx=ast.Load()) if name not in own and len(self._top.get(name, ())) == 1:
                (known,) = self._top[name]
                if (sort := self._sort(known)) is not None:
                    self._used[node.lineno].append((name, sort, self._made_by(known)))

    def _member(self, owner: _Class, name: str) -> tuple[Sort, ast.stmt] | None:
        """A method or field of a class, of its bases and of what inherits from it, as far as the file goes.

        A field may also be assigned through another name than `self`.
        """
        for one in [*self._line_of(owner), *self._heirs(owner)]:
            methods = one.methods.get(name, [])
            if len(methods) == 1 and not any(map(_is_property, methods[0].decorator_list)):
                return "method", methods[0]
            if methods:
                return "field", methods[0]
            if name in one.fields:
                return "field", one.fields[name]
        return ("field", self._stored[name]) if name in self._stored else None

    def _heirs(self, owner: _Class) -> list[_Class]:
        """The classes of this file that inherit from it: what they have may be asked for in it."""
        return [one for one in self._classes.values() if one is not owner and owner in self._line_of(one)]

    def _is_closed(self, owner: _Class) -> bool:
        """Whether all that the class has is in this file and shows."""
        if owner.closed is None:
            owner.closed = all(self._is_plain(one) for one in self._line_of(owner))
        return owner.closed

    def _is_plain(self, one: _Class) -> bool:
        node = one.node
        text = "\n".join(self._lines[node.lineno - 1 : node.end_lineno])
        bases = all(ast.unparse(base) in {*self._classes, *_PLAIN_BASES} for base in node.bases)
        decorated = all(_PLAIN_DECORATORS.fullmatch(ast.unparse(each)) for each in node.decorator_list)
        return bases and decorated and not node.keywords and not _MADE.search(text)

    def _line_of(self, owner: _Class) -> Iterator[_Class]:
        """The class and what it inherits from in this file, nearest first."""
        waiting, seen = [owner], 0
        while waiting and seen < DEEPEST:
            one = waiting.pop(0)
            seen += 1
            yield one
            names = [base.id for base in one.node.bases if isinstance(base, ast.Name)]
            waiting += [self._classes[name] for name in names if name in self._classes]

    def _sort(self, node: ast.stmt) -> Sort | None:
        """What a definition at the top is; a class whose `__init__` is not here says nothing of its calls."""
        if isinstance(node, ast.ClassDef) and self._made_by(node) is node:
            return None
        return _sort(node)

    def _made_by(self, node: ast.stmt) -> ast.stmt:
        """What is called when a class is: its `__init__`, where there is one; anything else is itself."""
        if isinstance(node, ast.ClassDef) and node.name in self._classes:
            for one in self._line_of(self._classes[node.name]):
                if len(made := one.methods.get("__init__", [])) == 1:
                    return made[0]
        return node

    def _head(self, node: ast.stmt) -> Code:
        """The lines of a statement up to where its body begins."""
        last = node.end_lineno or node.lineno
        body = getattr(node, "body", None)
        if isinstance(node, Function | ast.ClassDef) and body:
            last = max(node.lineno, min(_first_line(body[0]) - 1, last))
        last = min(last, node.lineno + LONGEST - 1)
        text = "".join(line + "\n" for line in self._lines[node.lineno - 1 : last])
        first = node.lineno + self._code.first_line - 1
        return self._code.model_copy(update={"text": text, "first_line": first, "changed": None})


def _parsed(code: Code) -> ast.Module | None:
    return module_of(code.text) if code.language == "python" and code.first_line == 1 else None


def _class(node: ast.ClassDef) -> _Class:
    found = _Class(node)
    for name, made in _bound(node.body):
        if isinstance(made, Function):
            found.methods[name].append(made)
        else:
            found.fields.setdefault(name, made)
    for method in (one for many in found.methods.values() for one in many):
        for name, made in _attributes(method, ("self", "cls")):
            found.fields.setdefault(name, made)
    return found


def _attributes(tree: ast.AST, owners: tuple[str, ...] = ()) -> Iterator[tuple[str, ast.stmt]]:
    """Every attribute that a statement assigns, through one of the names or through anything."""
    waiting: list[tuple[ast.AST, ast.stmt | None]] = [(tree, None)]
    while waiting:
        node, statement = waiting.pop()
        statement = node if isinstance(node, ast.stmt) else statement
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and statement is not None:
            by_name = isinstance(node.value, ast.Name) and node.value.id in owners
            if by_name or not owners:
                yield node.attr, statement
        waiting += [(child, statement) for child in reversed(list(ast.iter_child_nodes(node)))]


def _bound(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """The names that statements bind in their own scope, those inside `if`, `try`, `for` and `with` too."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.ClassDef):
            yield node.name, node
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield (alias.asname or alias.name).partition(".")[0], node
            continue
        if isinstance(node, ast.stmt):
            for target in _targets(node):
                yield target, node
        waiting += [
            child
            for child in reversed(list(ast.iter_child_nodes(node)))
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
        ]


def _targets(node: ast.stmt) -> list[str]:
    """Names that a statement by itself stores."""
    inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr | ast.withitem)]
    return [
        name.id
        for child in inner
        for name in ast.walk(child)
        if isinstance(name, ast.Name) and not isinstance(name.ctx, ast.Load)
    ]


def _names_of(node: Function | ast.Lambda) -> frozenset[str]:
    """Everything that a function binds, in whatever inner scope: to be safe."""
    found = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
    if isinstance(node, ast.Lambda):
        return frozenset(found)
    for inner in (one for part in node.body for one in ast.walk(part)):
        match inner:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add((other or name).partition(".")[0])
    return frozenset(found)


def _sort(node: ast.stmt) -> Sort | None:
    """What a definition at the top of a file is; None for imports, loops and the like."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            # A decorator may call it with other arguments than those that are written.
            return None if node.decorator_list else "function"
        case ast.ClassDef():
            return None if node.decorator_list or node.keywords else "class"
        case ast.Assign() | ast.AnnAssign(value=ast.expr()):
            return "constant"
    return None


def _is_property(node: ast.expr) -> bool:
    return ast.unparse(node).rpartition(".")[2] not in (
        "staticmethod",
        "classmethod",
        "abstractmethod",
        "override",
    )


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])
