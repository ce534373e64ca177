"""Rolling origins: candidates learn from what was known at a cut-off and are judged on what came after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.methods.calibration import equal_count_bins
from bank_marketing.methods.clustered import SubjectDraws, draw_subjects, interval_of_draws
from bank_marketing.methods.intervals import FloatArray
from bank_marketing.methods.metrics import log_losses
from bank_marketing.methods.ranking import MEASURES, ranking_metrics
from bank_marketing.transactions.preference_candidates import (
    CANDIDATES,
    fit_habits,
    tell_habits,
)
from bank_marketing.transactions.preference_pairs import Pairs

MOST_ORIGINS = 8
DECISIVE = "ndcg_at_3"
EVALUATION_COLUMNS = (
    *("candidate", "target", "metric", "value", "value_low", "value_high"),
    *("difference_from_popularity", "difference_from_popularity_low", "difference_from_popularity_high"),
    *("difference_from_best", "difference_from_best_low", "difference_from_best_high"),
    *("n", "is_kept", "message"),
)


@dataclass(frozen=True)
class Rolled:
    """What candidates said at cut-offs whose outcome they didn't know.

    Attributes
    ----------
    pairs : Pairs
        Rows that were judged, with their outcomes.
    origins : int
        How many cut-offs these are.
    chances : dict of str to ndarray of shape (rows, groups)
        By candidate: the chance that a group is used within the horizon.
    wallets : dict of str to ndarray of shape (rows, groups)
        By candidate: the expected share of the spending within the horizon.
    more : ndarray of shape (rows, groups)
        The chance that spending grows, meant for groups used before.
    """

    pairs: Pairs
    origins: int
    chances: dict[str, FloatArray]
    wallets: dict[str, FloatArray]
    more: FloatArray


def origins_to_judge(pairs: Pairs, most: int) -> npt.NDArray[np.datetime64]:
    """Return the cut-offs to be judged at: those before which some outcome was known, evenly spread."""
    can_be = [cut_off for cut_off in np.unique(pairs.cut_off) if len(pairs.before(cut_off))]
    if not can_be:
        return np.empty(0, dtype=pairs.cut_off.dtype)
    kept = np.unique(np.linspace(0, len(can_be) - 1, min(most, len(can_be))).round().astype(int))
    return np.array(can_be)[kept]


def roll(pairs: Pairs, origins: npt.NDArray[np.datetime64], *, seed: int) -> Rolled:
    """Let every candidate tell what comes after each origin, from what was known there.

    Parameters
    ----------
    pairs : Pairs
        With outcomes.
    origins : ndarray of datetime64
        As `origins_to_judge` returns them; at least one.
    seed : int
        Seeds the trees.

    Returns
    -------
    Rolled
    """
    judged = np.concatenate([np.flatnonzero(pairs.cut_off == origin) for origin in origins])
    chances = {name: np.empty((len(pairs), len(pairs.groups))) for name in CANDIDATES}
    wallets = {name: np.empty_like(values) for name, values in chances.items()}
    more = np.empty((len(pairs), len(pairs.groups)))
    habits = None
    for origin in origins:
        known, is_now = pairs.before(origin), pairs.cut_off == origin
        now = pairs.of(is_now)
        habits = fit_habits(known, like=habits)
        again, more[is_now] = tell_habits(habits, now)
        usual, first = _usual_wallet(known), _first_spending(known)
        for name, candidate in CANDIDATES.items():
            begins = candidate.chance(candidate.fit(known, seed), now)
            if name == "popularity":
                chances[name][is_now] = np.where(now.is_new, begins, habits["rates"]["again"])
                wallets[name][is_now] = usual
                continue
            chances[name][is_now] = np.where(now.is_new, begins, again)
            spending = np.where(now.is_new, begins * first, again * now.decayed_spending)
            wallets[name][is_now] = _shares(spending)
    is_judged = np.zeros(len(pairs), dtype=bool)
    is_judged[judged] = True
    return Rolled(
        pairs.of(is_judged),
        len(origins),
        {name: values[is_judged] for name, values in chances.items()},
        {name: values[is_judged] for name, values in wallets.items()},
        more[is_judged],
    )


def evaluate(rolled: Rolled, *, resamples: int, seed: int) -> pd.DataFrame:
    """Judge the candidates, and say which is kept.

    Kept is the first in the order of `CANDIDATES` whose paired difference in NDCG@3 from the best has an
    interval that holds 0.

    Parameters
    ----------
    rolled : Rolled
        What they said.
    resamples : int
        Draws of the clients, each with all their cut-offs.
    seed : int
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        Columns `EVALUATION_COLUMNS`; one row a candidate and metric. target is 'new_groups' (rankings of the
        groups that the client didn't use in the twelve months before; n counts client and cut-off pairs that
        began one), 'all_groups' (to be used at all) or 'new_or_grown' (what is served).
    """
    draws = draw_subjects(rolled.pairs.client_id, resamples=resamples, random=np.random.default_rng(seed))
    metrics = {name: _metrics_of(rolled, name, draws) for name in rolled.chances}
    decisive = {name: of_name["new_groups", DECISIVE] for name, of_name in metrics.items()}
    best = max(decisive, key=lambda name: decisive[name][0])
    kept = next(name for name in metrics if _holds_zero(decisive[name] - decisive[best]))
    begun = int((rolled.pairs.is_new & rolled.pairs.is_used).any(axis=1).sum())
    rows = []
    for name, of_name in metrics.items():
        for (target, metric), drawn in of_name.items():
            compared = [
                interval_of_draws(drawn - metrics[other][target, metric]) for other in ("popularity", best)
            ]
            n = begun if metric in MEASURES else len(rolled.pairs)
            rows.append(
                (name, target, metric, *_within(metric, drawn), *compared[0], *compared[1], n, name == kept)
            )
    return pd.DataFrame(rows, columns=list(EVALUATION_COLUMNS[:-1])).assign(message="")


def _holds_zero(drawn: FloatArray) -> bool:
    value, low, high = interval_of_draws(drawn)
    return value == 0 or low <= 0 <= high


def _within(metric: str, drawn: FloatArray) -> tuple[float, float, float]:
    """Return a metric with an interval that stays inside what the metric can be."""
    value, low, high = interval_of_draws(drawn)
    return value, max(low, 0.0), high if metric == "log_loss" else min(high, 1.0)


def _metrics_of(rolled: Rolled, name: str, draws: SubjectDraws) -> dict[tuple[str, str], FloatArray]:
    """Return the metrics of a candidate, each as it is and in every resample."""
    pairs, chance = rolled.pairs, rolled.chances[name]
    of_new = np.where(pairs.is_new, chance, np.nan)
    ranked = ranking_metrics(of_new, pairs.is_used)
    wallet = _shares(pairs["next_spending_usd"])
    apart = np.abs(rolled.wallets[name] - wallet).sum(axis=1) / 2
    apart[wallet.sum(axis=1) == 0] = np.nan
    used = pairs.is_used
    served = np.where(pairs.is_new, chance, rolled.more)
    happened = np.where(pairs.is_new, used, pairs.has_grown)
    losses = [_row_losses(used, chance), _row_losses(happened, served)]
    means = draws.means(np.column_stack([*ranked.values(), apart, *losses]))
    return {
        **{("new_groups", metric): means[:, place] for place, metric in enumerate(MEASURES)},
        ("new_groups", "group_coverage_at_1"): _coverage(of_new, draws),
        ("all_groups", "share_of_wallet_error"): means[:, len(MEASURES)],
        ("all_groups", "log_loss"): means[:, len(MEASURES) + 1],
        ("all_groups", "expected_calibration_error"): _calibration_error(used, chance, draws),
        ("new_or_grown", "log_loss"): means[:, len(MEASURES) + 2],
        ("new_or_grown", "expected_calibration_error"): _calibration_error(happened, served, draws),
    }


def _row_losses(happened: npt.NDArray[np.bool_], chance: FloatArray) -> FloatArray:
    return log_losses(happened.astype(float).ravel(), chance.ravel()).reshape(chance.shape).mean(axis=1)


def _coverage(of_new: FloatArray, draws: SubjectDraws) -> FloatArray:
    """Return the share of groups that come first for somebody."""
    ahead = (of_new[:, None, :] > of_new[:, :, None]).sum(axis=2)
    return np.asarray((draws.sums((ahead == 0) & ~np.isnan(of_new)) > 0).mean(axis=1))


def _calibration_error(used: npt.NDArray[np.bool_], chance: FloatArray, draws: SubjectDraws) -> FloatArray:
    """Return the expected calibration error; its bins are those of all rows."""
    bins = equal_count_bins(chance.ravel()).reshape(chance.shape)
    gaps = np.column_stack(
        [np.where(bins == number, used - chance, 0.0).sum(axis=1) for number in np.unique(bins)]
    )
    pairs = draws.sums(np.full((len(chance), 1), chance.shape[1]))
    return np.asarray(np.abs(draws.sums(gaps)).sum(axis=1) / pairs[:, 0])


def _usual_wallet(known: Pairs) -> FloatArray:
    total = known["next_spending_usd"].sum(axis=0)
    return total / max(total.sum(), 1e-9)


def _first_spending(known: Pairs) -> FloatArray:
    """Return what those who begin a group spend there within the horizon, on average."""
    begun = known.is_new & known.is_used
    spent = np.where(begun, known["next_spending_usd"], 0.0)
    overall = spent.sum() / max(begun.sum(), 1)
    return np.asarray((spent.sum(axis=0) + overall) / (begun.sum(axis=0) + 1))


def _shares(spending: FloatArray) -> FloatArray:
    total = spending.sum(axis=1, keepdims=True)
    return np.divide(spending, total, out=np.zeros_like(spending), where=total > 0)
