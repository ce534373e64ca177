"""Fairness of the churn scores: which groups are compared, on which customers, and a planted unfairness."""

import numpy as np
import pandas as pd

from bank_marketing.churn.fairness import call_list_fairness, churn_fairness


def scored(size: int = 3_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return scores that are exactly right, and their customers."""
    random = np.random.default_rng(1)
    probability = random.uniform(0, 0.5, size)
    customers = pd.DataFrame(
        {
            "customer_id": np.arange(size),
            "country": random.choice(["France", "Germany", "Spain"], size),
            "gender": random.choice(["Female", "Male"], size),
            "age_years": random.integers(18, 80, size),
            "products": 1,
            "is_active": True,
            "has_exited": random.random(size) < probability,
        }
    )
    scores = pd.DataFrame(
        {
            "customer_id": np.arange(size),
            "churn_probability": probability,
            "decile": 10 - np.floor(20 * probability).astype(int),
            "is_out_of_fold": pd.array([True] * size, dtype="boolean"),
            "model_version": 2,
        }
    )
    return scores, customers


def test_genders_age_bands_and_countries_are_compared_under_both_rules():
    table = churn_fairness(*scored())

    assert table.groupby("group_name")["group_value"].nunique().to_dict() == {
        "age_band": 5,
        "country": 3,
        "gender": 2,
    }
    assert len(table) == 10 * 5
    assert set(table["model_version"]) == {2}
    assert not table["is_distinguishable"].any()


def test_scores_too_low_for_a_country_are_found():
    scores, customers = scored()
    is_spain = customers["country"] == "Spain"
    customers.loc[is_spain, "has_exited"] |= np.random.default_rng(2).random(is_spain.sum()) < 0.2

    table = churn_fairness(scores, customers).set_index(["group_name", "group_value", "measure"])

    spain = table.sort_index().loc[("country", "Spain", "calibration")].iloc[0]
    assert spain["is_distinguishable"] and spain["value_low"] > 0.1


def test_only_scores_that_had_not_seen_the_outcome_count():
    scores, customers = scored()
    scores.loc[1_000:1_999, "is_out_of_fold"] = False
    scores.loc[2_000:, ["is_out_of_fold", "churn_probability", "decile"]] = None

    table = churn_fairness(scores, customers)

    assert (
        table.loc[(table["group_name"] == "gender") & (table["measure"] == "calibration"), "n"].sum() == 1_000
    )


def test_a_customer_without_gender_age_or_country_is_in_a_group_of_its_own():
    scores, customers = scored()
    customers["age_years"] = customers["age_years"].astype("Int64")
    customers.loc[:99, ["gender", "age_years", "country"]] = None

    table = churn_fairness(scores, customers)

    unknown = table[(table["group_value"] == "unknown") & (table["measure"] == "calibration")]
    assert unknown.set_index("group_name")["n"].to_dict() == {"gender": 100, "age_band": 100, "country": 100}


def test_without_scores_there_is_no_row_but_every_column():
    scores, customers = scored()
    empty = churn_fairness(scores.assign(is_out_of_fold=pd.NA, churn_probability=np.nan), customers)

    assert empty.empty
    assert set(empty.columns) == set(churn_fairness(scores, customers).columns)


def test_a_list_is_compared_among_those_it_could_name():
    scores, customers = scored()
    scores = scores.assign(may_be_contacted=True, exit_probability=0.1)
    scores.loc[:499, "may_be_contacted"], scores.loc[500:999, "exit_probability"] = False, None
    women = customers.loc[
        (customers["gender"] == "Female") & (customers["customer_id"] >= 1_000), "customer_id"
    ]
    listed = pd.DataFrame({"customer_id": women[:300], "recommended_action": "call"})

    table = (
        call_list_fairness(scores, listed, customers)
        .set_index(["group_name", "selection_rule"])
        .loc["gender"]
    )

    found = table.loc["call"].set_index("group_value")
    assert found["n"].sum() == 2_000 and found.loc["Female", "value"] * found.loc["Female", "n"] == 300
    assert found.loc["Male", "ratio"] == 0 and found.loc["Male", "ratio_high"] < 0.8
