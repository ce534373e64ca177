"""The logs on which policies are judged: the campaign file, or decisions with logged probabilities."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.campaigns.columns import CHANNEL, DECISION, KEY, TARGET, TYPE
from bank_marketing.campaigns.personalisation import (
    COST,
    COST_IF_ACCEPTED,
    LEAST_CUSTOMERS,
    VALUE,
    why_insufficient,
    with_enough_customers,
)
from bank_marketing.campaigns.policy_design import COUNTS
from bank_marketing.errors import UserError
from bank_marketing.seeds.logged_shares import SEPARATOR
from bank_marketing.variables import stated_limit

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LOG, RESPONSES, DECISIONS = "log", "campaign responses", "campaign decisions"
OUTCOME_AT = "outcome_at"
# Why a decision can't be judged (null for the others). In the campaign file are those whose campaign has a
# value and costs.
LEFT_OUT = "left_out"
NO_CONTACT = "to contact nobody"
UNKNOWN_CUSTOMER = "about a customer who isn't in the campaign file"
UNKNOWN_CAMPAIGN = "for a campaign (type by channel) that nobody in the campaign file got"
NO_OUTCOME = "without an outcome yet"
CANDIDATES = "candidates"
MONEY = [VALUE, COST, COST_IF_ACCEPTED]
MEMORY_VAR = "policy_memory_decisions"
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
        The columns of customers, `LOG`, and those of decisions: `DECISION`, `CANDIDATES`, `OUTCOME_AT` and
        `LEFT_OUT`. Traits are null where the customer is unknown, money where the campaign is.
    """
    told = decisions[[DECISION, KEY, TYPE, CHANNEL, CANDIDATES, TARGET, OUTCOME_AT]]
    traits = customers.drop(columns=[TYPE, CHANNEL, TARGET, *MONEY])
    money = customers[[TYPE, CHANNEL, *MONEY]].drop_duplicates([TYPE, CHANNEL])
    decided = told.merge(traits, on=KEY, how="left").merge(money, on=[TYPE, CHANNEL], how="left")
    decided = decided.sort_values([KEY, DECISION], ignore_index=True)
    why = {
        NO_CONTACT: decided[TYPE].isna() | decided[CHANNEL].isna(),
        UNKNOWN_CUSTOMER: ~decided[KEY].isin(customers[KEY]),
        UNKNOWN_CAMPAIGN: decided[VALUE].isna(),
        NO_OUTCOME: decided[TARGET].isna(),
    }
    decided[LEFT_OUT] = None
    for reason, is_so in reversed(why.items()):
        decided.loc[is_so, LEFT_OUT] = reason
    none = dict.fromkeys((DECISION, CANDIDATES, LEFT_OUT))
    responses = customers.assign(**{LOG: RESPONSES, OUTCOME_AT: pd.NaT}, **none)
    parts = [part.astype({TARGET: "boolean"}) for part in (responses, decided.assign(**{LOG: DECISIONS}))]
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return frame[[*customers.columns, LOG, DECISION, CANDIDATES, OUTCOME_AT, LEFT_OUT]]


