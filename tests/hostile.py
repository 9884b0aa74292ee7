"""A git repository that would run a program wherever git lets a repository do so, for tests that read it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.past import Past

HOOKS = (
    "fsmonitor-watchman", "post-checkout", "post-index-change", "pre-auto-gc", "query-watchman",
    "reference-transaction",
)  # fmt: skip
ASKED = (("diff", "HEAD"), ("log", "-p"), ("status",), ("ls-files", "--others"), ("branch",))
"""What looking at a repository by hand comes to."""
STORED = frozenset({"core.bare", "core.repositoryformatversion", "core.worktree", "extensions.objectformat"})
"""How it is stored: a program there makes it none that can be read."""
COMMANDS = re.compile(
    r"(?!col|gitcvs)(?:include|pager\.|alias\.|.*\.(?:cmd|command|clean|smudge|process|driver|textconv|external|"
    r"program|fsmonitor|pager|editor|askpass|helper|hookspath|gitproxy|sshcommand|packobjectshook|uploadpack|"
    r"receivepack|alternaterefscommand|defaultkeycommand)$)",
    re.IGNORECASE,
)
"""Settings whose values git takes for a program or a file of more settings."""
BEYOND = (
    "core.fsmonitor", "filter.x.process", "filter.x.required", "diff.x.process", "alias.rev-parse",
    "alias.cat-file", "alias.diff-tree", "pager.diff-tree", "pager.log", "pager.config", "remote.origin.vcs",
)  # fmt: skip
"""Names that this git has not in its list, or has as a pattern."""


class Hostile:
    """The repository; `values` has every setting with what would be run or read, `lit` tells what was."""

    def __init__(self, root: Path) -> None:
        self.past = Past(root / "repository")
        self.root = self.past.root
        self._marks = root / "beacon"
        self._program = root / "beacon.sh"
        self._program.write_text(f'#!/bin/sh\necho "$0 $*" >> {self._marks}\ncat\n')
        self.stops = root / "stops.sh"
        self.stops.write_text(f'#!/bin/sh\necho "$0" >> {self._marks}\nexit 1\n')
        for program in (self._program, self.stops):
            program.chmod(0o755)
        for number in range(3):
            files: dict[str, str | None] = {"a.py": f"x = {number}\n", "sub/b.py": f"y = [{number}]\n"}
            self.past.commit(f"Fix {number}", files, day=number)
        self.plain = (self.root / ".git" / "config").read_text()
        (self.root / "a.py").write_text("def f(x=[]):\n    return x\n")
        (self.root / ".gitattributes").write_text("* filter=x diff=x merge=x text=auto\n")
        (self.root / ".git" / "info" / "attributes").write_text("*.py filter=x diff=x merge=x\n")
        for hook in HOOKS:
            (self.root / ".git" / "hooks" / hook).symlink_to(self._program)
        included = root / "included"
        included.write_text(f"[core]\n\tfsmonitor = {self._program}\n\tpager = {self._program}\n")
        values = {name: str(self._program) for name in (*self.keys(), *BEYOND)}
        self.values = values | {"include.path": str(included), "includeIf.gitdir:/.path": str(included)}
        self._marks.unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        """Every setting that this git knows, `x` where it leaves a name open."""
        for key in self.past.git("help", "--config").split("\n"):
            if re.fullmatch(r"[A-Za-z]+(?:\.[A-Za-z0-9<>*-]+)+", key) and not key.startswith("include"):
                yield re.sub(r"<[^>]*>|\*", "x", key)

    def commands(self) -> list[str]:
        """The settings that git takes a program for: with another, it may stop before it runs anything."""
        return [name for name in self.values if COMMANDS.match(name)]

    def everything(self) -> list[str]:
        """Every setting that does not say how the repository is stored."""
        return [name for name in self.values if name.lower() not in STORED]

    def configure(self, names: Iterable[str]) -> None:
        """Set these settings, each to the program, and nothing else."""
        lines = (_line(name, self.values[name]) for name in names)
        (self.root / ".git" / "config").write_text(self.plain + "".join(lines))

    def ask(self) -> Iterator[subprocess.CompletedProcess[str]]:
        """Look at it by hand."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        alone = kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        for command in ASKED:
            yield subprocess.run(
                ["git", *command], cwd=self.root, env=alone, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, check=False, timeout=30,
            )  # fmt: skip

    def lit(self) -> list[str]:
        """What ran since the last time this was asked."""
        marks = self._marks.read_text().splitlines() if self._marks.exists() else []
        self._marks.unlink(missing_ok=True)
        return marks


def _line(name: str, value: str) -> str:
    section, _, rest = name.partition(".")
    middle, _, key = rest.rpartition(".")
    shown = f'{section} "{middle}"' if middle else section
    return f"[{shown}]\n\t{key} = {value}\n"
