"""Kinds of entries by the headings they stand under."""

from __future__ import annotations

from octad_train.data.text.headings import kinds_of

MARKDOWN = """### Added

- A flag for colours (#1)

## What's changed

- Something else (#2)

**Bug fixes**

* Colours are kept
  in a file (#3)
"""
RULED = """Features
--------

astropy.units
^^^^^^^^^^^^^

- Units of light [#4]

**********
 Bugfixes
**********

- Light is kept [#5]
"""


def test_headings_of_markdown_say_the_kind() -> None:
    entries = ["A flag for colours (#1)", "Something else (#2)", "Colours are kept in a file (#3)"]
    assert kinds_of(MARKDOWN, entries) == ["feature", None, "fix"]


def test_a_part_of_the_program_keeps_the_kind_above_it() -> None:
    assert kinds_of(RULED, ["Units of light [#4]", "Light is kept [#5]"]) == ["feature", "fix"]


def test_an_entry_says_its_own_kind() -> None:
    assert kinds_of("- Fixed: it (#1)\n- nobody knows", ["Fixed: it (#1)", "missing"]) == ["fix", None]
