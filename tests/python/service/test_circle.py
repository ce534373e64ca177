"""From a build to decisions, outcomes, their export and the next build, whose policy the service takes up."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from decision_frames import Service
from project_copies import REPOSITORY, copy_project, fit_shallowly, keep_only

from bank_marketing.campaigns import policy_fit, policy_log
from bank_marketing.service.deciding import Ask
from bank_marketing.service.export_decisions import export
from bank_marketing.service.learning import Learner
from bank_marketing.service.outcomes import Report
from bank_marketing.service.publication import Publication
from bank_marketing.service.published_policy import from_artefact
from bank_marketing.service.store import Store

sys.path.append(str(REPOSITORY / "studies"))
import decision_circle
import policy_logs as study

HOLD = {"decision": "hold", "name": "A. Person", "reason": "the first policy is the present mix"}

# What the service reads, and what judges policies.
TABLES = (
    "campaign_responses",
    "campaign_target_holdout",
    "contact_suppressions",
    "policy_evaluation",
    "policy_promotions",
    "model_registry",
    "profiling_objections",
)


def published(number, fit, frame):
    """Return what the service knows of a fit."""
    policy = from_artefact(fit.artefact, number)
    values = frame[["customer_id", *policy.start.design.numbers]].to_numpy(dtype=float).tolist()
    return Publication(number, policy, {int(one): tuple(known) for one, *known in values})


def outcomes_of(service, customers, chances, rng):
    """Decide for customers, and report of each contact what its chance brings."""
    arms = service.publication.policy.arms
    reports = []
    for row, chance in zip(service.ask(*map(Ask, customers)), chances, strict=True):
        if row["campaign_type"]:
            own = chance[arms.index((row["campaign_type"], row["campaign_channel"]))]
            reports.append(Report(row["decision_id"], "converted" if rng.random() < own else "declined"))
    service.ask(*reports)
    return reports


@pytest.mark.slow
def test_a_policy_judged_on_the_exported_log_earns_more_and_learns_nothing_twice(sqlite_url, tmp_path):
    log = study.draw_log(11, customers=3_000)
    customers, chances = log.frame["customer_id"].tolist(), log.chance.reshape(len(log.frame), -1)
    first = policy_fit.fit(study.estimated_frame(log), depth="quick", seed=1, promotion=HOLD)
    service = Service(Store(sqlite_url), of=published(1, first, log.frame))
    reports = outcomes_of(service, customers, chances, np.random.default_rng(1))

    rows, known = export(service.store, tmp_path / "log.csv")
    exported = pd.read_csv(tmp_path / "log.csv", dtype={"outcome": "boolean"}, parse_dates=["outcome_at"])
    decisions = exported.rename(columns={"outcome": "has_converted"})
    frame = policy_log.log_rows(log.frame, decisions)
    second = policy_fit.fit(frame, depth="quick", seed=1, earlier=first.artefact)
    after = published(2, second, log.frame)
    learner = Learner(after.policy)
    with service.store.read() as connection:
        assert learner.learn(connection) > 0
    service.store.close()

    assert (rows, known) == (len(customers), len(reports))
    assert len(after.policy.known) == known
    assert sum(after.policy.known.values()) == sum(one.outcome == "converted" for one in reports)
    assert sum(learner.outcomes.values()) == 0
    assert service.publication.policy.rule.name == "present mix" != after.policy.rule.name
    earned = [decision_circle.earned(one, customers, chances) for one in (service.publication, after)]
    assert earned[1] > earned[0] + 500


@pytest.mark.long
def test_what_is_promoted_by_the_log_of_the_service_earns_more_and_all_numbers_agree(tmp_path: Path):
    folder = copy_project(tmp_path).folder
    keep_only(folder, TABLES)
    fit_shallowly(folder)

    assert decision_circle.go_round(folder, 2_000)
