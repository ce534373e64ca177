"""Customer value: what each retail customer will bring, by the candidate that foretells it best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.isotonic import isotonic_regression

from bank_marketing.fitting.fits import METRIC_COLUMNS, Fit, Task
from bank_marketing.methods import purchase_model
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.intervals import Z
from bank_marketing.methods.purchase_model import FloatArray
from bank_marketing.methods.value_ranking import choose
from bank_marketing.sales.value_candidates import (
    BASELINES,
    CANDIDATES,
    behaviour,
    expected_order_days,
    fit_behaviour,
    fit_candidate,
    predict_candidate,
)
from bank_marketing.sales.value_evaluation import (
    MONTH_DAYS,
    calibration_rows,
    cohort_rows,
    cross_fitted,
    metric_rows,
)

HORIZONS = (3, 6, 12)
# Fewer customers with a history and a known future than these say nothing of the next.
LEAST_CUSTOMERS = 100
LEAST_BUYERS = 30
# Of those with the highest value: a fifth is the highest tier, the next three tenths the second.
TIERS = {"high": 0.8, "medium": 0.5}


def fit(frame: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Choose and fit what foretells the value of customers.

    Every candidate is judged twice: in folds at the split, and trained in time, on what followed an earlier
    moment, then held against what followed the split. The best Gini trained in time wins, or the simplest
    candidate that can't be told from it; it is then fitted to all that followed the split.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_customer_value`.
    depth : {'quick', 'full'}
        Folds, repeats and resamples.
    seed : int
        Of folds, resamples and draws.

    Returns
    -------
    Fit
        Table `evaluation` with every candidate; artefact with winner and BG/NBD. 'insufficient_data' if the
        early moment or the split has too few customers with a history, or too few who bought afterwards.
    """
    settings = DEPTHS[depth]
    ordered = frame.sort_values(["moment", "customer_id"], ignore_index=True)
    early, known, today = (ordered[ordered["moment"] == name] for name in ("early", "split", "today"))
    reason = _too_little(early) or _too_little(known)
    if reason:
        return Fit("insufficient_data", params={"reason": reason}, card=f"Not fitted: {reason}.")
    names = [*BASELINES, *CANDIDATES]
    brought = known["future_revenue_usd"].to_numpy(dtype=float)
    crossed = cross_fitted(
        known, names, folds=settings.value_folds, repeats=settings.value_repeats, seed=seed
    )
    trained = _trained_in_time(early, known, names, seed=seed)
    in_folds, _ = metric_rows(
        brought,
        dict(zip(names, crossed, strict=True)),
        split="cross_validation",
        resamples=settings.value_resamples,
        seed=seed,
    )
    forward, drawn = metric_rows(
        brought,
        {name: row[None, :] for name, row in trained.items()},
        split="forward",
        resamples=settings.value_resamples,
        seed=seed,
    )
    ginis = forward[forward["metric"] == "gini"].set_index("candidate")["value"]
    winner = CANDIDATES[choose(drawn["gini"][:, len(BASELINES) :], ginis[list(CANDIDATES)])]
    calibration = calibration_rows(brought, trained[winner], winner, "forward")
    rows = [in_folds, forward, calibration, cohort_rows(known)]
    evaluation = pd.concat([part for part in rows if len(part)], ignore_index=True)
    artefact = {
        "winner": winner,
        "model": fit_candidate(winner, known, seed=seed),
        "behaviour": fit_behaviour(today),
        "silence": _silence(known),
        "horizon_days": float(known["horizon_days"].iloc[0]),
        "tenths": calibration[["predicted", "value", "value_low", "value_high"]].to_numpy(dtype=float),
        "draws": settings.value_draws,
        "seed": seed,
    }
    values = _values(today, artefact, MONTH_DAYS * max(HORIZONS))[0]
    artefact["tiers"] = {tier: float(np.quantile(values, share)) for tier, share in TIERS.items()}
    return Fit(
        "fitted",
        params={"candidate": winner, "horizon_days": artefact["horizon_days"], "seed": seed},
        metrics=_of_registry(evaluation, winner),
        tables={"evaluation": evaluation},
        card=_card(known, winner, ginis),
        artefact=artefact,
    )


