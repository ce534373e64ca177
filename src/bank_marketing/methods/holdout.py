"""Hold-outs: how large one must be to show an effect, who is drawn, and whether the draw arrived as made."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from bank_marketing.methods.ties import tie_break

# Two-sided level of 5 % and power of 80 %: the distance, in standard errors, at which an effect shows.
REACH = float(stats.norm.ppf(0.975) + stats.norm.ppf(0.8))
# A sample ratio with less chance than this didn't come about by the draw.
RATIO_LEVEL = 0.001


def smallest_difference(rate: float, treated: float, control: float) -> float:
    """Return the smallest difference of two rates that shows (two-sided level 5 %, power 80 %).

    Parameters
    ----------
    rate : float
        Rate of the outcome, from 0 to 1, taken for both sides.
    treated, control : float
        Customers on each side, above 0.

    Returns
    -------
    float
        The difference, 0 or more.

    References
    ----------
    Fleiss, J. L., Levin, B. and Paik, M. C. (2003). Statistical methods for rates and proportions, 3rd
    edition, chapter 4. Wiley. Without continuity correction.
    """
    return REACH * math.sqrt(rate * (1 - rate) * (1 / treated + 1 / control))


def holdout_share(
    rate: float, effect: float, *, treated: float | None = None, together: float | None = None
) -> float | None:
    """Return the smallest share that must be held out to show an effect.

    Parameters
    ----------
    rate : float
        Rate of the outcome, from 0 to 1.
    effect : float
        Difference of the rates to be shown, above 0.
    treated : float, optional
        Customers treated by the time of the measurement, where the held-out come on top of them.
    together : float, optional
        Customers treated and held out, where the held-out are a part of them. One of the two is given.

    Returns
    -------
    float or None
        Held-out by held-out and treated together; None if no number of held-out is enough.
    """
    # How many customers a side would need, could the other side be as large as one likes.
    least = rate * (1 - rate) * (REACH / effect) ** 2
    if least == 0:
        return 0.0
    if together is not None:
        room = 1 - 4 * least / together
        return (1 - math.sqrt(room)) / 2 if room >= 0 else None
    if treated is None:
        raise ValueError("Expected the number of treated, or of treated and held-out together.")
    return least / treated if least < treated else None


def planned_share(
    rate: float, effect: float, *, limit: float, treated: float | None = None, together: float | None = None
) -> tuple[float, bool]:
    """Return the share to hold out: the smallest that shows an effect, at most a limit.

    Parameters
    ----------
    rate, effect, treated, together : float
        As for `holdout_share`.
    limit : float
        Largest share that may be held out.

    Returns
    -------
    share : float
    is_enough : bool
        Whether it shows the effect.
    """
    needed = holdout_share(rate, effect, treated=treated, together=together)
    return (limit if needed is None else min(needed, limit)), needed is not None and needed <= limit


def weeks_until_shown(rate: float, treated_a_week: float, share: float, effect: float) -> int | None:
    """Return after how many weeks an effect shows.

    Parameters
    ----------
    rate : float
        Rate of the outcome, from 0 to 1.
    treated_a_week : float
        Customers treated each week, above 0.
    share : float
        Share held out, of held-out and treated together.
    effect : float
        Difference of the rates to be shown.

    Returns
    -------
    int or None
        Whole weeks, at least 1; None if nobody is held out or the effect is 0.
    """
    if share <= 0 or effect == 0:
        return None
    customers = (REACH / effect) ** 2 * rate * (1 - rate) / share
    return max(1, math.ceil(customers / treated_a_week))


def draw_evenly(n: int, share: float, *, publication: int) -> npt.NDArray[np.bool_]:
    """Draw a share of n subjects, evenly over their order: each has the chance `share` of being drawn.

    Parameters
    ----------
    n : int
        How many there are, in the order over which the draw is even.
    share : float
        From 0 to 1.
    publication : int
        Number of the publication that is being made; seeds where the draw begins.

    Returns
    -------
    ndarray of bool, shape (n,)
        True for those drawn: n times the share of them, rounded up or down by chance.

    References
    ----------
    Madow, W. G. and Madow, L. H. (1944). On the theory of systematic sampling. Annals of Mathematical
    Statistics 15, 1-24.
    """
    begin = int(tie_break(["begin"], publication)[0][:8], 16) / 16**8
    # Rounded, so that a whole number of subjects isn't missed by an error of the last digit.
    counted = np.floor(np.round(begin + share * np.arange(n + 1), 9))
    return np.asarray(np.diff(counted) > 0)


def draw_lots(
    was_held_out: pd.Series, share: float, *, publication: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Draw who is held out of a list, among those who have no lot from a list still valid.

    Parameters
    ----------
    was_held_out : pandas.Series of shape (n,)
        The lot from a list still valid, null for who has none; in the order over which the draw is even.
    share : float
        Chance of being held out.
    publication : int
        Number of the publication that is being made.

    Returns
    -------
    is_held_out, is_carried_over : numpy.ndarray of bool, shape (n,)
    """
    lots = was_held_out.astype("boolean")
    is_new = lots.isna().to_numpy(dtype=bool)
    held_out = lots.fillna(False).to_numpy(dtype=bool).copy()
    held_out[is_new] = draw_evenly(int(is_new.sum()), share, publication=publication)
    return held_out, ~is_new


def sample_ratio_p_value(is_control: npt.ArrayLike, share: npt.ArrayLike) -> float:
    """Return the chance of so uneven numbers of treated and controls, if each was held out with its chance.

    Parameters
    ----------
    is_control : array_like of bool, shape (n,)
        Whether the customer was held out.
    share : array_like of shape (n,) or a float
        Chance with which the customer was held out.

    Returns
    -------
    float
        p-value of a chi-square test with one degree of freedom; below `RATIO_LEVEL` something after the draw
        has changed who is seen. 1 if no chance lies between 0 and 1 and all is as it must be.

    References
    ----------
    Fabijan, A. and others (2019). Diagnosing sample ratio mismatch in online controlled experiments.
    Proceedings of KDD, 2156-2164.
    """
    held_out = np.asarray(is_control, dtype=bool)
    chance = np.broadcast_to(np.asarray(share, dtype=float), held_out.shape)
    off, variance = float(held_out.sum() - chance.sum()), float((chance * (1 - chance)).sum())
    if variance == 0:
        return 1.0 if abs(off) < 1e-9 else 0.0
    return float(stats.chi2.sf(off**2 / variance, 1))
