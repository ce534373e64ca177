"""Model card of retention."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def insufficient_data_card(reason: str) -> str:
    """Return the card of a version that has no model.

    Parameters
    ----------
    reason : str
        What is missing.

    Returns
    -------
    str
        Markdown.
    """
    return f"# Retention\n\nNo model: {reason}\n"


def retention_card(
    events: np.ndarray, metrics: pd.DataFrame, by_year: pd.DataFrame, params: Mapping[str, Any]
) -> str:
    """Return the card of a fitted version.

    Parameters
    ----------
    events : ndarray of shape (n,)
        1 for a customer who has left.
    metrics : DataFrame
        Metrics, as in `bank_marketing.fitting.fits.METRIC_COLUMNS`.
    by_year : DataFrame
        Predicted and observed shares of leavers by year and risk group, as `survival_calibration` returns.
    params : mapping of str to any
        What `bank_marketing.churn.retention.fit` says of the fit.

    Returns
    -------
    str
        Markdown.
    """
    alone = params["roc_auc_of_single_features"]
    strongest = next(iter(alone))
    return f"""# Retention

**For** ranking churn customers by the risk of leaving. Not for saying when somebody leaves, and not for what
an action would change: no action is in the data.

**Data.** {len(events):,} customers, of whom {events.mean():.1%} have left; left out, since something is
missing of them: {params["incomplete_customers"]:,}. `Complain` is no feature, since it tells the outcome; by
itself none of the features does (the strongest, {strongest}, has a held-out ROC-AUC of
{alone[strongest]:.3f}; the fit refuses one of 0.95). Everyone is seen at one moment: what is known of those
who have left may date from after they left.

**`churn_probability`** is the probability of *having left*, whatever the tenure, by {params["candidate"]}
(calibration: {params["calibration"]}), the candidate with the lowest cross-validated log loss. Candidate and
calibration are chosen anew within each training set, by fits without one more fold, so the metrics pay for
the choice.

**`expected_remaining_years`** reads a survival curve from the customer's tenure on, ten years ahead at most.
The curve is that of {params["survival_model"]}, the candidate with the lowest held-out integrated Brier
score. A tenure of zero whole years ({params["zero_tenure_share"]:.1%} of customers) counts as half a
year.{_zero_tenure(metrics)}

**What these years are not.** By itself, tenure tells who has left with a ROC-AUC of
{params["tenure_roc_auc"]:.3f} (0.5 is chance). {_classifier_alone(metrics)}
So a curve read as time to exit says little more than the probability does. Beyond the longest tenure seen it
goes on at the hazard of the last tenth of the tenures: at a lower one customers would seem to gain years by
coming near the longest tenure. **Hazards that rise at the longest tenures are an artefact** of a file that
shows everyone at one moment: even if tenure has nothing to do with leaving, the leavers of a year are counted
against customers of that tenure or a longer one, who get fewer with every year. These years rank customers of
about the same tenure, and predict no date.

**`exit_probability`**, on which the money of the call list rests, is read from the same curve: the chance of
leaving within a horizon, given the tenure so far. **That the tenure of those who have left is the time of
their leaving is an assumption**: the file says only that they have left. If their tenure went on, or stopped
at another moment, the probability within a horizon is wrong as much as these years are; near the longest
tenure it is high for everybody. Its interval tells how much the models of the folds differ (a grouped
jackknife), not what this assumption is worth.

**Metrics**, cross-validated in {params["folds"]} folds (survival once, probability as `depth` says), and on
the last fifth of the customers in the order of RowNumber by a model of the rest (`forward`; that need not be
the order of arrival):

{_metrics_table(metrics)}

**Deciles** that can be told apart: {", ".join(params["lift_groups"])}. Within a group no order of them can be
told from chance.

**Survival curves against what was seen.** Of {params["survival_cells"]} cells (1, 3, 5 and 10 years by five
groups of risk) {params["survival_cells"] - len(params["survival_cells_outside"])} have the predicted share of
leavers within the 95 % interval of the observed one. {_outside(params["survival_cells_outside"], by_year)}

**Proportional hazards.** {_proportional(params["proportional_hazards"])}

The terms of the Cox model (age bands, and which traits act together) were chosen by people with this kind of
data in view, before any fold was drawn: its metrics don't pay for that choice. The integrated Brier score
weighs by the Kaplan-Meier curve of being censored in the training fold; an event takes the curve's value just
before its own time, so that of an event and a censoring in the same year the event counts as the earlier one.

Customers used in the fit are scored by the models of the fold that left them out, new ones by those of all;
who lacks a trait gets no score.

**Ratios** (`evaluation.feature_effects`) compare customers; they are no effects of what a bank might change.
The reference is an active man under 35 from {params["countries"][0]} with one product and a balance.
"""


def _metrics_table(metrics: pd.DataFrame) -> str:
    lines = [
        f"| {row.split} | {row.metric} | "
        + (
            "not defined |"
            if np.isnan(row.value)
            else f"{row.value:.3f} ({row.value_low:.3f} to {row.value_high:.3f}) |"
        )
        for row in metrics.itertuples()
    ]
    return "\n".join(["| split | metric | value |", "|---|---|---|", *lines])


def _zero_tenure(metrics: pd.DataFrame) -> str:
    """Say how much depends on what a tenure of zero stands for."""
    brier = metrics.set_index("metric")["value"].filter(regex="^integrated_brier_score_of_weibull")
    others = brier.filter(like="zero_tenure_as")
    if others.empty or brier.size == others.size:
        return ""
    return (
        "\nCox models see no more of a tenure than its order, which stays the same whatever part of a year a"
        "\nzero stands for. The Weibull model sees more: with a quarter or three quarters of a year its"
        f"\nintegrated Brier score is {others.min():.4f} to {others.max():.4f}, with half a year"
        f" {brier['integrated_brier_score_of_weibull']:.4f}."
    )


def _classifier_alone(metrics: pd.DataFrame) -> str:
    """Say what a classifier that never sees the tenure makes of the order of exits."""
    concordance = metrics.set_index("metric")["value"].filter(regex="^concordance_index")
    if np.isnan(concordance["concordance_index"]):
        return "No two customers can be compared by who left earlier: nobody stayed longer than a leaver."
    return (
        "The classifier that never sees it orders exits with a concordance of"
        f" {concordance['concordance_index_of_probability']:.3f}, the survival model with"
        f" {concordance['concordance_index']:.3f}."
    )


def _outside(cells: list[str], by_year: pd.DataFrame) -> str:
    if not cells:
        return "None is outside."
    gap = (by_year["predicted"] - by_year["observed"]).abs().max()
    return (
        f"Outside: {'; '.join(cells)} (group 1 has the highest risk). The largest gap of a cell is {gap:.2f}."
    )


def _proportional(tested: Mapping[str, Any]) -> str:
    low, middle, high = tested["deviance_residuals"]
    residuals = f"Deviance residuals: 1 % below {low:.2f}, median {middle:.2f}, 1 % above {high:.2f}."
    if not tested["terms_that_change"]:
        return (
            "By Schoenfeld residuals a change of the Cox model's ratios with tenure can't be told from chance"
            f" (smallest corrected p {tested['smallest_p_value']:.2g}). {residuals}"
        )
    return (
        "By Schoenfeld residuals the ratios of some terms change with tenure, so they are means over it:"
        f" {', '.join(tested['terms_that_change'])} (smallest corrected p {tested['smallest_p_value']:.2g})."
        f" {residuals}"
    )
