"""Model cards of classifiers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.fitting.fits import METRIC_COLUMNS
from bank_marketing.fitting.recipe import FittedClassifier
from bank_marketing.methods.calibration import bins_outside, calibration_error_by_chance


def insufficient_data_card(title: str, use: str, reason: str) -> str:
    """Return the card of a version that has no model.

    Parameters
    ----------
    title, use : str
        As of `Classifier`.
    reason : str
        What is missing.

    Returns
    -------
    str
        Markdown.
    """
    return f"# {title}\n\n{use}\n\n**No model was fitted**: {reason}. Scores are null.\n"


def classifier_card(
    title: str,
    use: str,
    happened: str,
    key: str,
    outcome: npt.NDArray[Any],
    fitted: FittedClassifier,
    effects: pd.DataFrame,
    params: Mapping[str, Any],
) -> str:
    """Return the card of a fitted version.

    Parameters
    ----------
    title, use, happened, key : str
        As of `Classifier`.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    fitted : FittedClassifier
        The model and its metrics.
    effects : pandas.DataFrame
        Among them permutation importances.
    params : mapping
        Those of the fit: what `fitted.params` says; change_in_file_order (where the rate changes, or None);
        scorecard (as `readable_scorecard` returns); features (that some row has) and without_values (others).

    Returns
    -------
    str
        Markdown.
    """
    metrics, calibration, change = fitted.metrics, fitted.calibration, params["change_in_file_order"]
    is_of_winner = ~metrics["metric"].str.contains("_of_")
    rows = [
        f"| {split} | {metric} | "
        + ("not defined | |" if np.isnan(value) else f"{value:.3f} | {low:.3f} to {high:.3f} |")
        + f" {n} |"
        for split, metric, value, low, high, n in metrics.loc[is_of_winner, list(METRIC_COLUMNS)].itertuples(
            index=False
        )
    ]
    is_noise = (effects["kind"] == "permutation_importance") & (effects["value_low"] <= 0)
    noise = effects.loc[is_noise, "feature"]
    unused = params["without_values"]
    chosen, calibrated_by = params["candidate"].replace("_", " "), params["calibration"]
    return "\n".join(
        [
            f"# {title}\n\n{use}\n",
            f"**Data**: {len(outcome)} customers, {outcome.mean():.1%} {happened}."
            f" Features: {', '.join(params['features'])}."
            + (f" Without any value, so not used: {', '.join(unused)}." if unused else ""),
            f"**Model**: {chosen}, calibration {calibrated_by}; chosen by cross-validated log loss.",
            "The metrics pay for the choice, since it is made anew in each fold.",
            "",
            "| split | metric | value | 95 % interval | rows |",
            "|---|---|---|---|---|",
            *rows,
            "",
            *_candidates(metrics, params["log_loss_by_candidate"]),
            "",
            f"**Order of the file**: {_what_the_order_shows(metrics)}",
            *_what_changes_along_the_file(change, happened),
            f"The order of {key} stands for the order of arrival; how the rows of the file happen to be"
            " sorted changes nothing.",
            f"**Calibration**: {_how_curves_hold(metrics, calibration, change, happened)}",
            f"**Deciles** that can be told apart: {', '.join(params['lift_groups'])}. Within a group no order"
            " of them can be told from chance.",
            f"**Money**: {_whether_money_may_be_multiplied(metrics, calibration)}",
            f"**Not distinguishable from noise** (which isn't the same as noise; intervals in"
            f" `evaluation.feature_effects`): {', '.join(noise) if len(noise) else 'no feature'}.",
            "**Before use**: the public data are made up; no finding about them transfers to people.",
            "",
            *_scorecard(params["scorecard"], is_the_model=params["candidate"] == "points_scorecard"),
            "",
        ]
    )


def _candidates(metrics: pd.DataFrame, candidates: Mapping[str, Any]) -> list[str]:
    crossed = metrics[metrics["split"] == "cross_validation"].set_index("metric")["value"]
    shown = (
        "log_loss",
        "brier_score",
        "roc_auc",
        "average_precision_rarer_class",
        "expected_calibration_error",
    )
    return [
        "Every candidate in the same folds, each with the calibration that suited it in training:",
        "",
        f"| candidate | {' | '.join(name.replace('_', ' ') for name in shown)} |",
        f"|---|{'---|' * len(shown)}",
        *(
            f"| {candidate.replace('_', ' ')} | "
            + " | ".join(f"{crossed[f'{name}_of_{candidate}']:.3f}" for name in shown)
            + " |"
            for candidate in candidates
        ),
    ]


def _scorecard(scorecard: Mapping[str, Any], *, is_the_model: bool) -> list[str]:
    earned, by_points = scorecard["one_point_each"], scorecard["by_points"]
    if not earned:
        return ["**By hand**: no feature's cut is more than noise, so no feature earns points."]
    return [
        "**By hand**: the points scorecard, fitted on all customers."
        + (
            " It is the model: new customers get the probability of their points."
            if is_the_model
            else " It is not the model, only its nearest readable kin."
        )
        + " One point for each of:",
        "",
        *(f"- {words}" for words in earned),
        "",
        "| points | customers | probability |",
        "|---|---|---|",
        *(f"| {row['points']} | {row['customers']} | {row['probability']:.3f} |" for row in by_points),
    ]


def _what_the_order_shows(metrics: pd.DataFrame) -> str:
    auc = metrics[metrics["metric"] == "roc_auc"].set_index("split")
    if "forward" not in auc.index:
        return "can't be judged: too few rows for a forward split."
    random, forward = auc.loc["cross_validation"], auc.loc["forward"]
    if np.isnan(forward["value"]):
        return "can't be judged: the last 20 % of the rows all have the same outcome."
    seen = (
        "fitted on the first 80 % of the customers, the model ranks the rest with ROC-AUC"
        f" {forward['value']:.3f}, in random folds with {random['value']:.3f}"
    )
    if forward["value_high"] < random["value"]:
        return f"{seen}. Late rows follow the relation less: find out what changed before scores are used."
    return (
        f"{seen}. A change of the relation along the order can't be told from chance: the late rows' ROC-AUC"
        f" may be anything from {forward['value_low']:.3f} to {forward['value_high']:.3f}."
    )


def _what_changes_along_the_file(change: Mapping[str, Any] | None, happened: str) -> list[str]:
    if change is None:
        return [f"A change of the share who {happened} along the file can't be told from chance."]
    before, after = change["rate_before"][0], change["rate_after"][0]
    said = (
        f"The share who {happened} changes at line {change['first_line']} of a"
        f" file in this order: {before:.1%} before, {after:.1%} in the"
        f" {change['rows_after']} rows from there on (p = {change['p_value']:.3f})."
    )
    if change["roc_auc_before"] is None or change["roc_auc_after"] is None:
        return [said]
    sides = {side: change[f"roc_auc_{side}"] for side in ("before", "after")}
    ranks = ", ".join(
        f"{side} it with ROC-AUC {value:.3f} ({low:.3f} to {high:.3f})"
        for side, (low, value, high) in sides.items()
    )
    said += f" Scores out of random folds rank customers {ranks}."
    if sides["after"][0] <= 0.5 <= sides["after"][2]:
        said += (
            " **After it the outcome follows nothing that the model knows**: no better model helps there, and"
            " random folds hide it. Find out how these outcomes were recorded; if they are wrong, leave them"
            " out and fit again; if they are right, the model has no use for customers who come now."
        )
    elif sides["after"][2] < sides["before"][0]:
        said += " After it the model ranks worse: find out what changed, and fit on rows like those to come."
    return [said]


def _how_curves_hold(
    metrics: pd.DataFrame, calibration: pd.DataFrame, change: Mapping[str, Any] | None, happened: str
) -> str:
    """Count the bins that miss what was seen, and say why those of the forward split do."""
    curves = {str(split): curve for split, curve in calibration.groupby("split")}
    random = curves["cross_validation"]
    said = (
        f"in random folds the prediction of {bins_outside(random)} of {len(random)} bins lies outside the"
        " 95 % interval of what was seen"
    )
    if "forward" not in curves:
        return f"{said}."
    forward = curves["forward"]
    said += f", forward that of {bins_outside(forward)} of {len(forward)}."
    judged = int(metrics.loc[metrics["split"] == "forward", "n"].iloc[0])
    if change is not None and change["rows_after"] <= judged:
        said += (
            f" The change of the share who {happened} lies among the rows that are judged forward: no model"
            " of the rows before them can know of it."
        )
    return said


def _whether_money_may_be_multiplied(metrics: pd.DataFrame, calibration: pd.DataFrame) -> str:
    """Say it by the forward split, since money is made with customers who come later."""
    forward = metrics[metrics["split"] == "forward"].set_index("metric")
    if forward.empty:
        return "can't be judged: too few rows for a forward split. Use scores for ranking only."
    error = forward.loc["expected_calibration_error"]
    chance = calibration_error_by_chance(calibration[calibration["split"] == "forward"])
    seen = f"forward, probabilities miss by {error['value']:.3f} on average, by chance alone {chance:.3f}"
    if error["value_low"] <= chance:
        return (
            f"{seen}. A bias can't be told from chance, but they may miss by up to {error['value_high']:.3f}:"
            " they can be multiplied by money where an error of that size does no harm."
        )
    return f"{seen}. They are biased: use scores for ranking only, not multiplied by money."
