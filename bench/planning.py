"""Claim: a plan with limits on money, contacts, channels and types is a matter of seconds.

Twenty actions a customer, chances and money of the order of the sample's; every limit has a kind of its own.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from measuring import held_against, run_measured, table

from bank_marketing.methods.budget_plan import Limit, plan_budget

# Customers, and the most seconds of processor time; memory is bounded for the largest.
CLAIMS = {6_400: 5, 100_000: 90}
MOST_MEMORY = 4.0  # GB
CHANNELS, TYPES = 5, 4


def measure() -> str:
    """Return the table of plans by number of customers; each in a process of its own."""
    rows = []
    for customers, seconds in CLAIMS.items():
        measured = run_measured([sys.executable, __file__, str(customers)])
        rows.append(
            [
                f"{customers:,}",
                held_against(measured.cpu_seconds, seconds),
                held_against(measured.peak_memory / 1e9, MOST_MEMORY, 2),
            ]
        )
    heading = ["customers with 20 actions", "processor time, s, with Python's start", "peak memory, GB"]
    return "## A budget plan\n\n" + table(heading, rows)


def offers_and_limits(customers: int) -> tuple[pd.DataFrame, list[Limit]]:
    """Return offers at random, and limits that bind."""
    random = np.random.default_rng(1)
    arms, n = CHANNELS * TYPES, customers * CHANNELS * TYPES
    action = np.tile(np.arange(arms), customers)
    channel, kind = action % CHANNELS, action // CHANNELS
    of_customer = np.repeat(random.normal(0, 0.3, customers), arms)
    chance = 1 / (1 + np.exp(-(of_customer + random.normal(0, 0.4, n))))
    cost = np.array([5.0, 1_000, 300, 20, 2_000])[channel] + random.uniform(0, 100, n)
    gain = chance * np.array([4_000, 6_000, 8_000, 5_000])[kind] - 3_000 - cost
    ends = [(channel == c, 0.05, 0.25) for c in range(CHANNELS)] + [
        (kind == k, 0.1, 0.3) for k in range(TYPES)
    ]
    return pd.DataFrame(
        {"customer_id": np.repeat(np.arange(customers), arms), "action": action, "gain": gain}
    ), [
        Limit("money", cost, most=180.0 * customers),
        Limit("contacts", np.ones(n), most=0.8 * customers),
        *[
            Limit(str(place), is_in.astype(float), least=least * customers, most=most * customers)
            for place, (is_in, least, most) in enumerate(ends)
        ],
    ]


if __name__ == "__main__":
    plan = plan_budget(*offers_and_limits(int(sys.argv[1])))
    print(json.dumps({"gain": plan.gain, "bound": plan.bound}))
