"""The sample of campaign responses: as the real file looks, with effects that are known."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from sample_profile import (
    KAGGLE,
    ROOT,
    header,
    planted_truth,
    read_profile,
    rows_in_common,
)

from bank_marketing.sampling import campaigns as sample
from bank_marketing.sampling.campaigns import (
    BEST_CHANNEL,
    BEST_TYPE,
    CHANNELS,
    COLUMNS,
    TYPES,
    conversion_probability,
    write_sample,
)

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "seeds" / "sample" / "campaigns"
REAL = KAGGLE / "digital_marketing_campaign_dataset.csv"
needs_real_file = pytest.mark.usefixtures("kaggle")


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "raw_campaign_responses.csv")


@pytest.fixture(scope="module")
def truth() -> dict:
    return planted_truth("campaigns")


def test_profile_measures_every_column():
    measured = " ".join(figure["sql"] for figure in read_profile("campaigns")["figures"])
    assert [column for column in COLUMNS if column not in measured] == []


@needs_real_file
def test_sample_has_the_real_header_and_no_real_row():
    sample = SAMPLE / "raw_campaign_responses.csv"
    assert header(sample) == header(REAL) == list(COLUMNS)
    assert rows_in_common("raw_campaign_responses", ["CustomerID"], sample, REAL) == 0
    traits = ["Age", "Income", "LoyaltyPoints", "PreviousPurchases"]
    assert rows_in_common("raw_campaign_responses", traits, sample, REAL) == 0


@needs_real_file
def test_rows_in_common_finds_a_real_row(tmp_path):
    lines = REAL.read_text().splitlines()
    (tmp_path / "copied.csv").write_text("\n".join(lines[:2]) + "\n")
    assert rows_in_common("raw_campaign_responses", ["Age", "AdSpend"], tmp_path / "copied.csv", REAL) == 1


@pytest.mark.parametrize(("scale", "rows"), [(0.001, 200), (0.1, 600), (1, 6000), (1.2, 7200), (50, 8000)])
def test_size_follows_the_scale_up_to_the_real_size(tmp_path, monkeypatch, scale, rows):
    # The truth, whatever the size, takes a hundred times as long as the rows.
    monkeypatch.setattr(sample, "_truth", lambda *_: {})
    write_sample(tmp_path, scale=scale, seed=1)
    assert len(pd.read_csv(tmp_path / "raw_campaign_responses.csv")) == rows


def test_truth_counts_the_rows(customers, truth):
    assert truth["rows"] == len(customers)


def test_truth_alone_gives_the_probabilities(customers, truth):
    """Somebody who has only the truth file, and SQL, gets the planted probability of each customer."""
    response = truth["response"]
    weights = {k: v for name, part in response.items() if name.endswith("_log_odds") for k, v in part.items()}
    log_odds = " + ".join(f"{w} * cast({c.replace('==', '=')} as int)" for c, w in weights.items())
    share = response["coin_flip_share"]
    expected = duckdb.sql(
        f"""select {share} * {response["coin_flip_rate"]} + (1 - {share}) /
        (1 + exp(-({response["intercept"]} + {log_odds}))) from customers"""
    ).fetchnumpy()
    np.testing.assert_allclose(next(iter(expected.values())), conversion_probability(customers))


def test_conversions_follow_the_probabilities(customers):
    probability = conversion_probability(customers)
    for group in (probability < 0.2, (probability >= 0.2) & (probability < 0.9), probability >= 0.9):
        observed, expected = customers["Conversion"][group].mean(), probability[group].mean()
        error = np.sqrt((probability * (1 - probability))[group].sum()) / group.sum()
        assert abs(observed - expected) < 4 * error


def test_naive_contrasts_are_wrong_and_weighted_ones_right(customers, truth):
    """Weights from the stated assignment give the true average effects; the naive contrasts do not."""
    off = {"naive": [], "weighted": []}
    for kind, column in (("types", "CampaignType"), ("channels", "CampaignChannel")):
        weights = 1 / propensities(customers, truth["assignment"][kind], truth)
        for contrast in truth["average_effects"][kind]:
            rates, errors = [], []
            for arm in (contrast["arm"], contrast["against"]):
                treated = (customers[column] == arm).to_numpy()
                outcome, weight = (
                    customers["Conversion"].to_numpy()[treated],
                    weights[arm].to_numpy()[treated],
                )
                rates.append(np.average(outcome, weights=weight))
                errors.append(np.sqrt((weight**2 * (outcome - rates[-1]) ** 2).sum()) / weight.sum())
            error = np.hypot(*errors)
            off["weighted"].append(abs(rates[0] - rates[1] - contrast["risk_difference"]) / error)
            off["naive"].append(abs(contrast["naive_risk_difference"] - contrast["risk_difference"]) / error)
    assert max(off["weighted"]) < 3
    assert sum(value > 2 for value in off["naive"]) >= 4


def propensities(customers: pd.DataFrame, assignment: dict, truth: dict) -> pd.DataFrame:
    names = truth["assignment"]["standardised_traits"]
    traits = customers[names]
    traits = (traits - traits.mean()) / traits.std()
    utilities = pd.DataFrame(
        {arm: c[0] + traits.to_numpy() @ np.array(c[1:]) for arm, c in assignment.items()}
    )
    return np.exp(utilities).div(np.exp(utilities).sum(axis=1), axis=0)


def test_every_customer_could_have_had_every_arm(customers, truth):
    for kind in ("types", "channels"):
        assert propensities(customers, truth["assignment"][kind], truth).min().min() > 0.02


def test_stated_rule_gives_the_best_arm_of_each_customer(customers, truth):
    best = pd.DataFrame(index=customers.index, columns=["CampaignType", "CampaignChannel"], dtype=object)
    for column, rule in (("CampaignType", BEST_TYPE), ("CampaignChannel", BEST_CHANNEL)):
        for condition, arm in rule.items():
            best.loc[customers.eval(condition), column] = arm
    by_rule = conversion_probability(customers.assign(**best))
    for campaign_type in TYPES:
        for channel in CHANNELS:
            other = conversion_probability(customers, CampaignType=campaign_type, CampaignChannel=channel)
            assert (other <= by_rule + 1e-12).all()
    arms = truth["best_arm"]
    assert arms["value_of_best_arm_for_each"] == pytest.approx(by_rule.mean(), abs=1e-5)
    assert arms["value_of_best_fixed_arm"] == max(arm["value"] for arm in arms["value_by_arm"])
    assert arms["value_of_best_arm_for_each"] > arms["value_of_best_fixed_arm"] + 0.02
    assert arms["value_of_best_fixed_arm"] > arms["value_as_assigned"] + 0.02


def test_engagement_depends_on_nothing_known_before(customers):
    known_before = pd.get_dummies(
        customers[
            [
                "Age",
                "Income",
                "PreviousPurchases",
                "LoyaltyPoints",
                "AdSpend",
                "CampaignType",
                "CampaignChannel",
            ]
        ]
    ).astype(float)
    engagement = customers[["ClickThroughRate", "WebsiteVisits", "TimeOnSite", "EmailOpens", "EmailClicks"]]
    correlations = (
        pd.concat([known_before, engagement], axis=1).corr().loc[known_before.columns, engagement.columns]
    )
    assert correlations.abs().max().max() < 4.5 / np.sqrt(len(customers))
