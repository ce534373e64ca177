"""Bands: numbers cut into named ranges."""

from collections.abc import Mapping

import numpy as np
import pandas as pd


def named_bands(values: pd.Series, bands: Mapping[int, str]) -> pd.Series:
    """Return which band each value is in.

    Parameters
    ----------
    values : pandas.Series of shape (rows,)
        Numbers.
    bands : mapping of int to str
        The name of each band by its least value, ascending; the last one has no upper end.

    Returns
    -------
    pandas.Series of shape (rows,)
        Names as text, with the index of the values; null where a value is missing or below all bands.
    """
    cut = pd.cut(values.astype(float), [*bands, np.inf], right=False, labels=list(bands.values()))
    return cut.astype("string")
