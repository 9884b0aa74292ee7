"""Cheap models that a transformer has to beat: words and characters counted, and rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def tfidf_logistic(
    texts: Sequence[str],
    labels: Sequence[str],
    asked: Sequence[str],
    *,
    strength: float = 100.0,
    seed: int = 0,
) -> tuple[list[str], Floats]:
    """Train TF-IDF of word pairs and of character 2- to 5-grams with logistic regression, and ask it.

    Returns the classes (sorted) and their probabilities for `asked`, `[len(asked), classes]`.
    `strength` is the inverse of the ridge. Raises ValueError when there is but one class.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = TfidfVectorizer(token_pattern=r"\w+|[^\w\s]", ngram_range=(1, 2), sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    classifier = LogisticRegression(C=strength, max_iter=2000, random_state=seed)
    model = make_pipeline(make_union(words, characters), classifier)
    model.fit(list(texts), list(labels))
    return [str(name) for name in model.classes_], np.asarray(model.predict_proba(list(asked)))


def grouped_predictions(
    texts: Sequence[str], labels: Sequence[str], folds: Sequence[int], *, strength: float = 100.0
) -> tuple[list[str], Floats]:
    """Ask for each fold a model trained on the others: classes, probabilities `[N, classes]`.

    A class that one of the training parts lacks has probability 0 there.
    """
    classes = sorted(set(labels))
    result = np.zeros((len(texts), len(classes)))
    for fold in sorted(set(folds)):
        rows = [row for row, held in enumerate(folds) if held == fold]
        others = [row for row, held in enumerate(folds) if held != fold]
        seen, stated = tfidf_logistic(
            [texts[row] for row in others],
            [labels[row] for row in others],
            [texts[row] for row in rows],
            strength=strength,
        )
        for column, name in enumerate(seen):
            result[rows, classes.index(name)] = stated[:, column]
    return classes, result
