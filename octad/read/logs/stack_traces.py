"""Which lines go on with the message before: stack traces of Python, Java, Go, Node and .NET."""

from __future__ import annotations

import re

from octad.read.logs.levels import SERIOUS
from octad.records.logs import LogLine

_HEAD = re.compile(
    r"Traceback \(most recent call last\):|panic: |fatal error: |Exception in thread |Unhandled exception"
    r"|Uncaught |[\w.$]{1,200}+(?:(?<=Exception)|(?<=Error)|(?<=Throwable))(?: \[\w{1,60}\])?(?::|\s*$)"
    r"|(?:file://)?/\S{1,300}\.[cm]?[jt]s:\d+$"
)
# Lines of a trace that are not indented.
_BODY = re.compile(
    r"Caused by: |Suppressed: |\.\.\. \d+ more|at \S{1,300}\(|--- End of |goroutine \d+ \[|created by "
    r"|\[signal |exit status \d|During handling of the above|The above exception was|Node\.js v|\[\.\.\."
    r"|[\w./*(){}·~-]{1,300}\(.{0,300}\)$|[})\]]{1,3}[,;]?$"
)
_LINKED = re.compile(r"During handling of the above|The above exception")
_CLASS = re.compile(r"[A-Za-z_][\w.]{0,200}(?::|$)")
_MAX_LINES = 2_000


class Traces:
    """Follows the lines of one source and says which of them belong to the message before."""

    def __init__(self) -> None:
        self._of: LogLine | None = None
        self._lines = 0
        self._inside = False
        self._python = False  # the last line of a Python trace, which is not indented, is still to come
        self._linked = False  # the next trace belongs to this one

    @staticmethod
    def begins(text: str) -> bool:
        """Whether this line is the head of a trace."""
        return _HEAD.match(text) is not None

    def goes_on(self, text: str, last: LogLine) -> bool:
        """Whether `text` belongs to the message `last`, or to what went on with it."""
        if last is not self._of:
            self._of, self._lines = last, 0
            self._inside = self._python = self._linked = False
            if _HEAD.match(last.message):
                self._enter(last.message)
        if self._lines > _MAX_LINES:
            return False
        mine = self._belongs(text, last.level)
        self._lines += mine
        return mine

    def _enter(self, text: str) -> None:
        """Inside a trace from this head on."""
        self._inside, self._linked = True, False
        self._python = text.startswith("Traceback")

    def _belongs(self, text: str, level: str) -> bool:
        """The rules, the cheapest first."""
        if not text or text[0] in " \t":
            return True
        if self._python and _CLASS.match(text):
            self._python = False
            return True
        if _HEAD.match(text):
            if not (self._linked or (level in SERIOUS and not self._inside) or self._follows(text)):
                return False
            self._enter(text)
            return True
        if not (self._inside or self._lines or level in SERIOUS):
            return False
        if _BODY.match(text) is None:
            return False
        self._linked = _LINKED.match(text) is not None
        self._inside = True
        return True

    def _follows(self, text: str) -> bool:
        """Whether a head is the message that Node or Go prints below the place of the error."""
        return self._inside and not self._python and self._lines > 0 and not text.startswith("Traceback")
