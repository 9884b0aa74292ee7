"""Measures of a change to a function beside its docstring, by name: what boosted trees read.

Counts are logarithms where they may be large; shares lie between 0 and 1.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from octad.signals.docstring_facts import PARTS, DocstringFacts, docstring_facts
from octad.signals.function_facts import KINDS, WORD, FunctionFacts, function_facts

MOST_LINES = 600
"""Lines of each side that are compared; a longer function is compared by its beginning."""
LINE = 300
"""Characters of a line by which its sort is told."""
_SUBWORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_COMMON = frozenset(
    WORD.findall("""
    self cls none true false if else elif for while in is not and or return raise def class with as try except
    finally import from lambda yield await async pass break continue the of to be are an this that it by on
    when will use used using can should if str int bool dict list float type any optional union typing value
    values name data object default get set
    """)
)


class Run(NamedTuple):
    """Lines that came or went together; `line` is where in the new text, from 0."""

    is_added: bool
    lines: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class DocumentedChange:
    """One function before and after, the lines that differ, and the docstring that was there before."""

    doc: DocstringFacts
    before: FunctionFacts
    after: FunctionFacts
    runs: tuple[Run, ...]
    likeness: float

    @property
    def added(self) -> list[str]:
        """The lines that came."""
        return [line for run in self.runs if run.is_added for line in run.lines]

    @property
    def removed(self) -> list[str]:
        """The lines that went."""
        return [line for run in self.runs if not run.is_added for line in run.lines]


def documented_change(text: str, before: str, after: str) -> DocumentedChange:
    """The facts of a docstring and of the source of its function before and after."""
    old, new = function_facts(before), function_facts(after)
    ours, theirs = old.lines[:MOST_LINES], new.lines[:MOST_LINES]
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return DocumentedChange(docstring_facts(text), old, new, tuple(_runs(matcher, old, new)), matcher.ratio())


def _runs(matcher: SequenceMatcher[str], old: FunctionFacts, new: FunctionFacts) -> Iterator[Run]:
    """What went and what came at each place where the two differ."""
    for tag, first, last, low, high in matcher.get_opcodes():
        line = new.at[low] if low < len(new.at) else len(new.at)
        if tag in ("delete", "replace"):
            yield Run(False, old.lines[first:last], line)
        if tag in ("insert", "replace"):
            yield Run(True, new.lines[low:high], line)


def measures(change: DocumentedChange) -> dict[str, float]:
    """Every measure by its name, in the same order for every change."""
    return {
        **_sizes(change),
        **_interface(change),
        **_parameters_told(change),
        **_outcomes(change),
        **_words_told(change),
        **_habits(change),
        **_statements(change),
        **{f"doc has {part}": float(is_so) for part, is_so in zip(PARTS, change.doc.parts, strict=True)},
    }


def _log(count: float) -> float:
    return math.log1p(max(count, 0.0))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _sizes(change: DocumentedChange) -> dict[str, float]:
    """How much there is, and how much of it changed."""
    doc, before, after = change.doc, change.before, change.after
    removed, added = len(change.removed), len(change.added)
    return {
        "lines before": _log(len(before.lines)),
        "lines after": _log(len(after.lines)),
        "lines removed": _log(removed),
        "lines added": _log(added),
        "lines grown": _share(len(after.lines) - len(before.lines), len(before.lines) + len(after.lines)),
        "removed of before": _share(removed, len(before.lines)),
        "added of after": _share(added, len(after.lines)),
        "likeness of lines": change.likeness,
        "likeness of words": _likeness(before.words, after.words),
        "doc lines": _log(doc.lines),
        "doc characters": _log(doc.characters),
        "doc by code": _log(doc.lines) - _log(len(before.lines)),
        "doc names parameters": _log(len(doc.documented)),
        "doc quotes": _log(len(doc.quoted)),
    }


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Shared words of two counters, of all that either has."""
    return _share((one & other).total(), (one | other).total())


