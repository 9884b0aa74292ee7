"""Names of this project that documentation and docstrings speak of and that are not there.

A dotted name is held against the modules of the project, and a member against its class where all that the
class inherits is here too. What stands in a sentence about the past, another version or an example is left
alone, as is what a module or class may have without its being written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from octad.budget import current
from octad.claims.class_members import lacks_member
from octad.claims.judged import judged, seen_at, untrue
from octad.claims.modules import Modules, modules
from octad.claims.tree import Tree, fact
from octad.records.code import Code
from octad.records.document import Document, Passage, Span
from octad.records.report import Anchor, Evidence, Finding
from octad.repository.api import is_of_interest

_ROLES = frozenset({"mod", "func", "class", "meth", "attr", "exc", "data", "obj", "const"})
_AT_TOP = frozenset({"automodule", "autoclass", "autofunction", "autoexception", "autodata", "autodecorator"})
_DECLARED = re.compile(r"(?:auto)?(?:class|function|exception|data|method|attribute|property|decorator)\Z")
_CURRENT = frozenset({"currentmodule", "module", "automodule"})
_NAME = re.compile(r"[~!]?(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?P<call>\(\))?\Z")
_ROLE = re.compile(
    r":(?:py:)?(?:mod|func|class|meth|attr|exc|data|obj):`(?:[^`<>]*<)?[~!]?(?P<name>[\w.]+)(?:\(\))?>?`"
)
_FILES = (
    "py pyi pyx toml yml yaml json cfg ini md rst txt html css js ts log conf com org io net dev exe sh bat "
    "sock db sqlite xml csv gz zip tar lock env service whl app local png svg pdf ipynb so dll"
)
_ENDINGS = frozenset(_FILES.split())
"""Last parts of names of files and hosts, which look like those of modules."""
LONGEST = 20_000
"""Characters of a passage; a longer one is no sentence of a person."""
PAST = re.compile(
    r"\b(?:remov|renam|deprecat|no longer|formerly|previous|used to|was |were |old |legacy|earlier|moved|"
    r"replac|instead of|before|prior|until|since|version|releas|migrat|upgrad|chang|drop|for example|e\.g\.|"
    r"such as|imagine|suppose|hypothetical|your|my |would|could|fictional|planned|future|todo|not |never|"
    r"n't)",
    re.IGNORECASE,
)
"""Words of sentences that need not be about what is there now."""
_OLD_SECTION = re.compile(
    r"migrat|upgrad|change|release|history|deprecat|new in|what's new|roadmap|todo", re.I
)
_OLD_DIRECTIVE = frozenset({"versionadded", "versionchanged", "versionremoved", "deprecated"})


def check(tree: Tree) -> Iterator[Finding]:
    """What documents, docstrings and comments name of this project and nobody finds there."""
    known = modules(tree)
    for document in judged(tree):
        if current().spent():
            return
        yield from _of_document(tree, known, document)
    for code in tree.codes:
        if code.language == "python" and is_of_interest(code.path) and not current().spent():
            yield from _of_code(tree, known, code)


def _of_document(tree: Tree, known: Modules, document: Document) -> Iterator[Finding]:
    module = ""
    for passage in document.passages:
        if passage.kind == "directive":
            name = passage.name.removeprefix("py:")
            if name in _CURRENT:
                module = passage.argument.strip()
            if name in _AT_TOP and not passage.within and is_of_now(passage):
                yield from _of_directive(tree, known, document, passage, module)
        elif passage.kind in ("text", "heading") and passage.spans and is_of_now(passage):
            for span in passage.spans:
                yield from _of_span(tree, known, span)


def is_of_now(passage: Passage) -> bool:
    """Whether a passage may be held against what is there now."""
    old = any(_OLD_SECTION.search(title) for title in passage.section)
    prose = passage.text
    if len(prose) > LONGEST:
        return False
    for span in passage.spans:
        prose = prose.replace(span.text, "", 1)
    is_about = passage.kind == "directive" or not PAST.search(prose)
    return is_about and not old and not _OLD_DIRECTIVE & set(passage.within)


def _of_span(tree: Tree, known: Modules, span: Span) -> Iterator[Finding]:
    role = span.role.removeprefix("py:")
    match = _NAME.match(span.text)
    if match is None or not (role in _ROLES or role in ("code", "")):
        return
    missing = "" if match["name"] in _declared(tree) else missing_part(tree, known, match["name"])
    if _is_model(known, missing):
        return
    if missing and (role in _ROLES or match["call"] or _is_plain(known, match["name"], missing)):
        yield _finding(tree, known, match["name"], missing, span.anchor)


def _is_model(known: Modules, missing: str) -> bool:
    """Whether a name is that of a Django model: application and class, whatever module holds it."""
    package, _, last = missing.rpartition(".")
    return package in known.tops and any("/models" in path for path in known.defined(last))


def _is_plain(known: Modules, name: str, missing: str) -> bool:
    """Whether a name in plain code is one of Python: of a module in the package, or of a class."""
    last = name.rpartition(".")[2]
    return missing.count(".") > 1 or (last[:1].isupper() and not last.isupper())


def _of_directive(
    tree: Tree, known: Modules, document: Document, passage: Passage, module: str
) -> Iterator[Finding]:
    name = passage.argument.partition("(")[0].strip()
    first = name.partition("::")[0].partition(".")[0]
    full = (name if first in known.tops or not module else f"{module}.{name}").replace("::", ".")
    missing = missing_part(tree, known, full)
    line = document.lines[passage.first - 1] if passage.first <= len(document.lines) else ""
    at = line.find(name)
    if missing and at >= 0:
        yield _finding(tree, known, full, missing, document.place(passage.first, at + 1, len(name)))


def _of_code(tree: Tree, known: Modules, code: Code) -> Iterator[Finding]:
    """Roles in docstrings and comments, in lines that speak of now."""
    starts: list[int] = []
    for match in _ROLE.finditer(code.text):
        missing = missing_part(tree, known, match["name"])
        if not missing or match["name"] in _declared(tree):
            continue
        starts = starts or [0, *(one.end() for one in re.finditer("\n", code.text))]
        line = bisect_right(starts, match.start("name"))
        around = code.text[starts[max(0, line - 4)] : starts[min(line + 2, len(starts) - 1)]]
        if not PAST.search(re.sub(r"`[^`]*`", "", around)):
            column = match.start("name") - starts[line - 1] + 1
            end = column + len(match["name"])
            anchor = Anchor(path=code.path, line=line, column=column, end_line=line, end_column=end)
            yield _finding(tree, known, match["name"], missing, anchor)


def missing_part(tree: Tree, known: Modules, name: str) -> str:
    """The beginning of a dotted name that is certainly not there, "" where all of it may be."""
    parts = name.split(".")
    if len(parts) < 2 or not all(map(str.isidentifier, parts)) or parts[-1].lower() in _ENDINGS:
        return ""
    if parts[0] not in known.tops:
        is_missing = len(parts) == 2 and lacks_member(tree, "", parts[0], parts[1])
        return name if is_missing else ""
    if not any(is_of_interest(f"{folder}/__init__.py") for folder in known.tops[parts[0]]):
        return ""
    for at in range(1, len(parts)):
        module = ".".join(parts[:at])
        if known.folder_or_file(".".join(parts[: at + 1])) is not None:
            continue
        if known.has_not(module, parts[at]):
            return f"{module}.{parts[at]}"
        path = known.folder_or_file(module)
        if path is not None and at + 2 == len(parts) and lacks_member(tree, path, parts[at], parts[at + 1]):
            return name
        return ""
    return ""


def _finding(tree: Tree, known: Modules, name: str, missing: str, anchor: Anchor) -> Finding:
    above, _, last = missing.rpartition(".")
    elsewhere = known.defined(last) if above in known.tops or known.folder_or_file(above) else []
    hint = f"; there is one in {elsewhere[0]}" if len(elsewhere) == 1 else ""
    message = f"the text speaks of `{name}`, and {above} has no {last}{hint}"
    evidence = _defined_at(tree, elsewhere[0], last) if len(elsewhere) == 1 else ()
    return untrue("docs/name", message, anchor, evidence=evidence)


def _defined_at(tree: Tree, path: str, name: str) -> tuple[Evidence, ...]:
    """The line that defines a name in a file."""
    text = tree.text(path) or ""
    match = re.search(rf"^(?:class|def|async def) {name}\b|^{name}\s*[:=]", text, re.MULTILINE)
    return seen_at(tree, path, text.count("\n", 0, match.start()) + 1) if match is not None else ()


@fact
def _declared(tree: Tree) -> frozenset[str]:
    """What documents describe under a module and name of their choice: references lead there."""
    found: set[str] = set()
    for document in tree.documents:
        module = ""
        for passage in document.passages:
            name = passage.name.removeprefix("py:")
            if passage.kind == "directive" and name in _CURRENT:
                module = passage.argument.strip()
            elif passage.kind == "directive" and _DECLARED.match(name):
                own = passage.argument.partition("(")[0].strip()
                found |= {own, f"{module}.{own}"}
    return frozenset(found)
