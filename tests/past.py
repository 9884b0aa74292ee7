"""A git repository with a past of known dates and authors, for tests that read histories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

START = 1_600_000_000
DAY = 86_400


class Past:
    """Makes commits in a new repository; files are given by path, None deletes one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, author: str = "Ada", day: float = 0) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        when = f"{int(START + day * DAY)} +0200"
        identity = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", author), ("EMAIL", f"{author}@example.org"), ("DATE", when))
        }
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-c", "commit.gpgsign=false", *arguments],
            cwd=self.root,
            env=kept | identity | alone,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(
        self, message: str, files: dict[str, str | None], *, day: float = 0, author: str = "Ada"
    ) -> str:
        """Write the files, commit them, and return the revision."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", message, author=author, day=day)
        return self.git("rev-parse", "HEAD")
