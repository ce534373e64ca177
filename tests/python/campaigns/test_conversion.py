import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from bank_marketing.campaigns import conversion_before_contact as before_contact
from bank_marketing.campaigns import conversion_in_campaign as in_campaign
from bank_marketing.campaigns.columns import ENGAGEMENT
from bank_marketing.fitting import classifier
from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.fitting.fits import Fit
from bank_marketing.methods.deciles import decile_cuts
from bank_marketing.methods.propensity import default_candidates

pytestmark = pytest.mark.slow


def customers(size: int, seed: int = 1) -> pd.DataFrame:
    """Return customers whose conversion follows spend, earlier purchases and the type "Conversion" alone."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "customer_id": random.permutation(size) + 8000,
            "age_years": random.integers(18, 70, size),
            "gender": random.choice(["Female", "Male"], size),
            "income_usd": random.integers(20_000, 150_000, size),
            "loyalty_points": random.integers(0, 5000, size),
            "previous_purchases": random.integers(0, 10, size),
            "campaign_channel": random.choice(["Email", "PPC", "Referral"], size),
            "campaign_type": random.choice(["Awareness", "Conversion", "Retention"], size),
            "ad_spend_usd": random.uniform(100, 10_000, size),
        }
    )
    log_odds = (
        -1
        + 0.4 * (frame["previous_purchases"] - 4.5)
        + (frame["ad_spend_usd"] - 5000) / 2500
        + 2 * (frame["campaign_type"] == "Conversion")
    )
    return frame.assign(
        has_converted=random.uniform(size=size) < 1 / (1 + np.exp(-log_odds)),
        source_line=np.arange(size) + 2,
        true_log_odds=log_odds,
    )


@pytest.fixture(scope="module", autouse=True)
def one_native_thread():
    """Fit as a build does: on a busy machine, threads that wait for each other take many times as long."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def few_candidates(monkeypatch):
    """Let the boosting take no part, where a test isn't about which candidate is best."""

    def candidates(*arguments):
        return {name: c for name, c in default_candidates(*arguments).items() if name != "gradient_boosting"}

    monkeypatch.setattr(classifier, "default_candidates", candidates)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return customers(2000)


@pytest.fixture(scope="module")
def fitted(frame) -> Fit:
    return before_contact.fit(frame, depth="quick", seed=1)


def test_planted_drivers_are_found_and_the_rest_is_noise(fitted):
    importance = fitted.effects[fitted.effects["kind"] == "permutation_importance"].set_index("feature")

    found = set(importance.index[importance["value_low"] > 0])
    assert {"previous_purchases", "ad_spend_usd", "campaign_type"} <= found
    assert len(found) <= 4


def test_planted_probabilities_come_back(frame, fitted):
    scores = before_contact.score(frame, fitted.artefact)["conversion_probability"]
    truth = 1 / (1 + np.exp(-frame["true_log_odds"]))

    assert np.abs(scores - truth).mean() < 0.06
    assert np.corrcoef(scores, truth)[0, 1] > 0.97


def test_figures_stand_in_both_splits_with_intervals(fitted):
    figures = fitted.metrics.set_index(["split", "metric"])

    assert set(fitted.metrics["split"]) == {"cross_validation", "forward"}
    assert len(figures) == 5 + 5 + 3 * 5
    assert (figures["value_low"] <= figures["value"]).all()
    assert (figures["value"] <= figures["value_high"]).all()
    assert figures.loc[("cross_validation", "roc_auc"), "value"] > 0.8
    assert figures.loc[("cross_validation", "expected_calibration_error"), "value"] < 0.05
    assert figures.loc[("forward", "roc_auc"), "n"] == 400


def test_scores_of_a_target_of_noise_are_no_better_than_chance(frame):
    noise = frame.assign(has_converted=np.random.default_rng(5).integers(0, 2, len(frame)).astype(bool))

    scores = before_contact.score(noise, before_contact.fit(noise, depth="quick", seed=1).artefact)

    assert roc_auc_score(noise["has_converted"], scores["conversion_probability"]) == pytest.approx(
        0.5, abs=0.04
    )


def test_customers_of_the_fit_get_the_score_of_the_fold_that_left_them_out(frame, fitted):
    scores = before_contact.score(frame, fitted.artefact)
    figures = fitted.metrics.set_index(["split", "metric"])
    pooled = roc_auc_score(frame["has_converted"], scores["conversion_probability"])

    assert scores["is_out_of_fold"].all()
    assert pooled == pytest.approx(figures.loc[("cross_validation", "roc_auc"), "value"], abs=0.01)


def test_new_customers_get_the_final_model(frame, fitted):
    new = frame.assign(customer_id=frame["customer_id"] + 1_000_000)
    scores = before_contact.score(new, fitted.artefact)
    seen = before_contact.score(frame, fitted.artefact)

    assert not scores["is_out_of_fold"].any()
    assert (scores["conversion_probability"] != seen["conversion_probability"]).mean() > 0.9


