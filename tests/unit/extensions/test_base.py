"""An extension that overrides nothing leaves everything as it is."""

from __future__ import annotations

from types import SimpleNamespace

from octad.encoders.word_pieces import WordPieces
from octad.extensions.base import Collated, Extension


def test_nothing_is_added(pieces: WordPieces) -> None:
    idle, case = Extension(), SimpleNamespace()
    assert idle.reads() == () and idle.placebos(case) == ()
    assert idle.prepare(case, [], pieces) is None and idle.network([], (8, 6)) is None
    assert idle.collate([]) == Collated({}, {})
