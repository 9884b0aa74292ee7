"""Counterfactuals of a function and a call of it: a parameter renamed, added, or in another place."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from octad_train.inject.counterfactual.calls import Signature, signature_of
from octad_train.inject.counterfactual.pair import Counterfactual, Edit, renamed
from octad_train.inject.counterfactual.source import Function, Source, bound, candidates, parameters

OPEN = frozenset({"locals", "vars", "eval", "exec"})
"""Calls that read variables by name."""
LITERALS = ("None", "0", "True")
_ALIKE = re.compile(r"(\w*[^\W\d])?\d+|\w|lhs|rhs|left|right|first|second|this|other")
"""Parameters that may be exchanged as they are."""

Change = tuple[tuple[Edit, ...], tuple[Edit, ...], tuple[str, ...]]
"""The edits of definition and other calls, those of the use, and the words that must be far from it."""


def signature_counterfactuals(
    source: Source, rng: np.random.Generator, names: Sequence[str]
) -> Iterator[Counterfactual]:
    """Counterfactuals of the functions of a file, in random order; `names` are parameters of other files."""
    functions = [node for node in source.nodes if isinstance(node, Function)]
    for index in rng.permutation(len(functions)):
        signature = signature_of(source, functions[index])
        for number in rng.permutation(len(signature.calls)) if signature else ():
            if signature and (
                found := _counterfactual(source, rng, (signature, signature.calls[number]), names)
            ):
                yield found


def _counterfactual(
    source: Source, rng: np.random.Generator, called: tuple[Signature, ast.Call], names: Sequence[str]
) -> Counterfactual | None:
    signature, call = called
    use, unit = source.named(call.func, signature.name), source.unit(call)
    if unit is None or unit is source.unit(signature.function) or use < source.start(unit.body[0]):
        return None
    if source.within(signature.name, source.span(unit)) != [use] or not source.far(
        [signature.name], unit, use
    ):
        return None
    changes: list[Callable[[], Iterator[Change]]] = [
        lambda: _renamed(source, rng, called, names),
        lambda: _swapped(source, called),
    ]
    rarer = [changes[index] for index in rng.permutation(len(changes))]
    for change in (*rarer, lambda: _added(source, rng, called, names)):
        for defined, used, words in change():
            if source.far(words, unit, use):
                place = source.named(signature.function, signature.function.name)
                return Counterfactual("signature", defined, used, place, use)
    return None


def _renamed(
    source: Source, rng: np.random.Generator, called: tuple[Signature, ast.Call], names: Sequence[str]
) -> Iterator[Change]:
    """A parameter that the use hands over by keyword gets another name."""
    signature, call = called
    for word in call.keywords:
        old = str(word.arg)
        places = _places(source, signature.function, old)
        if places is None or not source.exact([source.start(word)], old):
            continue
        others = [w for c in signature.calls if c is not call for w in c.keywords if w.arg == old]
        defined = [*places, *map(source.start, others)]
        unit = source.unit(call)
        spans = [source.span(node) for node in (signature.function, unit) if node]
        for new in candidates(rng, source.parameters, names, old):
            if source.fresh(new, spans) and source.exact(defined, old):
                yield renamed(defined, old, new), renamed([source.start(word)], old, new), (old, new)


def _places(source: Source, function: Function, name: str) -> list[int] | None:
    """Where a parameter stands in its function, docstring included; None where that is not sure."""
    arguments = [node for node in ast.walk(function) if isinstance(node, ast.arg) and node.arg == name]
    if len(arguments) != 1 or source.parent[source.parent[arguments[0]]] is not function:
        return None
    places = [source.start(arguments[0])]
    for node in (node for part in function.body for node in ast.walk(part)):
        match node:
            case ast.Name(id=other) if other == name:
                places.append(source.start(node))
            case ast.Call(func=ast.Name(id=other)) if other in OPEN:
                return None
            case ast.ClassDef():
                return None
            case _ if name in bound(node):
                return None
    if ast.get_docstring(function, clean=False) is not None:
        text = function.body[0]
        described = re.compile(rf"(?<=`){name}\b|\b{name}(?=`| ?:| \()")
        places += [
            match.start() for match in described.finditer(source.text, source.start(text), source.end(text))
        ]
    return places


def _added(
    source: Source, rng: np.random.Generator, called: tuple[Signature, ast.Call], names: Sequence[str]
) -> Iterator[Change]:
    """The last of the required parameters gets a successor, handed over by position."""
    signature, call = called
    unit = source.unit(call)
    if unit is None or not _exactly(signature, call):
        return
    literal = LITERALS[int(rng.integers(len(LITERALS)))]
    others = [_one_more(source, signature, other, literal) for other in signature.calls if other is not call]
    place, before, after = _place_in_header(source, signature)
    taken = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    held = [name for name in parameters(ast.walk(unit.args)) if name not in taken]
    spans = [source.span(signature.function)]
    for new in [*held, *candidates(rng, source.parameters, names, "name")]:
        use = _one_more(source, signature, call, new if new in held else literal)
        if source.fresh(new, spans) and use is not None and None not in others:
            edits = [edit for edit in others if edit is not None]
            words = (new,) if new in held else ()
            yield (Edit(place, place, before + new + after), *edits), (use,), words


def _exactly(signature: Signature, call: ast.Call) -> bool:
    """Whether one argument less or more is an error, and none is taken for that of an optional parameter."""
    optional = [item.arg for item in signature.positional[signature.required :]]
    named = {word.arg for word in call.keywords}
    return len(call.args) == signature.required and (not optional or optional[0] in named)


def _place_in_header(source: Source, signature: Signature) -> tuple[int, str, str]:
    """Where one more required parameter goes, and what stands before and after it."""
    arguments = signature.function.args.args
    count = len(arguments) - len(signature.function.args.defaults)
    if count:
        return source.end(arguments[count - 1]), ", ", ""
    place = source.text.index("(", source.named(signature.function, signature.function.name)) + 1
    return place, "", ", " if arguments or signature.function.args.kwonlyargs else ""


def _one_more(source: Source, signature: Signature, call: ast.Call, text: str) -> Edit | None:
    """One more argument of a call, after those of the required parameters; None where they go by keyword."""
    if len(call.args) < signature.required or not all(_bare(source, call, item) for item in call.args):
        return None
    if signature.required:
        place = source.end(call.args[signature.required - 1])
        return Edit(place, place, ", " + text)
    place = source.text.index("(", source.end(call.func)) + 1
    return Edit(place, place, text + (", " if call.args or call.keywords else ""))


def _swapped(source: Source, called: tuple[Signature, ast.Call]) -> Iterator[Change]:
    """Two required parameters change places, where the use hands over variables of their names."""
    signature, call = called
    held = [item for item in signature.positional[: signature.required] if not _ALIKE.fullmatch(item.arg)]
    for index, first in enumerate(held):
        for second in held[index + 1 :]:
            at_use = [signature.argument(call, item) for item in (first, second)]
            names = [item.id if isinstance(item, ast.Name) else "" for item in at_use]
            others = [_exchange(source, signature, other, (first, second)) for other in signature.calls]
            if names != [first.arg, second.arg] or None in others:
                continue
            mine = others[signature.calls.index(call)]
            rest = [edit for edits in others if edits and edits is not mine for edit in edits]
            if mine:
                yield (*_swap(source, (first, second)), *rest), mine, ()


def _exchange(
    source: Source, signature: Signature, call: ast.Call, pair: tuple[ast.arg, ast.arg]
) -> tuple[Edit, ...] | None:
    """What a call needs when two parameters change places: nothing where both are named; None if one is."""
    first, second = (signature.argument(call, item) for item in pair)
    if isinstance(first, ast.keyword) and isinstance(second, ast.keyword):
        return ()
    if not isinstance(first, ast.expr) or not isinstance(second, ast.expr):
        return None
    return (
        _swap(source, (first, second)) if all(_bare(source, call, item) for item in (first, second)) else None
    )


def _swap(source: Source, pair: tuple[ast.AST, ast.AST]) -> tuple[Edit, ...]:
    spans = [(source.start(node), source.end(node)) for node in pair]
    texts = [source.text[slice(*span)] for span in spans]
    return tuple(Edit(*span, text) for span, text in zip(spans, reversed(texts), strict=True))


def _bare(source: Source, call: ast.Call, item: ast.expr) -> bool:
    """Whether an argument stands on one line without brackets or comments of its own around it."""
    start, end = source.start(item), source.end(item)
    before, after = source.text[:start].rstrip()[-1:], source.text[end:].lstrip()[:1]
    opening = source.text.find("(", source.end(call.func))
    opened = before == "," or source.text[opening + 1 : start].strip() == ""
    closed = after == "," or source.text[end : source.end(call) - 1].strip() == ""
    return opened and closed and "\n" not in source.text[start:end] and opening < start
