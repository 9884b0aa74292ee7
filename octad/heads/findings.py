"""What a head says of an item, as a finding."""

from __future__ import annotations

from octad.data.advice import ADVICE, USES
from octad.heads.agreement import Disagreement
from octad.heads.labels import LineScore
from octad.heads.pointer import Suspect
from octad.records.code import Code
from octad.records.report import Anchor, Finding, Level
from octad.syntax.edits import describe, rule_kind
from octad.syntax.repairs import anchor_of, repair_of
from octad.syntax.tokens import Tokens


def wrong_item(code: Code, tokens: Tokens, suspect: Suspect) -> Finding:
    """The finding `bug/<kind>` that a suspect with repairs makes; the best repair tells the kind."""
    item, best = suspect.item, suspect.repairs[0]
    word, kind = tokens.words[item], rule_kind(best.edit, int(tokens.role[item]))
    return Finding(
        rule=f"bug/{kind}",
        level="warning",
        message=f"{ADVICE[kind].format(word=word)}: {describe(best.edit, word, best.name)}?",
        probability=suspect.probability,
        anchor=anchor_of(tokens, item, code.path),
        repairs=tuple(repair_of(code, tokens, item, *ranked) for ranked in suspect.repairs),
        reference=f"learned from planted bugs of the kind {kind}",
    )


def wrong_use(code: Code, tokens: Tokens, use: Disagreement) -> Finding:
    """The finding `uses/<sort>` that a use which disagrees with its definition makes, with where that is."""
    word = tokens.words[use.item]
    there = use.definition.code if use.definition is not None else None
    place = f" ({there.path}:{there.first_line})" if there is not None else ""
    return Finding(
        rule=f"uses/{use.sort}",
        level="warning",
        message=USES[use.sort].format(word=word) + place,
        probability=use.probability,
        anchor=anchor_of(tokens, use.item, code.path),
        reference="learned from uses that a change of the definition forgot",
    )


def marked_line(code: Code, prefix: str, advice: str, score: LineScore, level: Level) -> Finding:
    """The finding `prefix/<rule>` about a whole line, without its indent."""
    text = code.text.split("\n")[score.line - code.first_line]
    indent = len(text) - len(text.lstrip())
    line, end = score.line, len(text) + 1
    return Finding(
        rule=f"{prefix}/{score.rule}",
        level=level,
        message=advice,
        probability=score.probability,
        anchor=Anchor(path=code.path, line=line, column=indent + 1, end_line=line, end_column=end),
        reference=score.rule,
    )
