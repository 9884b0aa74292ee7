"""Of a Python file, which definitions each part of it refers to: calls, fields and constants.

Only what is certain counts: a name that the module, or the class, binds once, and that the function itself
does not bind. What is inherited is looked for in bases of the same file. That a class lacks something can be
said of a closed one alone: all its bases are here, and nothing makes attributes under names that do not show.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass, field

from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.used_definition import Sort, UsedDefinition
from octad.syntax.bound_names import attributes, bound, names_of
from octad.syntax.python_source import module_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
MOST = 48
"""Definitions that one part of a file is given; of one that uses more it is not said what its class lacks."""
LONGEST = 40
"""Lines of a head: of a table of constants the beginning is enough."""
WIDEST = 10_000
"""Characters of one: a line may hold a whole table."""
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
    line: list[_Class] | None = None
    members: dict[str, tuple[Sort, ast.stmt]] | None = None


class Definitions:
    """The definitions of a file; none where Python cannot parse it."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._lines = lines_of(code.text)
        self._top: dict[str, list[ast.stmt]] = defaultdict(list)
        self._classes: dict[str, _Class] = {}
        self._stored: dict[str, ast.stmt] = {}
        self._used: dict[int, list[tuple[str, Sort, ast.stmt]]] = defaultdict(list)
        self._heirs: dict[str, list[_Class]] = defaultdict(list)
        self._heads: dict[int, Code] = {}
        tree = _parsed(code)
        if tree is not None:
            for name, node in bound(tree.body):
                self._top[name].append(node)
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and len(self._top[node.name]) == 1:
                    self._classes[node.name] = _class(node)
            for name, node in attributes(tree):
                self._stored.setdefault(name, node)
            for heir in self._classes.values():
                for one in dict.fromkeys(each.node.name for each in self._line_of(heir)[1:]):
                    self._heirs[one].append(heir)
            self._visit(tree)

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

    def _visit(self, tree: ast.AST) -> None:
        """Note what is used where; `own` are names that the functions around bind themselves.

        Those of the outermost function are those of all functions in it.
        """
        waiting: list[tuple[ast.AST, _Class | None, tuple[frozenset[str], ...], bool]]
        waiting = [(tree, None, (), False)]
        while waiting:
            node, owner, own, inside = waiting.pop()
            if isinstance(node, ast.Lambda) or (isinstance(node, Function) and not inside):
                own = (*own, names_of(node))
                inside = inside or isinstance(node, Function)
            elif isinstance(node, ast.ClassDef):
                known = self._classes.get(node.name)
                owner = known if known is not None and known.node is node else None
            self._note(node, owner, own)
            waiting += [(child, owner, own, inside) for child in ast.iter_child_nodes(node)]

    def _note(self, node: ast.AST, owner: _Class | None, own: tuple[frozenset[str], ...]) -> None:
        match node:
            case ast.Attribute(value=ast.Name(id=me), attr=name) if me in _ME and owner is not None:
                if self._is_closed(owner):
                    self._used[node.lineno].append((owner.node.name, "owner", owner.node))
                if (found := self._member(owner, name)) is not None:
                    self._used[node.end_lineno or node.lineno].append((name, *found))
            case ast.Name(id=name, ctx=ast.Load()) if len(self._top.get(name, ())) == 1:
                (known,) = self._top[name]
                if not any(name in names for names in own) and (sort := self._sort(known)) is not None:
                    self._used[node.lineno].append((name, sort, self._made_by(known)))

    def _member(self, owner: _Class, name: str) -> tuple[Sort, ast.stmt] | None:
        """A method or field of a class, of its bases and of what inherits from it, as far as the file goes.

        A field may also be assigned through another name than `self`.
        """
        if owner.members is None:
            owner.members = {}
            # What inherits from a class may be asked for what it has in the class itself.
            for one in [*self._line_of(owner), *self._heirs[owner.node.name]]:
                for each in (*one.methods, *one.fields):
                    if each not in owner.members:
                        owner.members[each] = _member_of(one, each)
        stored = self._stored.get(name)
        return owner.members.get(name) or (None if stored is None else ("field", stored))

    def _is_closed(self, owner: _Class) -> bool:
        """Whether all that the class has is in this file and shows."""
        if owner.closed is None:
            owner.closed = all(self._is_plain(one) for one in self._line_of(owner))
        return owner.closed

    def _is_plain(self, one: _Class) -> bool:
        node = one.node
        text = "\n".join(self._lines[node.lineno - 1 : node.end_lineno])
        names = map(ast.unparse, node.bases)
        bases = all(name in self._classes or name in _PLAIN_BASES for name in names)
        decorated = all(_PLAIN_DECORATORS.fullmatch(ast.unparse(each)) for each in node.decorator_list)
        return bases and decorated and not node.keywords and not _MADE.search(text)

    def _line_of(self, owner: _Class) -> list[_Class]:
        """The class and what it inherits from in this file, nearest first."""
        if owner.line is None:
            owner.line, waiting = [], [owner]
            while waiting and len(owner.line) < DEEPEST:
                one = waiting.pop(0)
                owner.line.append(one)
                names = [base.id for base in one.node.bases[:DEEPEST] if isinstance(base, ast.Name)]
                waiting += [self._classes[name] for name in names if name in self._classes]
        return owner.line

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
        """The lines of a statement up to where its body begins, or the beginning of these."""
        if id(node) not in self._heads:
            self._heads[id(node)] = self._made_head(node)
        return self._heads[id(node)]

    def _made_head(self, node: ast.stmt) -> Code:
        last = node.end_lineno or node.lineno
        body = getattr(node, "body", None)
        if isinstance(node, Function | ast.ClassDef) and body:
            last = max(node.lineno, min(_first_line(body[0]) - 1, last))
        last = min(last, node.lineno + LONGEST - 1)
        text = "".join(line[:WIDEST] + "\n" for line in self._lines[node.lineno - 1 : last])[:WIDEST]
        first = node.lineno + self._code.first_line - 1
        return self._code.model_copy(update={"text": text, "first_line": first, "changed": None})


def _member_of(owner: _Class, name: str) -> tuple[Sort, ast.stmt]:
    """A method or field that a class itself has."""
    methods = owner.methods.get(name, [])
    if len(methods) == 1 and not any(map(_is_property, methods[0].decorator_list)):
        return "method", methods[0]
    return "field", methods[0] if methods else owner.fields[name]


def _parsed(code: Code) -> ast.Module | None:
    return module_of(code.text) if code.language == "python" and code.first_line == 1 else None


def _class(node: ast.ClassDef) -> _Class:
    found = _Class(node)
    for name, made in bound(node.body):
        if isinstance(made, Function):
            found.methods[name].append(made)
        else:
            found.fields.setdefault(name, made)
    for method in (one for many in found.methods.values() for one in many):
        for name, made in attributes(method, ("self", "cls")):
            found.fields.setdefault(name, made)
    return found


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
