"""Names that people give to commits, looked up."""

from __future__ import annotations

from octad.errors import RepositoryError
from octad.read.git.sealed import Sealed

HINT = "name a commit, branch, tag or range such as main..HEAD"


def commit_of(git: Sealed, name: str, shown: str = "") -> str:
    """The full name of a commit; raises RepositoryError, which says `shown`, when git knows none of it."""
    unknown = RepositoryError(f"unknown revision {shown or repr(name)}", hint=HINT)
    if name.startswith("-") or not name.isprintable() or not name.strip():
        raise unknown
    if "@{" in name:
        git.copy_logs()
    try:
        return git.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode("ascii").strip()
    except RepositoryError as error:
        raise unknown from error
