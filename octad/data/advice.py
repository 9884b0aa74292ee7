"""What to say of a bug of each kind; `{word}` is the item that it is at."""

from __future__ import annotations

ADVICE: dict[str, str] = {
    "variable-misuse": "`{word}` looks like the wrong variable here",
    "wrong-attribute": "`{word}` looks like the wrong attribute here",
    "swapped-arguments": "two arguments of this call look swapped",
    "off-by-one": "`{word}` looks off by one or two",
    "wrong-literal": "`{word}` looks like the wrong value here",
    "wrong-comparison": "`{word}` looks like the wrong comparison",
    "wrong-operator": "`{word}` looks like the wrong operator",
    "wrong-assignment": "`{word}` looks like the wrong assignment",
    "wrong-sign": "the sign of `{word}` looks wrong",
    "negated-condition": "this condition looks negated the wrong way",
    "missing-not": "this condition looks as if its `not` were missing",
    "missing-await": "this coroutine is probably not awaited",
    "needless-await": "this is probably not to be awaited",
    "missing-return": "this value is probably to be returned",
    "needless-return": "this is probably not to be returned",
    "wrong-jump": "`{word}` looks like the wrong jump",
    "wrong-function": "`{word}` looks like the wrong function",
    "wrong-method": "`{word}` looks like the wrong method",
}

USES: dict[str, str] = {
    "function": "this call of `{word}` does not fit its definition",
    "class": "this call of `{word}` does not fit its `__init__`",
    "method": "this call of `{word}` does not fit its definition",
    "field": "`{word}` is used as if it held something else",
    "constant": "`{word}` is used as if it held something else",
    "missing": "nothing in this class defines `{word}`",
}
"""What to say of a use that disagrees with its definition, by the sort of what is used."""
