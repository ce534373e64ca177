"""Stability of the list of offers: the same chances keep it, others move products, all chosen alike."""

import numpy as np
import pandas as pd
import pytest
from preference_frames import monthly_spending, people, preference_tables, run_models

from bank_marketing.transactions import preferences
from bank_marketing.transactions.offer_stability import offer_list_stability, with_resampled_chances
from bank_marketing.transactions.preference_candidates import fit_habits
from bank_marketing.transactions.preference_pairs import make_pairs
from bank_marketing.transactions.preference_resamples import resampled_models

CLIENTS = 120
GROUPS = ["fuel", "groceries", "travel"]
CATALOGUE = pd.DataFrame(
    [
        ("loan", True, "fuel", 1.0, 150.0, 0.02),
        ("card", True, "travel", 1.0, 60.0, 0.03),
        ("card", True, "fuel", 0.3, 60.0, 0.03),
        ("savings", False, "groceries", 1.0, 50.0, 0.04),
    ],
    columns=["product", "is_credit", "spending_group", "relevance", "yearly_margin_usd", "take_up_rate"],
).assign(take_up_rate_low=0.01, take_up_rate_high=0.05)


def scores(spread: float, models: int) -> pd.DataFrame:
    """Draw chances, and by each resampled model others, so far from them on the log scale."""
    random = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "client_id": np.repeat(np.arange(CLIENTS), len(GROUPS)),
            "spending_group": GROUPS * CLIENTS,
            "chance": random.uniform(0.1, 0.6, CLIENTS * len(GROUPS)),
            "chance_without_age": random.uniform(0.1, 0.6, CLIENTS * len(GROUPS)),
            "reason": "said",
            "is_cold_start": False,
        }
    )
    factors = np.exp(random.normal(0, spread, (len(frame), models)))
    return frame.assign(
        **{
            f"resampled_{name}": (frame[[name]].to_numpy() * factors).clip(max=0.99).tolist()
            for name in ("chance", "chance_without_age")
        }
    )


