"""What directives of reStructuredText mean to who reads documents, those of Sphinx and its extensions too."""

from __future__ import annotations

from collections.abc import Mapping

from octad.records.document import LinkKind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CODE = _words("""
    code code-block sourcecode literalinclude ipython ipython3 doctest testcode testsetup testcleanup
    prompt parsed-literal mermaid graphviz digraph graph uml plantuml code-cell bash console
""")
"""Directives that hold code."""
VERBATIM = CODE | _words("""
    highlight literal jupyter-execute testoutput raw math csv-table exec-code command-output program-output
    productionlist toctree autosummary include image runblock plot pyplot execute_code exec_code tikz
    inheritance-diagram autoclass automodule autofunction click argparse asciinema
""")
"""Directives whose contents are no text of the document."""
PLAIN = _words("""
    note warning tip hint important caution danger attention error seealso todo container epigraph highlights
    pull-quote compound details tab-set grid centered
""")
"""Directives without an argument: what follows on their line is text."""
LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys(("ipython", "ipython3", "testcode", "testsetup", "testcleanup"), "python"),
    **dict.fromkeys(("graphviz", "digraph", "graph"), "dot"),
    "doctest": "pycon",
    "uml": "plantuml",
    "plantuml": "plantuml",
    "mermaid": "mermaid",
}
"""The language of what some of them hold, where they do not say it."""
FILES: Mapping[str, LinkKind] = {
    "include": "include",
    "literalinclude": "include",
    "image": "image",
    "figure": "image",
}
"""Directives that name a file."""
ROLES: Mapping[str, LinkKind] = {"doc": "document", "download": "include", "ref": "reference"}
"""Roles that point at something."""
