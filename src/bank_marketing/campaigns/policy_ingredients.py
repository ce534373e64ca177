"""Greedy choice within limits, and what it gives customers without one of its ingredients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bank_marketing.campaigns.policy_candidates import Money
from bank_marketing.methods.share_limits import limited_chances, share_prices

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

WITHIN_LIMITS = "greedy within limits"
# What a policy within limits does without: choice, values and costs, values alone, limits.
LACKING = {
    "random among the eligible": "choice",
    "probability alone": "values and costs",
    "no value": "values",
    "no limits": "limits",
}


@dataclass(frozen=True)
class Limits:
    """Largest shares of customers, by type and by channel.

    Parameters
    ----------
    uses : numpy.ndarray of shape (limits, arms)
        1 where an arm counts, else 0.
    most : numpy.ndarray of shape (limits,)
        The shares.
    """

    uses: FloatArray
    most: FloatArray


def limited_policies(
    before: FloatArray, chance: FloatArray, eligible: BoolArray, money: Money, limits: Limits
) -> dict[str, FloatArray]:
    """Return what greedy choice within limits gives customers, and what it gives without one ingredient.

    Parameters
    ----------
    before, chance : numpy.ndarray of shape (customers, arms)
        Chances of conversion of the customers on whom prices of the limits are found, and of those who are
        given something.
    eligible : numpy.ndarray of bool, shape (customers, arms)
        What these may get.
    money : Money
        By arm.
    limits : Limits
        Largest shares.

    Returns
    -------
    dict of str to numpy.ndarray of shape (customers, arms)
        `WITHIN_LIMITS` and each of `LACKING`.
    """
    alike = np.full_like(money.value, money.value.mean())
    worths = {
        WITHIN_LIMITS: (money.value, money.cost),
        "probability alone": (np.ones_like(money.value), np.zeros_like(money.cost)),
        "no value": (alike, money.cost),
    }
    found = {"random among the eligible": eligible / eligible.sum(axis=1, keepdims=True)}
    for name, (value, cost) in worths.items():
        prices, scale = share_prices(before * value - cost, limits.uses, limits.most)
        found[name] = limited_chances(np.where(eligible, chance * value - cost, -np.inf), prices, scale)
    earned = np.where(eligible, chance * money.value - money.cost, -np.inf)
    found["no limits"] = (earned.argmax(axis=1)[:, None] == np.arange(earned.shape[1])).astype(float)
    return found


def share_limits(
    types: Sequence[str], channels: Sequence[str], stated: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> Limits:
    """Lay out the shares that no type and no channel may exceed.

    Parameters
    ----------
    types, channels : sequence of str
        Levels of the arms, channels within types.
    stated : mapping
        `PlanLimits.of_group`: ends by column and level, or for every one.

    Returns
    -------
    Limits
        Without rows if nothing is limited. Shares that are too small to serve everybody are raised alike.
    """
    uses, most = [], []
    kinds, ways = np.indices((len(types), len(channels))).reshape(2, -1)
    for column, levels, own in (("campaign_type", types, kinds), ("campaign_channel", channels, ways)):
        groups = stated.get(column, {})
        ends = [{**groups.get("every", {}), **groups.get(level, {})} for level in levels]
        shares = np.array([end.get("most_share", 1.0) for end in ends])
        shares = np.minimum(shares * max(1.0, 1 / max(shares.sum(), 1e-9)), 1.0)
        uses += [own == number for number in range(len(levels))]
        most += list(shares)
    return Limits(np.array(uses, dtype=float), np.array(most))