def _interface(change: DocumentedChange) -> dict[str, float]:
    """What became of the signature."""
    before, after = change.before, change.after
    old, new = before.parameters, after.parameters
    came, went = set(new) - set(old), set(old) - set(new)
    kept = set(new) & set(old)
    annotated = {n for n in kept if old[n].annotation != new[n].annotation}
    defaults = {n for n in kept if old[n].default != new[n].default}
    return {
        "parameters before": float(len(old)),
        "parameters after": float(len(new)),
        "parameters added": float(len(came)),
        "parameters removed": float(len(went)),
        "parameters renamed": float(min(len(came), len(went))),
        "parameters moved": float([n for n in old if n in kept] != [n for n in new if n in kept]),
        "added with default": float(sum(new[n].default is not None for n in came)),
        "added keyword only": float(sum(new[n].star == "=" for n in came)),
        "added stars": float(sum("*" in new[n].star and new[n].star != "=" for n in came)),
        "removed stars": float(sum("*" in old[n].star for n in went)),
        "annotations changed": float(sum(bool(old[n].annotation and new[n].annotation) for n in annotated)),
        "annotations added": float(sum(not old[n].annotation for n in annotated)),
        "annotations removed": float(sum(not new[n].annotation for n in annotated)),
        "defaults changed": float(len(defaults)),
        "defaults to or from none": float(sum("None" in (old[n].default, new[n].default) for n in defaults)),
        "defaults gained": float(sum(old[n].default is None for n in defaults)),
        "defaults lost": float(sum(new[n].default is None for n in defaults)),
        "result changed": float(before.result != after.result),
        "result gained": float(not before.result and bool(after.result)),
        "name changed": float(before.name != after.name),
        "name is private": float(after.name.startswith("_") and not after.name.startswith("__")),
        "name is special": float(after.name.startswith("__")),
        "decorators changed": float(before.decorators != after.decorators),
        "async changed": float(before.is_async != after.is_async),
        "parsed": float(bool(before.name and after.name)),
        "same but for layout": float(bool(after.shape) and before.shape == after.shape),
        "same but for types": float(bool(after.plain) and before.plain == after.plain),
    }


def _parameters_told(change: DocumentedChange) -> dict[str, float]:
    """What the docstring says of the parameters that changed."""
    doc, old, new = change.doc, change.before.parameters, change.after.parameters
    told, said = set(doc.documented), doc.exact
    came, went, kept = set(new) - set(old), set(old) - set(new), set(new) & set(old)
    defaults = [n for n in kept if old[n].default != new[n].default]
    typed = [n for n in kept if old[n].annotation != new[n].annotation]
    covered = _share(len(told & set(old)), len(old))
    return {
        "told of before": covered,
        "told of after": _share(len(told & set(new)), len(new)),
        "told all before": float(bool(old) and set(old) <= told),
        "told and removed": float(len(told & went)),
        "told, in neither": float(len(told - set(old) - set(new))),
        "told and added": float(len(told & came)),
        "added, others told": len(came - told) * covered,
        "added, not told": float(len(came - told)),
        "added, nowhere said": float(len(came - said)),
        "removed, said": float(len(went & said)),
        "told of what stayed": _share(len(told & kept), len(kept)),
        "default changed and told": float(sum(n in told for n in defaults)),
        "old default said": float(sum(_is_said(old[n].default, doc.documented.get(n, "")) for n in defaults)),
        "new default said": float(sum(_is_said(new[n].default, doc.documented.get(n, "")) for n in defaults)),
        "type changed and told": float(sum(n in told for n in typed)),
        "old type said": float(sum(_is_said(old[n].annotation, doc.documented.get(n, "")) for n in typed)),
        "new type said": float(sum(_is_said(new[n].annotation, doc.documented.get(n, "")) for n in typed)),
        "words of what was removed": max((len(doc.documented.get(n, "")) for n in went), default=0) / 100,
    }


def _is_said(value: str | None, text: str) -> bool:
    """Whether a default or a type is written in what is said of a parameter."""
    return bool(value) and str(value).strip("'\"") in text


