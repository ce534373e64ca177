"""Lists as they would be in a scenario, beside those that are; and what is said of the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bank_marketing.serving.lists import PublishedList
from bank_marketing.sql_text import sql_text
from bank_marketing.variables import stated_limit
from bank_marketing.warehouse.list_comparison import Comparison, compare_lists
from bank_marketing.warehouse.list_models import ListModels
from bank_marketing.warehouse.scenarios import Moment, Scenarios

# A limit binds from this share of it on: who is held out is drawn at random, so a little of it stays.
BINDING = 0.95
# Verdicts of list_fairness.
OUTSIDE = ("below limits", "above limits")
MOST_GROUPS = 8


@dataclass(frozen=True)
class Version:
    """A list in one scenario.

    Attributes
    ----------
    rows : pandas.DataFrame
        customer, action, money, money_low, money_high.
    limits : pandas.DataFrame
        limit, used, allowed, is_binding: what the list may use, one row for each limit.
    fairness : pandas.DataFrame
        Rows of `list_fairness` on the list: action, group_name, group_value, rate_ratio, verdict.
    binding : list of str
        What `budget_plan` says of the list: which limits of which channel or type bind.
    """

    rows: pd.DataFrame
    limits: pd.DataFrame
    fairness: pd.DataFrame
    binding: list[str]


class Trial:
    """The lists that a scenario changes, on one copy.

    Parameters
    ----------
    scenarios : Scenarios
        The copy.
    whole : ListModels
        What lists are made of.
    lists : sequence of PublishedList
        The lists that are looked at.
    """

    def __init__(self, scenarios: Scenarios, whole: ListModels, lists: Sequence[PublishedList]) -> None:
        self._scenarios = scenarios
        self._lists, self._whole = lists, whole
        self._changed: set[str] = set()
        self._built = {published.name: self._version(published, {}) for published in lists}
        # Lists of one moment are made by one run.
        self._runs: dict[Moment, set[str]] = {}
        for published in lists:
            self._runs.setdefault(self._moment(published), set()).update(whole.to_run(published.name))

    def lists(self, variables: Mapping[str, Any], causes: Sequence[str] | None = None) -> dict[str, Version]:
        """Make the lists with vars other than the project's.

        Parameters
        ----------
        variables : mapping of str to any
            Values by var.
        causes : sequence of str, optional
            Vars, and ids of seeds, in which this differs from the lists as they are, which are made first, by
            all models; then only those that can differ from the last ones run.

        Returns
        -------
        dict of str to Version
            By list.
        """
        changed = None if causes is None else self._whole.changed_by(causes)
        for moment, models in self._runs.items():
            # Of several moments each begins where the one before it ended.
            if changed is not None and len(self._runs) == 1:
                models = models & (changed | self._changed)
            self._scenarios.run(sorted(models), moment, variables)
        self._changed = changed or set()
        return {published.name: self._version(published, variables) for published in self._lists}

    def differences(self, before: Mapping[str, Version]) -> list[str]:
        """Say which lists of the working file aren't what the project's own vars give."""
        said = []
        for name, version in before.items():
            compared = compare_lists(self._built[name].rows, version.rows)
            if len(compared.changes):
                said.append(
                    f"{name}: made anew as it is, {len(compared.changes):,} decisions change, since vars,"
                    " lookups or code were others when it was built. What follows is compared with that."
                )
        return said

    def _version(self, published: PublishedList, variables: Mapping[str, Any]) -> Version:
        action = f"concat_ws(' by ', {', '.join(published.action)})"
        money = ", ".join(f"{published.money}{end} as money{end}" for end in ("", "_low", "_high"))
        rows = self._scenarios.query(
            f"select {published.key} as customer, {action} as action, {money} from {published.path}"
        )
        limits, fairness = self._limits(published, variables), self._fairness(published)
        return Version(rows, limits, fairness, self._binding(published))

    def _binding(self, published: PublishedList) -> list[str]:
        plan = f"{published.domain}.budget_plan"
        if not self._scenarios.has_table(plan):
            return []
        said = self._scenarios.query(
            f"select group_value || ': ' || binding_limit as said from {plan}"
            " where week = 1 and binding_limit is not null order by group_name, group_value"
        )
        return list(said["said"])

    def _fairness(self, published: PublishedList) -> pd.DataFrame:
        columns = "action, group_name, group_value, rate_ratio, verdict"
        if not self._scenarios.has_table("evaluation.list_fairness"):
            return pd.DataFrame(columns=columns.split(", "))
        return self._scenarios.query(
            f"select {columns} from evaluation.list_fairness where list_name = {sql_text(published.name)}"
            " order by action, group_name, group_value"
        )

    def _limits(self, published: PublishedList, variables: Mapping[str, Any]) -> pd.DataFrame:
        stated = {**self._scenarios.variables, **variables}
        found = []
        for limit in published.limits:
            allowed = stated_limit(stated.get(limit.variable), limit.variable)
            used = self._scenarios.query(
                f"select coalesce(cast({limit.used} as double), 0) as used from {published.path}"
            ).loc[0, "used"]
            if allowed is not None:
                found.append((limit.variable, used, allowed, used >= BINDING * allowed))
        return pd.DataFrame(found, columns=["limit", "used", "allowed", "is_binding"])

    def _moment(self, published: PublishedList) -> Moment:
        """Find out for which publication and day a list was made."""
        history = f"{published.domain}.{published.history}"
        log = f"{published.domain}_private.{published.history.removesuffix('_history')}_log"
        newest = self._scenarios.query(
            f"select publication, max(listed_at) as listed_at from {history}"
            f" where publication not in (select publication from {log})"
            " group by publication order by publication desc limit 1"
        )
        if newest.empty:
            # Nobody was chosen: any publication will do, and the day is that of the newest one.
            newest = self._scenarios.query(
                "select coalesce(max(version), 1) as publication,"
                " coalesce(max(published_at), current_date) as listed_at"
                " from operations_private.publication_log"
            )
        return Moment(int(newest.loc[0, "publication"]), newest.loc[0, "listed_at"].date())


def list_lines(published: PublishedList, compared: Comparison, before: Version, after: Version) -> list[str]:
    """Say in a few lines what changes of a list.

    Parameters
    ----------
    published : PublishedList
        The list.
    compared : Comparison
        What changes.
    before, after : Version
        The list.

    Returns
    -------
    list of str
        Lines of text.
    """
    lines = [
        "",
        f"{published.name}: {compared.rows_before:,} customers, then {compared.rows_after:,}",
        f"  {compared.entered:,} enter, {compared.left:,} leave, {compared.other_action:,} get another"
        f" action: {compared.share_changed:.0%} of decisions",
        f"  {published.money}: {_money(compared.money_before)}, then {_money(compared.money_after)}",
        f"  {'action':<40}{'before':>10}{'then':>10}",
        *(f"  {action:<40}{was:>10,}{then:>10,}" for action, was, then in compared.mix.itertuples()),
    ]
    for (name, used, allowed, is_binding), (_, was, was_allowed, was_binding) in zip(
        after.limits.itertuples(index=False), before.limits.itertuples(index=False), strict=False
    ):
        lines.append(
            f"  {name}: {was:,.0f} of {was_allowed:,.0f}{_binds(was_binding)}, then {used:,.0f} of"
            f" {allowed:,.0f}{_binds(is_binding)}"
        )
    if before.binding or after.binding:
        was, then = ("; ".join(version.binding) or "none" for version in (before, after))
        lines.append(f"  limits that bind: {was}")
        lines.append(f"              then: {then}")
    return lines + _fairness_lines(before.fairness, after.fairness)


def _fairness_lines(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Say for how many groups rates are outside the limits, and where that changes."""
    key = ["action", "group_name", "group_value"]
    both = before.merge(after, on=key, how="outer", suffixes=("_before", "_after"))
    both = both.fillna({"verdict_before": "none", "verdict_after": "none"})
    if both.empty:
        return []
    was_outside, is_outside = (both[f"verdict_{when}"].isin(OUTSIDE) for when in ("before", "after"))
    changed = both[was_outside != is_outside]
    lines = [
        f"  fairness: {was_outside.sum()} groups outside limits, then {is_outside.sum()}",
        *(
            f"    {row.action}, {row.group_name} {row.group_value}: {row.verdict_before}, then"
            f" {row.verdict_after} (rate ratio {_ratio(row.rate_ratio_before)}, then"
            f" {_ratio(row.rate_ratio_after)})"
            for row in changed.head(MOST_GROUPS).itertuples()
        ),
    ]
    more = len(changed) - MOST_GROUPS
    return [*lines, f"    and {more} more"] if more > 0 else lines


