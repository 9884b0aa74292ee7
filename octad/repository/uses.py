"""What one file of Python calls and reads, in which function, and how it treats it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from octad.records.code import Code
from octad.repository.practices import Body, Chain, chain_of, of_attribute, of_call, of_method
from octad.syntax.python_source import part_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
Target = tuple[str, ...]
"""`dotted a.b.f`, `own Class m` through `self`, `member receiver m`, `item receiver key`; the sort first."""
_ME = frozenset({"self", "cls", "super()"})
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call is given: a name for each position, keywords with their constant or None, `**` or not."""

    positions: tuple[str, ...]
    keywords: Mapping[str, str | None]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Use:
    """One call or attribute: what of, lines of its statement, function around it, and its practices."""

    target: Target
    line: int
    last: int
    caller: str
    practices: Mapping[str, str]
    arguments: Arguments | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a class: its lines and what it promises."""

    line: int
    last: int
    practices: Mapping[str, str]


@dataclass(slots=True)
class Class:
    """A class: dotted names of its bases, methods, attributes set on `self`, and which of these to None."""

    name: str
    bases: tuple[str, ...]
    methods: dict[str, Method] = field(default_factory=dict)
    attributes: set[str] = field(default_factory=set)
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
    functions: list[tuple[str, int, int]] = field(default_factory=list)
    nullable: set[str] = field(default_factory=set)


def uses_of(code: Code, module: str) -> FileUses | None:
    """What a file says, whose dotted name is `module`; None where Python cannot parse it."""
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
        name = prefix + node.name
        last = node.end_lineno or node.lineno
        self.found.functions.append((name, node.lineno, last))
        if owner is not None:
            owner.methods[node.name] = Method(node.lineno, last, of_method(node))
        elif of_method(node).get("returns") == "a value or nothing":
            self.found.nullable.add(name)
        own = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
        own |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        is_async = isinstance(node, ast.AsyncFunctionDef)
        self._uses(Body(node.body, into_functions=True, is_async=is_async), name, owner, frozenset(own))

    def _uses(self, body: Body, caller: str, owner: Class | None, own: frozenset[str]) -> None:
        asked: set[tuple[Chain, str]] = set()
        for node in body.nodes:
            match node:
                case ast.Call(func=func) if target := self._target(chain_of(func), owner, own):
                    self._add(body, node, caller, target, of_call(body, node), _arguments(node))
                    if looked := _looked_up(node.func, node.args):
                        asked.add((chain_of(node.func)[:-1], looked[-1]))
                        self._add(body, node, caller, looked, {"lookup": "asked for"})
                case ast.Attribute() if not isinstance(body.above(node), ast.Call):
                    chain = chain_of(node)
                    if owner is not None and chain[:1] == ("self",) and isinstance(node.ctx, ast.Store):
                        owner.attributes.add(node.attr)
                        if _stores_none(body.above(node)):
                            owner.nullable.add(node.attr)
                    if len(chain) > 1 and chain[-2] not in self.found.imports:
                        target = self._target(chain, owner, own)
                        self._add(body, node, caller, ("read", *target), of_attribute(body, node))
                case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
                    if chain := chain_of(value):
                        is_read = isinstance(node.ctx, ast.Load)
                        guarded = (chain, key) in asked or body.caught(node) & {"KeyError", "LookupError"}
                        if is_read:
                            how = "asked for" if guarded else "taken"
                            self._add(body, node, caller, ("item", chain[-1], key), {"lookup": how})
                        asked.add((chain, key))
                case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()]):
                    if chain := chain_of(node.comparators[0]):
                        asked.add((chain, key))
                        self._add(body, node, caller, ("item", chain[-1], key), {"lookup": "asked for"})

    def _add(
        self,
        body: Body,
        node: ast.AST,
        caller: str,
        target: Target,
        practices: Mapping[str, str],
        arguments: Arguments | None = None,
    ) -> None:
        if practices or arguments:
            self.found.uses.append(Use(target, *body.statement(node), caller, practices, arguments))

    def _target(self, chain: Chain, owner: Class | None, own: frozenset[str]) -> Target:
        """What a chain of names means as far as the file itself tells."""
        if len(chain) == 2 and chain[0] in _ME and owner is not None:
            return ("own", owner.name, chain[1])
        if chain and chain[0] not in own and (dotted := self._dotted(chain)):
            known = dotted != chain or chain[0] in self.found.imports
            if known:
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


def _stores_none(node: ast.AST | None) -> bool:
    match node:
        case ast.Assign(value=ast.Constant(value=None)) | ast.AnnAssign(value=ast.Constant(value=None)):
            return True
    return False


def _looked_up(func: ast.expr, given: list[ast.expr]) -> Target:
    """`a.get("key")` and its kin ask for an item that may be missing."""
    match func, given:
        case ast.Attribute(value=value, attr="get" | "pop" | "setdefault"), [
            ast.Constant(value=str(key)),
            *_,
        ]:
            chain = chain_of(value)
            return ("item", chain[-1], key) if chain else ()
    return ()


def _arguments(node: ast.Call) -> Arguments:
    is_open = any(isinstance(one, ast.Starred) for one in node.args)
    return Arguments(
        tuple((chain_of(one) or ("",))[-1] for one in node.args),
        {
            one.arg: ast.unparse(one.value) if isinstance(one.value, ast.Constant) else None
            for one in node.keywords
            if one.arg
        },
        is_open or any(one.arg is None for one in node.keywords),
    )
