"""Engagement: a score that can be recomputed, without the customer's own outcome; drivers told from noise."""

import numpy as np
import pandas as pd
import pytest
from campaign_frames import sample_frame

from bank_marketing.campaigns import engagement
from bank_marketing.campaigns.columns import ENGAGEMENT
from bank_marketing.campaigns.engagement_score import LEARNED, learn_weights, whole_points
from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.methods.importance import Importances

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def fitted():
    return engagement.fit(sample_frame(3_000), depth="quick", seed=1)


@pytest.fixture(scope="module")
def artefact(fitted):
    return load_artefact(dump_artefact(fitted.artefact))


def test_weights_of_every_fold_are_whole_points_of_a_hundred(fitted):
    weights = fitted.tables["weights"]

    assert set(weights["fold"]) == {0, 1, 2, 3, 4, 5}
    assert weights.groupby("fold")["weight"].sum().eq(100).all()
    assert weights["basis"].str.contains(LEARNED).all()
    # Planted: every measure but shares makes customers convert.
    assert weights.groupby("measure")["weight"].mean()["social_shares"] < 5


def test_score_is_what_a_marketer_computes_by_hand(fitted, artefact):
    customer = sample_frame(3_000).iloc[[17]]
    scored = engagement.score(customer, artefact).iloc[0]
    weights = fitted.tables["weights"]

    by_hand = 0.0
    for row in weights[weights["fold"] == scored["fold"]].itertuples():
        place = (customer[row.measure].iloc[0] - row.low) / (row.high - row.low)
        by_hand += row.weight * min(1, max(0, place))

    assert scored["engagement_score"] == pytest.approx(by_hand)


def test_weights_of_a_fold_are_learned_without_its_customers(fitted, artefact):
    frame = sample_frame(3_000)
    fold = engagement.score(frame, artefact)["fold"].to_numpy()
    weights = fitted.tables["weights"]

    for number in range(1, 6):
        others = frame[fold != number]
        expected = learn_weights(others, others["has_converted"].to_numpy())
        published = weights[weights["fold"] == number]
        assert published["weight"].tolist() == expected["weight"].tolist()
        assert published["high"].tolist() == expected["high"].tolist()


def test_new_customer_gets_the_mean_weights_and_a_missing_measure_half(fitted, artefact):
    new = sample_frame(2).assign(customer_id=[-1, -2])
    new.loc[0, list(ENGAGEMENT)] = np.nan
    new.loc[1, [name for name in ENGAGEMENT if name != "email_opens"]] = np.nan
    new.loc[1, "email_opens"] = 1_000
    weights = fitted.tables["weights"]
    opens = weights[(weights["fold"] == 0) & (weights["measure"] == "email_opens")]["weight"].iloc[0]

    scored = engagement.score(new, artefact)

    assert scored["fold"].tolist() == [0, 0]
    assert np.isnan(scored["engagement_score"][0])
    assert scored["engagement_score"][1] == pytest.approx(50 + opens / 2)


def test_engagement_of_the_sample_cannot_be_explained_but_conversion_can(fitted):
    drivers = fitted.tables["drivers"]
    of_engagement = drivers[drivers["outcome"] == "engagement"]
    of_conversion = drivers[drivers["outcome"] == "conversion"].set_index("feature")

    assert of_engagement["held_out_skill"].iloc[0] < 0.02
    assert not of_engagement["is_distinguishable"].astype(bool).any()
    assert of_engagement["verdict"].str.startswith("Can't be told from noise (3,000 customers").all()
    assert of_engagement["smallest_detectable_importance"].between(0, 0.1, inclusive="neither").all()
    assert of_conversion["held_out_skill"].iloc[0] > 0.1
    assert of_conversion.loc["time_on_site_minutes", "is_distinguishable"]
    assert not of_conversion.loc["social_shares", "is_distinguishable"]


def test_skill_below_none_is_not_said_to_be_as_high_as_that():
    table = pd.DataFrame(
        {
            "feature": ["age_years"],
            "importance": 0.1,
            "importance_low": 0.0,
            "smallest_detectable_importance": 0.2,
        }
    )

    result = Importances((-0.02, -0.03, -0.01), table, curves=table)

    drivers = engagement._drivers("engagement", result, 6_000)

    assert drivers["verdict"][0].endswith("no better than its mean does; the skill is 0 at most.")


def test_curves_rise_where_the_planted_rule_does(fitted):
    curves = fitted.tables["curves"]
    visits = curves[(curves["outcome"] == "conversion") & (curves["feature"] == "website_visits")]

    assert visits["predicted"].iloc[-1] > visits["predicted"].iloc[0] + 0.05


def test_too_few_conversions_give_equal_weights_and_say_so():
    frame = sample_frame(200).assign(has_converted=0)

    fit = engagement.fit(frame, depth="quick", seed=1)
    tables = fit.tables

    assert fit.status == "insufficient_data"
    assert sorted(tables["weights"]["weight"]) == 4 * [12] + 4 * [13]
    assert tables["weights"]["basis"].str.startswith("equal").all()
    assert engagement.score(frame, fit.artefact)["engagement_score"].between(0, 100).all()
    assert tables["drivers"]["verdict"].str.startswith("Not estimated: ").all()
    assert set(tables["curves"]["outcome"]) == {"engagement", "conversion"}


def test_an_export_without_engagement_has_no_score_but_drivers_of_conversion():
    frame = sample_frame(1_000).assign(**dict.fromkeys(ENGAGEMENT, np.nan))

    fit = engagement.fit(frame, depth="quick", seed=1)
    drivers = fit.tables["drivers"]

    assert fit.status == "fitted"
    assert engagement.score(frame, fit.artefact)["engagement_score"].isna().all()
    (of_engagement,) = drivers[drivers["outcome"] == "engagement"].itertuples()
    assert of_engagement.verdict.startswith("Not estimated: 0 customers have a value")
    of_conversion = set(drivers.loc[drivers["outcome"] == "conversion", "feature"])
    assert "income_usd" in of_conversion
    assert not of_conversion & set(ENGAGEMENT)


def test_a_measure_without_values_has_no_weight():
    frame = sample_frame(1_000).assign(email_opens=np.nan)

    for converted in (frame["has_converted"].to_numpy(), np.zeros(1_000)):
        weights = learn_weights(frame, converted).set_index("measure")["weight"]
        assert weights["email_opens"] == 0
        assert weights.sum() == 100


def test_without_any_feature_nothing_is_said_to_drive():
    frame = sample_frame(500)[["customer_id", "has_converted"]]
    columns = [name for name in sample_frame(1).columns if name not in frame]

    fit = engagement.fit(frame.assign(**dict.fromkeys(columns)), depth="quick", seed=1)

    assert fit.status == "insufficient_data"
    assert "no feature has a value" in fit.params["reason"]


def test_whole_points_sum_to_a_hundred_and_keep_the_order():
    points = whole_points(np.array([1.0, 1, 1, 0, 0.999]))

    assert points.sum() == 100
    assert points[3] == 0
    assert points.max() - points[[0, 1, 2, 4]].min() <= 1
