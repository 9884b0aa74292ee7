"""Links that lead nowhere are found; those that a site, a host or a build gives a meaning are not."""

from __future__ import annotations

import pytest

from octad.claims.links import check
from tests.unit.claims.projects import project, said

FILES = {
    "docs/guide.md": "# Getting started\n\n## `<relabel_config>`\n",
    "LICENSE": "",
    "src/shop.py": "x = 1\n",
}


def of(text: str, path: str = "README.md", **more: tuple[str, ...]) -> list[str]:
    return said(check, {**FILES, path: text}, **more)


def test_a_file_that_is_not_there() -> None:
    assert of("See [it](docs/gone.md).\n") == [
        "README.md:1: the link names `docs/gone.md`, and there is no such file"
    ]
    assert of("See [it](old/guide.md).\n") == [
        "README.md:1: the link names `old/guide.md`, and there is no such file: `docs/guide.md` has that name"
    ]
    assert of("# A\n\n![x](pic.png)\n") == [
        "README.md:3: the image names `pic.png`, and there is no such file"
    ]


def test_a_name_in_other_letters_is_mended() -> None:
    tree = project({**FILES, "README.md": "See [it](docs/Guide.md#getting-started).\n"})
    (found,) = check(tree)
    (repair,) = found.repairs
    assert (repair.replacement, repair.safe) == ("docs/guide.md", True)
    assert (repair.anchor.column, repair.anchor.end_column) == (10, 23)


def test_a_heading_that_is_not_there() -> None:
    assert of("[a](docs/guide.md#gone) [b](#no-such)\n\n# Here\n") == [
        "README.md:1: the link points at `#gone`, and `docs/guide.md` has no heading of that name",
        "README.md:1: the link points at `#no-such`, and this document has no heading of that name",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[a](docs/guide.md#getting-started) [b](docs/guide.md#relabel_config) [c](docs) [d](LICENSE) [e](#)",
        "[a](https://x.y/gone.md) [b](mailto:a@b.c) [c](//x.y) [d](../../issues) [e](/gone.md)",
        "[a](url) [b]({{ site }}/a.md) [c](src/$name.md) [d](../outside.md) [e](docs/) [f](src/shop.py#L3)",
        "[a](build/gone.md)",
        "`[a](docs/gone.md)`\n\n```\n[a](docs/gone.md)\n```\n",
        "# Here & there!\n\n[a](#here--there) [b](#here-there) <a name='x'></a> [c](#x)",
        "{% include 'x' %}\n\n[a](#made)",
    ],
)
def test_what_leads_somewhere_or_cannot_be_told(text: str) -> None:
    assert of(text + "\n", ignored=("build",)) == []


def test_pages_of_a_site_may_leave_out_endings_but_not_name_pages_that_are_gone() -> None:
    site = {
        "mkdocs.yml": "",
        "docs/a.md": "[a](guide) [b](guide/) [c](made.html) [d](gone.md) [e](api/x.md)\n",
    }
    assert said(check, {**FILES, **site}) == [
        "docs/a.md:1: the link names `gone.md`, and there is no `docs/gone.md`"
    ]


def test_documents_of_others_of_the_past_and_of_tests_are_not_judged() -> None:
    for path in ("CHANGELOG.md", "vendor/x/README.md", "tests/data/a.md", ".github/ISSUE_TEMPLATE/bug.md"):
        assert of("[a](gone.md)\n", path) == []
    assert of("[a](gone.md)\n", "tests/README.md") != []


def test_a_document_whose_links_all_lead_nowhere_is_read_elsewhere() -> None:
    text = "".join(f"[{n}](page{n}.md)\n" for n in range(6))
    assert of(text) == []
    assert len(of("[a](docs/guide.md) [b](LICENSE) [c](src) [d](gone.md)\n")) == 1


def test_a_target_is_told_once_for_each_document() -> None:
    assert len(of("[a](gone.md)\n\n[b](gone.md)\n")) == 1


def test_directives_of_sphinx() -> None:
    site = {"docs/conf.py": "", "docs/index.rst": ".. literalinclude:: ../src/gone.py\n\n.. image:: no.png\n"}
    assert said(check, {**FILES, **site}) == [
        "docs/index.rst:1: the directive names `../src/gone.py`, and there is no `src/gone.py`"
    ]
