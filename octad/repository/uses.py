"""What one file of Python calls, in which function, and how it treats it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from octad.records.code import Code
from octad.repository.practices import Body, Chain, Kind, chain_of, may_be_none
from octad.syntax.python_source import part_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
Target = tuple[str, ...]
"""`dotted a.b.f`, `own Class m` through `self`, `member receiver m`; the sort first."""
_ME = frozenset({"self", "cls", "super()"})
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Use:
    """One call: what of, its lines, the function around it, and how it is treated."""

    target: Target
    line: int
    last: int
    caller: str
    practices: Mapping[Kind, bool]


@dataclass(slots=True)
class Class:
    """A class: dotted names of its bases, its methods and attributes, and methods that may return None."""

    name: str
    bases: tuple[str, ...]
    members: set[str] = field(default_factory=set)
    nullable: set[str] = field(default_factory=set)


@dataclass(slots=True)
class FileUses:
    """Everything of one file; `imports` are names and the dotted names that they stand for."""

    path: str
    module: str
    uses: list[Use] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)
    defines: set[str] = field(default_factory=set)
    nullable: set[str] = field(default_factory=set)


def uses_of(code: Code, module: str) -> FileUses | None:
    """What a whole file says, whose dotted name is `module`; None where Python cannot parse it."""
    tree = part_of(code.text)
    return None if tree is None else _Reader(code.path, module, tree).found


class _Reader:
    """Goes through one file."""

    def __init__(self, path: str, module: str, tree: ast.Module) -> None:
        self.found = FileUses(path, module)
        self._package = module if path.endswith("__init__.py") else module.rpartition(".")[0]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.found.imports.update(self._imported(node))
        self._scope(tree.body, "", None)

    def _imported(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (first, first)
            return
        package = self._package.split(".") if self._package else []
        base = package[: len(package) - node.level + 1] if node.level else []
        for alias in node.names:
            yield alias.asname or alias.name, ".".join([*base, *filter(None, [node.module]), alias.name])

    def _scope(self, statements: list[ast.stmt], prefix: str, owner: Class | None) -> None:
        """The functions and classes of one level, then what stands beside them."""
        top = Body(statements, into_functions=False)
        for node in top.nodes:
            if isinstance(node, ast.ClassDef | Function) and not prefix:
                self.found.defines.add(node.name)
        for node in top.nodes:
            if isinstance(node, ast.ClassDef):
                bases = [".".join(self._dotted(chain_of(base))) for base in node.bases]
                inner = Class(prefix + node.name, tuple(filter(None, bases)))
                self.found.classes.append(inner)
                self._scope(node.body, f"{prefix}{node.name}.", inner)
            elif isinstance(node, Function):
                self._function(node, prefix, owner)
        if not prefix:
            self._uses(top, "", None, frozenset())

    def _function(self, node: Function, prefix: str, owner: Class | None) -> None:
        if owner is not None:
            owner.members.add(node.name)
        if may_be_none(node):
            (owner or self.found).nullable.add(node.name)
        own = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
        body = Body(node.body, into_functions=True)
        own |= {n.id for n in body.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self._uses(body, prefix + node.name, owner, frozenset(own))

    def _uses(self, body: Body, caller: str, owner: Class | None, own: frozenset[str]) -> None:
        for node in body.nodes:
            match node:
                case ast.Call(func=func) if target := self._target(chain_of(func), owner, own):
                    last = node.end_lineno or node.lineno
                    self.found.uses.append(Use(target, node.lineno, last, caller, body.of_call(node)))
                case ast.Attribute(value=ast.Name(id="self"), ctx=ast.Store()) if owner is not None:
                    owner.members.add(node.attr)

    def _target(self, chain: Chain, owner: Class | None, own: frozenset[str]) -> Target:
        """What a chain of names means as far as the file itself tells."""
        if len(chain) == 2 and chain[0] in _ME and owner is not None:
            return ("own", owner.name, chain[1])
        dotted = self._dotted(chain) if chain and chain[0] not in own else ()
        if dotted and (dotted != chain or chain[0] in self.found.imports):
            return ("dotted", ".".join(dotted))
        return ("member", chain[-2], chain[-1]) if len(chain) > 1 else ()

    def _dotted(self, chain: Chain) -> Chain:
        """A chain by what its first name stands for in this file."""
        if not chain or chain[0] in _ME:
            return ()
        if chain[0] in self.found.defines:
            return (*self.found.module.split("."), *chain)
        if chain[0] in self.found.imports:
            return (*self.found.imports[chain[0]].split("."), *chain[1:])
        return ("builtins", *chain) if chain[0] in _BUILTINS else chain
