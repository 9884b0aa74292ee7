"""Man pages of both kinds become passages without the escapes of the formatter."""

from __future__ import annotations

from octad.read.documents.man_page import read_man_page


def test_macros_of_man() -> None:
    text = (
        '.\\" comment\n.TH SHOP 1\n.SH OPTIONS\n.TP\n.B \\-\\-all\nSell \\fIeverything\\fR.\n'
        ".nf\nshop \\-\\-all\n.fi\n"
    )
    document = read_man_page(text, "shop.1")
    assert [(one.kind, one.text, one.first) for one in document.passages] == [
        ("heading", "SHOP 1", 2), ("heading", "OPTIONS", 3), ("text", "\n--all\nSell everything.", 4),
        ("code", "shop --all", 8),
    ]  # fmt: skip
    assert [(one.role, one.text, one.anchor.line) for one in document.passages[2].spans] == [
        ("bold", "--all", 5), ("italic", "everything", 6),
    ]  # fmt: skip
    assert document.passages[2].section == ("SHOP 1", "OPTIONS")


def test_macros_of_mdoc() -> None:
    document = read_man_page(".Dd today\n.Sh NAME\n.Nm shop\n.Sh OPTIONS\n.It Fl v\nSay more.\n", "shop.1")
    assert [one.text for one in document.passages if one.kind == "heading"] == ["NAME", "OPTIONS"]
    assert ("bold", "-v") in [(span.role, span.text) for one in document.passages for span in one.spans]


def test_odd_pages_are_no_error() -> None:
    for text in ("", ".", "\\", ".SH", "\\f", ".Fl", ".nf\n", "'\n", ".TH\n.SH \n\\("):
        assert read_man_page(text, "a.1").format == "man"
