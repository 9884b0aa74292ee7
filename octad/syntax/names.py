"""What an identifier is: its kind, its role, and what happens to the variable it names."""

from __future__ import annotations

import keyword

from octad.records.code import Language
from octad.syntax.tokens import Kind, Role, Use
from octad.syntax.tree import Tree

Name = tuple[Kind, Role, Use]

LOAD: Name = (Kind.NAME, Role.VARIABLE, Use.LOAD)
STORE: Name = (Kind.NAME, Role.VARIABLE, Use.STORE)
PARAMETER: Name = (Kind.PARAMETER, Role.VARIABLE, Use.STORE)
CALLEE: Name = (Kind.CALLEE, Role.VARIABLE, Use.LOAD)
ATTRIBUTE: Name = (Kind.ATTRIBUTE, Role.ATTRIBUTE, Use.NONE)
METHOD: Name = (Kind.METHOD, Role.ATTRIBUTE, Use.NONE)
DEFINITION: Name = (Kind.DEFINITION, Role.NONE, Use.STORE)
KEYWORD_ARGUMENT: Name = (Kind.KEYWORD_ARGUMENT, Role.NONE, Use.NONE)
IMPORT: Name = (Kind.IMPORT, Role.NONE, Use.NONE)
IMPORTED: Name = (Kind.IMPORT, Role.NONE, Use.STORE)
TYPE: Name = (Kind.TYPE, Role.NONE, Use.NONE)
KEYWORD: Name = (Kind.KEYWORD, Role.NONE, Use.NONE)

# (kind of the parent, field in it) -> what the identifier is.
PYTHON: dict[tuple[str, str], Name] = {
    ("keyword_argument", "name"): KEYWORD_ARGUMENT,
    ("function_definition", "name"): DEFINITION,
    ("class_definition", "name"): DEFINITION,
    ("parameters", ""): PARAMETER,
    ("lambda_parameters", ""): PARAMETER,
    ("default_parameter", "name"): PARAMETER,
    ("typed_default_parameter", "name"): PARAMETER,
    ("typed_parameter", ""): PARAMETER,
    ("call", "function"): CALLEE,
    ("decorator", ""): (Kind.DECORATOR, Role.NONE, Use.LOAD),
    ("assignment", "left"): STORE,
    ("augmented_assignment", "left"): (Kind.NAME, Role.VARIABLE, Use.UPDATE),
    ("for_statement", "left"): STORE,
    ("for_in_clause", "left"): STORE,
    ("pattern_list", ""): STORE,
    ("tuple_pattern", ""): STORE,
    ("list_pattern", ""): STORE,
    ("as_pattern_target", ""): STORE,
    ("splat_pattern", ""): STORE,
    ("named_expression", "name"): STORE,
    ("global_statement", ""): (Kind.NAME, Role.NONE, Use.DECLARE),
    ("nonlocal_statement", ""): (Kind.NAME, Role.NONE, Use.DECLARE),
    ("delete_statement", ""): (Kind.NAME, Role.VARIABLE, Use.DELETE),
    ("aliased_import", "alias"): IMPORTED,
}
PARAMETER_LISTS = frozenset({"parameters", "lambda_parameters", "typed_parameter"})
SEQUENCES = frozenset({"tuple", "list", "expression_list", "parenthesized_expression", "list_splat"})
IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})


def classify(tree: Tree, node: int, language: Language, before: str, word: str) -> Name:
    """What the identifier at leaf `node` is; `before` is the word of the item before it."""
    if language == "python":
        parent = tree.parent[node]
        above = tree.kind[parent] if parent >= 0 else ""
        known = PYTHON.get((above, tree.field[node]))
        if known is not None:
            return known
        special = _SPECIAL.get(above)
        return special(tree, node, parent, before, word) if special else LOAD
    return _other(tree, node)


def _attribute(tree: Tree, node: int, parent: int, before: str, word: str) -> Name:
    """An identifier directly in `a.b`."""
    if tree.field[node] != "attribute":
        return LOAD
    return METHOD if tree.field[parent] == "function" else ATTRIBUTE


def _splat(tree: Tree, node: int, parent: int, before: str, word: str) -> Name:
    """An identifier in `*a` or `**a` on the storing side."""
    return PARAMETER if tree.kind[tree.parent[parent]] in PARAMETER_LISTS else STORE


def _dotted(tree: Tree, node: int, parent: int, before: str, word: str) -> Name:
    """An identifier in a dotted name: of an import, or of a pattern."""
    above = tree.parent[parent]
    kind = tree.kind[above]
    first = node == parent + 1
    if kind in ("case_pattern", "keyword_pattern"):
        if not first:
            return ATTRIBUTE
        return STORE if tree.end_node[parent] == node + 1 else LOAD
    if kind in IMPORTS:
        return IMPORTED if first and tree.field[parent] == "name" else IMPORT
    if kind in ("aliased_import", "relative_import"):
        return IMPORT
    return LOAD if first else ATTRIBUTE


