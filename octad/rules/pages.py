"""Rules as pages for people: what `octad rule` prints, and what `docs/rules/` holds."""

from __future__ import annotations

import difflib
import json
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

from octad.errors import InputError
from octad.host.files import listed, read_text
from octad.rules.ruff_rules import PERFORMANCE_RULES, STYLE_RULES
from octad.rules.rule import Rule, names, no_veto, rule
from octad.rules.weaknesses import WEAKNESSES

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
LEARNED: Mapping[str, tuple[Mapping[str, str], str]] = {
    "style": (STYLE_RULES, "ruff rule {name}"),
    "performance": (PERFORMANCE_RULES, "ruff rule {name}"),
    "security": (WEAKNESSES, "https://cwe.mitre.org/data/definitions/{number}.html"),
}
"""Families that a head learned from rules of others: their messages, and where they are described."""


ANALYSERS = {
    "ruff": "`ruff rule {name}` explains it.",
    "bandit": "https://bandit.readthedocs.io/ explains it.",
}
"""Analysers whose findings are shown under rules of their own, and who explains these."""


def listing() -> str:
    """Every rule with its message, a line each."""
    rows = _messages()
    wide = max(map(len, rows))
    return "".join(f"{name:{wide}}  {text}\n" for name, text in rows.items())


def _messages() -> dict[str, str]:
    """The message of every rule that has a page of its own."""
    ours = {name: rule(name).message.format(word="…") for name in names()}
    return ours | {
        f"{family}/{name}": text for family, (held, _) in LEARNED.items() for name, text in held.items()
    }


def page(name: str) -> str:
    """What a rule means; raises InputError, with the nearest, where there is none of the name."""
    family, _, own = name.partition("/")
    if family in ANALYSERS and own:
        where = ANALYSERS[family].format(name=own)
        return f"# {name}\n\nFound by {family}, which runs beside the model. {where}\n"
    if family in LEARNED and own in LEARNED[family][0]:
        messages, source = LEARNED[family]
        where = source.format(name=own, number=own.rpartition("-")[2])
        text = messages[own]
        parts = [f"# {name}", f"{text[0].upper()}{text[1:]}.", f"Described by its authors: {where}"]
        return "\n\n".join([*parts, _measured(name)]) + "\n"
    if name not in names():
        raise InputError(f"there is no rule {name!r}", hint=_nearest(name, _messages()))
    return _page(rule(name))


def _nearest(name: str, known: Iterable[str]) -> str:
    """What may have been meant: in other letters, without its family, or misspelt."""
    simple = {one: one.lower().replace("_", "-") for one in known}
    asked = name.lower().replace("_", "-")
    same = [one for one, plain in simple.items() if asked in (plain, plain.partition("/")[2])]
    close = difflib.get_close_matches(asked, simple.values(), n=1)
    same += [one for one, plain in simple.items() if plain in close]
    return f"did you mean {same[0]}?" if same else "`octad rule` lists them all"


def _page(held: Rule) -> str:
    """The page of a rule of ours, in Markdown."""
    parts = [
        f"# {held.name}",
        _wrapped(held.summary),
        f"Level: {held.level}. Says: {held.message.format(word='…')}",
    ]
    parts += ["Wrong:", _quoted(held.example.wrong)]
    if held.example.right:
        parts += ["Right:", _quoted(held.example.right)]
    if held.repair:
        parts.append(f"Repair: {held.repair}")
    if held.veto is not no_veto:
        parts.append(_wrapped(f"Never offered: {(held.veto.__doc__ or '').strip()}"))
    return "\n\n".join([*parts, _measured(held.name)]) + "\n"


def _measured(name: str) -> str:
    """How often findings of a rule were right, as the manifests of the shipped weights state it."""
    for path in (Path(folder, "manifest.json") for folder in listed(WEIGHTS)):
        if not path.is_file():
            continue
        manifest = json.loads(read_text(path))
        if name in manifest.get("real", {}):
            return _of_real(**manifest["real"][name], cases=manifest["real_cases"])
        if name in manifest.get("diff_thresholds", {}) and name not in manifest["thresholds"]:
            return (
                "Shown where a change is under review; of whole files only where --min-probability is given."
            )
        if name in manifest.get("rules_without_threshold", ()):
            return "Not shown unless --min-probability is given: it did not reach a precision worth showing."
    if name.partition("/")[0] in LEARNED:
        return "Not shown as a finding of the model: the analysers that it was learned from run beside it."
    return "How often it is right on real cases was not measured."


def _of_real(right: int, shown: int, cases: int) -> str:
    """The figure in a sentence."""
    if not shown:
        return f"On {cases:,} real cases it was not shown once: how often it is right is not known."
    return f"On {cases:,} real cases {right} of {shown} findings were right ({right / shown:.0%})."


def _quoted(text: str) -> str:
    return "```\n" + text.rstrip("\n") + "\n```"


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 110))
