from __future__ import annotations

from pathlib import Path

import pytest

from octad.engines import OnnxEngine
from octad.errors import ArtefactError
from octad.store.table import PieceTable


def test_a_graph_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    import numpy as np

    (tmp_path / "core.onnx").write_bytes(b"no graph")
    table = PieceTable.quantise(np.ones((2, 2)))
    with pytest.raises(ArtefactError, match=r"core\.onnx cannot be loaded"):
        OnnxEngine(tmp_path, table, {}, 1, 1)
