"""Rankings of few items a subject: how well a score orders them, whatever the order of ties.

Each figure is the expectation over all orders of tied items. A score that can't tell them apart earns what a
random order of them would, not what the order of the rows happens to give (McSherry and Najork 2008).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import comb

from bank_marketing.methods.intervals import FloatArray

# As DCG has it: the item at place p counts 1 / log2(p + 1).
MEASURES = ("ndcg_at_3", "recall_at_1", "recall_at_3", "mean_reciprocal_rank")


def ranking_metrics(score: npt.ArrayLike, is_relevant: npt.ArrayLike) -> dict[str, FloatArray]:
    """Return how well each subject's relevant items are ranked, in expectation over ties.

    Parameters
    ----------
    score : array_like of shape (subjects, items)
        Higher comes first; nan for an item that isn't ranked.
    is_relevant : array_like of bool, shape (subjects, items)
        Whether the item is one of those sought; an item that isn't ranked is none.

    Returns
    -------
    dict of str to numpy.ndarray of shape (subjects,)
        By the names of `MEASURES`: normalised discounted cumulative gain of the first three, share of the
        relevant that are first or among the first three, and one by the place of the first relevant. nan for
        a subject with nothing relevant.

    References
    ----------
    Jarvelin, K. and Kekalainen, J. (2002). Cumulated gain-based evaluation of IR techniques. ACM Transactions
    on Information Systems 20, 422-446. McSherry, F. and Najork, M. (2008). Computing information retrieval
    performance measures efficiently in the presence of tied scores. Proceedings of ECIR, 414-421.
    """
    scores = np.asarray(score, dtype=float)
    is_ranked = ~np.isnan(scores)
    relevant = np.asarray(is_relevant, dtype=bool) & is_ranked
    # nan compares as neither larger nor equal.
    ahead = (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    tied = np.maximum((scores[:, None, :] == scores[:, :, None]).sum(axis=2), 1)
    sought = relevant.sum(axis=1).astype(float)
    sought[sought == 0] = np.nan

    discounts = np.where(np.arange(scores.shape[1]) < 3, 1 / np.log2(np.arange(scores.shape[1]) + 2), 0.0)
    gained = np.r_[0.0, np.cumsum(discounts)]
    gain = np.where(relevant, (gained[ahead + tied] - gained[ahead]) / tied, 0.0).sum(axis=1)
    best = gained[np.nan_to_num(sought).astype(int)]
    best[best == 0] = np.nan

    def recall(places: int) -> FloatArray:
        found = np.where(relevant, np.clip(places - ahead, 0, tied) / tied, 0.0)
        return np.asarray(found.sum(axis=1) / sought)

    return {
        "ndcg_at_3": gain / best,
        "recall_at_1": recall(1),
        "recall_at_3": recall(3),
        "mean_reciprocal_rank": _reciprocal_ranks(ahead, tied, relevant),
    }


def _reciprocal_ranks(
    ahead: npt.NDArray[np.int_], tied: npt.NDArray[np.int_], relevant: npt.NDArray[np.bool_]
) -> FloatArray:
    """Return one by the place of each subject's first relevant item."""
    items = ahead.shape[1]
    first = np.where(relevant, ahead, items).argmin(axis=1)
    rows = np.arange(len(ahead))
    before, equals = ahead[rows, first], tied[rows, first]
    good = (relevant & (ahead == before[:, None])).sum(axis=1)
    return np.array(
        [
            _expected_reciprocal(int(a), int(t), int(g)) if g else np.nan
            for a, t, g in zip(before, equals, good, strict=True)
        ]
    )


@cache
def _expected_reciprocal(ahead: int, tied: int, good: int) -> float:
    """Return the mean of one by the first place of `good` among `tied` items in random order."""
    places = np.arange(1, tied - good + 2)
    chances = comb(tied - places, good - 1) / comb(tied, good)
    return float((chances / (ahead + places)).sum())