def score(frame: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Value customers as of the last moment of the features.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_customer_value`; those of the moment 'today' are scored.
    artefact : mapping
        What `fit` left; empty without a fitted model.

    Returns
    -------
    pandas.DataFrame
        One row a customer: customer_id, as_of_date, window_days, probability_alive, expected_orders and
        expected_value_usd by horizon with their ends, is_extrapolated, is_extrapolated_12_months, value_tier,
        method. Figures are missing without a model.
    """
    today = frame[frame["moment"] == "today"].reset_index(drop=True)
    scores = today[["customer_id", "as_of_date", "window_days"]].copy()
    if not artefact:
        missing = ["probability_alive", *_figure_columns()]
        flags = dict.fromkeys(("is_extrapolated", "is_extrapolated_12_months", "value_tier"))
        return scores.assign(**dict.fromkeys(missing, np.nan), **flags, method="insufficient_data")
    scores["probability_alive"] = _alive(today, artefact)
    for months in HORIZONS:
        orders = _orders(today, artefact, MONTH_DAYS * months)
        values = _values(today, artefact, MONTH_DAYS * months)
        for end, order, value in zip(("", "_low", "_high"), orders, values, strict=True):
            scores[f"expected_orders_{months}_months{end}"] = order
            scores[f"expected_value_usd_{months}_months{end}"] = value
    longest = artefact["silence"]["longest_days"]
    _, last, age = behaviour(today)
    value = scores["expected_value_usd_12_months"]
    is_medium, is_high = (value >= artefact["tiers"][tier] for tier in ("medium", "high"))
    return scores.assign(
        is_extrapolated=age - last > longest,
        is_extrapolated_12_months=artefact["horizon_days"] + 1 < MONTH_DAYS * 12,
        value_tier=np.select([is_high, is_medium], ["high", "medium"], "low"),
        method=artefact["winner"],
    )


def _figure_columns() -> list[str]:
    return [
        f"expected_{what}_{months}_months{end}"
        for months in HORIZONS
        for what in ("orders", "value_usd")
        for end in ("", "_low", "_high")
    ]


def _too_little(known: pd.DataFrame) -> str | None:
    """Say why nothing can be learned from a moment and what followed it."""
    buyers = int((known["future_revenue_usd"] > 0).sum())
    if len(known) < LEAST_CUSTOMERS or buyers < LEAST_BUYERS:
        return (
            f"{len(known)} customers before a split of the time and {buyers} of them with orders after it;"
            f" at least {LEAST_CUSTOMERS} and {LEAST_BUYERS} are needed"
        )
    if not (known["repeat_order_days"] > 0).any():
        return "nobody has ordered on two days before a split of the time"
    return None


def _trained_in_time(
    early: pd.DataFrame, known: pd.DataFrame, names: list[str], *, seed: int
) -> dict[str, FloatArray]:
    """Predict what followed the split by models of what followed an earlier moment."""
    horizon = float(known["horizon_days"].iloc[0])
    return {name: predict_candidate(fit_candidate(name, early, seed=seed), known, horizon) for name in names}


def _silence(known: pd.DataFrame) -> dict[str, Any]:
    """Learn how likely a customer with one order day is to be alive, from who came back after the split.

    By BG/NBD nobody leaves before a repeat purchase, so its chance is 1. Here it is the order days that came
    by those that the model expects of the living, in thirds by age, never rising with it. By how much more or
    fewer came of customers with repeat purchases than expected, sales have grown or fallen: that counts out.
    """
    repeats, last, age = behaviour(known)
    single = repeats == 0
    purchases = purchase_model.fit_purchases(repeats, last, age).parameters
    expected = expected_order_days(purchases, known, float(known["horizon_days"].iloc[0]))
    came = known["future_order_days"].to_numpy(dtype=float)
    edges = np.quantile(age[single], [1 / 3, 2 / 3]) if single.any() else np.zeros(2)
    third = np.searchsorted(edges, age, side="right")
    level = max(came[~single].sum(), 1.0) / max(expected[~single].sum(), 1e-9)
    among = level * np.bincount(third[single], expected[single], minlength=3)
    of_singles = np.bincount(third[single], came[single], minlength=3)
    ratio = np.divide(of_singles, among, out=np.ones(3), where=among > 0)
    falling = isotonic_regression(ratio, sample_weight=np.maximum(among, 1e-9), increasing=False)
    chance = np.minimum(falling, 1.0)
    return {"edges": edges, "chance": chance, "longest_days": float((age - last).max())}


def _alive(frame: pd.DataFrame, artefact: Mapping[str, Any]) -> FloatArray:
    repeats, last, age = behaviour(frame)
    chance = purchase_model.probability_alive(artefact["behaviour"]["purchases"], repeats, last, age)
    silence = artefact["silence"]
    return np.where(
        repeats > 0, chance, silence["chance"][np.searchsorted(silence["edges"], age, side="right")]
    )


def _orders(
    frame: pd.DataFrame, artefact: Mapping[str, Any], days: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return expected order days with an interval for what the parameters may be off."""
    repeats, _, age = behaviour(frame)
    silence, fitted = artefact["silence"], artefact["behaviour"]
    single = silence["chance"][np.searchsorted(silence["edges"], age, side="right")]
    alive = np.where(repeats > 0, 1.0, single)
    expected = alive * expected_order_days(fitted["purchases"], frame, days)
    of_fit = purchase_model.MaximumLikelihood(
        fitted["purchases"], fitted["purchases_log_covariance"], 0.0, fitted["has_converged"]
    )
    random = np.random.default_rng(artefact["seed"])
    drawn = [alive * expected_order_days(row, frame, days) for row in of_fit.draws(artefact["draws"], random)]
    half = Z * np.std(drawn, axis=0, ddof=1)
    return expected, np.maximum(expected - half, 0.0), expected + half


def _values(
    frame: pd.DataFrame, artefact: Mapping[str, Any], days: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return expected value: of the winner's horizon, times how many more or fewer orders other ones hold.

    The interval is that of the mean of customers with such a value: as far as the tenth's observed mean, with
    its own interval, lay from the predicted one, trained in time, and either way no less than that interval.
    """
    horizon = artefact["horizon_days"]
    value = predict_candidate(artefact["model"], frame, horizon)
    predicted, _, low, high = artefact["tenths"].T
    nearest = np.abs(value[:, None] - predicted[None, :]).argmin(axis=1)
    least = (high - low) / 2
    below, above = (np.maximum(least, far)[nearest] for far in (predicted - low, high - predicted))
    purchases = artefact["behaviour"]["purchases"]
    at_horizon = expected_order_days(purchases, frame, horizon)
    other = expected_order_days(purchases, frame, days)
    times = np.divide(other, at_horizon, out=np.full(len(frame), days / horizon), where=at_horizon > 1e-12)
    return value * times, np.maximum(value - below, 0.0) * times, (value + above) * times


def _of_registry(evaluation: pd.DataFrame, winner: str) -> pd.DataFrame:
    """Return the winner's metrics as the registry of all models keeps them."""
    own = evaluation[(evaluation["candidate"] == winner) & (evaluation["group_name"] == "all")]
    return own[list(METRIC_COLUMNS)].reset_index(drop=True)


def _card(known: pd.DataFrame, winner: str, ginis: pd.Series) -> str:
    compared = ", ".join(f"{name} {value:.2f}" for name, value in ginis.drop("all_zero").items())
    return (
        f"# Customer value\n\n**Data.** {len(known)} customers with orders before the split, and what each"
        " brought after it (net revenue, without tax and delivery).\n\n"
        f"**Method.** {winner}, chosen by Gini trained in time ({compared}). BG/NBD gives the chance of being"
        " alive, order days to come, and how a value grows with its horizon; of customers with a single order"
        " day that chance is learned from who came back.\n\n"
        "**Limits.** One split of one span of time; whoever was silent longer than anybody before the split"
        " is extrapolated, and so is a horizon longer than what followed it."
    )


TASK = Task("customer_value", version=4, fit=fit, score=score)
