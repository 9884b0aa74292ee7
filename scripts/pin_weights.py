"""Pin the shipped weights: `python scripts/pin_weights.py [--check]`.

Writes the SHA-256 of the manifest of every folder in `octad/weights`, which names each file by its own, to
`octad/store/pinned.py`. With `--check` nothing is written: it fails where that would change, or where a file
is not as its manifest says.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from octad.errors import ArtefactError
from octad.store.artefact import MANIFEST, digest, load

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS, PINS = ROOT / "octad" / "weights", ROOT / "octad" / "store" / "pinned.py"
TEXT = '''"""The weights of this version: the SHA-256 of each manifest, which names agent and files.

Written by `python scripts/pin_weights.py`; `make test` fails where it is not as the weights are.
"""

from __future__ import annotations

PINNED = frozenset(
    {{
{lines}    }}
)
'''


def digests(weights: Path) -> dict[str, str]:
    """The digest of every manifest by its folder; raises ArtefactError where a folder is not as it says."""
    found = {}
    for manifest in sorted(weights.glob(f"*/{MANIFEST}")):
        load(manifest.parent.name, manifest.parent)
        found[manifest.parent.name] = digest(manifest)
    return found


def text_of(pins: Mapping[str, str]) -> str:
    """The file of pins."""
    return TEXT.format(lines="".join(f'        "{one}",\n' for one in sorted(pins.values())))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pins or check them; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail where it would change")
    wanted = parser.parse_args(arguments)
    try:
        text = text_of(digests(WEIGHTS))
    except ArtefactError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not wanted.check:
        PINS.write_text(text, encoding="utf-8")
    elif PINS.read_text("utf-8") != text:
        sys.stderr.write(f"{PINS} is not as the weights are; run `python scripts/pin_weights.py`\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
