"""Model card of retention."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def too_little_data_card(reason: str) -> str:
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


def retention_card(events: np.ndarray, metrics: pd.DataFrame, params: Mapping[str, Any]) -> str:
    """Return the card of a fitted version.

    Parameters
    ----------
    events : ndarray of shape (n,)
        1 for a customer who has left.
    metrics : DataFrame
        Figures, as in `bank_marketing.fitting.METRIC_COLUMNS`.
    params : mapping of str to any
        What `bank_marketing.churn.retention.fit` says of the fit.

    Returns
    -------
    str
        Markdown.
    """
    figures = [
        f"| {row.metric} | {row.value:.3f} ({row.value_low:.3f} to {row.value_high:.3f}) |"
        for row in metrics.itertuples()
    ]
    left_out = params["incomplete_customers"]
    return f"""# Retention

**For** ranking churn customers by the risk of leaving. Not for saying when somebody leaves, and not for what
an action would change: no action is in the data.

**Data.** {len(events):,} customers, of whom {events.mean():.1%} have left; {left_out:,} more were left out,
since something is missing of them. `Complain` is no feature, since it tells the outcome. Everyone is seen at
one moment: what is known of those who have left may date from after they left.

**Method.** Cox regression (lifelines, ties by Efron) on country, gender, age bands, products, balance and
activity. A tenure of zero whole years ({params["zero_tenure_share"]:.1%} of customers) counts as half a year.
By itself, tenure tells who has left with a ROC-AUC of {params["tenure_roc_auc"]:.3f} (0.5 is chance). So
`churn_probability` is the probability of *having left*, whatever the tenure: a logistic curve in the Cox risk
score and its square, learned on risk scores of customers that the Cox model had not seen.

`expected_remaining_years` reads the survival curve from the customer's tenure on, ten years ahead at most.
Beyond the longest tenure seen it goes on at the hazard of the last tenth of the tenures
({params["late_hazard"]:.3f} a year for the average customer) and not at that of all
({params["mean_hazard"]:.3f}): where hazards rise, customers would seem to gain years by coming near the
longest tenure. **Hazards that rise at the longest tenures are an artefact** of a file that shows everyone at
one moment: even if tenure has nothing to do with leaving, the leavers of a year are counted against customers
of that tenure or a longer one, who get fewer with every year. So these years rank customers of about the same
tenure, and predict no date.

**Figures**, {params["folds"]}-fold cross-validated, with 95 % intervals:

| metric | value |
|---|---|
{chr(10).join(figures)}

The terms (age bands, and which traits act together) were chosen by people with this kind of data in view,
before any fold was drawn: the figures don't pay for that choice and flatter the model by what it owes to it.
The integrated Brier score weighs by the Kaplan-Meier curve of being censored; an event takes the curve's
value just before its own time, so that of an event and a censoring in the same year the event counts as the
earlier one.

Customers used in the fit are scored by the model of the fold that left them out, new ones by the model of
all; who lacks a trait gets no score.

**Hazard ratios** compare customers; they are no effects of what a bank might change. The reference is an
active man under 35 from {params["countries"][0]} with one product and a balance.
"""
