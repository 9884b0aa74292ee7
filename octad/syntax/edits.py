"""The vocabulary of single-token bugs and of their repairs: closed under inversion.

An edit is applied at an item and keeps the offset of that item, so a bug and its repair share one place:
the offset of the item at which the repair applies to the buggy text.
"""

from __future__ import annotations

from octad.syntax.tokens import Role, Tokens

VARIABLE_MISUSE = "variable-misuse"

# Word -> the words that may stand in its place. Every pair is listed both ways.
FAMILIES: dict[str, dict[str, tuple[str, ...]]] = {
    "wrong-comparison": {
        "<": ("<=", ">", ">=", "!="),
        "<=": ("<", ">=", ">", "=="),
        ">": (">=", "<", "<=", "!="),
        ">=": (">", "<=", "<", "=="),
        "==": ("!=", "<=", ">="),
        "!=": ("==", "<", ">"),
        "is": ("is not",),
        "is not": ("is",),
        "in": ("not in",),
        "not in": ("in",),
    },
    "wrong-operator": {
        "+": ("-", "*"),
        "-": ("+", "*"),
        "*": ("/", "+", "-", "**"),
        "/": ("//", "*", "%"),
        "//": ("/", "%"),
        "%": ("//", "/"),
        "**": ("*",),
        "&": ("|", "^"),
        "|": ("&", "^"),
        "^": ("&", "|"),
        "<<": (">>",),
        ">>": ("<<",),
        "and": ("or",),
        "or": ("and",),
    },
    "wrong-assignment": {
        "=": ("+=",),
        "+=": ("=", "-=", "*="),
        "-=": ("+=",),
        "*=": ("+=", "/="),
        "/=": ("*=", "//="),
        "//=": ("/=", "%="),
        "%=": ("//=",),
        "|=": ("&=", "^="),
        "&=": ("|=", "^="),
        "^=": ("|=", "&="),
        "<<=": (">>=",),
        ">>=": ("<<=",),
    },
    "wrong-literal": {
        "True": ("False",),
        "False": ("True",),
        "0": ("1", "2"),
        "1": ("0", "2"),
        "2": ("0", "1"),
    },
    "wrong-jump": {"break": ("continue",), "continue": ("break",)},
    "wrong-function": {
        "min": ("max",),
        "max": ("min",),
        "any": ("all",),
        "all": ("any",),
    },
    "wrong-method": {
        "append": ("extend",),
        "extend": ("append",),
        "startswith": ("endswith",),
        "endswith": ("startswith",),
        "keys": ("values", "items"),
        "values": ("keys", "items"),
        "items": ("keys", "values"),
    },
}
REPLACEMENTS = tuple(f"replace:{word}" for family in FAMILIES.values() for word in family)

EDITS: tuple[str, ...] = (
    "name",
    *REPLACEMENTS,
    "add:1",
    "add:-1",
    "insert:-",
    "delete:-",
    "insert:not",
    "delete:not",
    "swap:0",
    "swap:1",
    "insert:await",
    "delete:await",
    "insert:return",
    "delete:return",
)
INDEX: dict[str, int] = {edit: index for index, edit in enumerate(EDITS)}

# Edit -> the rule kind of the bug that it repairs. `name` depends on the role of the item: see `rule_kind`.
KINDS: dict[str, str] = {
    "name": VARIABLE_MISUSE,
    **{f"replace:{word}": kind for kind, family in FAMILIES.items() for word in family},
    "add:1": "off-by-one",
    "add:-1": "off-by-one",
    "insert:-": "wrong-sign",
    "delete:-": "wrong-sign",
    "insert:not": "missing-not",
    "delete:not": "negated-condition",
    "swap:0": "swapped-arguments",
    "swap:1": "swapped-arguments",
    "insert:await": "missing-await",
    "delete:await": "needless-await",
    "insert:return": "missing-return",
    "delete:return": "needless-return",
}
KINDS |= {f"replace:{word}": "off-by-one" for word in "012"}

RULE_KINDS = tuple(dict.fromkeys([*KINDS.values(), "wrong-attribute"]))
"""Every kind of bug that an edit repairs."""

_INVERSE = {"insert": "delete", "delete": "insert", "swap": "swap", "add": "add"}


def rule_kind(edit: int, role: int = Role.VARIABLE) -> str:
    """The rule kind of the bug that `edit` repairs at an item of `role`."""
    if edit == 0 and role == Role.ATTRIBUTE:
        return "wrong-attribute"
    return KINDS[EDITS[edit]]


def apply(text: str, tokens: Tokens, item: int, edit: int, name: str | None = None) -> str:
    """`text` with `edit` made at `item`; `name` is the new name of edit 0.

    Raises ValueError when the edit cannot be made there.
    """
    verb, _, what = EDITS[edit].partition(":")
    start, end = (int(offset) for offset in tokens.offsets[item])
    if verb == "swap":
        return _swap(text, tokens, item, int(what))
    if verb == "insert":
        return text[:start] + (what if what == "-" else what + " ") + text[start:]
    if verb == "delete":
        end += what != "-"
        if not text[start:end].strip() == what:
            raise ValueError(f"no {what!r} followed by a space to delete at item {item}")
        return text[:start] + text[end:]
    if verb == "add":
        what = str(int(text[start:end]) + int(what))
    elif verb == "name":
        if not name:
            raise ValueError("the pointer edit needs the new name")
        what = name
    return text[:start] + what + text[end:]


def _swap(text: str, tokens: Tokens, item: int, position: int) -> str:
    """Exchange positional arguments `position` and the next one of the call that opens at `item`."""
    for row in tokens.arguments:
        if row[0] == item and row[1] == position:
            a, b, c, d = (int(offset) for offset in row[2:])
            return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
    raise ValueError(f"no arguments {position} and {position + 1} to swap at item {item}")


def inverse(tokens: Tokens, item: int, edit: int, name: str | None = None) -> tuple[int, str | None]:
    """The edit, and its name, that undoes `edit` at the same offset of the edited text.

    `tokens` are those of the text before the edit.
    """
    verb, _, what = EDITS[edit].partition(":")
    if verb == "name":
        return 0, tokens.words[item]
    if verb == "replace":
        return INDEX[f"replace:{tokens.words[item]}"], None
    if verb == "add":
        what = str(-int(what))
    return INDEX[f"{_INVERSE[verb]}:{what}"], None


def item_at(tokens: Tokens, offset: int) -> int:
    """The item that starts at character `offset`, -1 where none does."""
    item = int(tokens.offsets[1:, 0].searchsorted(offset)) + 1
    return item if item < len(tokens) and int(tokens.offsets[item, 0]) == offset else -1


def describe(edit: int, word: str, name: str | None = None) -> str:
    """What to do at an item that reads `word`, as a phrase for messages."""
    verb, _, what = EDITS[edit].partition(":")
    if verb == "name":
        return f"replace `{word}` by `{name}`"
    if verb == "replace":
        return f"replace `{word}` by `{what}`"
    if verb == "add":
        try:
            return f"replace `{word}` by `{int(word) + int(what)}`"
        except ValueError:
            return f"change `{word}` by {what}"
    if verb == "swap":
        return "swap the first two arguments" if what == "0" else "swap the second and third arguments"
    if verb == "insert":
        return f"insert `{what}` before `{word}`"
    return f"delete `{what}`"
