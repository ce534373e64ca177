"""Marketing mix of sales: parts sum to the whole, planted returns are found, noise is called noise."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score
from value_frames import mix_features

from bank_marketing.errors import UserError
from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.media_mix import contributions, fit_mix
from bank_marketing.sales import marketing_mix, mix_days

pytestmark = pytest.mark.slow


def fitted(features: pd.DataFrame, **settings):
    return marketing_mix.fit(features, depth="quick", seed=1, **settings)


@pytest.fixture
def few_simulations(monkeypatch):
    """Leave little of the plan of an experiment, which takes most of a fit, where a test is about others."""
    monkeypatch.setitem(DEPTHS, "quick", replace(DEPTHS["quick"], mix_simulations=2))


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    return mix_features()


@pytest.fixture(scope="module")
def fit(features):
    return fitted(features)


def check(fit, name: str, channel: str = "all") -> pd.Series:
    health = fit.tables["health"].set_index(["check_name", "channel"])
    return health.loc[(name, channel)]


def test_parts_sum_to_the_revenue_of_every_period(features, fit):
    parts = fit.tables["contributions"].groupby("period")["net_revenue_usd"].sum()
    by_month = features.groupby(features["from_date"].dt.strftime("%Y-%m"))["net_revenue_usd"].sum()
    assert parts["all"] == pytest.approx(features["net_revenue_usd"].sum())
    assert parts.drop("all").to_dict() == pytest.approx(by_month.to_dict())


def test_planted_returns_lie_in_their_intervals(features, fit):
    effects = fit.tables["contributions"].query("period == 'all'").set_index("component")
    for channel, most, half, decay in (("online", 4500, 2500, 0.3), ("offline", 4000, 7000, 0.6)):
        spend, carried, brought = features[f"{channel}_spend_usd"], 0.0, 0.0
        for value in spend:
            carried = value + decay * carried
            brought += most * carried / (carried + half)
        assert effects.loc[channel, "return_per_usd_low"] < brought / spend.sum()
        assert brought / spend.sum() < effects.loc[channel, "return_per_usd_high"]
        assert effects.loc[channel, "net_revenue_usd"] == pytest.approx(brought, rel=0.2)


def test_verdict_is_good_where_spend_varies_and_matters(fit):
    health = fit.tables["health"]
    assert health["verdict"].unique().tolist() == ["may be used"]
    assert check(fit, "spend_beyond_chance_p_value")["value"] <= 0.05
    assert check(fit, "placebo_contribution_share")["value"] < 0.1
    assert check(fit, "held_out_r2_gained")["value_low"] > 0


def test_spend_that_does_nothing_says_nothing(few_simulations):
    fit = fitted(mix_features(online=0.0, offline=0.0, noise=1500.0))
    assert fit.tables["health"]["verdict"].unique().tolist() == ["says nothing"]
    assert fit.tables["split"]["verdict"].unique().tolist() == ["says nothing"]


def test_a_missing_month_of_sales_says_nothing(features, few_simulations):
    fit = fitted(features[features["from_date"].dt.month != 5])
    assert check(fit, "longest_days_without_sales")["value"] == 31
    assert fit.tables["health"]["verdict"].unique().tolist() == ["says nothing"]


def test_why_nothing_is_fitted_is_said(features, few_simulations):
    without = fitted(features.assign(online_spend_usd=0.0, offline_spend_usd=0.0))
    assert without.params["reason"] == "nothing was spent on any day"
    assert fitted(features.assign(net_revenue_usd=1.0)).params["reason"] == "every day sold the same"


def test_held_out_r2_is_that_of_scikit_learn(features, fit):
    days = mix_days.read_days(features)
    past, cut = days.until(304), 304
    mix = fit_mix(past.revenue, past.spend, past.base, penalty=mix_days.base_penalty())
    forecast = days.base[cut:] @ mix.base + contributions(mix, days.spend)[cut:].sum(axis=1)
    assert check(fit, "held_out_r2")["value"] == pytest.approx(r2_score(days.revenue[cut:], forecast))


def test_spend_on_every_day_leaves_the_level_unidentified(few_simulations):
    fit = fitted(mix_features(off=0.0))
    row = check(fit, "share_of_days_without_spend", "online")
    assert not row["is_met"]
    assert "level not identified" in row["message"]
    assert row["verdict"] != "may be used"


def test_splits_keep_the_budget_and_total_what_the_mix_says(fit):
    split = fit.tables["split"].set_index(["horizon", "scenario", "channel"]).sort_index()
    effects = fit.tables["contributions"].query("period == 'all'").set_index("component")
    for channel in mix_days.CHANNELS:
        as_spent = split.loc[("observed", "as_spent", channel)]
        assert as_spent["net_revenue_usd"] == pytest.approx(effects.loc[channel, "net_revenue_usd"])
        best = split.loc[("observed", "best_split", channel)]
        assert best["least_usd"] <= best["spend_usd"] * (1 + 1e-9)
        assert best["spend_usd"] <= best["most_usd"] * (1 + 1e-9)
    for horizon in ("observed", "next_month"):
        best, now = (split.loc[(horizon, scenario, "all")] for scenario in ("best_split", "as_spent"))
        assert best["spend_usd"] == pytest.approx(now["spend_usd"])
        assert best["net_revenue_usd"] >= now["net_revenue_usd"]
        lost = [split.loc[(horizon, f"cut_{cut}", "all"), "change_usd"] for cut in (10, 25, 50)]
        assert 0 > lost[0] > lost[1] > lost[2]
    month = split.loc[("next_month", "as_spent")]
    assert (month["later_usd"] > 0).all()
    assert (month["carried_in_usd"] > 0).all()


def test_bounds_are_kept(few_simulations):
    bounds = {"online": [1.0, 1.0], "offline": [0.9, 1.1]}
    split = fitted(mix_features(), bounds=bounds).tables["split"]
    best = split[(split["scenario"] == "best_split") & (split["horizon"] == "observed")]
    assert best["change_usd"].tolist() == pytest.approx([0, 0, 0], abs=1e-6)
    assert marketing_mix.stated_bounds(str(bounds)) == bounds
    for wrong in (None, "{online: [0.5, 1.5]}", {"online": [2, 3], "offline": [0, 1]}):
        with pytest.raises(UserError, match="marketing_spend_bounds"):
            marketing_mix.stated_bounds(wrong)


def test_plan_keeps_monthly_totals_and_promises_to_narrow(fit):
    plan = fit.tables["experiment"]
    assert len(plan) == 2 * 84
    by = [plan["channel"], plan["plan_date"].str[:7]]
    totals = plan.groupby(by)[["planned_spend_usd", "usual_spend_usd"]].sum()
    assert totals["planned_spend_usd"].tolist() == pytest.approx(totals["usual_spend_usd"].tolist())
    assert (plan.groupby("channel")["planned_spend_usd"].apply(lambda spend: (spend == 0).mean()) > 0.2).all()
    last = plan[plan["checkpoint_weeks"] == 12]
    assert (last["interval_width_planned_usd_a_day"] < last["interval_width_now_usd_a_day"]).all()
    assert (plan["cost_at_most_usd"] >= 0).all()


def test_lift_test_narrows_its_channel_and_outside_of_the_days_changes_nothing(few_simulations):
    features = mix_features(off=0.0, noise=1500.0)
    test = {"kind": "lift_test", "channel": "online", "spend_change_usd": -28_000.0}
    found = {"revenue_change_usd": -14 * 2_000.0, "revenue_change_error_usd": 1_000.0}
    inside = {**test, **found, "from_date": pd.Timestamp("2019-03-01"), "to_date": pd.Timestamp("2019-03-14")}
    outside = {**inside, "from_date": pd.Timestamp("2020-03-01"), "to_date": pd.Timestamp("2020-03-14")}

    def width(fit) -> float:
        effects = fit.tables["contributions"].query("period == 'all'").set_index("component")
        return effects.loc["online", "net_revenue_usd_high"] - effects.loc["online", "net_revenue_usd"]

    backwards = {**inside, "from_date": inside["to_date"], "to_date": inside["from_date"]}
    widths = []
    for test, used in ((inside, 1), (outside, 0), (backwards, 0)):
        fit = fitted(pd.concat([features, pd.DataFrame([test])], ignore_index=True))
        assert (fit.params["lift_tests"], fit.params["lift_tests_left_out"]) == (used, 1 - used)
        widths.append(width(fit))
    alone = width(fitted(features))
    assert widths[0] < 0.8 * alone
    assert widths[1] == alone


def test_order_of_rows_changes_nothing(features, fit):
    mixed = fitted(features.sample(frac=1, random_state=1))
    for name, table in fit.tables.items():
        pd.testing.assert_frame_equal(mixed.tables[name], table)


def test_prediction_answers_from_the_stored_artefact(fit):
    artefact = load_artefact(dump_artefact(fit.artefact))
    found = marketing_mix.predict(artefact, online=60_000, offline=90_000, month="2020-01")
    more = marketing_mix.predict(artefact, online=120_000, offline=90_000, month="2020-01")
    assert found["warnings"] == []
    assert found["net_revenue_usd_low"] < found["net_revenue_usd"] < found["net_revenue_usd_high"]
    assert found["return_per_usd"] == pytest.approx(found["marketing_revenue_usd"] / 150_000)
    assert more["net_revenue_usd"] > found["net_revenue_usd"]
    assert more["return_per_usd"] < found["return_per_usd"]
    beyond = marketing_mix.predict(artefact, online=9_000_000, offline=0, month="2021-06")
    assert [("a guess" in warning, "guesses" in warning) for warning in beyond["warnings"]] == [
        (True, False),
        (False, True),
    ]
    nothing = marketing_mix.predict(artefact, online=0, offline=0, month="2020-02")
    assert "return_per_usd" not in nothing


def test_few_days_are_said(features):
    fit = fitted(features.head(60))
    assert fit.status == "insufficient_data"
    assert "at least 120" in fit.params["reason"]
    assert fitted(features.head(0)).status == "insufficient_data"


def test_forecast_never_sees_the_days_it_is_judged_on(features):
    days = mix_days.read_days(features)
    assert len(days.until(300).dates) == 300
    assert np.array_equal(days.until(300).base, days.base[:300])
