"""Which policy is promoted: a gate that is stated, and a person who may hold it or approve one by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bank_marketing.campaigns.personalisation_policies import BOTH
from bank_marketing.campaigns.policy_candidates import CANDIDATES, MIX, UNIFORM
from bank_marketing.campaigns.policy_evaluation import NOTHING, PROMOTABLE, in_dollars
from bank_marketing.campaigns.policy_judging import Judged
from bank_marketing.errors import UserError
from bank_marketing.methods.calibration import (
    calibration_error_by_chance,
    expected_calibration_error,
    reliability_curve,
    spread_by_subjects,
)
from bank_marketing.methods.policy_sums import DOUBLY_ROBUST, policy_sums
from bank_marketing.methods.policy_value import why_refused

VAR = "policy_promotion"
COLUMNS = (
    "policy",
    "against",
    "decision",
    "is_promoted",
    "gain_usd",
    "gain_usd_low",
    "gain_usd_high",
    "effective_customers",
    "calibration_error",
    "calibration_error_against",
    "reason",
    "decided_by",
    "decided_because",
)
GATE = "gate"
# Policies that draw an arm: the log of any other has propensities of 1 and can judge nothing else.
DRAWING = frozenset(
    candidate.name for candidate in CANDIDATES if candidate.policy.rule in ("thompson", "epsilon_greedy")
) | {UNIFORM}


@dataclass(frozen=True)
class Stated:
    """What a person decides in place of the gate.

    Parameters
    ----------
    decision : {'hold', 'approve', ''}
        Promote nothing, promote `policy`, or leave it to the gate.
    policy, name, reason : str
        Which policy; who decides, and why.
    """

    decision: str = ""
    policy: str = ""
    name: str = ""
    reason: str = ""


def stated_promotion(value: Mapping[str, Any] | None) -> Stated:
    """Read the var policy_promotion.

    Parameters
    ----------
    value : mapping or None
        Nothing, or decision, name and reason, and policy to approve.

    Returns
    -------
    Stated

    Raises
    ------
    UserError
        If name or reason lacks, or the decision or the policy is none.
    """
    if not value:
        return Stated()
    form = "{decision: approve, policy: Thompson sampling, name: A. Person, reason: ...} or decision: hold"
    if not isinstance(value, Mapping) or set(value) - {"decision", "policy", "name", "reason"}:
        raise UserError(f"var {VAR} is {value!r}, expected {form}.")
    stated = Stated(**{key: str(text or "").strip() for key, text in value.items()})
    if stated.decision not in ("hold", "approve"):
        raise UserError(f"var {VAR} has decision {stated.decision!r}, expected hold or approve.")
    for key in ("name", "reason"):
        if not getattr(stated, key):
            raise UserError(f"var {VAR} has no {key}, expected who decides and why: {form}.")
    if stated.decision == "hold" and stated.policy:
        raise UserError(
            f"var {VAR} holds and has policy {stated.policy!r}, expected none: hold keeps what is in use."
        )
    if stated.decision == "approve" and stated.policy not in (*PROMOTABLE, MIX):
        known = ", ".join((*PROMOTABLE, MIX))
        raise UserError(f"var {VAR} has policy {stated.policy!r}, expected one of {known}.")
    return stated


def promotion_rows(judged: Judged, *, present: str, stated: Stated) -> list[dict[str, Any]]:
    """Decide about every candidate.

    A candidate passes if the lower end of its gain over the present policy is above zero (joint for all
    candidates), the log supports it, and the chances that it chooses by are no worse calibrated.

    Parameters
    ----------
    judged : Judged
        What each would have done.
    present : str
        The policy promoted before, or `MIX`.
    stated : Stated
        What a person decides.

    Returns
    -------
    list of dict
        Rows of `COLUMNS`, at most one of them promoted: of those that pass and draw, the one with the highest
        lower end.
    """
    policies = judged.policies[BOTH]
    present = present if present in policies else MIX
    others = [name for name in PROMOTABLE if name != present]
    errors = calibration_errors(judged)
    rows = [_judgement(judged, name, present, errors, comparisons=len(others)) for name in others]
    if present != MIX:
        rows.append(_row(MIX, present) | {"reason": "What was done before any policy; no candidate."})
    passed = [row for row in rows if row["decision"] == "passed" and row["policy"] in DRAWING]
    best = max(passed, key=lambda row: float(row["gain_usd_low"]), default=None)
    for row in rows:
        if stated.decision == "approve" and row["policy"] == stated.policy:
            _decide(row, "approved", stated)
        elif row["decision"] == "passed" and stated.decision == "hold":
            _decide(row, "held", stated)
        elif row is best and not stated.decision:
            row |= {"decision": "promoted", "is_promoted": True}
        elif row["decision"] == "passed" and stated.decision == "approve":
            row["reason"] += f" {stated.name} approved {stated.policy}."
        elif row["decision"] == "passed" and row["policy"] not in DRAWING:
            row["reason"] += " It draws nothing, so its log could judge no other; a person may approve it."
        elif row["decision"] == "passed" and best is not None and best is not row:
            row["reason"] += f" The lower end of {best['policy']} is higher."
    kept = _row(present, present) | {"decision": "present", "reason": "Stays until another one is promoted."}
    if stated.decision and not any(row["decision"] in ("approved", "held") for row in rows):
        _keep(kept, stated)
    return [kept, *rows]


def not_judged(
    reason: str, *, present: str | None, stated: Stated, known: Collection[str]
) -> list[dict[str, Any]]:
    """Say why nothing could be judged; a person decides all the same.

    Parameters
    ----------
    reason : str
        Goes on after "Not estimated:".
    present : str or None
        The policy in use; None before the first.
    stated : Stated
        What a person decides.
    known : collection of str
        Policies that were learned before, and so can be in use.

    Returns
    -------
    list of dict
        Rows of `COLUMNS`: first that of the policy in use.
    """
    why = f"Not estimated: {reason}."
    kept = _row(present or NOTHING, present or MIX) | {"reason": why}
    if present:
        kept |= {"decision": "present", "reason": f"{why} Stays until another one is promoted."}
    if not stated.decision:
        return [kept]
    if stated.decision == "hold" or stated.policy == present:
        _keep(kept, stated)
        return [kept]
    approved = _row(stated.policy, present or MIX) | {"reason": why}
    _decide(approved, "approved", stated)
    if stated.policy not in known:
        approved |= {"decision": "refused", "is_promoted": False}
        approved["reason"] += " It was never learned, so it can't be in use."
    return [kept, approved]


def calibration_errors(judged: Judged) -> dict[bool, tuple[float, float]]:
    """Return the calibration error of the chances with and without context, and what chance alone gives."""
    starts = judged.log[BOTH].conversions.starts()
    return {
        has_context: (
            expected_calibration_error(judged.outcome, chance),
            # Decisions about a customer go together, so chance alone gives more.
            spread_by_subjects(judged.outcome, chance, starts)
            * calibration_error_by_chance(reliability_curve(judged.outcome, chance)),
        )
        for has_context, chance in judged.chance.items()
    }


def _judgement(
    judged: Judged,
    name: str,
    present: str,
    errors: Mapping[bool, tuple[float, float]],
    *,
    comparisons: int,
) -> dict[str, Any]:
    policies = judged.policies[BOTH]
    # In the campaign file the present mix is the log.
    sums = policy_sums(judged.log[BOTH].dollars, policies[name], policies.get(present))
    gain, support = sums.gain(DOUBLY_ROBUST, comparisons=comparisons), sums.support()
    own, by_chance = errors[_has_context(name)]
    theirs, _ = errors[_has_context(present)]
    row = _row(name, present) | {
        "effective_customers": support.effective_subjects,
        "calibration_error": own,
        "calibration_error_against": theirs,
    }
    refused = why_refused(support)
    if refused:
        return row | {"reason": f"Too little support: {refused}."}
    if not np.isfinite([gain.value, gain.error, gain.joint_low, gain.joint_high]).all():
        return row | {"reason": "Its gain is no finite number: weights of the log are too large."}
    row |= {"gain_usd": gain.value, "gain_usd_low": gain.joint_low, "gain_usd_high": gain.joint_high}
    if gain.joint_high < 0:
        less, most = in_dollars(-gain.joint_high, -gain.joint_low)
        return row | {"reason": f"Earns {less} to {most} dollars a decision less than {present}."}
    if not gain.joint_low > 0:
        less, more = in_dollars(-gain.joint_low, gain.joint_high)
        return row | {
            "reason": f"Not seen to earn more than {present}: between {less} dollars a decision less and"
            f" {more} more."
        }
    ends = f"{' to '.join(in_dollars(gain.joint_low, gain.joint_high))} dollars a decision"
    if not own <= theirs + by_chance:
        return row | {
            "reason": f"Earns {ends} more than {present}, but its chances are off by {own:.3f}, those before"
            f" by {theirs:.3f}; chance alone gives {by_chance:.3f}."
        }
    return row | {"decision": "passed", "reason": f"Earns {ends} more than {present}."}


def _row(policy: str, against: str) -> dict[str, Any]:
    """Return a row that promotes nothing yet."""
    return {
        "policy": policy,
        "against": against,
        "decision": "refused",
        "is_promoted": False,
        "decided_by": GATE,
    }


def _has_context(name: str) -> bool:
    return any(candidate.has_context for candidate in CANDIDATES if candidate.name == name)


def _keep(row: dict[str, Any], stated: Stated) -> None:
    """Put down that a person holds, or approves what is in use already."""
    _decide(row, "held" if stated.decision == "hold" else "approved", stated)
    if stated.decision == "approve":
        row |= {"is_promoted": False, "reason": f"{row['reason']} It was in use already."}


def _decide(row: dict[str, Any], decision: str, stated: Stated) -> None:
    """Put down what a person decided."""
    row |= {
        "decision": decision,
        "is_promoted": decision == "approved",
        "decided_by": stated.name,
        "decided_because": stated.reason,
    }
