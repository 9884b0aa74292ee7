from email.message import Message

import pytest

from octad_train.data.code.licences import licence_of


def metadata(*fields: tuple[str, str]) -> Message:
    message = Message()
    for name, value in fields:
        message[name] = value
    return message


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-2.0-or-later", True),
        ("Apache-2.0 AND MIT", True),
        ("MIT AND LGPL-2.1-only", False),
        ("GPL-3.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("LicenseRef-Mine", False),
    ],
)
def test_an_expression_needs_one_permissive_alternative(expression: str, allowed: bool) -> None:
    assert (licence_of(metadata(("License-Expression", expression))) is not None) is allowed


def test_one_copyleft_classifier_is_enough_to_refuse() -> None:
    mit = ("Classifier", "License :: OSI Approved :: MIT License")
    gpl = ("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)")
    assert licence_of(metadata(mit)) == "MIT"
    assert licence_of(metadata(mit, gpl)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MIT License", "MIT"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("Apache 2.0", "Apache-2.0"),
        ("New BSD", "BSD"),
        ("3-clause BSD", "BSD"),
        ("ZPL 2.1", "ZPL-2.1"),
        ("LGPL", None),
        ("MIT, except for parts under GPL", None),
        ("", None),
    ],
)
def test_free_text_must_match_as_a_whole(text: str, expected: str | None) -> None:
    assert licence_of(metadata(("License", text))) == expected
