import json

import numpy as np
import pandas as pd
import pytest
from campaign_frames import sample_frame
from project_copies import REPOSITORY

from bank_marketing.campaigns.columns import CHANNEL, TARGET, TYPE
from bank_marketing.campaigns.personalisation import COST, COST_IF_ACCEPTED, VALUE
from bank_marketing.campaigns.policy_candidates import NO_CONTEXT
from bank_marketing.campaigns.policy_design import declare
from bank_marketing.campaigns.policy_simulation import (
    CHANGED,
    COLUMNS,
    CONVERSIONS,
    MEMORY,
    PROFIT,
    TASK,
    UNCHANGED,
    fit,
    simulated,
)
from bank_marketing.campaigns.policy_truth import (
    FITTED,
    PLANTED,
    RAW_NAMES,
    planted_chances,
    planted_response,
    setting_of,
)
from bank_marketing.sampling.campaigns import conversion_probability

SEEDS = REPOSITORY / "seeds"


@pytest.fixture(scope="module")
def frame():
    money = {VALUE: 4_000.0, COST: 1.0, COST_IF_ACCEPTED: 50.0}
    frame = sample_frame().assign(**money)
    frame.loc[frame[TYPE] == "Retention", VALUE] = 7_000.0
    return frame


@pytest.fixture(scope="module")
def planted():
    return planted_response(SEEDS, "sample")


@pytest.fixture(scope="module")
def setting(frame, planted):
    return setting_of(frame, planted, seed=1)


def test_the_planted_chances_are_those_of_the_generator(frame, planted):
    design = declare(frame)
    chances = planted_chances(planted, frame, design)
    raw = frame.rename(columns=RAW_NAMES)
    for number in (0, 7, 19):
        kind, way = design.arms[number]
        assert chances[:, number] == pytest.approx(
            conversion_probability(raw, CampaignType=kind, CampaignChannel=way)
        )


def test_files_that_nothing_was_planted_in_have_no_truth(tmp_path):
    assert planted_response(tmp_path, "kaggle") is None
    (tmp_path / "mine_truth.json").write_text(json.dumps({"campaigns": {"response": {"intercept": 1.0}}}))
    assert planted_response(tmp_path, "mine") == {"intercept": 1.0}


@pytest.mark.slow
def test_regret_keeps_the_bars_in_a_shorter_run(setting):
    # The bars themselves are held by studies/policy_regret.py: 20 runs of 20,000 decisions.
    told = simulated(setting, UNCHANGED, CONVERSIONS, decisions=2_000, runs=6, memory=2_000.0, seed=1)
    regret = told[told["decisions"] == 2_000].set_index("policy")["regret_conversions"]
    assert regret["Thompson sampling"] <= 0.5 * regret["epsilon-greedy"]
    assert regret["Thompson sampling"] <= 0.25 * regret["epsilon-greedy" + NO_CONTEXT]
    assert regret["Thompson sampling"] <= 20
    expected = 2_000 * (setting.chance.max(axis=1) - setting.chance.mean(axis=1)).mean()
    assert regret["uniform"] == pytest.approx(expected, rel=0.1)


@pytest.mark.slow
def test_who_forgets_follows_a_change(setting):
    told = simulated(setting, CHANGED, CONVERSIONS, decisions=4_000, runs=2, memory=700.0, seed=1)
    after = told[told["decisions"] == 4_000].set_index("policy")["regret_since_change"]
    assert after["Thompson sampling" + MEMORY] < 0.7 * after["Thompson sampling"]


@pytest.mark.slow
def test_who_aims_at_profit_misses_less_of_it(setting):
    by_aim = {
        aim: simulated(setting, UNCHANGED, aim, decisions=200, runs=4, memory=2_000.0, seed=1)
        .query("decisions == 200 and policy == 'greedy'")
        .iloc[0]
        for aim in (CONVERSIONS, PROFIT)
    }
    assert by_aim[PROFIT]["regret_usd"] < 0.5 * by_aim[CONVERSIONS]["regret_usd"]
    assert by_aim[CONVERSIONS]["regret_conversions"] < by_aim[PROFIT]["regret_conversions"] + 20


@pytest.mark.slow
def test_the_fit_tells_each_world_and_aim_and_where_greedy_is_lowest(frame, planted):
    told = fit(frame, depth="quick", seed=1, planted=planted, memory_decisions=500.0)
    table = told.tables["policy_simulation"]
    assert tuple(table.columns) == COLUMNS
    assert not table.duplicated(["world", "aim", "policy", "decisions"]).any()
    sets = table.groupby(["world", "aim"])["policy"].agg(set)
    assert sets.index.tolist() == [(CHANGED, CONVERSIONS), (UNCHANGED, CONVERSIONS), (UNCHANGED, PROFIT)]
    assert all({"greedy", "uniform", "Thompson sampling" + MEMORY} <= policies for policies in sets)
    assert set(table["memory_decisions"].dropna()) == {500.0}
    assert (table["truth"] == PLANTED).all()
    is_later = (table["world"] == CHANGED) & (table["decisions"] > table["decisions"].max() // 2)
    assert (table["regret_since_change"].notna() == is_later).all()
    assert (table["message"].notna() == (table["is_lowest"] & table["policy"].str.startswith("greedy"))).all()
    grows = table.groupby(["world", "aim", "policy"])["regret_usd"].apply(
        lambda regret: regret.is_monotonic_increasing
    )
    assert grows.all()
    missed = told.metrics.set_index("metric")["value"]
    assert 0 < missed["regret_per_decision"] < missed["regret_per_decision_of_uniform"] < 1
    assert "Thompson sampling" in told.card


@pytest.mark.slow
def test_without_a_planted_truth_the_fitted_model_stands_in(frame):
    setting = setting_of(frame, None, seed=1)
    told = simulated(setting, UNCHANGED, CONVERSIONS, decisions=80, runs=2, memory=2_000.0, seed=1)
    assert (told["truth"] == FITTED).all()
    # Policies start from a log drawn anew, not from the truth itself.
    greedy = told[told["policy"] == "greedy"]["regret_conversions"]
    assert greedy.max() > 0
    first = setting_of(frame.assign(has_converted=True), None, seed=1)
    assert first.chance.shape == setting.chance.shape


def test_a_campaign_that_nobody_had_is_worth_what_its_type_is(frame, planted):
    gone = (frame[TYPE] == "Retention") & (frame[CHANNEL] == "SEO")
    setting = setting_of(frame[~gone], planted, seed=1)
    value = pd.Series(setting.value[0], index=setting.learned.by_customer.design.arms)
    assert value[("Retention", "SEO")] == 7_000.0 - 50.0
    assert np.isfinite(setting.cost).all()


def test_insufficient_data_is_said(frame):
    told = TASK.fit(frame.head(30), depth="quick", seed=1)
    assert told.status == "insufficient_data"
    (message,) = told.tables["policy_simulation"]["message"]
    assert "a choice needs two" in message
    nobody = frame.assign(**{TARGET: pd.Series(pd.NA, index=frame.index, dtype="boolean")})
    assert TASK.fit(nobody, depth="quick", seed=1).status == "insufficient_data"