def test_customers_whose_outcome_is_not_known_are_new(frame, few_candidates):
    half = frame.assign(has_converted=frame["has_converted"].astype(object).where(frame.index < 1000))

    fitted = before_contact.fit(half, depth="quick", seed=1)

    assert (
        before_contact.score(half, fitted.artefact)["is_out_of_fold"].tolist()
        == [True] * 1000 + [False] * 1000
    )


def test_score_does_not_look_at_the_outcome(frame, fitted):
    without = frame.drop(columns=["has_converted", "source_line", "true_log_odds"])

    pd.testing.assert_frame_equal(
        before_contact.score(without, fitted.artefact),
        before_contact.score(frame, fitted.artefact),
    )


def test_one_row_alone_has_the_score_and_decile_it_has_among_all(frame, fitted):
    together = before_contact.score(frame, fitted.artefact)

    alone = pd.concat([before_contact.score(frame.iloc[[row]], fitted.artefact) for row in range(20)])

    pd.testing.assert_frame_equal(alone.reset_index(drop=True), together.iloc[:20])


def test_decile_one_is_the_highest(frame, fitted):
    scores = before_contact.score(frame, fitted.artefact)

    assert scores.groupby("decile")["conversion_probability"].mean().is_monotonic_decreasing
    assert scores["decile"].value_counts().between(150, 250).all()


def test_deciles_are_cut_from_scores_that_had_not_seen_the_outcome(frame, fitted):
    scores = before_contact.score(frame, fitted.artefact)

    assert np.array_equal(fitted.artefact["decile_cuts"], decile_cuts(scores["conversion_probability"]))


def test_same_seed_gives_the_same_fit_whatever_the_order_of_the_rows(frame, fitted):
    again = before_contact.fit(frame.sample(frac=1, random_state=3), depth="quick", seed=1)

    pd.testing.assert_frame_equal(again.metrics, fitted.metrics)
    pd.testing.assert_frame_equal(
        before_contact.score(frame, again.artefact),
        before_contact.score(frame, fitted.artefact),
    )


def test_unseen_level_and_missing_values_are_scored(frame, fitted):
    odd = frame.head(3).assign(
        customer_id=[1, 2, 3],
        campaign_channel=["Television", None, "Email"],
        income_usd=[None, 50_000, None],
        age_years=[30, None, None],
    )

    scores = before_contact.score(odd, fitted.artefact)

    assert scores["conversion_probability"].between(0, 1).all()
    assert scores["decile"].between(1, 10).all()


def test_a_feature_that_no_customer_has_is_left_out_and_the_card_says_so(frame, few_candidates):
    lacking = frame.assign(gender=None, income_usd=np.nan, ad_spend_usd=None)

    fitted = before_contact.fit(lacking, depth="quick", seed=1)
    scores = before_contact.score(lacking, load_artefact(dump_artefact(fitted.artefact)))

    assert fitted.params["without_values"] == ["income_usd", "ad_spend_usd", "gender"]
    assert not set(fitted.effects["feature"]) & {"income_usd", "ad_spend_usd", "gender"}
    used, unused = fitted.card.split(" Without any value, so not used: income_usd, ad_spend_usd, gender.")
    assert "Features: age_years, " in used
    assert not any(word in used + unused for word in ("income", "spend", "gender"))
    assert scores["conversion_probability"].between(0, 1).all()


def test_artefact_scores_the_same_after_being_stored(frame, fitted):
    stored = load_artefact(dump_artefact(fitted.artefact))

    pd.testing.assert_frame_equal(
        before_contact.score(frame, stored),
        before_contact.score(frame, fitted.artefact),
        check_exact=True,
    )


@pytest.mark.parametrize(
    "little", [lambda frame: frame.head(99), lambda frame: frame.assign(has_converted=True)]
)
def test_insufficient_data_is_a_status_and_null_scores(frame, little):
    fitted = before_contact.fit(little(frame), depth="quick", seed=1)
    stored = load_artefact(dump_artefact(fitted.artefact))
    scores = before_contact.score(frame, stored)

    assert fitted.status == "insufficient_data"
    assert fitted.params["reason"] in fitted.card
    assert scores["customer_id"].tolist() == frame["customer_id"].tolist()
    assert scores[["conversion_probability", "decile", "is_out_of_fold"]].isna().all(axis=None)


def test_no_customers_give_no_scores_in_the_right_types(frame, fitted):
    none, some = (before_contact.score(frame.head(rows), fitted.artefact) for rows in (0, 5))

    assert none.empty
    assert none.dtypes.to_dict() == some.dtypes.to_dict()


