"""Markdown becomes passages whose words, links and code stand where they are in the source."""

from __future__ import annotations

from octad.read.documents.markdown import read_markdown
from octad.records.document import Document
from octad.records.report import Anchor

TEXT = """\
---
title: settings at the top
---
# Title `x`

Words with `code` and [a link](docs/x.md#y "t") and ![im](i%20a.png)
and <a href="foo.html" id="here">more</a>.

- item `a`

  ```json title="x"
  {
   "a": 1}
  ```

> quoted

| a | b |
|---|---|
| `c` | [d](e.md) |

## Below

[ref]: ./there.md
See [ref].

    indented
      code

<img src="pic.png"> <!-- <img src="hidden.png"> -->
"""


def read() -> Document:
    return read_markdown(TEXT, "README.md")


def written(document: Document, anchor: Anchor) -> str:
    return document.lines[anchor.line - 1][anchor.column - 1 : anchor.end_column - 1]


def test_headings_stand_above_what_follows() -> None:
    document = read()
    headings = [(one.text, one.level, one.first) for one in document.passages if one.kind == "heading"]
    assert headings == [("Title x", 1, 4), ("Below", 2, 22)]
    assert next(one for one in document.passages if one.text == "See ref.").section == ("Title x", "Below")


def test_spans_and_links_stand_where_they_are_written() -> None:
    document = read()
    spans = [span for passage in document.passages for span in passage.spans]
    assert [(span.text, span.anchor.line) for span in spans] == [("x", 4), ("code", 6), ("a", 9), ("c", 20)]
    assert all(written(document, span.anchor) == span.text for span in spans)
    found = [(link.kind, link.target, written(document, link.anchor)) for link in document.links]
    assert found == [
        ("link", "docs/x.md#y", "docs/x.md#y"),
        ("image", "i a.png", "i%20a.png"),
        ("link", "foo.html", "foo.html"),
        ("link", "e.md", "e.md"),
        ("link", "./there.md", "[ref]"),
        ("image", "pic.png", "pic.png"),
    ]
    assert document.labels == ("here",)


def test_code_is_told_from_prose() -> None:
    codes = [one for one in read().passages if one.kind == "code"]
    assert [(one.name, one.language, one.first, one.indent, one.text) for one in codes] == [
        ("fence", "json", 12, 2, '{\n "a": 1}'),
        ("indented", "", 27, 4, "indented\n  code"),
    ]
    assert codes[0].argument == 'json title="x"'
    assert codes[0].within == ("list",)


def test_a_paragraph_of_marks_is_left_out_and_said() -> None:
    document = read_markdown("# A\n\n" + "[" * 20_000 + "\n\nrest\n", "a.md")
    assert [one.text for one in document.passages] == ["A", "rest"]
    assert [one.first for one in document.passages] == [1, 5]
    assert document.flags == ("partial",)
