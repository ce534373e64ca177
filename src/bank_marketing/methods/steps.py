"""A step of a rate along an amount, such as of conversions along the money spent."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.change_point import find_change

# A p-value below .01 needs a hundred; every fold searches anew, so no more than that calls for.
DRAWS = 199


@dataclass(frozen=True)
class Step:
    """The place where a rate changes along an amount.

    Attributes
    ----------
    amount : float or None
        Rates differ above it; None if no change can be told from chance.
    p_value : float
        Corrected for the search over all places; nan with too few rows.
    """

    amount: float | None
    p_value: float


def find_step(amount: npt.ArrayLike, outcome: npt.ArrayLike, *, seed: int) -> Step:
    """Look for the one step that parts a rate best along an amount; no curve is assumed.

    Parameters
    ----------
    amount : array_like of shape (rows,)
        Such as money spent; rows without it are left out.
    outcome : array_like of shape (rows,)
        0 or 1.
    seed : int
        Draws the series without a step that the best place is held against (`find_change`).

    Returns
    -------
    Step
        Halfway between the amounts on both sides. One step is found: of a rate that rises slowly, the place
        that parts it best.
    """
    amounts = np.asarray(amount, dtype=float)
    known = ~np.isnan(amounts)
    values, place = np.unique(amounts[known], return_inverse=True)
    trials = np.bincount(place, minlength=len(values))
    events = np.bincount(place, np.asarray(outcome, dtype=float)[known], minlength=len(values))
    change = find_change(events, trials, seed=seed, draws=DRAWS)
    if not change.is_change or change.position is None:
        return Step(None, change.p_value)
    return Step(float(values[change.position - 1 : change.position + 1].mean()), change.p_value)
