"""The typical row of a fit and the levels it knew: what a new row is held against."""

from collections.abc import Sequence
from typing import Any

import pandas as pd


def describe_population(
    features: pd.DataFrame, numeric: Sequence[str], categorical: Sequence[str]
) -> dict[str, Any]:
    """Describe the rows of a fit in plain values, for its artefact.

    Parameters
    ----------
    features : pandas.DataFrame
        The rows of the fit; each feature has a value in some row.
    numeric, categorical : sequence of str
        Features by kind.

    Returns
    -------
    dict
        typical (feature to value: the median, the lower of two in the middle, so that it occurs; the
        commonest level, the first of several by name) and levels (categorical feature to its levels, by
        name).
    """
    typical: dict[str, Any] = {
        name: float(features[name].astype(float).quantile(0.5, interpolation="lower")) for name in numeric
    }
    levels: dict[str, list[Any]] = {}
    for name in categorical:
        counts = features[name].value_counts().sort_index()
        levels[name] = counts.index.tolist()
        typical[name] = levels[name][int(counts.to_numpy().argmax())]
    return {"typical": typical, "levels": levels}
