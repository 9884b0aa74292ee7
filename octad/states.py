"""States of texts, remembered by content: a template or a name that was read before is not read again.

Legend: T tokens, W width.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from octad.encoders.batch import Batch, groups, states_of, token_batch
from octad.encoders.sequences import PieceSequence
from octad.errors import ArtefactError

if TYPE_CHECKING:
    from octad.engines import Engine
    from octad.store.tensors import difference
from octad.store.output_cache import OutputCache, Outputs
from octad.store.tensors import difference

Array = NDArray[Any]
KEPT = 20_000
"""Pooled states that are held in memory, about 1.5 KB each."""


class TextStates:
    """What the backbone makes of sequences.

    Pooled states are remembered in this process, and beyond it where a `cache` is given, under `version`,
    which says which backbone they are of. `computed` counts the sequences that were read.
    """

    def __init__(
        self, engine: Engine, version: str, cache: OutputCache | None = None, kept: int = KEPT
    ) -> None:
        self.engine = engine
        self.version = version
        self.cache = cache
        self.kept = kept
        self.computed = 0
        self._held: OrderedDict[str, Array] = OrderedDict()

    def __call__(self, sequences: Sequence[PieceSequence]) -> list[Array]:
        """The states `[rows, W]` of each sequence."""
        known = self._recalled([one.key for one in sequences if one.pooled])
        missing = [one for one in sequences if one.key not in known]
        made: dict[str, Array] = {}
        for part in groups(missing):
            chosen = [missing[i] for i in part]
            states = self.engine.encode(token_batch(chosen))
            made |= {one.key: states_of(one, own) for one, own in zip(chosen, states, strict=True)}
        if not all(np.isfinite(state).all() for state in made.values()):
            raise ArtefactError(
                "the encoder of texts answers with what is no number", hint="the weights are unsound"
            )
        self.computed += len(missing)
        self._keep({one.key: made[one.key] for one in missing if one.pooled})
        known |= made
        return [known[one.key] for one in sequences]

    def vectors(self, batch: Batch) -> Array:
        """The state of every item of a batch `[B, N, W]`, zeros for items without one."""
        nothing = np.zeros((1, self.engine.width), np.float32)
        table = np.concatenate([*self(batch.sequences), nothing])
        found: Array = table[batch.reads]  # -1 is the last row
        return found

    def _recalled(self, keys: Sequence[str]) -> dict[str, Array]:
        found = {key: self._held[key] for key in keys if key in self._held}
        for key in found:
            self._held.move_to_end(key)
        rest = [self._name(key) for key in keys if key not in found]
        if self.cache is not None and rest:
            stored = self.cache.recall(rest, self._is_state)
            kept = {name.rpartition(" ")[2]: arrays["state"][0] for name, arrays in stored.items()}
            self._hold(kept)
            found |= kept
        return found

    def _is_state(self, name: str, outputs: Outputs) -> bool:
        """Whether what a cache holds is one state of this width, all of it numbers."""
        held = outputs.get("state", [])
        kind = ("float32", (1, self.engine.width))
        return outputs.keys() == {"state"} and len(held) == 1 and not difference(held[0], kind)

    def _keep(self, states: dict[str, Array]) -> None:
        self._hold(states)
        if self.cache is not None and states:
            self.cache.keep({self._name(key): {"state": [state]} for key, state in states.items()})

    def _hold(self, states: dict[str, Array]) -> None:
        self._held.update(states)
        while len(self._held) > self.kept:
            self._held.popitem(last=False)

    def _name(self, key: str) -> str:
        return f"{self.version} {key}"
