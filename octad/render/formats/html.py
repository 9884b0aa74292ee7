"""A report as one HTML page that needs nothing else: no network, no fonts, no file beside it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from octad import __version__
from octad.host.files import read_text
from octad.host.terminal import visible
from octad.records.report import Report
from octad.render.excerpt import breakable, counted
from octad.render.page import page_of
from octad.render.renderers import FOLDER
from octad.render.timeline import SIZES


def render(report: Report, sources: Mapping[str, str]) -> str:
    """The page; every value of the report is escaped, and the page forbids every script but its own."""
    style = "".join(map(_part, ("base.css", "page.css", "timeline.css", "matrix.css")))
    script = _part("page.js")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src {_digest(style)}",
            f"script-src {_digest(script)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return _template().render(
        page=page_of(report, sources), style=style, script=script, policy=policy, version=__version__
    )


@cache
def _template() -> Template:
    """The page's template; an unknown name in it is an error."""
    environment = Environment(
        autoescape=True,
        loader=FunctionLoader(_part),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["size"] = SIZES
    environment.filters["counted"] = counted
    environment.filters["visible"] = visible
    environment.filters["breakable"] = _breakable
    return environment.get_template("page.html.j2")


def _breakable(text: str) -> Markup:
    """Text whose long names may go on in the next line, and whose words stay whole."""
    return Markup("<wbr>").join(breakable(visible(text)))


@cache
def _part(name: str) -> str:
    """The template, a style sheet or the script of the page."""
    return read_text(FOLDER / name)


def _digest(content: str) -> str:
    """What a content security policy calls an inline style or script."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
