"""Expected profit: known answers, and the truth that is planted in the sample."""

import numpy as np
import pandas as pd
import pytest
from campaign_frames import sample_frame
from project_copies import REPOSITORY
from threadpoolctl import threadpool_limits

from bank_marketing.campaigns import profit, profit_money, profit_scores
from bank_marketing.errors import UserError
from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.fitting.fits import Fit
from bank_marketing.methods.budget_plan import Limit, plan_budget
from bank_marketing.sampling import campaigns as sampling

pytestmark = pytest.mark.slow

SAMPLE = REPOSITORY / "seeds" / "sample" / "campaigns" / "raw_campaign_responses.csv"
KEY = ["campaign_type", "campaign_channel"]


@pytest.fixture(scope="module", autouse=True)
def one_native_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return sample_frame().assign(source_line=lambda rows: rows["customer_id"].rank())


@pytest.fixture(scope="module")
def fitted(frame) -> Fit:
    return profit.fit(frame, depth="quick", seed=1)


@pytest.fixture(scope="module")
def artefact(fitted) -> dict:
    return load_artefact(dump_artefact(fitted.artefact))


@pytest.fixture(scope="module")
def actions() -> pd.DataFrame:
    """Return value and costs as the seeds have them."""
    seeds = REPOSITORY / "seeds" / "reference" / "campaigns"
    types, channels = (pd.read_csv(seeds / f"campaign_{name}.csv") for name in ("types", "channels"))
    both = types.merge(channels, how="cross")
    both["cost_if_accepted_usd"] = both.pop("cost_if_accepted_usd_x") + both.pop("cost_if_accepted_usd_y")
    return both.rename(columns={"basis_x": "basis"})


@pytest.fixture(scope="module")
def profits(frame, artefact, actions) -> pd.DataFrame:
    return profit_money.expected_profits(profit.TASK.score(frame, artefact), actions, spend_is_sunk=False)


def chance_before_contact(raw: pd.DataFrame, **campaign: object) -> np.ndarray:
    """Return the planted chance with engagement, which nobody knows beforehand, averaged out.

    Whether its conditions hold follows from nothing else, and each adds the same to the log-odds.
    """
    engagement = [name for name in sampling.OTHER_LOG_ODDS if not name.startswith(("Previous", "Loyalty"))]
    held = sum(raw.eval(name, engine="python").astype(int) for name in engagement)
    likely = np.bincount(held, minlength=len(engagement) + 1) / len(raw)
    weight = sampling.OTHER_LOG_ODDS[engagement[0]]
    plain = np.full(len(raw), sampling.INTERCEPT)
    for condition, of_condition in sampling.LOG_ODDS.items():
        if condition not in engagement:
            plain += of_condition * raw.assign(**campaign).eval(condition, engine="python").to_numpy(
                dtype=float
            )
    averaged = (likely / (1 + np.exp(-plain[:, None] - weight * np.arange(len(likely))))).sum(axis=1)
    return sampling.COIN_FLIP_SHARE / 2 + (1 - sampling.COIN_FLIP_SHARE) * averaged


