from __future__ import annotations

import pytest

from octad.signals.docstring_facts import PARTS, docstring_facts


@pytest.mark.parametrize(
    "text",
    [
        "Do it.\n\nArgs:\n    first (int): one of\n        two\n    second: another\n\nReturns:\n    third\n",
        "Do it.\n\nParameters\n----------\nfirst : int\n    one of\nsecond\n    other\n\nReturns\n-------\nt",
        "Do it.\n\n:param int first: one of\n    two lines\n:param second: another\n:returns: third\n",
        "Do it.\n\n@param first: one of\n@param second: another\n@return: third\n",
    ],
)
def test_parameters_of_every_style(text: str) -> None:
    facts = docstring_facts(text)
    assert set(facts.documented) == {"first", "second"}
    assert "one of" in facts.documented["first"] and "other" not in facts.documented["first"]
    assert dict(zip(PARTS, facts.parts, strict=True))["returns"]
    assert facts.prose == {"Do", "it"}


def test_prose_documents_nothing() -> None:
    facts = docstring_facts("Read `path` once.\n\nNote: the file must be there, 3 times.")
    assert not facts.documented and "path" in facts.quoted and facts.numbers == {"3"}
    assert facts.modal == 1 and facts.sentences == 2


def test_nothing_is_nothing() -> None:
    facts = docstring_facts("")
    assert not facts.documented and not facts.words and not any(facts.parts)
