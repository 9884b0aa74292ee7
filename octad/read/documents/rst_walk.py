"""The tree of reStructuredText, node by node, to passages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from docutils import nodes

from octad.read.documents.builder import DocumentBuilder
from octad.read.documents.directives import CODE, FILES, LANGUAGES, ROLES
from octad.records.document import Link, LinkKind, Span
from octad.records.lines import encodable
from octad.records.report import Anchor

_AROUND = {
    "bullet_list": "list",
    "enumerated_list": "list",
    "definition_list": "list",
    "block_quote": "quote",
    "table": "table",
    "footnote": "footnote",
    "option_list": "options",
}
_TEXTS = frozenset({"paragraph", "term", "rubric", "line", "subtitle"})


class Walk:
    """Hands every node to what reads its kind; deep trees are no deeper than the parser lets them be."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._level = 0
        self._read: Mapping[str, Callable[[Any], None]] = {
            "section": self._section,
            "literal_block": self._literal,
            "doctest_block": self._doctest,
            "directive": self._directive,
            "target": self._target,
            "field": self._field,
            "option_string": self._option,
            "system_message": self._nothing,
            "comment": self._nothing,
            "substitution_definition": self._nothing,
        }

    def run(self, node: nodes.Element) -> None:
        """Add what stands in a node."""
        for child in node.children:
            if isinstance(child, nodes.Element):
                self._node(child)

    def _node(self, node: nodes.Element) -> None:
        kind = type(node).__name__
        if kind in self._read:
            self._read[kind](node)
        elif kind in _TEXTS:
            with self._builder.inside(*(("term",) if kind == "term" else ())):
                self._text(node)
        else:
            with self._builder.inside(*filter(None, (_AROUND.get(kind),))):
                self.run(node)

    def _nothing(self, node: nodes.Element) -> None:
        """Comments, and what the parser has to say."""

    def _section(self, node: nodes.Element) -> None:
        self._level += 1
        title = next((one for one in node.children if isinstance(one, nodes.title)), None)
        self._builder.labels.update(dict.fromkeys(node.get("names", ())))
        if title is not None:
            line = self._line(title)
            words = title.astext()
            first = next((at for at in (line, line - 1, line - 2) if self._shows(at, title.rawsource)), line)
            spans, links = self._inline(title, (first, first))
            self._builder.heading(words, self._level, (first, first), spans=spans, links=links)
        for child in node.children:
            if isinstance(child, nodes.Element) and child is not title:
                self._node(child)
        self._level -= 1

    def _shows(self, line: int, text: str) -> bool:
        self._builder.places.region(line, line)
        return line > 0 and self._builder.places.find(text.strip()) is not None

    def _text(self, node: nodes.Element, **more: str) -> None:
        first = self._line(node)
        lines = first, first + node.rawsource.count("\n")
        spans, links = self._inline(node, lines)
        self._builder.add("text", node.astext(), lines, spans=spans, links=links, **more)

    def _inline(self, node: nodes.Element, lines: tuple[int, int]) -> tuple[list[Span], list[Link]]:
        """What is set apart in a text."""
        self._builder.places.region(*lines)
        spans: list[Span] = []
        links: list[Link] = []
        for child in node.children:
            kind = type(child).__name__
            if not isinstance(child, nodes.Element) or kind in ("strong", "emphasis", "target"):
                continue
            place = self._builder.places.find(child.rawsource) or self._builder.places.here()
            if kind == "literal":
                text = encodable(child.astext())
                spans.append(Span(text=text, role="code", anchor=_inner(place, child.rawsource, text)))
            elif kind == "role":
                text, target = _titled(child.astext())
                place = _inner(place, child.rawsource, target)
                spans.append(Span(text=encodable(target), role=child["name"], anchor=place))
                if child["name"] in ROLES:
                    links.append(_link(target, ROLES[child["name"]], text, place))
            elif kind in ("reference", "image"):
                target = str(child.get("refuri") or child.get("uri") or "")
                links += _references(child, _inner(place, child.rawsource, target) if target else place)
        return spans, links

    def _literal(self, node: nodes.Element) -> None:
        self._code(node.astext(), self._line(node), name="literal")

    def _doctest(self, node: nodes.Element) -> None:
        self._code(node.astext(), self._line(node), name="doctest", language="pycon")

    def _code(self, text: str, first: int, **more: Any) -> None:
        indent = self._builder.places.indent(first, text)
        self._builder.add("code", text, (first, first + text.count("\n")), indent=indent, **more)

    def _directive(self, node: nodes.Element) -> None:
        name = node["name"]
        said = {"name": name, "argument": encodable(node["argument"]), "options": node["options"]}
        if name in CODE and node["content"]:
            language = LANGUAGES.get(name) or node["argument"].lower()
            self._code("\n".join(node["content"]), node["start"], language=language, **said)
            return
        links = list(self._named(node))
        if name == "include":
            self._builder.flags["partial"] = None
        self._builder.add("directive", node["argument"], (node.line, node.line), links=links, **said)
        with self._builder.inside(name):
            self.run(node)

    def _named(self, node: nodes.Element) -> Iterator[Link]:
        """The files that a directive names."""
        name, places = node["name"], self._builder.places
        places.region(node.line, node["last"])
        if name in FILES and node["argument"]:
            place = places.find(node["argument"]) or places.whole(node.line)
            yield _link(node["argument"], FILES[name], "", place)
        for line in node["content"] if name == "toctree" else ():
            if line.strip() and not line.lstrip().startswith(":"):
                place = places.find(line.strip()) or places.whole(node.line)
                text, target = _titled(line.strip())
                yield _link(target, "document", text, place)

    def _target(self, node: nodes.Element) -> None:
        self._builder.labels.update(dict.fromkeys((*node.get("names", ()), *node.get("dupnames", ()))))
        if node.get("refuri") and node.line is not None:
            self._builder.places.region(node.line, node.line)
            place = self._builder.places.find(node["refuri"]) or self._builder.places.here()
            links = [_link(node["refuri"], "link", "", place)]
            with self._builder.inside("target"):
                self._builder.add("text", "", (node.line, node.line), links=links)

    def _field(self, node: nodes.Element) -> None:
        name, body = node.children[0].astext(), node.children[-1]
        with self._builder.inside("field"):
            for child in body.children:
                if isinstance(child, nodes.paragraph):
                    self._text(child, name=name)
                elif isinstance(child, nodes.Element):
                    self._node(child)

    def _option(self, node: nodes.Element) -> None:
        """An option in an option list, whose line only the text beside it knows."""
        holder: Any = node
        while holder is not None and holder.line is None:
            holder = holder.parent
        first = max(1, holder.line if holder is not None else 1)
        place = self._builder.places.whole(first)
        spans = [Span(text=encodable(node.astext()), role="option", anchor=place)]
        self._builder.add("text", node.astext(), (first, first), spans=spans)

    def _line(self, node: nodes.Node) -> int:
        return max(1, node.line or 1)


def _titled(text: str) -> tuple[str, str]:
    """What is shown and what is meant, of `shown <meant>` or of one word for both."""
    shown, bracket, meant = text.rpartition("<")
    if bracket and meant.endswith(">"):
        return shown.strip(), meant[:-1].strip()
    return text, text.strip().lstrip("!~")


def _inner(place: Anchor, raw: str, text: str) -> Anchor:
    """The place of a text without the marks around it, where all stands on one line."""
    at = raw.rfind(text)
    if at < 0 or place.line != place.end_line or place.end_column - place.column != len(raw):
        return place
    column = place.column + at
    return place.model_copy(update={"column": column, "end_column": column + len(text)})


def _references(node: nodes.Element, place: Anchor) -> Iterator[Link]:
    if isinstance(node, nodes.image):
        yield _link(str(node.get("uri", "")), "image", "", place)
    elif node.get("refuri"):
        yield _link(str(node["refuri"]), "link", node.astext(), place)
    elif node.get("refname"):
        yield _link(str(node["refname"]), "reference", node.astext(), place)


def _link(target: str, kind: LinkKind, text: str, place: Anchor) -> Link:
    return Link(target=encodable(target), kind=kind, text=encodable(text), anchor=place)
