"""Notes by a template of their reader: Jinja, in a sandbox, with a bound on time, memory and length.

A template has `heading`, `date`, `previous`, `tag`, `audience`, `total`, `entries`, and `sections` with
`title` and `entries`; an entry has the fields of its record. It loads no
other file, and calls nothing that makes long texts of short ones.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from octad.budget import peak_megabytes
from octad.errors import InputError, UnreadableInput, first_line
from octad.host.files import read_text
from octad.records.notes import Notes
from octad.render.notes import date_of, sections

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

MOST_BYTES, MOST_CHARACTERS = 200_000, 20_000_000
"""Of a template, and of what it makes."""
SECONDS, MEGABYTES = 20.0, 500.0
LONGEST = 100_000
"""Of a text or a list that is multiplied, and of the digits of a power."""
_HINT = "the fields are those of `--format json`"
_GONE = ("format", "center", "indent", "pprint", "xmlattr", "filesizeformat", "random")
_METHODS = frozenset(
    {"format", "format_map", "center", "ljust", "rjust", "zfill", "expandtabs", "translate", "replace"}
)


def render_template(path: Path, notes: Notes) -> str:
    """The notes as a template has them; raises InputError in one line, with the place of what is wrong."""
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        source = read_text(path, MOST_BYTES)
    except UnreadableInput as error:
        raise UnreadableInput(f"{path}: {error.message}", hint=error.hint or "check the path") from error
    try:
        template = _environment().from_string(source)
        return _rendered(template, notes)
    except TemplateSyntaxError as error:
        raise InputError(f"{path}:{error.lineno}: {error.message or 'no template'}", hint=_HINT) from error
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        said = (
            str(error).splitlines()[0]
            if isinstance(error, TemplateError) and str(error)
            else first_line(error)
        )
        raise InputError(f"{path}:{_line(error.__traceback__)}: {said}", hint=_HINT) from error
    except (RecursionError, MemoryError) as error:
        raise InputError(f"{path}: nested too deep, or too large", hint="make it simpler") from error


def _environment() -> SandboxedEnvironment:
    """Jinja without what makes long texts of short ones, or loops of nothing."""
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import SandboxedEnvironment

    class Environment(SandboxedEnvironment):
        intercepted_binops = frozenset(("*", "**", "%"))

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            return attr not in _METHODS and super().is_safe_attribute(obj, attr, value)

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if operator == "%" and isinstance(left, str):
                raise SecurityError("% of a text is not allowed")
            numbers = [one for one in (left, right) if isinstance(one, int)]
            sized = [len(one) for one in (left, right) if hasattr(one, "__len__")]
            if operator != "%" and (
                any(abs(one) > LONGEST for one in numbers)
                or (sized and numbers and sized[0] * numbers[0] > LONGEST)
            ):
                raise SecurityError(f"{operator} makes too much")
            if operator == "**" and any(abs(one) > 100 for one in numbers):
                raise SecurityError("** makes too much")
            return super().call_binop(context, operator, left, right)

    made = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    for name in ("range", "lipsum", "cycler", "joiner", "dict"):
        made.globals.pop(name, None)
    for name in _GONE:
        made.filters.pop(name, None)
    return made


def _rendered(template: Template, notes: Notes) -> str:
    shown = notes.model_dump(mode="json", exclude={"blocks", "findings", "suppressed"})
    grouped = [
        {"title": title, "entries": [one.model_dump(mode="json") for one in entries]}
        for title, entries in sections(notes)
    ]
    parts: list[str] = []
    length = 0
    with _bounded():
        for part in template.generate(shown | {"sections": grouped, "date": date_of(notes)}):
            parts.append(part)
            length += len(part)
            if length > MOST_CHARACTERS:
                raise ValueError(f"makes more than {MOST_CHARACTERS:,} characters")
    return "".join(parts)


@contextmanager
def _bounded() -> Iterator[None]:
    """While this holds, each line that Python runs may be the last: beyond time or memory it ends."""
    before, watch = sys.gettrace(), _Watch()
    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)


class _Watch:
    """Counts what a template uses, asked at each of its lines."""

    def __init__(self) -> None:
        self._until = time.monotonic() + SECONDS
        self._held = peak_megabytes()
        self._asked = time.monotonic()

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        now = time.monotonic()
        if now > self._until:
            raise ValueError(f"takes more than {SECONDS:.0f} s")
        if now - self._asked > 0.02:
            self._asked = now
            if peak_megabytes() - self._held > MEGABYTES:
                raise ValueError(f"takes more than {MEGABYTES:.0f} MB")
        return self


def _line(at: TracebackType | None) -> int:
    """The line of the template in which an error came up, 1 where that is not known."""
    line = 1
    while at is not None:
        if at.tb_frame.f_code.co_filename == "<template>":
            line = at.tb_lineno
        at = at.tb_next
    return line
