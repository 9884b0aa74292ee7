"""What a log says of its lines is bounded where it comes as JSON: nothing counts less than none."""

from __future__ import annotations

import json

import pytest

from octad.records.logs import LogTemplate


@pytest.mark.parametrize(
    "wrong",
    [{"count": -1}, {"count": 10**400}, {"counts": [[0, -5]]}, {"counts": [[10**30, 1]]}],
)
def test_what_no_log_counts_is_refused(wrong: dict[str, object]) -> None:
    held = {"template": "a", "count": 1, **wrong}
    with pytest.raises(ValueError, match="count"):
        LogTemplate.model_validate_json(json.dumps(held))
