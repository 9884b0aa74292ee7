"""Every exception that Octad raises on purpose.

OctadError                     code, message, what to do next
├── InputError                 what the user gave cannot be read or understood
│   ├── UnreadableInput        a file, patch or stream that cannot be read
│   └── RepositoryError        no repository, or an unknown revision
├── OutputError                a report cannot be written where it was asked for
├── OutOfBudget                the time or memory of the run is used up before there is an answer
├── ArtefactError              weights missing, damaged, or of another kind
├── ProcessError               a program is absent, cannot be started, or takes too much
├── IsolationError             a program of a stranger cannot be isolated, so it is not run
├── RemoteError                a server said why it has no answer
├── StoreError                 what the program keeps cannot be read or written
├── DeclarationError           an agent's declaration contradicts itself
└── MissingExtra               an optional dependency is not installed
"""

from __future__ import annotations

from typing import Literal

StoreFault = Literal["busy", "full", "damaged", "newer", "refused"]
"""Why a store is of no use: somebody else writes, no room, not sound, of a later program, not permitted."""
ProcessFault = Literal["absent", "refused", "slow", "large"]
"""Why there is no answer of a program: not installed, not started, no end in time, too much output."""


class OctadError(Exception):
    """Base of all errors; `code` is stable, `hint` says what to do next."""

    code = "octad"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


def first_line(error: BaseException) -> str:
    """An error of somebody else's code in one line: what it is, and the first of what it says."""
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


class InputError(OctadError):
    """What the user gave cannot be read or understood."""

    code = "input"


class UnreadableInput(InputError):
    """A file, patch or stream that cannot be read."""

    code = "input.unreadable"


class RepositoryError(InputError):
    """No repository here, or a revision that git does not know."""

    code = "input.repository"


class OutputError(OctadError):
    """A report cannot be written where it was asked for."""

    code = "output"


class OutOfBudget(OctadError):
    """The time or the memory of the run is used up before there is an answer."""

    code = "budget"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, hint="ask about less, or give more with --deadline or --max-memory")


class ArtefactError(OctadError):
    """Weights that are missing, damaged, or made for another declaration."""

    code = "artefact"


class ProcessError(OctadError):
    """A program that is absent, cannot be started, or takes more time or says more than it may."""

    code = "process"

    def __init__(self, message: str, *, kind: ProcessFault, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.kind = kind


class IsolationError(OctadError):
    """A program of a stranger cannot be isolated here, so it is not run."""

    code = "isolation"


class StoreError(OctadError):
    """What the program keeps cannot be read or written; what was acknowledged before is still there."""

    code = "store"

    def __init__(self, message: str, *, kind: StoreFault, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.kind = kind


class RemoteError(OctadError):
    """What a server said instead of an answer: the code of its fault, its status, whether to ask again."""

    code = "remote"

    def __init__(self, message: str, *, fault: str, status: int, retry: bool = False, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.fault = fault
        self.status = status
        self.retry = retry


class DeclarationError(OctadError):
    """An agent's declaration contradicts itself."""

    code = "declaration"


class MissingExtra(OctadError):
    """An optional dependency is not installed."""

    code = "extra"
