"""Functions, classes and typed variables of the languages with braces, as far as their trees tell alike."""

from __future__ import annotations

import re

from octad.repository.outline import Value
from octad.repository.walk import EVERYWHERE, Handler, Walk, call, type_of

_NAME = re.compile(r"[&*\s]*([A-Za-z_$][\w$]*)\Z")
_INFERRED = frozenset({"var", "auto", "const auto", "let"})
# Declarations that hold one type for all their variables.
_TYPED = frozenset({"local_variable_declaration", "field_declaration", "declaration"})
_HERITAGE = frozenset({"class_heritage", "superclass", "super_interfaces", "base_class_clause"})


def name_in(text: str) -> str:
    """The one name that a declarator holds, empty for a pattern."""
    found = _NAME.match(text)
    return found.group(1) if found else ""


def function(walk: Walk, node: int) -> None:
    """A function or method under its own name."""
    if name := walk.field(node, "name"):
        returns = walk.field(node, "return_type") or walk.field(node, "result") or walk.field(node, "type")
        walk.enter(node, name, "function").returns = type_of(returns)


def class_(walk: Walk, node: int) -> None:
    """A class, structure, interface or trait, with what it inherits from."""
    name = walk.field(node, "name")
    if not name:
        return
    scope = walk.enter(node, name, "class")
    for child in walk.tree.children(node):
        if walk.tree.kind[child] in _HERITAGE:
            inside = range(child, walk.tree.end_node[child])
            names = (n for n in inside if walk.tree.kind[n] in ("identifier", "type_identifier"))
            scope.bases += [(walk.written(n),) for n in names]


def structure(walk: Walk, node: int) -> None:
    """A class of C, where the word with a name alone only mentions it."""
    if walk.tree.child(node, "body") >= 0:
        class_(walk, node)


def variable(walk: Walk, node: int) -> None:
    """A variable, parameter or field: its type where it is written, else its value."""
    fields = ("name", "pattern", "declarator", "property")
    name = name_in(next((text for one in fields if (text := walk.field(node, one))), ""))
    if not name:
        return
    written = walk.field(node, "type")
    if not written and walk.above(node) in _TYPED:
        written = walk.field(walk.tree.parent[node], "type")
    typed = Value(type_of(written) if written not in _INFERRED else (), is_instance=True)
    value = walk.tree.child(node, "value")
    walk.bind(name, typed if typed.chain or value < 0 else Value(walk.chain(value)), node)


CURLY: dict[str, Handler] = {
    **EVERYWHERE,
    **dict.fromkeys(
        ("function_declaration", "generator_function_declaration", "method_definition",
         "method_declaration", "constructor_declaration", "function_item"),
        function,
    ),
    **dict.fromkeys(
        ("class_declaration", "abstract_class_declaration", "interface_declaration", "enum_declaration",
         "record_declaration", "struct_item", "enum_item", "trait_item"),
        class_,
    ),
    **dict.fromkeys(("class_specifier", "struct_specifier"), structure),
    **dict.fromkeys(
        ("variable_declarator", "required_parameter", "optional_parameter", "formal_parameter",
         "parameter_declaration", "parameter", "public_field_definition", "field_declaration",
         "let_declaration", "init_declarator", "const_item", "static_item", "const_spec", "var_spec"),
        variable,
    ),
    "call_expression": call,
}  # fmt: skip
