"""The task `campaign_policies`: policies learned from the log, judged on it, and promoted through a gate.

The artefact is what a decision service needs to choose for one customer; where nothing can be judged, that of
the fit before stays, with the policy in use or what a person approves:

- ``policy``: the policy promoted, or the present one: name, rule, variance_factor, epsilon, has_context; for
  the rules 'shares' (the present mix) and 'first' (a single campaign) also shares, by arm: of 'first' the
  highest of what the customer may get is given. Other arms are drawn with the probabilities of
  `methods.policies.probabilities`.
- ``candidates``: the same of all others that could be promoted, to run beside it unseen.
- ``arms``: campaign_type, campaign_channel, value_usd (of a conversion, less what it is promised), cost_usd
  (of a contact), share (of the campaign file) and outcomes (of it and of the campaign file), each a list by
  arm, channels within types; money is nan for an arm that isn't offered. Nobody is contacted where every arm
  is worth less than it costs.
- ``with_context``, ``without_context``: design (`policy_design.Design.to_json`), mean and root of the
  posterior, prior_mean and prior_root, forgotten_mean and forgotten_root (`bayesian_logistic.forget`).
- ``new_actions``: outcomes until which an arm is new, and largest_share of customers for one that is
  (`methods.new_arms`); until then its chance is drawn towards that of all (`policy_design.Start.chance`).
- ``memory_decisions``: about how many newest outcomes count, here (of decisions, whose order is known) and in
  the service as it learns; None for all.
- ``outcomes``: those of logged decisions that are in the posteriors (`known_outcomes`); none where
  the campaign file taught.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.campaigns.columns import DECISION, KEY, TARGET
from bank_marketing.campaigns.known_outcomes import kept_outcomes
from bank_marketing.campaigns.personalisation import why_insufficient, with_enough_customers
from bank_marketing.campaigns.personalisation_policies import BOTH
from bank_marketing.campaigns.plan_limits import stated_limits
from bank_marketing.campaigns.policy_candidates import CANDIDATES, MIX, SINGLE, UNIFORM
from bank_marketing.campaigns.policy_card import policy_card
from bank_marketing.campaigns.policy_design import Start
from bank_marketing.campaigns.policy_evaluation import COLUMNS, evaluation_rows, not_evaluated
from bank_marketing.campaigns.policy_judging import Judged, judge
from bank_marketing.campaigns.policy_log import (
    earlier_log,
    judged_log,
    left_out,
    remembered,
    said_of_decisions,
    stated_memory,
)
from bank_marketing.campaigns.policy_promotion import COLUMNS as PROMOTION_COLUMNS
from bank_marketing.campaigns.policy_promotion import (
    Stated,
    calibration_errors,
    not_judged,
    promotion_rows,
    stated_promotion,
)
from bank_marketing.fitting.fits import KEEPS_ARTEFACT, METRIC_COLUMNS, Fit, Task
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.intervals import row_mean_interval
from bank_marketing.methods.metrics import log_losses

NEW_ACTION_OUTCOMES, NEW_ACTION_LARGEST_SHARE = "new_action_outcomes", "new_action_largest_share"


def fit(
    frame: pd.DataFrame,
    *,
    depth: str,
    seed: int,
    earlier: Mapping[str, Any] | None = None,
    promotion: Mapping[str, Any] | None = None,
    limits: Mapping[str, Any] | None = None,
    new_actions: Mapping[str, float] | None = None,
    memory_decisions: float | None = None,
) -> Fit:
    """Judge policies and promote one, if one passes.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `policy_log.log_rows`.
    depth : {'quick', 'full'}
        By how many draws of the posterior Thompson sampling is judged.
    seed : int
        Of folds and draws.
    earlier : mapping, optional
        The artefact of the fit before, whose policy is the present one.
    promotion : mapping, optional
        What a person decides, fields of `Stated`; as limits and memory_decisions from `stated_settings`.
    limits : mapping, optional
        Largest shares of types and channels, `PlanLimits.of_group`.
    new_actions : mapping, optional
        For the artefact, from `new_action_limits`.
    memory_decisions : float, optional
        About how many newest outcomes count; all by default.

    Returns
    -------
    bank_marketing.fitting.fits.Fit
        With the tables `policy_evaluation` and `policy_promotions`.
    """
    stated = Stated(**(promotion or {}))
    log = judged_log(frame)
    said = said_of_decisions(frame, log)
    told = log[log[TARGET].notna()].sort_values([KEY, DECISION], ignore_index=True)
    known = with_enough_customers(told)
    reason = why_insufficient(known, customers=len(log))
    if reason:
        return _as_before(earlier or {}, stated, reason, said, left_out(frame))
    told, besides = remembered(told, earlier_log(frame, log), memory_decisions)
    draws = DEPTHS[depth].policy_draws
    judged = judge(
        told, seed=seed, limits=limits or {}, besides=besides, draws=draws, new_actions=new_actions
    )
    evaluated = _with_said(_table(evaluation_rows(judged), COLUMNS), said)
    present = (earlier or {}).get("policy", {}).get("name", MIX)
    promoted = _table(promotion_rows(judged, present=present, stated=stated), PROMOTION_COLUMNS)
    name = _in_use(promoted)
    taught = with_enough_customers(pd.concat([besides, told], ignore_index=True))
    policies = _policies(judged)
    return Fit(
        "fitted",
        params={
            "seed": seed,
            "policy": name,
            "memory_decisions": memory_decisions,
            "decisions_left_out": left_out(frame),
        },
        metrics=_metrics(judged),
        tables={"policy_evaluation": evaluated, "policy_promotions": promoted},
        card=policy_card(judged, promoted, name, memory_decisions, said),
        artefact={
            "policy": policies[name],
            "candidates": [policy for key, policy in policies.items() if key != name],
            "arms": _arms(judged),
            "with_context": _start(judged.learned.by_customer),
            "without_context": _start(judged.learned.alike),
            "new_actions": dict(new_actions or {}),
            "memory_decisions": memory_decisions,
            "outcomes": kept_outcomes(taught),
        },
    )


def stated_settings(*, promotion: Any, memory: Any, channels: Any, types: Any) -> dict[str, Any]:
    """Read the vars that decide about policies.

    Parameters
    ----------
    promotion, memory, channels, types : any
        The vars policy_promotion, policy_memory_decisions, campaign_channel_limits and campaign_type_limits.

    Returns
    -------
    dict of str to any
        For `fit`.

    Raises
    ------
    UserError
        If one is something else, with what was found and what is expected.
    """
    limits = stated_limits(budget=None, contacts=None, channels=channels, types=types)
    return {
        "promotion": asdict(stated_promotion(promotion)),
        "memory_decisions": stated_memory(memory),
        "limits": limits.of_group,
    }


def new_action_limits(limits: pd.DataFrame) -> dict[str, float]:
    """Read from the lookup of limits when an arm is new.

    Parameters
    ----------
    limits : pandas.DataFrame
        Rows of `stg_campaigns__limits`.

    Returns
    -------
    dict of str to float
        outcomes and largest_share.
    """
    good = limits.set_index("metric")["good"]
    return {
        "outcomes": float(good[NEW_ACTION_OUTCOMES]),
        "largest_share": float(good[NEW_ACTION_LARGEST_SHARE]),
    }


def _as_before(
    earlier: Mapping[str, Any], stated: Stated, reason: str, said: str, left: dict[str, int]
) -> Fit:
    """Keep what was learned and is in use, but for what a person decides, where nothing can be judged."""
    policies = {one["name"]: one for one in [earlier["policy"], *earlier["candidates"]]} if earlier else {}
    present = earlier["policy"]["name"] if earlier else None
    rows = not_judged(reason, present=present, stated=stated, known=policies)
    promoted = _table(rows, PROMOTION_COLUMNS)
    name = _in_use(promoted)
    return Fit(
        "insufficient_data",
        params={
            "reason": reason,
            "policy": present and name,
            "decisions_left_out": left,
            KEEPS_ARTEFACT: bool(earlier),
        },
        tables={
            "policy_evaluation": _with_said(_table([not_evaluated(reason)], COLUMNS), said),
            "policy_promotions": promoted,
        },
        card=f"# Campaign policies\n\nNot judged: {reason}. {said}".rstrip() + "\n",
        artefact={
            **earlier,
            "policy": policies[name],
            "candidates": [policy for key, policy in policies.items() if key != name],
        }
        if earlier
        else {},
    )


def _in_use(promoted: pd.DataFrame) -> str:
    """Return the policy promoted, or that of the first row, which was in use before."""
    return str([promoted["policy"].iloc[0], *promoted.loc[promoted["is_promoted"], "policy"]][-1])


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows).reindex(columns=list(columns))


def _with_said(table: pd.DataFrame, said: str) -> pd.DataFrame:
    """Put what is said of all rows behind each verdict."""
    return table.assign(verdict=[f"{verdict} {said}".rstrip() for verdict in table["verdict"]])


def _policies(judged: Judged) -> dict[str, dict[str, Any]]:
    """Return every policy that may serve, as plain values."""
    worth = judged.log[BOTH].worth[1:].mean(axis=0)
    order = np.where(np.isfinite(worth), worth.argsort().argsort() + 1.0, 0)
    found = {
        candidate.name: asdict(candidate.policy)
        | {"name": candidate.name, "has_context": candidate.has_context}
        for candidate in CANDIDATES
    }
    found[UNIFORM] = {"name": UNIFORM, "rule": "uniform", "has_context": False}
    for name, rule, shares in ((MIX, "shares", judged.share), (SINGLE, "first", order)):
        found[name] = {"name": name, "rule": rule, "has_context": False, "shares": shares.tolist()}
    return found


def _arms(judged: Judged) -> dict[str, list[Any]]:
    return {
        "campaign_type": [kind for kind, _ in judged.arms],
        "campaign_channel": [channel for _, channel in judged.arms],
        "value_usd": np.where(judged.offered, judged.money.value, np.nan).tolist(),
        "cost_usd": np.where(judged.offered, judged.money.cost, np.nan).tolist(),
        "share": judged.share.tolist(),
        "outcomes": judged.outcomes.tolist(),
    }


def _start(start: Start) -> dict[str, Any]:
    return {
        "design": start.design.to_json(),
        "mean": start.posterior.mean,
        "root": start.posterior.root,
        "prior_mean": start.prior.mean,
        "prior_root": start.prior.root,
        "forgotten_mean": start.forgotten.mean,
        "forgotten_root": start.forgotten.root,
    }


def _metrics(judged: Judged) -> pd.DataFrame:
    """Tell how good the chances are by which policies choose, of customers that they haven't seen."""
    rows: list[tuple[Any, ...]] = []
    errors = calibration_errors(judged)
    outcome, starts = judged.outcome.astype(np.int64), judged.log[BOTH].conversions.starts()
    for has_context, chance in judged.chance.items():
        name = "with_context" if has_context else "without_context"
        customers = len(outcome)
        losses = row_mean_interval(log_losses(outcome, chance), starts=starts)
        rows.append(("cross_validation", f"log_loss_of_{name}", *losses, customers))
        error = (errors[has_context][0], None, None)
        rows.append(("cross_validation", f"expected_calibration_error_of_{name}", *error, customers))
    return pd.DataFrame(rows, columns=list(METRIC_COLUMNS))


TASK = Task("campaign_policies", version=14, fit=fit, needs_refit=lambda frame, artefact: True)
