"""Names of metrics are read as what they mean."""

from __future__ import annotations

import pytest

from octad.signals.quantity import quantity
from octad_train.simulate.names import _SPELLINGS

MEANT = {"mean": "latency", "client": "outgoing", "requests": "traffic", "cpu_rate": "cpu",
         "received": "other", "sent": "other", "machine_cpu": "other", "machine_memory": "other",
         "served": "latency", "called": "outgoing", "alone": "self", "arrived": "traffic",
         "failed": "failure", "calls": "traffic", "failed_calls": "failure"}  # fmt: skip
OF_CALLS = {"caller", "callee", "waited", "answered"}


@pytest.mark.parametrize("meaning", sorted(set(_SPELLINGS) - OF_CALLS))
def test_a_spelling_is_read_as_what_it_means(meaning: str) -> None:
    for spelling in _SPELLINGS[meaning]:
        assert quantity(spelling.format(95)) == MEANT.get(meaning, meaning)