def _outcomes(change: DocumentedChange) -> dict[str, float]:
    """What is raised and given back, and what the docstring says of it."""
    doc, before, after = change.doc, change.before, change.after
    parts = dict(zip(PARTS, doc.parts, strict=True))
    raised, gone = set(after.raises) - set(before.raises), set(before.raises) - set(after.raises)
    came, went = after.returns - before.returns, before.returns - after.returns
    gives, gave = any(after.returns), any(before.returns)
    found = {
        "raises added": float(len(raised)),
        "raises removed": float(len(gone)),
        "raises in number": float(after.raises.total() - before.raises.total()),
        "raises removed, said": float(len(gone & doc.exact)),
        "raises added, said": float(len(raised & doc.exact)),
        "raises added, others told": len(raised) * float(parts["raises"]),
        "returns added": float(came.total()),
        "returns removed": float(went.total()),
        "returns something now": float(gives and not gave),
        "returns nothing now": float(gave and not gives),
        "returns another, told": float(bool(came or went) and parts["returns"]),
        "yields changed": float(bool(after.yields) != bool(before.yields)),
        "result changed, told": float(before.result != after.result and parts["returns"]),
        "old result said": float(before.result != after.result and bool(_common(before.result, doc.exact))),
        "words of returns gone, said": float(len(_names(went) & doc.exact)),
        "words of returns new, said": float(len(_names(came) & doc.exact)),
    }
    return found


def _names(texts: Iterable[str]) -> set[str]:
    """The identifiers of some lines that say something."""
    return {word for text in texts for word in re.findall(r"[A-Za-z_]\w*", text)} - _COMMON


def _common(text: str, words: Set[str]) -> set[str]:
    return _names([text]) & words


def _words_told(change: DocumentedChange) -> dict[str, float]:
    """Which words of the docstring the change touches, as they are written and by their parts."""
    doc, before, after = change.doc, change.before, change.after
    old, new = set(before.words), set(after.words)
    gone, came = old - new - _COMMON, new - old - _COMMON
    touched = _names(change.removed)
    put = _names(change.added)
    texts_gone, texts_came = before.texts - after.texts, after.texts - before.texts
    said = doc.exact
    lower = set(doc.words)
    parts_gone, parts_came = _parts(gone) - _parts(new), _parts(came) - _parts(old)
    told = {"gone": gone, "came": came, "touched": touched, "put": put, "both": touched & put}
    found: dict[str, float] = {}
    for name, words in told.items():
        found[f"names {name}"] = _log(len(words))
        found[f"names {name}, said"] = float(len(words & said))
        found[f"names {name}, quoted"] = float(len(words & doc.quoted))
        found[f"names {name}, in summary"] = float(len(words & doc.prose))
        found[f"share of {name}, said"] = _share(len(words & said), len(words))
    return {
        **found,
        "parts gone, said": float(len(parts_gone & lower)),
        "parts came, said": float(len(parts_came & lower)),
        "parts touched, said": _log(len(_parts(touched) & lower)),
        "parts put, said": _log(len(_parts(put) & lower)),
        "share of doc touched": _share(len(_parts(touched) & lower), len(lower)),
        "share of doc put": _share(len(_parts(put) & lower), len(lower)),
        "doc in before": _share(len(lower & _parts(old)), len(lower)),
        "doc in after": _share(len(lower & _parts(new)), len(lower)),
        "doc in after less before": _share(len(lower & _parts(new)) - len(lower & _parts(old)), len(lower)),
        "texts gone, said": float(len(_names(texts_gone) & said)),
        "texts came": _log(len(texts_came)),
        "texts came, said": float(len(_names(texts_came) & said)),
        "numbers gone, said": float(len((before.numbers - after.numbers) & doc.numbers)),
        "numbers came": float(len(after.numbers - before.numbers)),
        "numbers came, said": float(len((after.numbers - before.numbers) & doc.numbers)),
        "name of function, said": _share(len(_parts({after.name}) & lower), len(_parts({after.name}))),
    }


