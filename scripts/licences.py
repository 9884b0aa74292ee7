"""Check the licences in a list of what is installed (CycloneDX JSON) against those that are allowed.

    python scripts/licences.py build/sbom.cdx.json

Every part of a package must be allowed, also where its authors leave a choice. Exit code 1 names what is not.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ALLOWED = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CNRI-Python",
        "ISC", "MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Python-2.0", "Zlib",
    }
)  # fmt: skip
"""SPDX identifiers: permissive, and MPL-2.0, which asks for changes of its own files alone."""
NAMES = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0 License": "Apache-2.0",
}
"""What older metadata calls a licence."""
BY_HAND: Mapping[str, str] = {
    "protobuf": "BSD-3-Clause",
    "transformers": "Apache-2.0",
}
"""Packages whose metadata names none, as their licence file says."""
PROPRIETARY = re.compile(r"nvidia-|cuda-")
"""GPU libraries that torch brings on some machines, under their maker's terms: said, and never shipped."""
_WORDS = re.compile(r"\b(?:AND|OR)\b|WITH [\w.-]+|[()]")


def main(path: Path) -> int:
    """Print how many packages have each licence, and those that are not allowed; 1 where there are some."""
    components = json.loads(path.read_text("utf-8")).get("components", [])
    if not components:
        sys.exit(f"{path} lists no packages")
    counts: Counter[str] = Counter()
    bad = []
    for one in components:
        licences = sorted(set(of(one))) or ["none"]
        counts[" AND ".join(licences)] += 1
        if not ALLOWED.issuperset(licences) and not PROPRIETARY.match(one["name"]):
            bad.append(f"{one['name']} {one.get('version', '')}: {', '.join(licences)}")
    for name, count in counts.most_common():
        print(f"{count:4} {name}")
    print(f"{len(components)} packages, {len(bad)} with a licence that is not allowed")
    for line in bad:
        print(line, file=sys.stderr)
    return int(bool(bad))


def of(component: Mapping[str, Any]) -> Iterator[str]:
    """The identifiers of a component's licences, expressions taken apart; other names as they are."""
    stated = [
        one.get("expression") or one["license"].get("id") or one["license"].get("name", "")
        for one in component.get("licenses", ())
    ]
    name = re.sub(r"[-_.]+", "-", component["name"]).lower()
    for text in stated or filter(None, [BY_HAND.get(name)]):
        known = NAMES.get(text, text)
        yield from [known] if known != text else filter(None, map(str.strip, _WORDS.split(text)))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
