"""Campaign KPIs: how converters differ from others, and from which value on a KPI is good."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bank_marketing.campaigns.columns import KEY, TARGET
from bank_marketing.fitting.fits import METRIC_COLUMNS, Fit, Task
from bank_marketing.methods.intervals import CONFIDENCE, Z, wilson_interval
from bank_marketing.methods.power import smallest_detectable
from bank_marketing.methods.thresholds import held_out_threshold

# KPIs along the funnel, each with the step that it stands for.
FUNNEL_STEPS = {
    "ad_spend_usd": "reach",
    "click_through_rate": "attention",
    "email_opens": "attention",
    "website_visits": "interest",
    "pages_per_visit": "interest",
    "time_on_site_minutes": "interest",
    "email_clicks": "consideration",
    "click_conversion_rate": "action",
    "social_shares": "advocacy",
}
LEAST_EVENTS = 20
SIGNIFICANCE = 0.05
COLUMNS = (
    "kpi",
    "funnel_step",
    "converters",
    "non_converters",
    "converters_mean",
    "non_converters_mean",
    "difference",
    "difference_low",
    "difference_high",
    "effect_size",
    "effect_size_low",
    "effect_size_high",
    "p_value",
    "p_value_corrected",
    "is_distinguishable",
    "smallest_detectable_effect_size",
    "threshold",
    "least_fold_threshold",
    "greatest_fold_threshold",
    "is_higher_better",
    "sensitivity",
    "sensitivity_low",
    "sensitivity_high",
    "specificity",
    "specificity_low",
    "specificity_high",
    "youden_index",
    "youden_index_low",
    "youden_index_high",
    "has_useful_threshold",
    "good_from",
    "warning_from",
    "verdict",
)


def fit(frame: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Compare converters with others in every KPI, and find thresholds.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_conversion_in_campaign`, one per customer; rows without an outcome are left out, and
        a missing value from its KPI.
    depth : {'quick', 'full'}
        Makes no difference: nothing here is heavy.
    seed : int
        Seed of the folds.

    Returns
    -------
    bank_marketing.fitting.fits.Fit
        With the table `kpis` (columns `COLUMNS`).
    """
    known = frame[frame[TARGET].notna()].sort_values(KEY, ignore_index=True)
    table = (
        pd.DataFrame([_kpi(known, name, seed) for name in FUNNEL_STEPS])
        .reindex(columns=list(COLUMNS))
        .astype(object)
    )
    compared = table["p_value"].notna()
    if not compared.any():
        reason = (
            f"{int(known[TARGET].sum())} of {len(known)} customers converted; a KPI needs values of at least"
            f" {LEAST_EVENTS} who did and {LEAST_EVENTS} who didn't"
        )
        return Fit(
            "insufficient_data",
            params={"reason": reason},
            card=f"# Campaign KPIs\n\nNot compared: {reason}.\n",
            tables={"kpis": table},
        )
    corrected = stats.false_discovery_control(table.loc[compared, "p_value"].to_numpy(dtype=float))
    table.loc[compared, "p_value_corrected"] = corrected
    table.loc[compared, "is_distinguishable"] = corrected < SIGNIFICANCE
    table.loc[compared, "verdict"] = [_verdict(row) for _, row in table[compared].iterrows()]
    metrics = [
        (
            "cross_validation",
            f"youden_index_of_{row.kpi}",
            row.youden_index,
            row.youden_index_low,
            row.youden_index_high,
            row.converters + row.non_converters,
        )
        for row in table[compared].itertuples()
    ]
    return Fit(
        "fitted",
        params={"seed": seed},
        metrics=pd.DataFrame(metrics, columns=list(METRIC_COLUMNS)),
        tables={"kpis": table},
        card=_card(table),
    )


