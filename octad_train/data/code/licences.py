"""Which packages may be learned from: reads the licence out of a package's own metadata."""

from __future__ import annotations

import re
from email.message import Message

#: SPDX identifiers, lower case, that allow learning and redistribution with a notice.
PERMISSIVE = frozenset(
    [
        "mit",
        "mit-0",
        "mit-cmu",
        "apache-2.0",
        "bsd-2-clause",
        "bsd-3-clause",
        "bsd-3-clause-clear",
        "0bsd",
        "isc",
        "psf-2.0",
        "python-2.0",
        "python-2.0.1",
        "zpl-2.0",
        "zpl-2.1",
        "hpnd",
        "cnri-python",
        "zlib",
        "bsl-1.0",
        "cc0-1.0",
    ]
)
#: The same, as the trove classifiers spell them (what follows the last ` :: `).
CLASSIFIERS = {
    "mit license": "MIT",
    "mit no attribution license (mit-0)": "MIT-0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD",
    "isc license (iscl)": "ISC",
    "python software foundation license": "PSF-2.0",
    "zope public license": "ZPL-2.1",
    "historical permission notice and disclaimer (hpnd)": "HPND",
}
#: Free text of the old `License:` field; the whole field must match.
TEXTS = (
    (re.compile(r"(the )?mit( licen[sc]e)?( \(.{0,40}\))?|expat( licen[sc]e)?"), "MIT"),
    (
        re.compile(r"(the )?apache[ -]?(software )?(licen[sc]e)?,?[ -]*(version )?v?(2|2\.0)?( licen[sc]e)?"),
        "Apache-2.0",
    ),
    (
        re.compile(
            r"(the |new |modified |simplified |revised |[23][- ]clause )*bsd"
            r"([- ]*(licen[sc]e|new|style|like|[23]([- ]clause)?|\([23]-clause\)|or mit))*"
        ),
        "BSD",
    ),
    (re.compile(r"isc( licen[sc]e)?"), "ISC"),
    (re.compile(r"psf([ -]?2\.0)?( licen[sc]e)?|python software foundation licen[sc]e"), "PSF-2.0"),
    (re.compile(r"zpl ?2?\.?[01]?|zope public licen[sc]e( 2\.1)?"), "ZPL-2.1"),
)
COPYLEFT = re.compile(
    r"\b(a?gpl|lgpl|gnu|mpl|mozilla|epl|eclipse|eupl|cddl|proprietary|commercial|non-?free)", re.I
)


def licence_of(metadata: Message) -> str | None:
    """Name of the permissive licence that the metadata states; None if it states none, or another.

    An SPDX expression decides alone: of alternatives (`OR`) one must be permissive, of parts (`AND`)
    all. Without one every licence classifier must be permissive, and without classifiers the whole
    `License` field.
    """
    expression = str(metadata.get("License-Expression") or "").strip()
    if expression:
        return expression if _spdx(expression) else None
    stated = str(metadata.get("License") or "").strip()
    names = [
        line.rsplit(" :: ", 1)[-1].strip().lower()
        for line in metadata.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    names = [name for name in names if name != "osi approved"]
    if names:
        known = [CLASSIFIERS.get(name) for name in names]
        if None in known or COPYLEFT.search(stated.partition("\n")[0]):
            return None
        return " AND ".join(sorted({name for name in known if name}))
    if stated and "\n" not in stated and _spdx(stated):
        return stated
    return _by_text(stated)


def _spdx(expression: str) -> bool:
    words = expression.lower().replace("(", " ").replace(")", " ")
    return any(
        all(part.strip().partition(" with ")[0].strip() in PERMISSIVE for part in option.split(" and "))
        for option in re.split(r"\s+or\s+", words)
    )


def _by_text(stated: str) -> str | None:
    first = stated.partition("\n")[0].strip().lower().rstrip(".")
    for pattern, name in TEXTS:
        if pattern.fullmatch(first):
            return name
    return None
