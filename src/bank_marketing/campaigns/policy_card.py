"""Model card of the policies: which one is in use, on what that rests and what it can't say."""

from __future__ import annotations

import pandas as pd

from bank_marketing.campaigns.personalisation_policies import BOTH
from bank_marketing.campaigns.policy_judging import Judged

GATE = """\
**Gate.** Promoted is the policy whose gain over the present one has the highest lower end, if that is above
zero (joint for all candidates), the log supports it and its chances are no worse calibrated. Policies that
draw nothing (greedy, upper confidence bound) leave a log on which others can't be judged: a person may
approve one.
"""
LIMITS = """\
**Limits.** A policy is learned from the folds before the one that it is judged on. Values of a conversion and
costs are taken as known, spend stays as it was. Nobody went untreated, so nothing here says what a campaign
earns against none.
"""


def policy_card(
    judged: Judged, promoted: pd.DataFrame, name: str, memory_decisions: float | None, said: str
) -> str:
    """Write the card.

    Parameters
    ----------
    judged : Judged
        What each policy would have done.
    promoted : pandas.DataFrame
        Rows of `policy_promotions`.
    name : str
        The policy in use.
    memory_decisions : float or None
        About how many newest outcomes count.
    said : str
        Which decisions don't count, and why.

    Returns
    -------
    str
        Markdown.
    """
    judged_on = judged.log[BOTH].conversions
    decisions = f"{len(judged_on.action):,} logged decisions"
    log = decisions if judged.is_logged else "the campaign file, probabilities estimated"
    if memory_decisions is None:
        kept = "learned from all outcomes; the service goes on and keeps all"
    elif judged.is_logged:
        kept = (
            f"learned from about the newest {memory_decisions:,.0f} outcomes of decisions: each one before"
            " counts less, and the campaign file as older than all; the service forgets alike"
        )
    else:
        kept = (
            "learned from the whole campaign file, which has no times; the service forgets down to about the"
            f" newest {memory_decisions:,.0f} outcomes"
        )
    return "\n".join(
        [
            "# Campaign policies",
            "",
            f"**In use.** {name}, {kept} (policy_memory_decisions).",
            "",
            f"**Log.** {len(judged_on.starts()):,} customers judged: {log}. {said}".rstrip(),
            "",
            GATE,
            *(f"- {row.policy}: {row.decision}. {row.reason}" for row in promoted.itertuples()),
            "",
            LIMITS,
        ]
    )