def _kpi(known: pd.DataFrame, name: str, seed: int) -> dict[str, Any]:
    with_value = known[known[name].notna()]
    values = with_value[name].to_numpy(dtype=float)
    outcome = with_value[TARGET].to_numpy(dtype=np.int64)
    one, other = values[outcome == 1], values[outcome == 0]
    row: dict[str, Any] = {
        "kpi": name,
        "funnel_step": FUNNEL_STEPS[name],
        "converters": len(one),
        "non_converters": len(other),
    }
    if min(len(one), len(other)) < LEAST_EVENTS or values.min() == values.max():
        reason = (
            "it never varies" if len(values) and values.min() == values.max() else "too few customers have it"
        )
        return row | {"verdict": f"Not compared: {reason} among converters or others."}
    welch = stats.ttest_ind(one, other, equal_var=False)
    low, high = welch.confidence_interval(CONFIDENCE)
    size, size_low, size_high = standardised_effect(one, other)
    threshold = held_out_threshold(values, outcome, comparisons=len(FUNNEL_STEPS), seed=seed)
    sensitivity = wilson_interval(threshold.sensitivity * len(one), len(one))
    specificity = wilson_interval(threshold.specificity * len(other), len(other))
    is_useful = threshold.youden_low > 0
    good, warning = f"at least {threshold.value:g}", f"below {threshold.value:g}"
    if not threshold.is_higher_better:
        good, warning = warning, good
    return row | {
        "converters_mean": float(one.mean()),
        "non_converters_mean": float(other.mean()),
        "difference": float(one.mean() - other.mean()),
        "difference_low": float(low),
        "difference_high": float(high),
        "effect_size": size,
        "effect_size_low": size_low,
        "effect_size_high": size_high,
        "p_value": float(welch.pvalue),
        "smallest_detectable_effect_size": smallest_detectable(
            float(np.sqrt(1 / len(one) + 1 / len(other))), comparisons=len(FUNNEL_STEPS)
        ),
        "threshold": threshold.value,
        "least_fold_threshold": min(threshold.fold_values),
        "greatest_fold_threshold": max(threshold.fold_values),
        "is_higher_better": threshold.is_higher_better,
        "sensitivity": threshold.sensitivity,
        "sensitivity_low": float(sensitivity[0]),
        "sensitivity_high": float(sensitivity[1]),
        "specificity": threshold.specificity,
        "specificity_low": float(specificity[0]),
        "specificity_high": float(specificity[1]),
        "youden_index": threshold.youden,
        "youden_index_low": threshold.youden_low,
        "youden_index_high": threshold.youden_high,
        "has_useful_threshold": is_useful,
        "good_from": good if is_useful else None,
        "warning_from": warning if is_useful else None,
    }


def standardised_effect(one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """Return Hedges' g, the difference of two means in standard deviations, with its 95 % interval.

    Parameters
    ----------
    one, other : numpy.ndarray
        Values of the two groups, at least two each.

    Returns
    -------
    size, low, high : float
        0.2 is called small, 0.5 medium, 0.8 large.

    References
    ----------
    Hedges, L. V. (1981). Distribution theory for Glass's estimator of effect size and related estimators.
    Journal of Educational Statistics 6, 107-128.
    """
    n, m = len(one), len(other)
    pooled = np.sqrt(((n - 1) * one.var(ddof=1) + (m - 1) * other.var(ddof=1)) / (n + m - 2))
    size = (1 - 3 / (4 * (n + m) - 9)) * (one.mean() - other.mean()) / pooled
    half = Z * np.sqrt((n + m) / (n * m) + size**2 / (2 * (n + m)))
    return float(size), float(size - half), float(size + half)


def _verdict(row: pd.Series) -> str:
    if not row["is_distinguishable"]:
        difference = (
            f"Converters can't be told from others ({row['converters']:,} and {row['non_converters']:,}:"
            f" {row['smallest_detectable_effect_size']:.2f} standard deviations would have been seen)"
        )
    else:
        more = "more" if row["effect_size"] > 0 else "less"
        difference = f"Converters have {more} ({abs(row['effect_size']):.2f} standard deviations)"
    if row["has_useful_threshold"]:
        return f"{difference}; {row['good_from']} is good, {row['warning_from']} is a warning."
    return (
        f"{difference}; no threshold can be told from a coin on customers it wasn't chosen on (Youden index"
        f" at most {row['youden_index_high']:.2f})."
    )


def _card(table: pd.DataFrame) -> str:
    lines = [f"- {row.kpi} ({row.funnel_step}): {row.verdict}" for row in table.itertuples()]
    return "\n".join(
        [
            "# Campaign KPIs",
            "",
            *lines,
            "",
            "Differences are as they are, not adjusted: a KPI that converters have more of need not make"
            " anybody convert. p-values are corrected for the number of KPIs (false discovery rate, Benjamini"
            " and Hochberg).",
            "",
        ]
    )


TASK = Task("campaign_kpis", version=3, fit=fit)
