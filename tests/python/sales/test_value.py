"""Customer value: a planted rhythm is found, the figures hold together, little data is said."""

import numpy as np
import pandas as pd
import pytest
from value_frames import order_days, value_features

from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.sales import value
from bank_marketing.sales.value_candidates import BASELINES, CANDIDATES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    return value_features(order_days())


@pytest.fixture(scope="module")
def fit(features):
    return value.fit(features, depth="quick", seed=1)


@pytest.fixture(scope="module")
def scores(features, fit) -> pd.DataFrame:
    return value.score(features, load_artefact(dump_artefact(fit.artefact)))


def test_every_candidate_is_kept_and_the_winner_beats_past_spend(fit):
    rows = fit.tables["evaluation"]
    for split in ("cross_validation", "forward"):
        ginis = rows[(rows["split"] == split) & (rows["metric"] == "gini")].set_index("candidate")["value"]
        assert set(ginis.index) == {*BASELINES, *CANDIDATES}
        assert ginis[fit.params["candidate"]] > ginis["past_spend"] > ginis["all_zero"] - 0.1
    known = rows.dropna(subset=["value_low"])
    assert (known["value_low"] <= known["value"]).all()
    assert (known["value"] <= known["value_high"]).all()


def test_what_was_learned_in_a_quarter_foretells_the_revenue_of_half_a_year(fit):
    rows = fit.tables["evaluation"]
    tenth = rows[(rows["group_name"] == "tenth") & (rows["split"] == "forward")]
    predicted, brought = ((tenth[name] * tenth["n"]).sum() for name in ("predicted", "value"))
    assert 0.75 < predicted / brought < 1.33


def test_values_rank_what_customers_bring(features, scores):
    later = order_days(600, seed=1)
    more = later.groupby("customer_id")["revenue"].sum()
    value_of = scores.set_index("customer_id")["expected_value_usd_6_months"]
    assert np.corrcoef(value_of.rank(), more.reindex(value_of.index).rank())[0, 1] > 0.5


def test_longer_horizons_hold_more(scores):
    for what in ("expected_orders", "expected_value_usd"):
        parts = [scores[f"{what}_{months}_months"] for months in value.HORIZONS]
        assert (parts[0] > 0).all()
        assert (np.diff(np.array(parts), axis=0) > 0).all()
        for months in value.HORIZONS:
            low, mid, high = (scores[f"{what}_{months}_months{end}"] for end in ("_low", "", "_high"))
            assert ((low >= 0) & (low < mid) & (mid < high)).all()
    assert scores["is_extrapolated_12_months"].all()


def test_customer_of_one_order_day_is_alive_as_often_as_such_came_back(features, fit, scores):
    today = features[features["moment"] == "today"].set_index("customer_id")
    single = today.index[today["repeat_order_days"] == 0]
    alive = scores.set_index("customer_id").loc[single, "probability_alive"]
    assert set(np.round(alive, 9)) <= set(np.round(fit.artefact["silence"]["chance"], 9))
    gone = features.assign(future_order_days=0, future_revenue_usd=features["future_revenue_usd"])
    never = value._silence(gone[gone["moment"] == "split"])
    assert (never["chance"] == 0).all()
    known = features[features["moment"] == "split"]
    grown = known.assign(future_order_days=2 * known["future_order_days"])
    assert value._silence(grown)["chance"] == pytest.approx(fit.artefact["silence"]["chance"])


def test_tiers_are_a_fifth_three_tenths_and_a_half(scores):
    shares = scores["value_tier"].value_counts(normalize=True)
    assert shares["high"] == pytest.approx(0.2, abs=0.01)
    assert shares["medium"] == pytest.approx(0.3, abs=0.01)
    means = scores.groupby("value_tier")["expected_value_usd_12_months"].mean()
    assert means["high"] > means["medium"] > means["low"]


def test_order_of_rows_changes_nothing(features, scores, fit):
    mixed = features.sample(frac=1, random_state=1)
    again = value.score(mixed, fit.artefact).set_index("customer_id").sort_index()
    expected = scores.set_index("customer_id").sort_index()
    pd.testing.assert_frame_equal(again, expected)


def test_too_few_customers_are_said_and_scored_as_unknown(features):
    few = features[features["customer_id"] < 140]
    fit = value.fit(few, depth="quick", seed=1)
    assert fit.status == "insufficient_data"
    assert "at least 100" in fit.params["reason"]
    scores = value.score(few, fit.artefact)
    assert scores["expected_value_usd_6_months"].isna().all()
    assert (scores["method"] == "insufficient_data").all()
