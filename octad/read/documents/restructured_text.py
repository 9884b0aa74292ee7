"""reStructuredText, as Sphinx reads it too, to a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octad.read.documents.builder import DocumentBuilder
from octad.read.documents.tamed import tamed
from octad.records.document import Document

if TYPE_CHECKING:
    from docutils import nodes


def read_restructured_text(text: str, path: str) -> Document:
    """The document in a text with line feeds alone; nothing that it names is read, and nothing is raised."""
    from octad.read.documents.rst_parser import parsed
    from octad.read.documents.rst_walk import Walk

    builder = DocumentBuilder(path, text, "rst")
    tame, is_cut = tamed(text)
    if is_cut:
        builder.flags["partial"] = None
    try:
        tree: nodes.document = parsed(tame, path)
    except Exception:  # of a parser that was never meant for hostile text, or its steps are used up
        builder.flags["partial"] = None
        return builder.document()
    Walk(builder).run(tree)
    return builder.document()
