"""Which docstrings had to change with their code: cheap floors, and what text and code are worth alone.

    OCTAD_DATA=<labelled sets> python benchmarks/floors_documentation.py

Fitted on the train part of `docs`, measured on its test part, which has other projects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.metrics.ranking import auc
from octad.signals.documented_change import documented_change, measures
from octad_train.data.text.docs import DocsExample, examples
from octad_train.evaluate.tables import table

Floats = NDArray[np.float64]
TWELVE = (
    "lines before", "lines removed", "lines added", "likeness of lines", "likeness of words", "doc lines",
    "parameters added", "parameters removed", "defaults changed", "names gone, said", "names came, said",
    "share of doc touched",
)  # fmt: skip


class Sides(NamedTuple):
    """The rows that are learned from, and those that are measured."""

    train: Sequence[DocsExample]
    test: Sequence[DocsExample]


def numbers(rows: Sequence[DocsExample], *, text: bool = True, code: bool = True) -> Floats:
    """The measures `[R, K]` of some rows, without the text or without the code where that is asked."""
    made = (documented_change(one.text * text, one.before * code, one.after * code) for one in rows)
    return np.array([list(measures(one).values()) for one in made])


def trees(sides: Sides, train: Floats, test: Floats) -> Floats:
    """What boosted trees say of the test rows."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=240, max_leaf_nodes=12, min_samples_leaf=100, max_features=0.15,
        l2_regularization=10, early_stopping=False, random_state=0,
    )  # fmt: skip
    said: Floats = model.fit(train, truth(sides.train)).predict_proba(test)[:, 1]
    return said


def words(sides: Sides) -> Floats:
    """The same of a linear model on the words of the docstring and of the lines that went and came."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model: Any = make_pipeline(
        TfidfVectorizer(token_pattern=r"\S+", min_df=3, sublinear_tf=True),
        LogisticRegression(C=2.0, max_iter=300),
    )
    model.fit([tagged(one) for one in sides.train], truth(sides.train))
    said: Floats = model.predict_proba([tagged(one) for one in sides.test])[:, 1]
    return said


def tagged(one: DocsExample) -> str:
    """The words of a row, each with where it stands."""
    change = documented_change(one.text, one.before, one.after)
    sides = {"-": " ".join(change.removed), "+": " ".join(change.added), "d": one.text}
    return " ".join(mark + word for mark, text in sides.items() for word in text.split())


def truth(rows: Sequence[DocsExample]) -> NDArray[np.bool_]:
    """Whether each docstring changed."""
    return np.array([one.unfit for one in rows])


def precision_at_half(said: Floats, is_so: NDArray[np.bool_]) -> float:
    """The precision where half of what is so is said."""
    from sklearn.metrics import precision_recall_curve

    precision, recall, _ = precision_recall_curve(is_so, said)
    return float(precision[recall >= 0.5].max())


def main() -> None:
    """Print the table."""
    sides = Sides(examples("train"), examples("test"))
    names = list(measures(documented_change("", "", "")))
    both, alone = numbers(sides.train), numbers(sides.test)
    held = {name: alone[:, place] for place, name in enumerate(names)}
    signature = sum(held[n] for n in ("parameters added", "parameters removed", "defaults changed"))
    twelve = [names.index(name) for name in TWELVE]
    said = {
        "lines of the docstring": held["doc lines"],
        "lines changed": held["lines removed"] + held["lines added"],
        "signature changed": (np.asarray(signature) + held["result changed"] > 0).astype(np.float64),
        "words": words(sides),
        "trees on twelve measures": trees(sides, both[:, twelve], alone[:, twelve]),
        "trees on all measures": trees(sides, both, alone),
    }
    for name, kept in (("the text alone", {"code": False}), ("the code alone", {"text": False})):
        said[f"trees on {name}"] = trees(sides, numbers(sides.train, **kept), numbers(sides.test, **kept))
    is_so = truth(sides.test)
    rows = [(name, auc(one, is_so), precision_at_half(one, is_so)) for name, one in said.items()]
    print(table(f"{len(is_so):,} rows, {is_so.mean():.3f} unfit", ("floor", "auc", "precision"), rows))


if __name__ == "__main__":
    main()
