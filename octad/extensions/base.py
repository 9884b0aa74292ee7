"""The interface of an extension: what one agent adds to the path that all agents share.

An extension may add arrays to a prepared case, a network that gives some heads other states or corrects their
outputs, and cases of the same kind in which the answer is known to be no. Whatever it leaves out stays as it
is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.encoders.prepared import Added, Part, Prepared

if TYPE_CHECKING:
    from octad.encoders.word_pieces import WordPieces
    from octad.nn.extension import ExtensionNetwork

Array = NDArray[Any]
Words = tuple[NDArray[np.int32], NDArray[np.int32], tuple[int, ...]]
"""Word pieces, the first piece of each word, and the shape of the words without their width."""


class Collated(NamedTuple):
    """Arrays of a batch by the names that the network reads, and words that reach it as mean embeddings."""

    arrays: Mapping[str, Array]
    words: Mapping[str, Words]


class Extension:
    """Does nothing; an extension overrides what it needs.

    `heads` are those that its network or its placebo cases change, `corrects_logit` says that it needs heads
    of one logit for the whole case.
    """

    name: str
    heads: tuple[str, ...]
    corrects_logit: bool = False

    def reads(self) -> tuple[str, ...]:
        """The inputs that it needs of the agent, checked when the agent is declared."""
        return ()

    def prepare(self, case: Any, parts: Sequence[Part], pieces: WordPieces) -> Added | None:
        """What it adds to a case; pure."""
        return None

    def collate(self, units: Sequence[Prepared]) -> Collated:
        """The same for a batch."""
        return Collated({}, {})

    def network(self, inputs: Sequence[str], widths: tuple[int, int]) -> ExtensionNetwork | None:
        """Its network, given the agent's inputs in order and the widths of states and of word embeddings."""
        return None

    def placebos(self, case: Any) -> Sequence[Any]:
        """Cases in which the answer of its heads is known to be no: what they raise there is taken off."""
        return ()
