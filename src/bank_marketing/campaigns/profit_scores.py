"""The chance that each customer converts under each campaign and level of spend, by a stored fit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.campaigns.columns import ARMS, CHANNEL, KEY, SPEND, TYPE
from bank_marketing.errors import UserError
from bank_marketing.fitting.recipe import models_by_row
from bank_marketing.methods.intervals import Z
from bank_marketing.methods.propensity import prepare_features
from bank_marketing.methods.shared_terms import log_odds, log_odds_errors

FloatArray = npt.NDArray[np.float64]

CHANCES = (
    KEY,
    TYPE,
    CHANNEL,
    "spend_level",
    SPEND,
    "conversion_probability",
    "conversion_probability_low",
    "conversion_probability_high",
    "is_given",
    "is_out_of_fold",
)
MOST_LEVELS = 5


def stated_spend_levels(value: Any) -> list[float] | None:
    """Read the var `campaign_spend_levels`.

    Parameters
    ----------
    value : any
        Amounts in US dollars, as a list or as a text with commas; nothing or an empty text for those that the
        data show.

    Returns
    -------
    list of float or None
        In rising order; None for those of the data.

    Raises
    ------
    UserError
        If it is something else, has the same amount twice, or more than 5.
    """
    parts = value.strip("[] ").split(",") if isinstance(value, str) else value
    if not parts or parts == [""] or value == "None":
        return None
    try:
        levels = sorted(float(part) for part in parts)
    except (TypeError, ValueError):
        levels = []
    if (
        not levels
        or len(set(levels)) < len(levels)
        or len(levels) > MOST_LEVELS
        or not np.isfinite(levels).all()
    ):
        raise UserError(
            f"var campaign_spend_levels is {value!r}, expected 1 to {MOST_LEVELS} different amounts in US"
            " dollars, such as [2500, 7500], or nothing for those that the data show."
        )
    return levels


def chances(
    frame: pd.DataFrame, artefact: Mapping[str, Any], levels: Sequence[float] | None = None
) -> pd.DataFrame:
    """Return the chance that each customer converts under each campaign that the fit has seen.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_conversion_before_contact`, one per customer; the outcome isn't looked at.
    artefact : mapping
        What `bank_marketing.campaigns.profit.fit` left; empty after a fit with insufficient data.
    levels : sequence of float, optional
        Spend of each level; by default the medians on both sides of the step that the data show.

    Returns
    -------
    pandas.DataFrame
        Columns `CHANCES`: a row per customer, type, channel and level, those of the fit by models that
        haven't seen them. Intervals (95 %) are of the model's terms, taken to be normal on the log-odds.
        is_given marks the campaign that the customer was sent, with the level on the side of the step on
        which the spend was. No row without a model.

    Raises
    ------
    UserError
        If a level lies outside the spends that the fit has seen: what they do there isn't known.
    """
    if not artefact:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _types().items()})
    amounts = _levels(artefact, levels)
    final = artefact["final_model"]
    traits = prepare_features(frame, artefact["numeric"], artefact["words"])
    scored = models_by_row(artefact, frame[KEY])
    odds = _log_odds(final, [(model, rows) for model, rows, _ in scored], traits, amounts)
    is_out_of_fold = np.any([rows for _, rows, was_in_fit in scored if was_in_fit], axis=0)
    errors = log_odds_errors(final, traits)[..., _is_above(artefact["step_usd"], amounts).astype(int)]
    errors[is_out_of_fold] *= artefact["error_ratio"]
    return _laid_out(frame, final["levels"], amounts, odds, errors, is_out_of_fold, artefact["step_usd"])


def _log_odds(
    final: Mapping[str, Any],
    scored: Sequence[tuple[Mapping[str, Any], npt.NDArray[np.bool_]]],
    traits: pd.DataFrame,
    amounts: FloatArray,
) -> FloatArray:
    """Return log-odds by customer, type, channel and level, of each row by its own model."""
    odds = np.empty((len(traits), *(len(known) for known in final["levels"].values()), len(amounts)))
    for model, rows in scored:
        if rows.any():
            # An arm that a fold's model hasn't seen is scored by the final one.
            known = log_odds(model if model["levels"] == final["levels"] else final, traits[rows])
            odds[rows] = known[..., _is_above(model["step"], amounts).astype(int)]
    return odds


def resampled_chances(
    offers: pd.DataFrame,
    frame: pd.DataFrame,
    artefact: Mapping[str, Any],
    levels: Sequence[float] | None = None,
) -> Iterator[FloatArray]:
    """Tell what chance each model of resampled customers gives offers.

    Parameters
    ----------
    offers : pandas.DataFrame
        customer_id, campaign_type, campaign_channel and spend_level, as `chances` has them for `frame`.
    frame, artefact, levels
        As for `chances`.

    Yields
    ------
    numpy.ndarray of shape (offers,)
        A chance for each offer. None at depth quick, which fits no such models.
    """
    models = artefact.get("resampled_models", [])
    if not models or offers.empty:
        return
    amounts = _levels(artefact, levels)
    traits = prepare_features(frame, artefact["numeric"], artefact["words"])
    known = [*artefact["final_model"]["levels"].values(), level_names(len(amounts))]
    names = (*ARMS, "spend_level")
    place = (
        pd.Index(frame[KEY]).get_indexer(offers[KEY]),
        *(pd.Index(of_name).get_indexer(offers[name]) for name, of_name in zip(names, known, strict=True)),
    )
    everybody = np.ones(len(frame), dtype=bool)
    for model in models:
        yield _chance(_log_odds(model, [(model, everybody)], traits, amounts)[place])


def _levels(artefact: Mapping[str, Any], stated: Sequence[float] | None) -> FloatArray:
    seen = artefact["spend_range_usd"]
    if stated is None or not seen:
        return np.array(artefact["spend_levels_usd"] or [np.nan])
    outside = [level for level in stated if not seen[0] <= level <= seen[1]]
    if outside:
        raise UserError(
            f"var campaign_spend_levels has {', '.join(f'{level:,.2f}' for level in outside)}, expected"
            f" amounts from {seen[0]:,.2f} to {seen[1]:,.2f}, as customers had spent on them: what others do"
            " isn't known."
        )
    return np.array(sorted(stated), dtype=float)


def _is_above(step: float | None, amounts: FloatArray) -> npt.NDArray[np.bool_]:
    return np.zeros(len(amounts), dtype=bool) if step is None else amounts > step


def level_names(count: int) -> list[str]:
    """Return the names of levels of spend, the least first.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    list of str
        'single' for one, 'low' and 'high' for two, with 'level_2' and so on in between for more.
    """
    if count == 1:
        return ["single"]
    return ["low", *(f"level_{number}" for number in range(2, count)), "high"]


def _laid_out(
    frame: pd.DataFrame,
    arms: Mapping[str, Sequence[str]],
    amounts: FloatArray,
    odds: FloatArray,
    errors: FloatArray,
    is_out_of_fold: npt.NDArray[np.bool_],
    step: float | None,
) -> pd.DataFrame:
    types, channels = (list(arms[name]) for name in ARMS)
    names, n, each = level_names(len(amounts)), len(frame), odds[0].size if len(odds) else 0
    of_arm = len(channels) * len(names)

    def spread(values: Sequence[str], repeats: int) -> pd.Categorical:
        codes = np.tile(np.repeat(np.arange(len(values)), repeats), each // (repeats * len(values)) * n)
        return pd.Categorical.from_codes(codes, categories=list(values))

    half = Z * errors
    given = _given(frame, types, channels, amounts, step)
    is_given = np.zeros(n * each, dtype=bool)
    is_given[(np.arange(n) * each + given)[given >= 0]] = True
    return pd.DataFrame(
        {
            KEY: np.repeat(frame[KEY].to_numpy(), each),
            TYPE: spread(types, of_arm),
            CHANNEL: spread(channels, len(names)),
            "spend_level": spread(names, 1),
            SPEND: np.tile(amounts, n * each // len(amounts)),
            "conversion_probability": _chance(odds).ravel(),
            "conversion_probability_low": _chance(odds - half).ravel(),
            "conversion_probability_high": _chance(odds + half).ravel(),
            "is_given": is_given,
            "is_out_of_fold": np.repeat(is_out_of_fold, each),
        },
        copy=False,
    )


def _chance(odds: FloatArray) -> FloatArray:
    chance: FloatArray = 1 / (1 + np.exp(-odds))
    return chance


def _given(
    frame: pd.DataFrame, types: list[str], channels: list[str], amounts: FloatArray, step: float | None
) -> npt.NDArray[np.int64]:
    """Return the place of each customer's own campaign among all, -1 for one that the fit hasn't seen."""
    kind, channel = pd.Index(types).get_indexer(frame[TYPE]), pd.Index(channels).get_indexer(frame[CHANNEL])
    spend = frame[SPEND].to_numpy(dtype=float, na_value=np.nan)
    distance = np.abs(spend[:, None] - amounts)
    is_other_side = _is_above(step, amounts) != (spend > (np.inf if step is None else step))[:, None]
    # The nearest level on the side of the step on which the spend was; the nearest at all if there is none.
    level = np.argmin(np.nan_to_num(distance) + np.where(is_other_side, 1e12, 0.0), axis=1)
    place = (kind * len(channels) + channel) * len(amounts) + level
    return np.where((kind < 0) | (channel < 0), -1, place)


def _types() -> dict[str, str]:
    words = dict.fromkeys((TYPE, CHANNEL, "spend_level"), "string")
    kinds = dict.fromkeys(("is_given", "is_out_of_fold"), "bool")
    return {name: words.get(name) or kinds.get(name) or "float64" for name in CHANCES} | {KEY: "int64"}