def _habits(change: DocumentedChange) -> dict[str, float]:
    """How closely the docstring kept to the code before: who tells everything has more to change."""
    doc, before, after = change.doc, change.before, change.after
    told = set(doc.documented)
    touched, put = _names(change.removed), _names(change.added)
    texts_said = {text for text in before.texts if len(text) > 1 and _names([text]) & doc.exact}
    texts_came = len(after.texts - before.texts)
    inner = _names(before.lines) - set(before.parameters)
    calls = set(_CALLED.findall("\n".join(change.removed))), set(_CALLED.findall("\n".join(change.added)))
    rare = {word for word in touched - put if before.words[word] == 1}
    return {
        "texts said": _log(len(texts_said)),
        "texts came, others said": texts_came * _share(len(texts_said), len(before.texts)),
        "told and touched": float(len(told & touched)),
        "told and put": float(len(told & put)),
        "share of told, touched": _share(len(told & (touched | put)), len(told)),
        "inner names said": _share(len(inner & doc.exact), len(inner)),
        "inner names said, counted": _log(len(inner & doc.exact)),
        "raises said": _share(len(set(before.raises) & doc.exact), len(before.raises)),
        "calls gone, said": float(len((calls[0] - calls[1]) & doc.exact)),
        "calls came": _log(len(calls[1] - calls[0])),
        "calls gone": _log(len(calls[0] - calls[1])),
        "calls gone, parts said": float(len(_parts(calls[0] - calls[1]) & set(doc.words))),
        "calls came, parts said": float(len(_parts(calls[1] - calls[0]) & set(doc.words))),
        "rare gone, said": float(len(rare & doc.exact)),
        "modal words": _log(doc.modal),
        "sentences": _log(doc.sentences),
        "width of result": float(_width(after.returns) - _width(before.returns)),
        "result is another": float(bool(before.returns) and not before.returns & after.returns),
        "share of returns changed": _share((before.returns - after.returns).total(), before.returns.total()),
        "only added": float(not change.removed),
        "only removed": float(not change.added),
        "signature alone": float(before.body == after.body),
        "runs": _log(len(change.runs)),
        "largest run": _log(max((len(run.lines) for run in change.runs), default=0)),
        "first line touched": min((run.line for run in change.runs), default=0) / max(len(after.lines), 1),
        "tokens added": _log((after.words - before.words).total()),
        "tokens removed": _log((before.words - after.words).total()),
        "doc and path of test": float("test" in after.name),
    }


_CALLED = re.compile(r"\b(\w+)\(")


def _width(returns: Counter[str]) -> int:
    """The most values that a result has, by its commas."""
    return max((text.count(",") for text in returns), default=0)


def _parts(words: Iterable[str]) -> set[str]:
    """The parts of identifiers, in lower case, common ones left out."""
    return {part.lower() for word in words for part in _SUBWORD.findall(word) if len(part) > 2} - _COMMON


_TOLD = {
    "if": r"^(?:el)?if\b", "return": r"^return\b", "raise": r"^raise\b", "def": r"^(?:async )?def\b",
    "loop": r"^(?:for|while)\b", "with": r"^(?:async )?with\b", "try": r"^(?:try|except|finally)\b",
    "assign": r"^[\w.,\[\]'\" ]+\s*=[^=]", "warn": r"\bwarn|[Dd]eprecat", "log": r"\blog(?:ger|ging)?\.",
    "super": r"\bsuper\(", "kwargs": r"\*\*\w+", "comment": r"^#", "assert": r"^assert\b",
    "none": r"\bNone\b",
    "isinstance": r"\bisinstance\(", "type": r"^\w+\s*:\s*[\w\[\]., |\"]+(?:=.*)?,?$|# type:",
    "call": r"\w\(",
}  # fmt: skip
_SORTS = {name: re.compile(pattern) for name, pattern in _TOLD.items()}


def _statements(change: DocumentedChange) -> dict[str, float]:
    """Which sorts of lines came and went, and which sorts of syntax."""
    found: dict[str, float] = {}
    for name, pattern in _SORTS.items():
        came = sum(bool(pattern.search(line[:LINE])) for line in change.added)
        went = sum(bool(pattern.search(line[:LINE])) for line in change.removed)
        found[f"{name} lines added"] = _log(came)
        found[f"{name} lines more"] = float(came - went)
    for place, kind in enumerate(KINDS):
        found[f"{kind.__name__} more"] = float(change.after.counts[place] - change.before.counts[place])
    comments = set(change.after.comments) - set(change.before.comments)
    found["words of comments added"] = _log(len(_names(comments)))
    found["words of comments added, said"] = float(len(_parts(_names(comments)) & set(change.doc.words)))
    return found
