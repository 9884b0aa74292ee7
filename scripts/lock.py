"""Write `requirements/`: every package that a command installs, exact and with the digests of its files.

    make lock              keep the versions, bring in what pyproject.toml asks for besides
    make lock LOCK=--upgrade

Versions and digests are those of the index that uv is set up for, for every platform that it has wheels for
and Python 3.11 or newer; nothing is ever built from source.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
EDITABLE = ("editables>=0.5",)
"""What hatchling needs to install a folder in place."""
SERVED = ("serve", "mcp")
"""The extras of a machine that serves."""
TESTED = ("dev", "serve", "mcp", "lsp")
"""The extras that `make test` needs."""
TOOLS = ("cyclonedx-bom>=7", "pip-audit>=2.10", "uv>=0.13")
GPU = ("cuda-", "nvidia-", "triton")
"""How the packages begin that torch asks for only where it was built for a GPU; gigabytes."""
CPU = ("torch==2.13.0+cpu", "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b")
"""The build without a GPU's libraries, for CPython 3.11 on Linux with x86-64, which has an index of its own.

It is taken where one is at hand, as it is a tenth of the size. It changes with the version of torch.
"""
_BLOCK = re.compile(r"^(?=[a-z0-9])", re.MULTILINE)
_HEAD = """# Written by scripts/lock.py: change pyproject.toml and run `make lock`.
--only-binary :all:

"""


def main(options: Sequence[str]) -> None:
    """Resolve all sets, each with the versions of the largest one."""
    core, served, dev = wanted()
    FOLDER.mkdir(exist_ok=True)
    every = compiled([*core, *dev], _kept("dev.txt", "gpu.txt"), options)
    gpu = [block for block in every if block.startswith(GPU)]
    pinned = [block for block in every if not block.startswith(GPU)]
    write("dev.txt", pinned)
    write("gpu.txt", gpu)
    write("cpu.txt", [f"{CPU[0]} \\\n    --hash=sha256:{CPU[1]}\n"])
    names = [block.partition(" ")[0] for block in pinned]
    write("core.txt", compiled(core, names, ()))
    write("serve.txt", compiled(served, names, ()))
    write("tools.txt", compiled(TOOLS, _kept("tools.txt"), options))


def wanted() -> tuple[list[str], list[str], list[str]]:
    """The requirements of the core, with what builds it, of a server, and of development and laboratory."""
    product, laboratory = (_toml(ROOT / "pyproject.toml"), _toml(ROOT / "octad_train/pyproject.toml"))
    core = [*product["build-system"]["requires"], *EDITABLE, *product["project"]["dependencies"]]
    others = [one for one in laboratory["project"]["dependencies"] if one != product["project"]["name"]]
    extras = product["project"]["optional-dependencies"]
    served = [*core, *(one for name in SERVED for one in extras[name])]
    return core, served, [*(one for name in TESTED for one in extras[name]), *others]


def compiled(requirements: Iterable[str], kept: Iterable[str], options: Sequence[str]) -> list[str]:
    """A block of text for each package: its exact version, where it is needed, its digests."""
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "-", "--universal", "--python-version", "3.11",
        "--quiet", "--generate-hashes", "--no-build", "--no-header", "--no-annotate",
    ]  # fmt: skip
    held = FOLDER / ".kept"
    held.write_text("".join(f"{one}\n" for one in ([] if "--upgrade" in options else kept)), "utf-8")
    try:
        text = "".join(f"{one}\n" for one in requirements)
        done = subprocess.run(
            [*command, "--constraint", str(held), *(one for one in options if one != "--upgrade")],
            input=text, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        held.unlink()
    if done.returncode:
        sys.exit(f"uv found no versions that fit:\n{done.stderr}")
    return [block.rstrip("\n") + "\n" for block in _BLOCK.split(done.stdout)[1:]]


def write(name: str, blocks: Iterable[str]) -> None:
    """Write one file."""
    (FOLDER / name).write_text(_HEAD + "".join(blocks), "utf-8")


def _kept(*names: str) -> list[str]:
    """The exact versions that files hold now."""
    paths = [FOLDER / name for name in names]
    blocks = [block for path in paths if path.exists() for block in _BLOCK.split(path.read_text("utf-8"))[1:]]
    return [re.split(r"[ \n]", block, maxsplit=1)[0] for block in blocks]


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
