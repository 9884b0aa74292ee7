"""Fit the classes of repairs anew, on what is read at a line as it will be read.

While everything learns together, the class is learned at the tokens that a repair changed, and counts little
beside the place. Asked for is the class at a line, of which these tokens are not known.

Legend: B rows, L items, D width, R repairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from octad.calibration.fit import Labelled
from octad.encoders.batch import cut
from octad.encoders.word_pieces import WordPieces
from octad.heads.base import softmax
from octad.heads.place import Place, RepairLabel, lines_of_items
from octad.nn.place import PlaceNetwork
from octad_train.train.loop import half
from octad_train.train.objective import Objective
from octad_train.train.stream import collate, example

NAME = "place"
STRENGTH = 0.01
"""Inverse of the penalty on squared weights."""
Row = tuple[np.ndarray[Any, Any], str]


def fit_classes(objective: Objective, pieces: WordPieces, cases: Labelled) -> int:
    """Logistic regression from the state of each repair's line to its class; returns how many were used."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    head, network = objective.agent.heads[NAME], objective.model.core.heads[NAME]
    assert isinstance(head, Place) and isinstance(network, PlaceNetwork)
    rows = list(_rows(objective, network, pieces, cases))
    states, kinds = np.stack([state for state, _ in rows]), [kind for _, kind in rows]
    scaler = StandardScaler().fit(states)
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(scaler.transform(states), kinds)
    order = [list(model.classes_).index(kind) for kind in head.kinds]
    weight = model.coef_[order] / scaler.scale_
    bias = model.intercept_[order] - weight @ scaler.mean_
    with torch.no_grad():
        network.kind.weight.copy_(torch.from_numpy(weight))
        network.kind.bias.copy_(torch.from_numpy(bias))
    return len(rows)


def _rows(objective: Objective, network: PlaceNetwork, pieces: WordPieces, cases: Labelled) -> Iterator[Row]:
    """The mean state of each repair's likeliest right line, by the chance of its items, and its class."""
    labels: list[RepairLabel] = [getattr(label, NAME) for _, label in cases]
    examples = [example(objective.agent, case, label, pieces) for case, label in cases]
    seen: dict[str, Tensor] = {}
    hook = network.mix.register_forward_hook(lambda _, __, out: seen.update(hidden=out.detach()))
    objective.eval()
    for part in cut([len(one.unit) for one in examples], 4_096):
        batch = collate(objective.agent, [examples[i] for i in part]).to(objective.model.device)
        with torch.inference_mode(), half(objective.model.device):
            scores = objective.outputs(batch)[NAME][0].float().cpu().numpy()
        hidden = seen["hidden"].float().cpu().numpy()
        for row, index in enumerate(part):
            target = examples[index].targets[NAME]
            if len(target["right"]):
                n = len(examples[index].unit)
                allowed = np.where(target["possible"], scores[row, :n], -np.inf)
                chances = softmax(allowed.reshape(-1)).reshape(n, 2).sum(1)
                lines = lines_of_items(examples[index].unit)
                right = max(labels[index].lines, key=lambda line: float(chances[lines == line].sum()))
                weights = chances * (lines == right)
                if weights.sum() > 0:
                    yield weights @ hidden[row, :n] / weights.sum(), labels[index].kind
    hook.remove()