@pytest.fixture(scope="module")
def true_chance(profits) -> np.ndarray:
    """Return the planted chance of each row of the scores."""
    raw = pd.read_csv(SAMPLE)
    each = profits.iloc[: len(profits) // len(raw)]
    of_campaigns = [
        chance_before_contact(
            raw,
            CampaignType=row.campaign_type,
            CampaignChannel=row.campaign_channel,
            AdSpend=row.ad_spend_usd,
        )
        for row in each.itertuples()
    ]
    return np.column_stack(of_campaigns).ravel()


def plan(rows: pd.DataFrame, gain: np.ndarray) -> np.ndarray:
    """Choose campaigns with every channel for at most 25 % of the customers and every type for 30 %."""
    customers = rows["customer_id"].nunique()
    limits = [
        Limit(level, (rows[name] == level).to_numpy(dtype=float), most=share * customers)
        for name, share in (("campaign_channel", 0.25), ("campaign_type", 0.30))
        for level in rows[name].unique()
    ]
    offers = rows.assign(action=rows.groupby("customer_id").cumcount(), gain=gain).reset_index(drop=True)
    return plan_budget(offers, limits).chosen.to_numpy()


def test_a_plan_by_these_profits_comes_close_to_one_that_knows_the_truth(
    frame, profits, actions, true_chance
):
    some = (profits["customer_id"] % 4 == 0) & (profits["spend_level"] == "low")
    rows, chance = profits[some].reset_index(drop=True), true_chance[some]
    rows = rows.merge(actions, on=["campaign_type", "campaign_channel"], how="left")
    net = rows["conversion_value_usd"] - rows["cost_if_accepted_usd"]
    spent = rows["cost_per_contact_usd"] + rows["ad_spend_usd"]
    truth = (chance * net - spent).to_numpy()
    is_low = frame["ad_spend_usd"] <= 5_000
    rate = frame[is_low].groupby(KEY)["has_converted"].mean().rename("rate")
    by_arm = rows.join(rate, on=KEY)["rate"] * net - spent

    oracle = truth[plan(rows, truth)].sum()
    arms = truth[plan(rows, by_arm.to_numpy())].sum()
    found = truth[plan(rows, rows["expected_profit_usd"].to_numpy())].sum()
    assert found >= 0.96 * oracle
    assert found - arms >= 0.5 * (oracle - arms)


def test_intervals_of_chances_hold_the_truth(profits, true_chance):
    low, high = profits["conversion_probability_low"], profits["conversion_probability_high"]

    assert ((low <= true_chance) & (true_chance <= high)).mean() > 0.9
    assert profits["conversion_probability"].mean() == pytest.approx(true_chance.mean(), abs=0.01)


def test_chances_of_unseen_customers_are_calibrated_and_beat_rates_of_campaigns(frame, fitted, profits):
    loss = fitted.metrics[fitted.metrics["split"] == "cross_validation"].set_index("metric")["value"]
    given = profits[profits["is_given"]].set_index("customer_id")["conversion_probability"]

    assert loss["log_loss"] < loss["log_loss_of_arm_rates"] - 0.02
    assert loss["expected_calibration_error"] < 0.03
    assert given.mean() == pytest.approx(frame["has_converted"].mean(), abs=0.01)


def test_the_planted_step_of_spend_is_found_and_pays_nowhere(fitted, profits):
    assert fitted.params["step_usd"] == pytest.approx(5_000, abs=100)
    assert fitted.params["spend_levels_usd"] == pytest.approx([2_500, 7_500], rel=0.1)
    assert fitted.effects["value_low"].item() > 1
    by_level = profits.groupby(["campaign_type", "spend_level"])["expected_profit_usd"].mean().unstack()
    assert (by_level["high"] < by_level["low"]).all()


def test_each_customer_has_one_campaign_of_their_own(frame, profits):
    given = profits[profits["is_given"]].set_index("customer_id")

    assert given.index.is_unique
    assert len(given) == len(frame)
    own = frame.set_index("customer_id").loc[given.index]
    assert (own[KEY] == given[KEY]).all(axis=None)
    assert (given["spend_level"] == np.where(own["ad_spend_usd"] > 5_000, "high", "low")).mean() > 0.98


def test_whoever_was_in_the_fit_is_scored_by_a_model_that_has_not_seen_them(frame, artefact):
    two = pd.concat([frame.head(1), frame.head(1).assign(customer_id=999_999)], ignore_index=True)
    scores = profit.TASK.score(two, artefact)
    mine, strangers = (scores[scores["customer_id"] == number] for number in two["customer_id"])

    assert mine["is_out_of_fold"].all()
    assert not strangers["is_out_of_fold"].any()
    assert (mine["conversion_probability"].to_numpy() != strangers["conversion_probability"].to_numpy()).any()


def test_money_by_hand(frame, artefact, actions):
    chance = profit.TASK.score(frame.head(1), artefact).head(1)
    money = actions.head(1).assign(
        campaign_type=chance["campaign_type"].astype(str).item(),
        campaign_channel=chance["campaign_channel"].astype(str).item(),
        conversion_value_usd=1_000.0,
        conversion_value_usd_low=400.0,
        conversion_value_usd_high=1_800.0,
        cost_per_contact_usd=3.0,
        cost_if_accepted_usd=50.0,
    )
    said = {"": 0.5, "_low": 0.4, "_high": 0.7}
    chance = chance.assign(
        ad_spend_usd=200.0, **{f"conversion_probability{end}": p for end, p in said.items()}
    )
    row = profit_money.expected_profits(chance, money, spend_is_sunk=False).iloc[0]

    assert row["cost_usd"] == 3 + 0.5 * 50 + 200
    assert row["expected_profit_usd"] == 500 - 228
    # The chance moves it by -.1 x 950 and .2 x 950, the value by -.5 x 600 and .5 x 800.
    assert row["expected_profit_usd_low"] == pytest.approx(272 - np.hypot(95, 300))
    assert row["expected_profit_usd_high"] == pytest.approx(272 + np.hypot(190, 400))
    assert not row["is_incremental"]


def test_spend_that_is_sunk_costs_nothing(frame, artefact, actions, profits):
    sunk = profit_money.expected_profits(
        profit.TASK.score(frame.head(10), artefact), actions, spend_is_sunk=True
    )
    same = profits.head(len(sunk))

    assert sunk["cost_usd"].to_numpy() == pytest.approx((same["cost_usd"] - same["ad_spend_usd"]).to_numpy())
    by_level = sunk.groupby("spend_level")["expected_profit_usd"].mean()
    assert by_level["high"] > by_level["low"]


def test_campaigns_without_money_are_left_out(frame, artefact, actions):
    chance = profit.TASK.score(frame.head(2), artefact)
    found = profit_money.expected_profits(
        chance, actions[actions["campaign_type"] != "Retention"], spend_is_sunk=False
    )

    assert "Retention" not in set(found["campaign_type"])
    assert len(found) == len(chance) * 3 // 4


def test_the_order_of_rows_changes_nothing(frame):
    some = frame.head(400)
    one, other = (
        profit.fit(rows, depth="quick", seed=1) for rows in (some, some.sample(frac=1, random_state=1))
    )

    assert one.params == other.params
    pd.testing.assert_frame_equal(one.metrics, other.metrics)


def test_without_a_response_to_spend_there_is_one_level(frame):
    some = frame[frame["campaign_type"] != "Awareness"].head(800)
    told = some.assign(ad_spend_usd=np.random.default_rng(1).permutation(some["ad_spend_usd"]))
    fit = profit.fit(told, depth="quick", seed=1)
    scores = profit.TASK.score(told.head(3), fit.artefact)

    assert fit.params["step_usd"] is None
    assert set(scores["spend_level"]) == {"single"}
    assert set(scores["ad_spend_usd"]) == {round(told["ad_spend_usd"].median(), 2)}
    assert "isn't the same as none" in fit.card


def test_a_file_without_spend_or_a_trait_still_has_profits(frame, actions):
    bare = frame.head(400).assign(ad_spend_usd=np.nan, gender=None, income_usd=np.nan)
    fit = profit.fit(bare, depth="quick", seed=1)
    found = profit_money.expected_profits(
        profit.TASK.score(bare.head(2), fit.artefact), actions, spend_is_sunk=False
    )

    assert found["ad_spend_usd"].isna().all()
    assert found["expected_profit_usd"].notna().all()
    assert found["is_given"].sum() == 2


def test_too_few_outcomes_make_no_model_and_no_rows(frame, actions):
    fit = profit.fit(frame.head(60), depth="quick", seed=1)
    none = profit.TASK.score(frame.head(60), fit.artefact)

    assert fit.status == "insufficient_data"
    assert "No model was fitted" in fit.card
    assert list(none.columns) == list(profit_scores.CHANCES)
    assert profit_money.expected_profits(none, actions, spend_is_sunk=False).empty


def test_at_full_depth_it_is_refitted_without_traits_and_on_resampled_customers(frame, fitted):
    is_old = frame["age_years"].head(800) > 40
    old_convert = np.random.default_rng(1).random(800) < np.where(is_old, 0.9, 0.3)
    some = frame.head(800).assign(has_converted=old_convert)
    full = profit.fit(some, depth="full", seed=1)
    costs, quick = (fit.tables["trait_costs"].set_index("left_out") for fit in (full, fitted))
    offers = profit.TASK.score(some, full.artefact)
    chances = list(profit_scores.resampled_chances(offers, some, full.artefact))

    assert list(costs.index) == list(quick.index) == ["gender", "age", "all"]
    assert costs.loc["age", "log_loss_increase_low"] > 0.1 and costs.loc["all", "log_loss_increase_low"] > 0.1
    assert costs.loc["gender", "log_loss_increase_high"] < 0.01
    assert quick["log_loss"].notna().all() and quick["log_loss_increase"].isna().all()
    assert quick["message"].str.contains("depth full").all()
    assert len(chances) == 10 and len({chance.mean() for chance in chances}) == 10
    of_old = offers["customer_id"].isin(some.loc[is_old, "customer_id"]).to_numpy()
    assert all(chance[of_old].mean() > chance[~of_old].mean() + 0.4 for chance in chances)
    assert list(profit_scores.resampled_chances(offers, some, fitted.artefact)) == []


def test_models_of_resampled_customers_score_each_offer_as_such_a_model_does(frame, fitted):
    final = fitted.artefact["final_model"]
    artefact = {**fitted.artefact, "resampled_models": [final]}
    strangers = frame.head(30).assign(customer_id=frame["customer_id"].head(30) + 1_000_000)
    scores = profit.TASK.score(strangers, artefact).sample(frac=1, random_state=1)
    (chance,) = profit_scores.resampled_chances(scores, strangers, artefact)

    assert chance == pytest.approx(scores["conversion_probability"].to_numpy())


def test_a_rare_campaign_is_planned_for_nobody(frame):
    some = frame.head(500).copy()
    some.loc[:5, "campaign_channel"] = "Fax"
    fit = profit.fit(some, depth="quick", seed=1)
    scores = profit.TASK.score(some, fit.artefact)

    assert "Fax" not in set(scores["campaign_channel"])
    assert set(scores["customer_id"]) == set(some["customer_id"])
    assert scores["is_given"].sum() == (some["campaign_channel"] != "Fax").sum()


@pytest.mark.parametrize("stated", [[9_000, 1_000], "1000, 9000", "[1000, 9000]"])
def test_levels_of_spend_can_be_stated(frame, artefact, stated):
    levels = profit_scores.stated_spend_levels(stated)
    scores = profit_scores.chances(frame.head(5), artefact, levels)

    by_level = scores.groupby("spend_level", observed=True)[["ad_spend_usd", "conversion_probability"]].mean()
    assert by_level["ad_spend_usd"].to_dict() == {"low": 1_000, "high": 9_000}
    assert by_level.loc["high", "conversion_probability"] > by_level.loc["low", "conversion_probability"]


@pytest.mark.parametrize("stated", [None, [], "", "[]", "None"])
def test_without_a_statement_levels_are_those_of_the_data(stated):
    assert profit_scores.stated_spend_levels(stated) is None


@pytest.mark.parametrize("stated", ["much", [100, 100], [1, 2, 3, 4, 5, 6], [float("nan")], ["a"], 5])
def test_levels_that_are_none_are_refused(stated):
    with pytest.raises(UserError, match=r"campaign_spend_levels is .*, expected 1 to 5 different amounts"):
        profit_scores.stated_spend_levels(stated)


def test_levels_that_nobody_had_are_refused(frame, artefact):
    with pytest.raises(UserError, match=r"campaign_spend_levels has 50,000.00, expected amounts from 1"):
        profit_scores.chances(frame.head(5), artefact, [2_000, 50_000])


def test_an_assumption_about_nothing_is_refused(frame, artefact, actions):
    chance = profit.TASK.score(frame.head(1), artefact)
    said = {"campaign_channel": {"Fax": {"cost_per_contact_usd": 1}}}

    with pytest.raises(UserError, match="the campaign_channel Fax, expected one of the seeds: Email, PPC"):
        profit_money.expected_profits(chance, actions, spend_is_sunk=False, assumptions=said)
