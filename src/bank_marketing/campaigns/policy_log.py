"""The logs on which policies are judged: the campaign file, or decisions with logged probabilities."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.campaigns.columns import CHANNEL, DECISION, KEY, TARGET, TYPE
from bank_marketing.campaigns.personalisation import COST, COST_IF_ACCEPTED, VALUE
from bank_marketing.seeds.logged_shares import SEPARATOR

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LOG, RESPONSES, DECISIONS = "log", "campaign responses", "campaign decisions"
CANDIDATES = "candidates"
MONEY = [VALUE, COST, COST_IF_ACCEPTED]
# With fewer decisions whose outcome is known the campaign file tells more.
LEAST_DECISIONS = 1_000


def log_rows(customers: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Put both logs into one frame.

    Parameters
    ----------
    customers : pandas.DataFrame
        Rows of `personalisation.with_money`.
    decisions : pandas.DataFrame
        Rows of `stg_campaigns__decisions`.

    Returns
    -------
    pandas.DataFrame
        The columns of customers, `LOG`, `DECISION` and `CANDIDATES` (null in the campaign file). Of decisions
        those about a customer of the file who was contacted by one of its campaigns: `KEY` numbers them.
    """
    told = decisions.dropna(subset=[TYPE, CHANNEL])[[DECISION, KEY, TYPE, CHANNEL, CANDIDATES, TARGET]]
    traits = customers.drop(columns=[TYPE, CHANNEL, TARGET, *MONEY])
    money = customers[[TYPE, CHANNEL, *MONEY]].drop_duplicates([TYPE, CHANNEL])
    decided = told.merge(traits, on=KEY).merge(money, on=[TYPE, CHANNEL])
    decided = decided.sort_values([KEY, DECISION], ignore_index=True)
    decided[KEY] = np.arange(len(decided))
    responses = customers.assign(**{LOG: RESPONSES, DECISION: None, CANDIDATES: None})
    parts = [part.astype({TARGET: "boolean"}) for part in (responses, decided.assign(**{LOG: DECISIONS}))]
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return frame[[*customers.columns, LOG, DECISION, CANDIDATES]]


def judged_log(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the log that policies are judged on: decisions, if enough of them have an outcome.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `log_rows`.

    Returns
    -------
    pandas.DataFrame
        Rows of one log.
    """
    decided = frame[frame[LOG] == DECISIONS]
    is_enough = decided[TARGET].notna().sum() >= LEAST_DECISIONS
    return decided if is_enough else frame[frame[LOG] == RESPONSES]


def earlier_log(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what policies learn from besides the log that they are judged on.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `log_rows`.

    Returns
    -------
    pandas.DataFrame
        The campaign file's outcomes, if decisions are judged; else no rows.
    """
    rest = frame.drop(index=judged_log(frame).index)
    return rest[(rest[LOG] == RESPONSES) & rest[TARGET].notna()]


def logged_chances(
    log: pd.DataFrame, types: list[str], channels: list[str], is_offered: BoolArray
) -> FloatArray | None:
    """Return with what probability each arm could have been drawn, given that it was one of those offered.

    Parameters
    ----------
    log : pandas.DataFrame
        Rows of one log, all of which got an arm that is offered.
    types, channels : list of str
        Levels of the arms, channels within types.
    is_offered : numpy.ndarray of bool, shape (types, channels)
        Arms among which policies choose. The log's other rows were left out for what they got, so their
        candidates, and no contact, are as well.

    Returns
    -------
    numpy.ndarray of shape (rows, arms) or None
        Each row sums to 1; None for the campaign file, which logs none.
    """
    if log[CANDIDATES].isna().any():
        return None
    names = [f"{kind}{SEPARATOR}{channel}" for kind in types for channel in channels]
    read = [json.loads(text) for text in log[CANDIDATES]]
    chances = np.array([[float(of_row.get(name, 0)) for name in names] for of_row in read])
    chances = np.where(is_offered.ravel(), chances, 0)
    given: FloatArray = chances / chances.sum(axis=1, keepdims=True)
    return given