def sensitivity(
    variable: str, factor: float, value: float, compared: Mapping[str, Comparison]
) -> pd.DataFrame:
    """Return the rows of a sensitivity table for one value of a var.

    Parameters
    ----------
    variable : str
        The var.
    factor : float
        Multiple of its value.
    value : float
        The value.
    compared : mapping of str to Comparison
        By list, what changes with it.

    Returns
    -------
    pandas.DataFrame
        list_name, variable, factor, value, customers, entered, left_list, other_action, share_changed,
        expected, expected_low, expected_high.
    """
    return pd.DataFrame(
        [
            {
                "list_name": name,
                "variable": variable,
                "factor": factor,
                "value": value,
                "customers": c.rows_after,
                "entered": c.entered,
                "left_list": c.left,
                "other_action": c.other_action,
                "share_changed": c.share_changed,
                "expected": c.money_after[0],
                "expected_low": c.money_after[1],
                "expected_high": c.money_after[2],
            }
            for name, c in compared.items()
        ]
    )


def sensitivity_lines(table: pd.DataFrame) -> list[str]:
    """Lay a sensitivity table out for a person.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `sensitivity`.

    Returns
    -------
    list of str
        Lines of text.
    """
    lines = []
    for (name, variable), rows in table.groupby(["list_name", "variable"], sort=False):
        lines += [
            "",
            f"{name} by {variable}:",
            f"  {'times':>6}{'value':>12}{'customers':>11}{'enter':>8}{'leave':>8}{'changed':>9}  expected",
        ]
        lines += [
            f"  {row.factor:>6.2f}{row.value:>12,.10g}{row.customers:>11,}{row.entered:>8,}"
            f"{row.left_list:>8,}{row.share_changed:>9.1%}"
            f"  {_money((row.expected, row.expected_low, row.expected_high))}"
            for row in rows.itertuples()
        ]
    return lines


def _money(money: tuple[float, float, float]) -> str:
    value, low, high = money
    return f"{value:,.0f} ({low:,.0f} to {high:,.0f})"


def _ratio(ratio: float) -> str:
    return "none" if pd.isna(ratio) else f"{ratio:.2f}"


def _binds(is_binding: bool) -> str:
    return ", binds" if is_binding else ""
