"""A small part of the study of how often values and gains are told right: some logs of known truth."""

import sys

import numpy as np
import pandas as pd
import pytest
from project_copies import REPOSITORY

sys.path.append(str(REPOSITORY / "studies"))
import policy_evaluation as study
import policy_logs

LOGS, TRIED = 8, ("estimated", "logged", "flat")


@pytest.fixture(scope="module")
def tried() -> tuple[pd.DataFrame, pd.DataFrame]:
    cases = {name: policy_logs.CASES[name]._replace(logs=LOGS) for name in TRIED}
    cases[policy_logs.UNSUPPORTED] = policy_logs.CASES[policy_logs.UNSUPPORTED]._replace(logs=2)
    return study.try_logs(cases, seed=1, processes=1)


@pytest.fixture(scope="module")
def told(tried) -> pd.DataFrame:
    return study.summary(tried[0])


@pytest.mark.slow
@pytest.mark.parametrize("case", TRIED)
def test_doubly_robust_intervals_hold_values_and_gains(told, case):
    robust = told.loc[case].xs("doubly robust", level="estimator")

    assert {"value of greedy", "greedy over present mix", "Thompson sampling over present mix"} <= set(
        robust.index
    )
    # Of 8 intervals of 95 % fewer than 6 hold in six of a thousand tries.
    assert (robust["covered"] >= 6 / LOGS).all()
    assert robust["rmse_by_error"].between(0.4, 1.7).all()
    # The value is that of conversions, so an interval says something: no wider than a sixth of it.
    value = robust.loc["value of greedy"]
    assert value["half_width"] < value["truth"] / 6


@pytest.mark.slow
def test_the_direct_method_has_no_interval(told):
    direct = told.xs("direct method", level="estimator")

    assert direct["half_width"].isna().all()
    assert np.isfinite(direct["rmse"]).all()


@pytest.mark.slow
def test_the_gate_promotes_what_is_truly_better_and_nothing_else(tried):
    gate = study.gate_summary(tried[1])

    for case in ("estimated", "logged"):
        assert gate.loc[(case, "present mix"), "is_promoted"] == 1
        assert gate.loc[(case, "present mix"), "least_gain"] > 1_000
    # By a bound of 2.5 % two of 8 are let pass in two of a hundred tries.
    assert (gate["is_wrong"] <= 1 / LOGS).all()
    assert not gate.loc[policy_logs.UNSUPPORTED, "is_promoted"].any()
    assert gate.loc[(policy_logs.UNSUPPORTED, "present mix"), "is_any_better"] == 1


def test_the_planted_assignment_is_that_of_the_generator():
    log = policy_logs.draw_log(1)
    chances = policy_logs.assignment(log.frame)
    got = log.frame.groupby(["campaign_type", "campaign_channel"]).size() / len(log.frame)

    assert chances.sum(axis=1) == pytest.approx(np.ones(len(chances)))
    assert chances.mean(axis=0) == pytest.approx(got.to_numpy(), abs=0.01)


def test_decisions_are_drawn_by_their_chances_whatever_the_customer():
    log = policy_logs.draw_log(1)
    decided = policy_logs.decisions_of(log, seed=1, chances=np.full((len(log.frame), 20), 0.05))
    is_older = (log.frame["age_years"] > log.frame["age_years"].median()).to_numpy()
    shares = [
        decided.loc[rows, "campaign_type"].value_counts(normalize=True) for rows in (is_older, ~is_older)
    ]

    # Draws that went with those of the customers would give the older other campaigns.
    assert shares[0].to_numpy() == pytest.approx(np.full(4, 0.25), abs=0.04)
    assert shares[1].reindex(shares[0].index).to_numpy() == pytest.approx(np.full(4, 0.25), abs=0.04)
