"""How the maps behind `octad search` and `octad similar` were made, and how to make them again.

    OCTAD_DATA=<labelled sets> python recipes/similarity.py --out octad/weights/similarity    # a minute

Fitted on the tasks of odd number of `mbxp`, as they are and with functions' names hidden. Nothing is random.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from octad.encoders.word_pieces import WordPieces
from octad.records.code import Code
from octad.search.functions import Function, function_called
from octad.search.similarity import FILE, HASHED, NAME, Maps, Similarity, counted_words, hashed
from octad.search.structure import structure_of
from octad.store.artefact import Manifest, seal, shipped
from octad.store.piece_table import PieceTable
from octad_train.data.code.solutions import HIDDEN, Solution, solutions

Floats = NDArray[np.float32]
FLOOR = 1.0
"""What is added to every variance within tasks, in means of them."""
STRUCTURE = 64
"""Directions of structure that are kept: those in which tasks differ most."""
BACKBONE = "minilm"


def plain() -> Similarity:
    """WordPieces and maps that change nothing but the centre."""
    table = PieceTable.load(shipped(BACKBONE))
    centre = table.rows(np.arange(1_000, len(table.values))).mean(0)
    wide, high = np.eye(len(centre), dtype=np.float32), np.eye(HASHED, dtype=np.float32)
    return Similarity(WordPieces(shipped(BACKBONE)), table, Maps(centre, 0 * centre, wide, 0 * high[0], high))


def read(known: Sequence[Solution]) -> list[tuple[Solution, Function]]:
    """Solutions with their functions, those left out that were cut off and cannot be read."""
    pairs = (
        (one, function_called(Code(path="", text=one.text, language=one.language), one.name)) for one in known
    )
    return [(one, function) for one, function in pairs if function is not None]


def raw(similarity: Similarity, known: Sequence[Function]) -> tuple[Floats, Floats]:
    """Meaning and structure of functions before they are mapped."""
    meanings, structures = [], []
    for function in known:
        meanings.append(similarity.raw_meaning(counted_words(function)[1]))
        structures.append(hashed(structure_of(function)))
    return np.stack(meanings), np.stack(structures)


def fitted(rows: Floats, groups: Sequence[object], width: int) -> tuple[Floats, Floats]:
    """The mean, and the map that makes the covariance within groups the same in all directions."""
    mean = rows.mean(0)
    members: dict[object, list[int]] = defaultdict(list)
    for row, group in enumerate(groups):
        members[group].append(row)
    within = np.concatenate([rows[m] - rows[m].mean(0) for m in members.values() if len(m) > 1])
    values, vectors = np.linalg.eigh(within.T @ within / len(within))
    linear = vectors / np.sqrt(values + FLOOR * values.mean()) @ vectors.T
    if width < len(linear):
        linear = linear @ np.linalg.svd((rows - mean) @ linear, full_matrices=False)[2][:width].T
    return mean, linear


def fit(known: Sequence[tuple[Solution, Function]], similarity: Similarity) -> Maps:
    """Maps from solutions, those with and without names being of different groups."""
    meanings, structures = raw(similarity, [function for _, function in known])
    groups = [(one.task, one.name == HIDDEN) for one, _ in known]
    return Maps(
        similarity.maps.centre,
        *fitted(meanings, groups, meanings.shape[1]),
        *fitted(structures, groups, STRUCTURE),
    )


def main() -> None:
    """Fit, write, seal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    data = Path(os.environ["OCTAD_DATA"])
    known = read([one for names in (True, False) for one in solutions(data, test=False, names=names)])
    maps = fit(known, plain())
    out.mkdir(parents=True, exist_ok=True)
    tensors = {name: getattr(maps, name).astype(np.float16) for name in Maps.__slots__}
    save_file(tensors, out / FILE)
    manifest = Manifest(
        agent=NAME,
        version="0.1.0",
        backbone=BACKBONE,
        width=len(maps.centre),
        outputs={},
        data={"mbxp": f"{len(known)} functions of the tasks of odd number, CC-BY-4.0"},
        recipe={"command": "python recipes/similarity.py", "floor": str(FLOOR), "structure": str(STRUCTURE)},
    )
    seal(out, manifest)


if __name__ == "__main__":
    main()
