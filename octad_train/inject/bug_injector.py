"""Injects one bug in a correct function: chooses the kind, then a place, then the edit.

After Allamanis et al. 2021, *Self-supervised bug detection and repair* (BugLab), and Hellendoorn et al.
2020 for variable misuse: a use of a variable becomes another name of the function, and the right name
still occurs elsewhere in it, so that a pointer can find it.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np

from octad.heads.pointer import BugLabel
from octad.records.code import Code
from octad.syntax.edits import VARIABLE_MISUSE, apply, inverse, rule_kind
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import Role, Tokens, Use
from octad_train.inject.bug_places import Places, places_of

WRONG_ATTRIBUTE = "wrong-attribute"
#: Relative chances of the kinds among those that a function allows. Rare possibilities weigh more, so that
#: over the corpus about 45 % of the bugs are variable misuse and no other kind is above 10 %.
WEIGHTS: Mapping[str, float] = {
    VARIABLE_MISUSE: 1.2,
    WRONG_ATTRIBUTE: 0.65,
    "wrong-comparison": 1.2,
    "swapped-arguments": 0.45,
    "off-by-one": 2.0,
    "wrong-operator": 1.3,
    "negated-condition": 0.6,
    "missing-not": 2.0,
    "missing-return": 0.16,
    "missing-await": 1.5,
    "wrong-literal": 0.6,
    "wrong-assignment": 1.8,
    "wrong-method": 0.5,
    "wrong-sign": 0.6,
    "wrong-function": 2.0,
    "wrong-jump": 2.0,
    "needless-return": 0.03,
    "needless-await": 0.3,
}
#: Chance that the right and that the wrong variable are among those that the function itself binds, where
#: there is a choice; else any variable, globals and builtins too.
LOCAL = 0.9
TRIES = 6


def inject(
    code: Code, rng: np.random.Generator, weights: Mapping[str, float] = WEIGHTS
) -> tuple[Code, BugLabel] | None:
    """A copy of the function with one bug, and the repair; None where no bug can be injected."""
    return inject_into_tokens(code, tokenize(code), rng, weights)


def inject_into_tokens(
    code: Code, tokens: Tokens, rng: np.random.Generator, weights: Mapping[str, float] = WEIGHTS
) -> tuple[Code, BugLabel] | None:
    """`inject` for a function whose items are known already.

    What is injected compiles if the original does, and is no edit that `places_of` rules out.
    """
    found = places_of(tokens)
    kinds = [kind for kind in weights if _possible(kind, found)]
    chances = np.array([weights[kind] for kind in kinds], np.float64)
    for _ in range(TRIES):
        if not chances.sum():
            return None
        kind = kinds[int(rng.choice(len(kinds), p=chances / chances.sum()))]
        injected = _inject(code, tokens, found, kind, rng)
        if injected is not None and (compiles(injected[0]) or not compiles(code)):
            return injected
        chances[kinds.index(kind)] *= 0.5
    return None


def compiles(code: Code) -> bool:
    """Whether Python accepts the text, indented or not."""
    text = "if 1:\n" + code.text if code.text[:1] in " \t" else code.text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<function>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True


def _possible(kind: str, found: Places) -> bool:
    if kind == VARIABLE_MISUSE:
        return bool(found.variables)
    return bool(found.attributes if kind == WRONG_ATTRIBUTE else found.edits.get(kind))


def _inject(
    code: Code, tokens: Tokens, found: Places, kind: str, rng: np.random.Generator
) -> tuple[Code, BugLabel] | None:
    name = None
    edit = 0
    if kind in (VARIABLE_MISUSE, WRONG_ATTRIBUTE):
        places = found.variables if kind == VARIABLE_MISUSE else found.attributes
        if found.own and kind == VARIABLE_MISUSE and rng.random() < LOCAL:
            places = found.own
        item = places[int(rng.integers(len(places)))]
        name = _wrong_name(tokens, item, found, rng)
        if name is None:
            return None
    else:
        pairs = found.edits[kind]
        item, edit = pairs[int(rng.integers(len(pairs)))]
    try:
        text = apply(code.text, tokens, item, edit, name)
    except ValueError:
        return None
    if text.split() == code.text.split():
        return None
    repair, right = inverse(tokens, item, edit, name)
    label = BugLabel(int(tokens.offsets[item, 0]), repair, right, rule_kind(repair, int(tokens.role[item])))
    return code.model_copy(update={"text": text}), label


def _wrong_name(tokens: Tokens, item: int, found: Places, rng: np.random.Generator) -> str | None:
    """Another name of the same role: for a variable mostly one that the function itself binds."""
    right, role = tokens.words[item], int(tokens.role[item])
    names: dict[str, bool] = {}
    for word, other, use, kind in zip(
        tokens.words, tokens.role.tolist(), tokens.use.tolist(), tokens.kind.tolist(), strict=True
    ):
        if other == role and word != right and word != "_" and frozenset((word, right)) not in found.aliases:
            own = use in (Use.STORE, Use.UPDATE) if role == Role.VARIABLE else kind == tokens.kind[item]
            names[word] = names.get(word, False) or own
    own_names = [word for word, own in names.items() if own]
    chosen = own_names if own_names and rng.random() < LOCAL else list(names)
    return chosen[int(rng.integers(len(chosen)))] if chosen else None