def judged_log(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the log that policies are judged on: decisions, if enough of them can be judged.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `log_rows`.

    Returns
    -------
    pandas.DataFrame
        Rows of one log.
    """
    decided = _decided(frame)
    return frame[frame[LOG] == RESPONSES] if _why_not(decided) else decided


def _decided(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame[LOG] == DECISIONS) & frame[LEFT_OUT].isna()]


def _why_not(decided: pd.DataFrame) -> str | None:
    """Say why decisions can't be judged among themselves, if they can't."""
    if len(decided) < LEAST_DECISIONS:
        return f"fewer than {LEAST_DECISIONS:,} can be judged"
    return why_insufficient(with_enough_customers(decided), customers=len(decided), of="decisions")


def left_out(frame: pd.DataFrame) -> dict[str, int]:
    """Count the decisions that can't be judged.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `log_rows`.

    Returns
    -------
    dict of str to int
        By reason, the most frequent first.
    """
    counts = frame[LEFT_OUT].value_counts()
    return {str(reason): int(rows) for reason, rows in counts.items()}


def said_of_decisions(frame: pd.DataFrame, log: pd.DataFrame) -> str:
    """Say in a sentence which decisions don't count, and why.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `log_rows`.
    log : pandas.DataFrame
        From `judged_log`.

    Returns
    -------
    str
        Empty if all count, or if there are none.
    """
    decisions, gone = int((frame[LOG] == DECISIONS).sum()), left_out(frame)
    rest = decisions - sum(gone.values())
    said = [f"{rows:,} {reason}" for reason, rows in gone.items()]
    rare = len(log) - len(with_enough_customers(log))
    if rest and (log[LOG] == DECISIONS).any():
        said += [f"{rare:,} for a campaign that fewer than {LEAST_CUSTOMERS} got"] if rare else []
    elif rest:
        said.append(f"{rest:,} others, since {_why_not(_decided(frame))}")
    return f"Of {decisions:,} logged decisions don't count: {'; '.join(said)}." if said else ""


def earlier_log(frame: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """Return what policies learn from besides the log that they are judged on.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `log_rows`.
    log : pandas.DataFrame
        From `judged_log`.

    Returns
    -------
    pandas.DataFrame
        The campaign file's outcomes, if decisions are judged; else no rows.
    """
    rest = frame.drop(index=log.index)
    return rest[(rest[LOG] == RESPONSES) & rest[TARGET].notna()]


def stated_memory(value: Any) -> float | None:
    """Read the var policy_memory_decisions.

    Parameters
    ----------
    value : any
        A number above 1, as such or as text; nothing or an empty text for all outcomes.

    Returns
    -------
    float or None
        About how many newest outcomes count, None for all.

    Raises
    ------
    UserError
        If it is something else.
    """
    try:
        memory = stated_limit(value, MEMORY_VAR)
    except UserError:
        memory = 0.0
    if memory is not None and memory <= 1:
        raise UserError(f"var {MEMORY_VAR} is {value!r}, expected a number above 1, or nothing for all.")
    return memory


def remembered(
    told: pd.DataFrame, besides: pd.DataFrame, memory: float | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let older outcomes count less, as the service does while it learns (`bayesian_logistic.forget`).

    Parameters
    ----------
    told : pandas.DataFrame
        Rows with an outcome, from `judged_log`.
    besides : pandas.DataFrame
        From `earlier_log`.
    memory : float or None
        How many newest outcomes count, above 1: each one before counts 1 - 1 / memory of the next.

    Returns
    -------
    told, besides : pandas.DataFrame
        Of decisions with column `COUNTS`: the campaign file, which has no times, is older than all of them.
        Without decisions, or a memory, as they were.
    """
    if memory is None or not (told[LOG] == DECISIONS).any():
        return told, besides
    newer = len(told) - told[OUTCOME_AT].rank(method="max")
    kept = 1 - 1 / memory
    return told.assign(**{COUNTS: kept**newer}), besides.assign(**{COUNTS: kept ** len(told)})


def logged_chances(
    log: pd.DataFrame, types: list[str], channels: list[str], is_drawn: BoolArray
) -> tuple[FloatArray, BoolArray] | None:
    """Return with what probability each arm could have been drawn, and which ones a customer may get.

    Parameters
    ----------
    log : pandas.DataFrame
        Rows of one log, all of which got an arm that is drawn.
    types, channels : list of str
        Levels of the arms, channels within types.
    is_drawn : numpy.ndarray of bool, shape (types, channels)
        Arms on which policies are judged. The log's other rows were left out for what they got, so their
        candidates, and no contact, are as well.

    Returns
    -------
    chances : numpy.ndarray of shape (rows, arms)
        Each row sums to 1.
    eligible : numpy.ndarray of bool, shape (rows, arms)
        All but those of which the candidates say null. A probability of 0, or none, is that of the policy
        that decided; another one may give the arm.

    Neither, but None, for the campaign file, which logs none.
    """
    if log[CANDIDATES].isna().any():
        return None
    names = [f"{kind}{SEPARATOR}{channel}" for kind in types for channel in channels]
    chances = np.empty((len(log), len(names)))
    eligible = np.empty(chances.shape, dtype=bool)
    for row, text in enumerate(log[CANDIDATES]):
        of_row = json.loads(text)
        chances[row] = [float(of_row.get(name) or 0) for name in names]
        eligible[row] = [of_row.get(name, 0) is not None for name in names]
    chances = np.where(is_drawn.ravel(), chances, 0)
    given: FloatArray = chances / chances.sum(axis=1, keepdims=True)
    return given, eligible
