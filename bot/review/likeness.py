"""Groups similar questions, so that a reviewer sees each subject once.

The method is our own, with TF-IDF.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.catalogue.normalize import expand_sms, tokenize

_ALIKE = 0.5


def grouped(texts: Sequence[str]) -> list[list[int]]:
    """Group `texts` by similarity. Return lists of indices, each in ascending order. Deterministic.

    The first text without a group begins a new one. Every later text without a group joins it if the TF-IDF vectors
    of the two texts (over character n-grams) have a cosine similarity of at least 0.5.
    """
    plain = [" ".join(expand_sms(token.text) for token in tokenize(text)) or text for text in texts]
    if not plain:
        return []
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True).fit_transform(plain)
    free = np.ones(len(plain), dtype=bool)
    groups = []
    for leader in range(len(plain)):
        if free[leader]:
            likeness = (grams @ grams[leader].T).toarray().ravel()
            likeness[leader] = 1.0
            members = np.flatnonzero(free & (likeness >= _ALIKE))
            free[members] = False
            groups.append([int(member) for member in members])
    return groups