def _as_pattern(tree: Tree, node: int, parent: int, before: str, word: str) -> Name:
    """The name after `as` in a pattern is a direct child."""
    return STORE if before == "as" else LOAD


def _keyword_pattern(tree: Tree, node: int, parent: int, before: str, word: str) -> Name:
    """`a=b` in a class pattern."""
    return KEYWORD_ARGUMENT if node == parent + 1 else STORE


def _sequence(tree: Tree, node: int, parent: int, before: str, word: str) -> Name:
    """Targets of `with ... as (a, b)` and of `del a, b` are written as plain sequences."""
    while tree.kind[parent] in SEQUENCES:
        parent = tree.parent[parent]
    if tree.kind[parent] == "as_pattern_target":
        return STORE
    if tree.kind[parent] == "delete_statement":
        return PYTHON["delete_statement", ""]
    return LOAD


def _error(tree: Tree, node: int, parent: int, before: str, word: str) -> Name:
    """Broken text: go by the word before."""
    if keyword.iskeyword(word):
        return KEYWORD
    if before == ".":
        return ATTRIBUTE
    if before in ("def", "class"):
        return DEFINITION
    return IMPORT if before in ("import", "from") else LOAD


_SPECIAL = {
    "attribute": _attribute,
    "list_splat_pattern": _splat,
    "dictionary_splat_pattern": _splat,
    "dotted_name": _dotted,
    "as_pattern": _as_pattern,
    "keyword_pattern": _keyword_pattern,
    "ERROR": _error,
    **dict.fromkeys(SEQUENCES, _sequence),
}

DEFINING = (
    "function_declaration", "method_definition", "method_declaration", "class_declaration", "function_item",
    "class_specifier", "struct_item", "function_declarator", "constructor_declaration", "struct_specifier",
    "interface_declaration", "enum_declaration", "enum_item", "trait_item", "type_spec",
    "function_expression",
    "generator_function_declaration", "method_elem", "mod_item",
)  # fmt: skip
MEMBERS = frozenset(
    {"property_identifier", "field_identifier", "shorthand_field_identifier", "private_property_identifier"}
)
STORES = frozenset(
    {
        ("variable_declarator", "name"),
        ("assignment_expression", "left"),
        ("init_declarator", "declarator"),
        ("let_declaration", "pattern"),
    }
)


# What may stand between a parameter and its name.
PATTERNS = frozenset(
    {
        "pointer_declarator", "reference_declarator", "array_declarator", "rest_pattern",
        "assignment_pattern", "object_pattern", "array_pattern", "mut_pattern",
        "tuple_pattern", "reference_pattern",
    }
)  # fmt: skip
SCOPED = frozenset(
    {"scoped_identifier", "qualified_identifier", "scoped_use_list", "use_list", "import_specifier"}
)


def _other(tree: Tree, node: int) -> Name:
    """Identifiers of the other languages, by node kind, parent and field alone."""
    kind, parent, field = tree.kind[node], tree.parent[node], tree.field[node]
    above = tree.kind[parent] if parent >= 0 else ""
    if field in ("name", "declarator") and above in DEFINING:
        return DEFINITION
    if kind == "type_identifier" or above == "lifetime":
        return TYPE
    if kind in MEMBERS:
        return METHOD if tree.field[parent] == "function" else ATTRIBUTE
    if above == "method_invocation" and field == "name":
        return METHOD
    if above == "field_access" and field == "field":
        return ATTRIBUTE
    if field == "function":
        return CALLEE
    if above in PATTERNS or above in SCOPED or above == "variable_declarator":
        return _around(tree, node, parent)
    if "parameter" in above:
        return PARAMETER
    if kind in ("package_identifier", "namespace_identifier") or above.startswith(
        ("import", "package", "use_")
    ):
        return IMPORT
    return STORE if (above, field) in STORES else LOAD


def _around(tree: Tree, node: int, parent: int) -> Name:
    """Look through patterns and paths at what they belong to."""
    stored = (tree.kind[parent], tree.field[node]) in STORES
    if tree.kind[parent] == "assignment_pattern" and tree.field[node] == "right":
        return LOAD
    while parent > 0 and (tree.kind[parent] in PATTERNS or tree.kind[parent] in SCOPED):
        parent = tree.parent[parent]
    above = tree.kind[parent]
    if "parameter" in above or (
        above == "variable_declarator" and "parameter" in tree.kind[tree.parent[parent]]
    ):
        return PARAMETER
    if above.startswith(("import", "package", "use_")):
        return IMPORT
    return STORE if stored or (above == "variable_declarator" and tree.field[node] != "value") else LOAD