@pytest.fixture(scope="module")
def engaged(frame) -> pd.DataFrame:
    """Return the customers with engagement of which only visits and clicks matter, and they decide much."""
    random = np.random.default_rng(2)
    names = [*ENGAGEMENT]
    with_engagement = frame.assign(**{name: random.uniform(0, 50, len(frame)) for name in names})
    engaged = (with_engagement["website_visits"] > 20) & (with_engagement["email_clicks"] > 10)
    log_odds = np.where(engaged, 3, -2) + 0.5 * frame["true_log_odds"]
    return with_engagement.assign(has_converted=random.uniform(size=len(frame)) < 1 / (1 + np.exp(-log_odds)))


@pytest.fixture(scope="module")
def during(engaged) -> Fit:
    return in_campaign.fit(engaged, depth="quick", seed=1)


def test_in_campaign_engagement_is_learned_from(engaged, during):
    before = before_contact.fit(engaged, depth="quick", seed=1)

    auc = [
        fit.metrics.set_index(["split", "metric"]).loc[("cross_validation", "roc_auc"), "value"]
        for fit in (before, during)
    ]
    assert auc[1] > auc[0] + 0.1
    scores = in_campaign.score(engaged, load_artefact(dump_artefact(during.artefact)))
    assert set(scores["moment"]) == {"in_campaign"}
    assert scores["is_out_of_fold"].all()
    assert "engagement follows the contact" in during.card


def test_card_tells_how_to_score_by_hand(engaged, during):
    scorecard = during.params["scorecard"]

    assert any(words.startswith("website_visits above 2") for words in scorecard["one_point_each"])
    assert not any("social_shares" in words for words in scorecard["one_point_each"])
    assert all(f"- {words}\n" in during.card for words in scorecard["one_point_each"])
    assert sum(row["customers"] for row in scorecard["by_points"]) == len(engaged)
    assert [row["points"] for row in scorecard["by_points"]] == list(
        range(len(scorecard["one_point_each"]) + 1)
    )


def test_new_customer_gets_the_probability_that_the_card_gives_by_hand():
    random = np.random.default_rng(4)
    base = customers(3000, seed=4)
    enough = (
        (base["ad_spend_usd"] > 4000).astype(int)
        + (base["previous_purchases"] > 3)
        + (base["age_years"] <= 40)
    )
    fitted = before_contact.fit(
        base.assign(has_converted=random.uniform(size=3000) < np.where(enough >= 2, 0.95, 0.1)),
        depth="quick",
        seed=1,
    )
    assert fitted.params["candidate"] == "points_scorecard"
    probability = {row["points"]: row["probability"] for row in fitted.params["scorecard"]["by_points"]}

    new = base.head(200).assign(customer_id=range(10**6, 10**6 + 200))
    scores = before_contact.score(new, fitted.artefact)["conversion_probability"]

    assert scores.tolist() == pytest.approx([probability[points] for points in enough.head(200)])


def test_card_says_when_late_rows_follow_another_relation(frame, fitted, few_candidates):
    late = frame["source_line"] > frame["source_line"].quantile(0.8)
    noise = np.random.default_rng(6).integers(0, 2, len(frame)).astype(bool)

    ended = before_contact.fit(
        frame.assign(has_converted=frame["has_converted"].where(~late, noise)), depth="quick", seed=1
    )

    assert "Late rows follow the relation less" in ended.card
    assert "change of the relation along the order can't be told from chance" in fitted.card
    assert "use scores for ranking only, not multiplied by money" in ended.card
    assert "they can be multiplied by money" in fitted.card


def test_card_says_from_which_line_the_outcome_follows_nothing(frame, few_candidates):
    random = np.random.default_rng(7)
    follows = random.uniform(size=len(frame)) < 1 / (1 + np.exp(-(2.5 + frame["true_log_odds"])))
    is_late = frame["source_line"] >= 1802
    ended = before_contact.fit(
        frame.assign(has_converted=np.where(is_late, random.integers(0, 2, len(frame)) == 1, follows)),
        depth="quick",
        seed=1,
    )
    went_on = before_contact.fit(frame.assign(has_converted=follows), depth="quick", seed=1)

    assert ended.params["change_in_file_order"]["first_line"] == pytest.approx(1802, abs=20)
    assert "the outcome follows nothing that the model knows" in ended.card
    assert went_on.params["change_in_file_order"] is None
    assert "follows nothing" not in went_on.card


def test_card_does_not_judge_late_rows_that_all_have_the_same_outcome(frame, few_candidates):
    late = frame["source_line"] > frame["source_line"].quantile(0.8)

    fitted = before_contact.fit(
        frame.assign(has_converted=frame["has_converted"].where(~late, True)), depth="quick", seed=1
    )

    assert "**Order of the file**: can't be judged" in fitted.card
    assert "| forward | roc_auc | not defined | | 400 |" in fitted.card
    assert "nan" not in fitted.card


def test_card_does_not_judge_money_without_a_forward_split(frame, few_candidates):
    fitted = before_contact.fit(frame.head(110), depth="quick", seed=1)

    assert fitted.status == "fitted"
    assert "**Money**: can't be judged" in fitted.card
