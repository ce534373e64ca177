"""Design matrices for linear and logistic models: standardised numbers with their squares, and levels."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]


def design_matrix(
    frame: pd.DataFrame, numeric: Sequence[str], categorical: Sequence[str], *, with_squares: bool = True
) -> pd.DataFrame:
    """Lay features out as columns of a linear or logistic model.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (rows, ...)
        Holds the features among other columns.
    numeric, categorical : sequence of str
        Feature columns by kind. A missing number counts as the median and is marked by a column of its own;
        a missing level is a level.
    with_squares : bool
        Whether a number with more than two values also enters squared, so that what is in the middle may
        differ from both ends.

    Returns
    -------
    pandas.DataFrame of shape (rows, columns)
        Columns with mean 0 and deviation 1; what is constant has none. The first level (in alphabetical
        order) of each categorical feature is left out.
    """
    columns: dict[str, FloatArray] = {}
    for name in numeric:
        number = frame[name].astype(float)
        if number.isna().all():
            continue
        columns[f"{name} is missing"] = number.isna().to_numpy(dtype=float)
        filled = number.fillna(number.median()).to_numpy(dtype=float)
        columns[name] = filled
        if with_squares and len(np.unique(filled)) > 2:
            columns[f"{name} squared"] = (filled - filled.mean()) ** 2
    for name in categorical:
        level = frame[name].astype(object).where(frame[name].notna(), "(missing)").astype(str)
        for one in sorted(level.unique())[1:]:
            columns[f"{name}: {one}"] = (level == one).to_numpy(dtype=float)
    return pd.DataFrame(
        {name: (value - value.mean()) / value.std() for name, value in columns.items() if value.std() > 0},
        index=frame.index,
    )
