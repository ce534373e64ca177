"""Weekly plan: which week contacts whom, within what a week may use and the pause between contacts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.budget_plan import Limit

IntArray = npt.NDArray[np.int64]

# How far plans look: a quarter.
WEEKS = 13
# What is used up to a limit is within it, whatever the order in which it was added.
SLACK = 1e-9


def plan_weeks(
    ready: npt.ArrayLike,
    limits: Sequence[Limit],
    *,
    weeks: int,
    pause_weeks: int,
    contacts: npt.ArrayLike,
) -> list[IntArray]:
    """Fill weeks one after another with the first customers who are ready and still fit.

    Parameters
    ----------
    ready : array_like of int, shape (customers,)
        Week from which each may be contacted, in the order in which they are to come.
    limits : sequence of Limit
        What a week may use at most; `uses` has a value per customer. A least amount isn't looked at.
    weeks : int
        How many weeks, counted from 1.
    pause_weeks : int
        Weeks after a contact until the next one, at least 1.
    contacts : array_like of shape (customers,)
        Most contacts of each customer in these weeks.

    Returns
    -------
    list of ndarray of int
        Places of the customers of each week, in their order.
    """
    next_week = np.array(ready, dtype=np.int64)
    left = np.broadcast_to(np.asarray(contacts, dtype=float), next_week.shape).copy()
    bound = [limit for limit in limits if limit.most is not None]
    uses = np.array([limit.uses for limit in bound], dtype=float).reshape(len(bound), len(next_week))
    most = [float(limit.most) for limit in bound if limit.most is not None]
    plan = []
    for week in range(1, weeks + 1):
        rest = np.flatnonzero((next_week <= week) & (left > 0))
        taken, free = [rest[:0]], np.array(most) + SLACK
        while len(rest := rest[(uses[:, rest] <= free[:, None]).all(axis=0)]):
            # As many one after another as fit together; the next one doesn't.
            used = uses[:, rest].cumsum(axis=1)
            fits = (used <= free[:, None]).all(axis=0)
            first = len(rest) if fits.all() else int(fits.argmin())
            taken.append(rest[:first])
            free, rest = free - used[:, first - 1], rest[first + 1 :]
        places = np.concatenate(taken)
        next_week[places] = week + max(pause_weeks, 1)
        left[places] -= 1
        plan.append(places)
    return plan
