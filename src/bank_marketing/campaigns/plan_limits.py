"""Limits of a campaign list as vars state them: money, contacts, and both by channel and by type."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.methods.budget_plan import Limit
from bank_marketing.variables import stated_limit, stated_share

# What a var may say of a channel or a type, and for each of them by `every`.
ENDS = ("least_contacts", "most_contacts", "least_share", "most_share", "least_usd", "most_usd")
EVERY = "every"
ALL = "all"
GROUPS = {"campaign_channel": "campaign_channel_limits", "campaign_type": "campaign_type_limits"}

Ends = dict[str, float]


@dataclass(frozen=True)
class PlanLimits:
    """What one list may use.

    Attributes
    ----------
    budget : float or None
        Most that its contacts may cost together, US dollars.
    contacts : float or None
        Most contacts.
    of_group : mapping of str to mapping
        By column (`GROUPS`) and value, or `EVERY`: ends by their name.
    """

    budget: float | None
    contacts: float | None
    of_group: Mapping[str, Mapping[str, Ends]]

    @property
    def has_least(self) -> bool:
        """Whether something must be used, if need be at a loss."""
        return any(
            end.startswith("least") and value > 0
            for groups in self.of_group.values()
            for ends in groups.values()
            for end, value in ends.items()
        )

    def without_least(self) -> PlanLimits:
        """Return the same limits without the amounts that must be used."""
        return replace(
            self,
            of_group={
                column: {
                    name: {end: value for end, value in ends.items() if end.startswith("most")}
                    for name, ends in groups.items()
                }
                for column, groups in self.of_group.items()
            },
        )

    def of(self, offers: pd.DataFrame, *, lists: int = 1) -> dict[tuple[str, str, str], Limit]:
        """Return the limits of so many lists together.

        Parameters
        ----------
        offers : pandas.DataFrame
            With campaign_channel, campaign_type, cost_usd and customer_id.
        lists : int
            How many lists.

        Returns
        -------
        dict of tuple to Limit
            By column (or `ALL`), value and unit: 'contacts' or 'usd'. Shares are of the contacts that a list
            may have; a most one of a few customers is at least one contact.
        """
        cost, one = offers["cost_usd"].to_numpy(dtype=float), np.ones(len(offers))
        base = float(offers["customer_id"].nunique())
        base = base if self.contacts is None else min(base, self.contacts * lists)
        limits = {}
        for unit, uses, most in (("contacts", one, self.contacts), ("usd", cost, self.budget)):
            if most is not None:
                limits[ALL, ALL, unit] = Limit(_name(GROUPS, ALL, ALL, unit), uses, most=most * lists)
        for column in GROUPS:
            codes, values = pd.factorize(offers[column], sort=True)
            stated = self.of_group.get(column, {})
            for place, value in enumerate(map(str, values)):
                ends = {**stated.get(EVERY, {}), **stated.get(value, {})}
                is_in = (codes == place).astype(float)
                for unit, uses in (("contacts", is_in), ("usd", is_in * cost)):
                    least, most = _both(ends, unit, base, lists)
                    if least is not None or most is not None:
                        name = _name(GROUPS, column, value, unit)
                        limits[column, value, unit] = Limit(name, uses, least=least, most=most)
        return limits


def limits_in(plan: pd.DataFrame, offers: pd.DataFrame) -> dict[tuple[str, str, str], Limit]:
    """Return the limits that a plan was made within, for offers.

    Parameters
    ----------
    plan : pandas.DataFrame
        This week's rows of `budget_plan`.
    offers : pandas.DataFrame
        As `PlanLimits.of` wants them.

    Returns
    -------
    dict of tuple to Limit
        As `PlanLimits.of` returns them.
    """
    cost, one = offers["cost_usd"].to_numpy(dtype=float), np.ones(len(offers))
    limits = {}
    for column in (ALL, *GROUPS):
        for row in plan[plan["group_name"] == column].sort_values("group_value").to_dict("records"):
            value = str(row["group_value"])
            is_in = one if column == ALL else (offers[column] == value).to_numpy(dtype=float)
            for unit, uses in (("contacts", is_in), ("usd", is_in * cost)):
                least, most = (_known(row[f"{end}_{unit}"]) for end in ("least", "most"))
                if least is not None or most is not None:
                    name = _name(GROUPS, column, value, unit)
                    limits[column, value, unit] = Limit(name, uses, least=least, most=most)
    return limits


def _known(end: Any) -> float | None:
    return None if pd.isna(end) else float(end)


def _name(groups: Mapping[str, str], column: str, value: str, unit: str) -> str:
    if column == ALL:
        return "campaign_contacts" if unit == "contacts" else "campaign_budget"
    return f"{'contacts' if unit == 'contacts' else 'dollars'} of {value} in {groups[column]}"


def _both(ends: Ends, unit: str, base: float, lists: int) -> tuple[float | None, float | None]:
    if unit == "usd":
        least, most = ends.get("least_usd"), ends.get("most_usd")
        return (None if least is None else least * lists), (None if most is None else most * lists)
    leasts = [ends["least_contacts"] * lists] if "least_contacts" in ends else []
    mosts = [ends["most_contacts"] * lists] if "most_contacts" in ends else []
    if "least_share" in ends:
        leasts.append(math.floor(ends["least_share"] * base + 1e-9))
    if "most_share" in ends:
        mosts.append(math.ceil(ends["most_share"] * base - 1e-9))
    return max(leasts, default=None), min(mosts, default=None)


def stated_limits(*, budget: Any, contacts: Any, channels: Any, types: Any) -> PlanLimits:
    """Read the limits from vars of dbt.

    Parameters
    ----------
    budget, contacts, channels, types : any
        The vars campaign_budget, campaign_contacts, campaign_channel_limits and campaign_type_limits.

    Returns
    -------
    PlanLimits

    Raises
    ------
    UserError
        If one is something else, with the var, what was found and what is expected.
    """
    stated = dict(zip(GROUPS, (channels, types), strict=True))
    return PlanLimits(
        stated_limit(budget, "campaign_budget"),
        stated_limit(contacts, "campaign_contacts"),
        {column: _groups(value, GROUPS[column]) for column, value in stated.items()},
    )


def _groups(value: Any, var: str) -> dict[str, Ends]:
    try:
        groups = json.loads(value) if isinstance(value, str) and value.strip() else value or {}
    except json.JSONDecodeError:
        groups = value
    form = "{every: {most_share: 0.25}, Email: {least_contacts: 10}}"
    if not isinstance(groups, Mapping) or not all(isinstance(ends, Mapping) for ends in groups.values()):
        raise UserError(f"var {var} is {value!r}, expected limits by name or for every one, such as {form}.")
    return {str(name): _ends(ends, f"{var}: {name}") for name, ends in groups.items()}


def _ends(stated: Mapping[str, Any], var: str) -> Ends:
    ends: Ends = {}
    for end, value in stated.items():
        if end not in ENDS:
            raise UserError(f"var {var} has {end!r}, expected one of {', '.join(ENDS)}.")
        name = f"{var}: {end}"
        number = stated_limit(value, name)
        if number is not None:
            ends[end] = number if number == 1 or not end.endswith("share") else stated_share(value, name)
    for unit in ("contacts", "share", "usd"):
        least, most = ends.get(f"least_{unit}", 0.0), ends.get(f"most_{unit}", math.inf)
        if least > most:
            raise UserError(f"var {var} has least_{unit} {least:g} above most_{unit} {most:g}.")
    return ends


def refuse_unknown_groups(limits: PlanLimits, known: Mapping[str, Sequence[str]]) -> None:
    """Refuse limits on a channel or a type that no action has.

    Parameters
    ----------
    limits : PlanLimits
        As stated.
    known : mapping of str to sequence of str
        Names by column (`GROUPS`).

    Raises
    ------
    UserError
        With the var, the name and those that there are.
    """
    for column, var in GROUPS.items():
        for name in limits.of_group.get(column, {}):
            if name != EVERY and name not in known[column]:
                raise UserError(
                    f"var {var} names {name!r}, expected {EVERY} or one of {', '.join(known[column])}."
                )
