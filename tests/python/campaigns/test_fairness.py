import numpy as np
import pandas as pd
import pytest

from bank_marketing.campaigns.fairness import age_bands, conversion_fairness, target_list_fairness


def scored(size: int = 2000) -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(1)
    probability = random.uniform(size=size)
    customers = pd.DataFrame(
        {
            "customer_id": np.arange(size),
            "gender": random.choice(["Female", "Male"], size),
            "age_years": random.integers(18, 70, size),
            "has_converted": random.uniform(size=size) < probability,
        }
    )
    scores = pd.concat(
        [
            pd.DataFrame(
                {
                    "customer_id": np.arange(size),
                    "moment": moment,
                    "conversion_probability": probability,
                    "decile": 10 - np.floor(10 * probability).astype(int),
                    "is_out_of_fold": True,
                    "model_version": 3,
                }
            )
            for moment in ("before_contact", "in_campaign")
        ],
        ignore_index=True,
    )
    return scores, customers


def test_both_moments_compare_genders_and_age_bands_under_both_rules():
    table = conversion_fairness(*scored())

    assert len(table) == 2 * (2 + 5) * 5
    assert set(table["model_name"]) == {"conversion_before_contact", "conversion_in_campaign"}
    assert set(table["model_version"]) == {3}
    assert not table.duplicated(
        ["model_name", "group_name", "group_value", "measure", "selection_rule"]
    ).any()
    top = table[(table["selection_rule"] == "top_decile") & (table["measure"] == "selection_rate")]
    assert top["value"].to_numpy() == pytest.approx(0.1, abs=0.05)
    above = table[(table["selection_rule"] == "above_average") & (table["measure"] == "selection_rate")]
    assert above["value"].to_numpy() == pytest.approx(0.5, abs=0.1)


def test_only_scores_that_had_not_seen_the_outcome_count():
    scores, customers = scored()
    scores["is_out_of_fold"] = scores["is_out_of_fold"].where(scores["customer_id"] < 1000, False)

    table = conversion_fairness(scores, customers)

    calibration = table[(table["measure"] == "calibration") & (table["group_name"] == "gender")]
    assert calibration.groupby("model_name")["n"].sum().tolist() == [1000, 1000]


def test_missing_gender_and_age_are_groups_of_their_own():
    scores, customers = scored()
    customers.loc[:199, "gender"] = None
    customers["age_years"] = customers["age_years"].astype("Float64").mask(customers.index < 300)

    table = conversion_fairness(scores, customers).set_index(
        ["model_name", "group_name", "group_value", "measure"]
    )

    assert table.loc[("conversion_in_campaign", "gender", "unknown", "calibration"), "n"].tolist() == [200]
    assert table.loc[("conversion_in_campaign", "age_band", "unknown", "calibration"), "n"].tolist() == [300]


def test_without_scores_there_is_no_row_but_every_column():
    scores, customers = scored()
    unscored = scores.assign(conversion_probability=np.nan, is_out_of_fold=pd.NA)

    table = conversion_fairness(unscored, customers)

    assert table.empty
    assert set(table.columns) == set(conversion_fairness(scores, customers).columns)


def test_age_bands_at_their_ends():
    ages = pd.Series([17, 29, 30, 39, 40, 49, 50, 59, 60, 99, None], dtype="Int64")

    assert age_bands(ages).tolist() == [
        "under 30",
        "under 30",
        "30 to 39",
        "30 to 39",
        "40 to 49",
        "40 to 49",
        "50 to 59",
        "50 to 59",
        "60 or more",
        "60 or more",
        "unknown",
    ]


def test_a_target_list_is_compared_by_campaign_among_those_who_may_be_contacted():
    _, customers = scored()
    customers = customers.assign(may_be_contacted=customers["customer_id"] >= 500)
    women = customers.loc[(customers["gender"] == "Female") & customers["may_be_contacted"], "customer_id"]
    listed = pd.DataFrame({"customer_id": women[:200]}).assign(
        campaign_type="Retention", campaign_channel="Email", model_version=1
    )

    table = target_list_fairness(customers, listed).set_index(["group_name", "group_value"]).loc["gender"]

    assert set(table["selection_rule"]) == {"any", "Retention, Email"}
    assert set(table.loc["Female", "n"]) == {len(women)} and set(table.loc["Male", "ratio_high"] < 0.8) == {
        True
    }
    assert target_list_fairness(customers, listed.head(0))["ratio"].isna().all()
