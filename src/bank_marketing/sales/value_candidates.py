"""Candidates that foretell what a retail customer brings: from a formula of past spend to boosting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge, TweedieRegressor

from bank_marketing.methods import purchase_model, spend_model
from bank_marketing.methods.purchase_model import FloatArray

# Beside the candidates: what any of them must beat.
BASELINES = ("all_zero", "past_spend")
# The simplest first: a line with a link that keeps values above 0, a line that is cut there, two models of
# behaviour, trees.
CANDIDATES = ("tweedie", "ridge", "bg_nbd_gamma_gamma", "boosting")
BG_NBD = "bg_nbd_gamma_gamma"
QUARTER_DAYS = 90.0
RIDGE_PENALTY = 100.0
TWEEDIE_PENALTY = 1.0
# Between a count (1) and an amount (2): many bring nothing, some a lot.
TWEEDIE_POWER = 1.5


def design(frame: pd.DataFrame) -> FloatArray:
    """Return what the regressions see: counts and amounts of a quarter, times by the length of the window.

    A window of a quarter and one of half a year then mean the same, so that what is learned at one moment can
    be applied at another.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_customer_value`.

    Returns
    -------
    numpy.ndarray of shape (customers, 11)
        No missing values.
    """
    window = frame["window_days"].to_numpy(dtype=float)
    age, last = frame["age_days"].to_numpy(dtype=float), frame["last_order_age_days"].to_numpy(dtype=float)
    names = ["window_order_days", "window_orders", "window_revenue_usd", "late_revenue_usd"]
    amounts = frame[names].to_numpy(dtype=float)
    orders, lines = frame["orders"].to_numpy(dtype=float), frame["order_lines"].to_numpy(dtype=float)
    revenue = np.maximum(frame["net_revenue_usd"].to_numpy(dtype=float), 0.0)
    return np.column_stack(
        [
            np.log1p(np.maximum(amounts, 0.0) * (QUARTER_DAYS / window)[:, None]),
            (age - last) / window,
            np.minimum(age / window, 1.0),
            np.log1p(revenue / orders),
            np.log1p(np.maximum(frame["largest_day_usd"].to_numpy(dtype=float), 0.0)),
            frame["coupon_lines"].to_numpy(dtype=float) / lines,
            frame["product_categories"].to_numpy(dtype=float),
            lines / orders,
        ]
    )


def fit_candidate(name: str, train: pd.DataFrame, *, seed: int) -> dict[str, Any]:
    """Fit one candidate to what customers brought after a moment.

    Parameters
    ----------
    name : str
        One of `BASELINES` or `CANDIDATES`.
    train : pandas.DataFrame
        Rows of `features_customer_value` with `future_revenue_usd`.
    seed : int
        Of the boosting.

    Returns
    -------
    dict
        Name, horizon_days that it was fitted to, plain values and scikit-learn models, for an artefact.
    """
    horizon = float(train["horizon_days"].iloc[0])
    return {"name": name, "horizon_days": horizon, **_fitted(name, train, seed=seed)}


def _fitted(name: str, train: pd.DataFrame, *, seed: int) -> dict[str, Any]:
    """Return what a candidate has learned."""
    target = np.maximum(train["future_revenue_usd"].to_numpy(dtype=float), 0.0)
    if name == "all_zero":
        return {}
    if name == "past_spend":
        past = _spend_a_day_of_window(train).mean()
        return {"factor": float(target.mean() / past) if past > 0 else 0.0}
    if name == BG_NBD:
        return fit_behaviour(train)
    mean = max(float(target.mean()), 1e-9)
    values = design(train)
    if name == "boosting":
        trees = HistGradientBoostingRegressor(
            max_depth=2, max_iter=50, learning_rate=0.05, min_samples_leaf=20, random_state=seed
        )
        return {"mean": mean, "model": trees.fit(values, target / mean)}
    centre, scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    line = (
        Ridge(RIDGE_PENALTY)
        if name == "ridge"
        else TweedieRegressor(power=TWEEDIE_POWER, alpha=TWEEDIE_PENALTY, max_iter=1000)
    ).fit((values - centre) / scale, target / mean)
    return {
        "mean": mean,
        "centre": centre,
        "scale": scale,
        "coefficients": line.coef_,
        "intercept": float(line.intercept_),
    }


def predict_candidate(fitted: Mapping[str, Any], frame: pd.DataFrame, horizon_days: float) -> FloatArray:
    """Return what each customer is expected to bring.

    What was learned of one horizon counts in proportion for another; BG/NBD foretells each horizon itself.

    Parameters
    ----------
    fitted : mapping
        What `fit_candidate` returned.
    frame : pandas.DataFrame
        Rows of `features_customer_value`.
    horizon_days : float
        Days ahead.

    Returns
    -------
    numpy.ndarray of shape (customers,)
        US dollars, 0 or more.
    """
    if fitted["name"] == "all_zero":
        return np.zeros(len(frame))
    if fitted["name"] == BG_NBD:
        expected = expected_order_days(fitted["purchases"], frame, horizon_days)
        return expected * spend_a_day(fitted["spend"], frame)
    times = horizon_days / fitted["horizon_days"]
    if fitted["name"] == "past_spend":
        return times * fitted["factor"] * _spend_a_day_of_window(frame)
    values = design(frame)
    if fitted["name"] == "boosting":
        return times * np.maximum(fitted["model"].predict(values) * fitted["mean"], 0.0)
    line = (values - fitted["centre"]) / fitted["scale"] @ fitted["coefficients"] + fitted["intercept"]
    by_mean = np.exp(line) if fitted["name"] == "tweedie" else np.maximum(line, 0.0)
    predicted: FloatArray = times * by_mean * fitted["mean"]
    return predicted


def _spend_a_day_of_window(frame: pd.DataFrame) -> FloatArray:
    spent = np.maximum(frame["window_revenue_usd"].to_numpy(dtype=float), 0.0)
    by_day: FloatArray = spent / frame["window_days"].to_numpy(dtype=float)
    return by_day


def fit_behaviour(frame: pd.DataFrame) -> dict[str, Any]:
    """Fit BG/NBD to days with orders and Gamma-Gamma to what one brings.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_customer_value` of one moment.

    Returns
    -------
    dict
        purchases (r, alpha in days, a, b), purchases_log_covariance, spend (p, q, v) and whether both have
        converged.
    """
    repeats, last, age = behaviour(frame)
    bought = (frame["net_revenue_usd"] > 0).to_numpy()
    purchases = purchase_model.fit_purchases(repeats, last, age)
    spend = spend_model.fit_spend(repeats[bought] + 1, _mean_day(frame)[bought])
    return {
        "purchases": purchases.parameters,
        "purchases_log_covariance": purchases.log_covariance,
        "spend": spend.parameters,
        "has_converged": bool(purchases.has_converged and spend.has_converged),
    }


def behaviour(frame: pd.DataFrame) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return repeat order days, days from the first to the last one and days from the first one to now."""
    repeats, last, age = (
        frame[name].to_numpy(dtype=float) for name in ("repeat_order_days", "last_order_age_days", "age_days")
    )
    return repeats, last, age


def expected_order_days(parameters: Any, frame: pd.DataFrame, horizon_days: float) -> FloatArray:
    """Return the days with orders to expect of each customer by BG/NBD."""
    return purchase_model.expected_purchases(parameters, *behaviour(frame), horizon_days)


def spend_a_day(parameters: Any, frame: pd.DataFrame) -> FloatArray:
    """Return what a day with orders is expected to bring by Gamma-Gamma."""
    days = frame["repeat_order_days"].to_numpy(dtype=float) + 1
    return spend_model.expected_spend(parameters, days, _mean_day(frame))


def _mean_day(frame: pd.DataFrame) -> FloatArray:
    revenue = np.maximum(frame["net_revenue_usd"].to_numpy(dtype=float), 0.0)
    means: FloatArray = revenue / (frame["repeat_order_days"].to_numpy(dtype=float) + 1)
    return means