def choices_and_offers(folder, scored: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return whom the models of the project would name with what, and the offers that the list is made of."""
    eligible = pd.DataFrame(
        [(client, product) for client in range(CLIENTS) for product in CATALOGUE["product"].unique()],
        columns=["client_id", "product"],
    ).assign(suitability="passes", what_would_change_it=None)
    # Some may get one product only, and the last clients none.
    eligible["is_eligible"] = (eligible["client_id"] % 4 > 0) | (eligible["product"] == "savings")
    tables = run_models(
        folder,
        {
            "preferences_score": scored,
            "int_offer_reasons": scored,
            "bank_product_catalogue": CATALOGUE,
            "int_offer_eligibility": eligible,
            "int_offer_candidates": pd.DataFrame({"client_id": range(CLIENTS - 20)}),
        },
        ("int_client_offers", "int_offer_resampled_choices"),
    )
    return tables["int_offer_resampled_choices"], tables["int_client_offers"]


def listed(*, clients: int = CLIENTS - 20, held_out: int = 0, cold: bool = False) -> pd.DataFrame:
    frame = pd.DataFrame({"client_id": range(clients), "is_cold_start": cold})
    return frame.assign(is_held_out=frame["client_id"] < held_out)


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_every_model_chooses_as_the_list_does(built_sample, spread):
    scored = scores(spread, models=2)
    choices, _ = choices_and_offers(built_sample.folder, scored)
    assert choices.groupby("resample")["client_id"].nunique().to_dict() == dict.fromkeys(range(3), 100)
    for number in range(3):
        told = scored.assign(
            **{
                name: scored[name] if number == 0 else scored[f"resampled_{name}"].str[number - 1]
                for name in ("chance", "chance_without_age")
            }
        )
        _, offers = choices_and_offers(built_sample.folder, told)
        best = offers[offers["is_eligible"] & (offers["client_id"] < CLIENTS - 20)].sort_values("offer_rank")
        expected = best.drop_duplicates("client_id").set_index("client_id")["product"].sort_index()
        found = choices[choices["resample"] == number].set_index("client_id")["product"].sort_index()
        assert found.to_dict() == expected.to_dict() and found.nunique() == 3


def test_a_list_keeps_its_products_as_far_as_chances_stay(built_sample):
    certain, doubtful, vague = (
        offer_list_stability(listed(), choices_and_offers(built_sample.folder, scores(spread, 5))[0])
        for spread in (0.0, 0.1, 1.0)
    )

    assert certain["share_stable"] == certain["share_same_action"] == certain["share_same_action_low"] == 1
    assert vague["share_same_action_high"] < doubtful["share_same_action_low"]
    assert doubtful["share_same_action_low"] < doubtful["share_same_action"] < 1
    # Whoever may get something is named whatever the chances.
    assert vague["share_stable"] == 1 and "5 refits" in vague["stability_message"]


def test_of_the_held_out_nothing_counts():
    choices = pd.DataFrame(
        {"resample": [0, 0, 0, 1, 1, 1], "client_id": [0, 1, 2] * 2, "product": list("aaabab")}
    )

    assert offer_list_stability(listed(clients=3), choices)["share_same_action"] == pytest.approx(1 / 3)
    assert offer_list_stability(listed(clients=3, held_out=1), choices)["share_same_action"] == 0.5


def test_without_refits_no_share_is_told_but_why(built_sample):
    choices, _ = choices_and_offers(built_sample.folder, scores(0.0, models=0))
    quick, cold, nobody = (
        offer_list_stability(frame, choices) for frame in (listed(), listed(cold=True), listed(clients=0))
    )

    assert all(np.isnan(found["share_same_action"]) for found in (quick, cold, nobody))
    assert "depth full" in quick["stability_message"] and "cold start" in cold["stability_message"]
    assert nobody["stability_message"] == "the list is empty"


@pytest.fixture(scope="module")
def tables(built_sample):
    return preference_tables(built_sample.folder, monthly_spending(CLIENTS), people(CLIENTS))


@pytest.mark.parametrize("candidate", ["popularity", "neighbours"])
def test_models_of_resampled_clients_differ_and_are_drawn_from_the_seed(tables, candidate):
    pairs = make_pairs(tables["int_preference_history"])
    features = tables["features_preferences"]
    newest = features[features["cut_off"] == features["cut_off"].max()]
    habits = fit_habits(pairs)
    # The last clients are cold starts.
    customers = people(CLIENTS + 30).drop(columns="gender")

    def told(resampled: list) -> pd.DataFrame:
        artefact = {**fitted, "resampled_models": resampled}
        everybody = preferences.score_everybody(newest, customers, artefact)
        return with_resampled_chances(everybody, newest, customers, artefact)

    def chances(seed: int) -> np.ndarray:
        made = told(resampled_models(pairs, candidate, like=habits, resamples=3, seed=seed))
        return np.array(made["resampled_chance"].tolist())

    fitted = {
        "groups": list(pairs.groups),
        "candidate": candidate,
        **resampled_models(pairs, candidate, like=habits, resamples=1, seed=7)[0],
    }
    found = chances(1)
    assert found.shape[1] == 3 and ((found >= 0) & (found <= 1)).all()
    np.testing.assert_array_equal(found, chances(1))
    assert not np.allclose(found, chances(2))
    is_cold = told([])["is_cold_start"].to_numpy()
    assert 0 < is_cold.sum() < len(is_cold)
    for rows in (is_cold, ~is_cold):
        assert not np.allclose(found[rows, 0], found[rows, 1])
    # A client with a history gets of the same model the same chance again.
    again = told([fitted])
    same = np.array(again["resampled_chance"].tolist())[:, 0]
    np.testing.assert_array_equal(same[~is_cold], again.loc[~is_cold, "chance"])
    assert told([])["resampled_chance"].map(len).eq(0).all()
