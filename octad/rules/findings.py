"""What a head says of an item, as a finding: in the words of its rule, without repairs that it rules out."""

from __future__ import annotations

from octad.extensions.definition_use import CALLED, SORTS, Found, is_wrong
from octad.heads.consistency import Inconsistency
from octad.heads.line_labels import LineScore
from octad.heads.pointer import RankedRepair, Suspect
from octad.records.code import Code
from octad.records.report import Anchor, Finding, Level
from octad.rules.rule import Edit, rule
from octad.rules.vetoes import GENERAL
from octad.syntax.calls import calls
from octad.syntax.edits import EDITS, apply, describe, rule_kind
from octad.syntax.repairs import anchor_of, repair_of
from octad.syntax.tokens import Tokens


def wrong_token(code: Code, tokens: Tokens, suspect: Suspect) -> Finding | None:
    """The finding `bug/<kind>` of a suspect; the best repair that no veto rules out tells the kind.

    None where nothing is left to repair it with.
    """
    item = suspect.item
    repairs = [one for one in suspect.repairs if not ruled_out(code, tokens, item, one)]
    if not repairs:
        return None
    best, word = repairs[0], tokens.words[item]
    declared = rule(f"bug/{rule_kind(best.edit, int(tokens.role[item]))}")
    return Finding(
        rule=declared.name,
        level=declared.level,
        message=f"{declared.message.format(word=word)}: {describe(best.edit, word, best.name)}?",
        probability=suspect.stated,
        anchor=anchor_of(tokens, item, code.path),
        repairs=tuple(repair_of(code, tokens, item, *ranked) for ranked in repairs),
        reference=f"learned from injected bugs of the kind {declared.name.partition('/')[2]}",
    )


def ruled_out(code: Code, tokens: Tokens, item: int, repair: RankedRepair) -> str:
    """Why a repair is never offered, "" where it may be."""
    verb, _, word = EDITS[repair.edit].partition(":")
    try:
        text = apply(code.text, tokens, item, repair.edit, repair.name)
    except ValueError as error:
        return str(error)
    edit = Edit(code, tokens, item, verb, repair.name or word, text)
    vetoes = (*GENERAL, rule(f"bug/{rule_kind(repair.edit, int(tokens.role[item]))}").veto)
    return next((reason for veto in vetoes if (reason := veto(edit))), "")


def fits(code: Code, tokens: Tokens, use: Inconsistency) -> bool:
    """Whether Python would take the use, or it cannot be known: then it stands.

    Fields and constants do not say what they take, and what a class has not, its subclasses may have.
    """
    sort = SORTS.index(use.sort)
    return sort >= CALLED or not is_wrong(tokens, Found(use.item, sort, use.definition), calls(code))


def wrong_use(code: Code, tokens: Tokens, use: Inconsistency) -> Finding | None:
    """The finding `uses/<sort>` of a use that disagrees with its definition, with where that is.

    None for a call that fits the signature of what it calls.
    """
    if fits(code, tokens, use):
        return None
    declared, word = rule(f"uses/{use.sort}"), tokens.words[use.item]
    there = use.definition.code if use.definition is not None else None
    place = f" ({there.path}:{there.first_line})" if there is not None else ""
    return Finding(
        rule=declared.name,
        level=declared.level,
        message=declared.message.format(word=word) + place,
        probability=use.probability,
        anchor=anchor_of(tokens, use.item, code.path),
        reference="learned from uses that a change of the definition forgot",
    )


def marked_line(code: Code, prefix: str, message: str, score: LineScore, level: Level) -> Finding:
    """The finding `prefix/<rule>` about a whole line, without its indent."""
    text = code.text.split("\n")[score.line - code.first_line]
    indent = len(text) - len(text.lstrip())
    line, end = score.line, len(text) + 1
    return Finding(
        rule=f"{prefix}/{score.rule}",
        level=level,
        message=message,
        probability=score.probability,
        anchor=Anchor(path=code.path, line=line, column=indent + 1, end_line=line, end_column=end),
        reference=score.rule,
    )
