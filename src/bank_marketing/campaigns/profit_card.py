"""Model card of campaign profit."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bank_marketing.campaigns.columns import SPEND, TARGET, TYPE
from bank_marketing.methods.calibration import bins_outside
from bank_marketing.methods.intervals import difference_interval, wilson_interval


def profit_card(
    title: str,
    use: str,
    known: pd.DataFrame,
    metrics: pd.DataFrame,
    calibration: pd.DataFrame,
    params: Mapping[str, Any],
) -> str:
    """Write what the model is, how well it foretells, and what spend does.

    Parameters
    ----------
    title, use : str
        Heading, and what it is for and what not.
    known : pandas.DataFrame
        Customers of the fit.
    metrics, calibration : pandas.DataFrame
        As a `Fit` holds them.
    params : mapping
        Those of the fit.

    Returns
    -------
    str
        Markdown.
    """
    crossed = metrics[metrics["split"] == "cross_validation"].set_index("metric")
    loss, of_arms = crossed.loc["log_loss"], crossed.loc["log_loss_of_arm_rates"]
    curves = [
        f"{split.replace('_', ' ')}: {bins_outside(curve)} of {len(curve)}"
        for split, curve in calibration.groupby("split")
    ]
    return "\n".join(
        [
            f"# {title}\n\n{use}\n",
            f"**Data**: {len(known)} customers, {known[TARGET].mean():.1%} converted. Traits:"
            f" {', '.join(params['traits']) or 'none'}.",
            "**Model**: logistic regression with terms that all campaigns share: traits (in steps at each"
            " tenth of the customers), type, channel, both with traits, and one step of spend; shrunk"
            " towards no difference, the more the less a trait does. Whoever was in the fit is scored by"
            f" one of {params['folds']} models that haven't seen them.",
            f"**Log loss** on unseen customers: {loss['value']:.4f} ({loss['value_low']:.4f} to"
            f" {loss['value_high']:.4f}); of the rates of type and channel alone {of_arms['value']:.4f}.",
            "**Calibration**: bins whose prediction lies outside the 95 % interval of what was seen,"
            f" {'; '.join(curves)}.",
            *_what_comes_later(metrics, loss),
            f"**Spend**: {_what_spend_does(known, params)}",
            "**Intervals** of expected profit are of the chance (the model's terms) and of the value that a"
            " bank assumes; what isn't among the traits they don't hold.",
            "**Not incremental**: nobody went untreated, so conversions that would have come anyway count as"
            " won.",
            "",
        ]
    )


def _what_comes_later(metrics: pd.DataFrame, loss: pd.Series) -> list[str]:
    """Warn where the last customers follow the model worse: those to come may, too."""
    later = metrics[(metrics["split"] == "forward") & (metrics["metric"] == "log_loss")]
    if later.empty or float(later["value_low"].iloc[0]) <= float(loss["value_high"]):
        return []
    return [
        "**The last fifth of the customers follows the model worse**: fitted on those before them, its log"
        f" loss there is {later['value'].item():.4f} ({later['value_low'].item():.4f} to"
        f" {later['value_high'].item():.4f}). Find out what changed before money follows these chances."
    ]


def _what_spend_does(known: pd.DataFrame, params: Mapping[str, Any]) -> str:
    levels = params["spend_levels_usd"]
    if not levels:
        return "the data have none."
    if params["step_usd"] is None:
        return (
            "no step of the response can be told from chance, which isn't the same as none; one level, the"
            f" median of {levels[0]:,.0f} dollars."
        )
    is_high = known[SPEND].astype(float) > params["step_usd"]
    gains = []
    for kind, rows in known.groupby(TYPE):
        high, low = (rows.loc[part.loc[rows.index], TARGET] for part in (is_high, ~is_high))
        if min(len(high), len(low)) == 0:
            continue
        figures = [(part.mean(), *wilson_interval(part.sum(), len(part))) for part in (high, low)]
        gain, worst, best = (100 * float(figure) for figure in difference_interval(*figures))
        gains.append(f"{kind} {gain:+.1f} points ({worst:+.1f} to {best:+.1f})")
    return (
        f"conversions step up or down at {params['step_usd']:,.0f} dollars (p ="
        f" {params['step_p_value']:.3f}, corrected for the search). Above it {levels[1] - levels[0]:,.0f}"
        f" dollars more are spent (medians {levels[0]:,.0f} and {levels[1]:,.0f}) for, as they are:"
        f" {'; '.join(gains)}."
    )
