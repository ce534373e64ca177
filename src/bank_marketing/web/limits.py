"""Whether a metric is good: what is minimal, good and suspicious, as the bank has stated it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bank_marketing.errors import UserError
from bank_marketing.serving.opened import Opened


@dataclass(frozen=True)
class Limit:
    """Limits of the metrics that a pattern names.

    Parameters
    ----------
    metric : str
        Pattern, % for anything.
    minimal, good, suspicious : float or None
        From worse to too good to be true; where good lies below minimal, less is better.
    basis : str
        Where they come from.
    """

    metric: str
    minimal: float | None
    good: float | None
    suspicious: float | None
    basis: str

    def fits(self, metric: str) -> bool:
        """Tell whether a metric is meant; in names _ stands for itself."""
        return re.fullmatch(re.escape(self.metric).replace("%", ".*"), metric) is not None


@dataclass(frozen=True)
class Judgement:
    """How good a metric is.

    Parameters
    ----------
    word : str
        good, fair, poor, suspicious, or empty where there are no limits.
    why : str
        In a sentence.
    """

    word: str
    why: str


NONE = Judgement("", "No limits are stated for this metric.")


def read_limits(opened: Opened) -> list[Limit]:
    """Return the published limits; none of a file that was published without them."""
    try:
        rows = opened.rows(
            "select metric, minimal, good, suspicious, basis from warehouse.campaigns.metric_limits"
        )
    except UserError:
        return []
    return [Limit(**row) for row in rows]


def judged(metric: str, value: float | None, limits: Sequence[Limit]) -> Judgement:
    """Judge a metric by the longest pattern that fits it.

    Parameters
    ----------
    metric : str
        Its name.
    value : float or None
        Its value.
    limits : sequence of Limit
        As `read_limits` returns them.

    Returns
    -------
    Judgement
    """
    fitting = [limit for limit in limits if limit.fits(metric)]
    if value is None or not fitting:
        return NONE
    limit = max(fitting, key=lambda one: len(one.metric))
    if limit.minimal is None or limit.good is None:
        return Judgement("", limit.basis)
    way = 1.0 if limit.good >= limit.minimal else -1.0
    stated = f"minimal {limit.minimal:g}, good {limit.good:g}"
    if limit.suspicious is not None:
        stated += f", suspicious {limit.suspicious:g}"
        if way * (value - limit.suspicious) >= 0:
            return Judgement("suspicious", f"Too good to be true: look for a leak ({stated}; {limit.basis}).")
    word = (
        "good"
        if way * (value - limit.good) >= 0
        else "fair"
        if way * (value - limit.minimal) >= 0
        else "poor"
    )
    return Judgement(word, f"{stated[0].upper()}{stated[1:]}; {limit.basis}.")
