"""What goes with leaving: hazard ratios, odds ratios, and whether hazards are proportional."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from bank_marketing.fitting.fits import EFFECT_COLUMNS
from bank_marketing.methods.effects import logistic_covariance
from bank_marketing.methods.intervals import normal_quantile
from bank_marketing.methods.survival import CoxModel

if TYPE_CHECKING:
    from lifelines import CoxPHFitter

# Enough to keep the ratios of rare terms finite, too little to move the others.
RIDGE = 0.1


def driver_ratios(terms: pd.DataFrame, cox: CoxModel, events: np.ndarray) -> pd.DataFrame:
    """Return hazard ratios and odds ratios of the same terms, each adjusted for the others.

    Parameters
    ----------
    terms : DataFrame of shape (n, n_terms)
        What `retention_terms` returns.
    cox : CoxModel
        Fitted on them.
    events : ndarray of shape (n,)
        1 for a customer who has left.

    Returns
    -------
    DataFrame
        Columns feature, kind ('hazard_ratio', 'odds_ratio'), value, value_low, value_high. The intervals of a
        kind hold their truths all together at 95 % (Bonferroni, Wald). A constant term has the ratio 1
        and no interval.
    """
    odds, odds_errors = _log_odds_ratios(terms, events)
    tables = []
    for kind, ratios, errors in (
        ("hazard_ratio", cox.coefficients, cox.standard_errors),
        ("odds_ratio", odds, odds_errors),
    ):
        half = normal_quantile(max(int(np.isfinite(errors).sum()), 1)) * errors
        tables.append(
            pd.DataFrame(
                {
                    "feature": cox.terms,
                    "kind": kind,
                    "value": np.exp(ratios),
                    "value_low": np.exp(ratios - half),
                    "value_high": np.exp(ratios + half),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)[list(EFFECT_COLUMNS)]


def proportional_hazards(fitter: CoxPHFitter, frame: pd.DataFrame) -> dict[str, Any]:
    """Test whether hazard ratios stay the same over time, by the scaled Schoenfeld residuals of a Cox model.

    Parameters
    ----------
    fitter : CoxPHFitter
        The model, as `lifelines_cox` returns it.
    frame : DataFrame of shape (n, n_varying + 2)
        What it was fitted on.

    Returns
    -------
    dict
        smallest_p_value (Bonferroni over the terms), terms_that_change (names, at 5 %), deviance_residuals
        (quantiles 0.01, 0.5 and 0.99: a good fit has few beyond 3).

    References
    ----------
    Grambsch, P. M. and Therneau, T. M. (1994). Proportional hazards tests and diagnostics based on weighted
    residuals. Biometrika 81, 515-526.
    """
    # Here, since whoever scores needs no lifelines.
    from lifelines.statistics import proportional_hazard_test

    p_values = proportional_hazard_test(fitter, frame, time_transform="rank").summary["p"]
    residuals = fitter.compute_residuals(frame, "deviance")["deviance"]
    corrected = (p_values * len(p_values)).clip(upper=1.0)
    return {
        "smallest_p_value": float(corrected.min()),
        "terms_that_change": [str(name) for name in corrected.index[corrected < 0.05]],
        "deviance_residuals": [float(value) for value in residuals.quantile([0.01, 0.5, 0.99])],
    }


def _log_odds_ratios(terms: pd.DataFrame, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    values = terms.to_numpy(dtype=float)
    varying = values.std(axis=0) > 0
    model = LogisticRegression(C=1 / RIDGE, max_iter=1_000, tol=1e-8).fit(values[:, varying], events)
    ratios, errors = np.zeros(values.shape[1]), np.full(values.shape[1], np.nan)
    ratios[varying] = model.coef_[0]
    errors[varying] = np.sqrt(np.diag(logistic_covariance(model, values[:, varying])))
    return ratios, errors
