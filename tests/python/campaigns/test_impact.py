"""Contrasts of types and channels: planted effects are held, doubts are told, small data are a case."""

import numpy as np
import pandas as pd
import pytest
from campaign_frames import sample_frame
from sample_profile import planted_truth

from bank_marketing.artefacts import dump_artefact, load_artefact
from bank_marketing.campaigns import impact


@pytest.fixture(scope="module")
def fitted():
    return impact.fit(sample_frame(), depth="quick", seed=1)


@pytest.fixture(scope="module")
def contrasts(fitted) -> pd.DataFrame:
    return impact.tables(load_artefact(dump_artefact(fitted.artefact)))["impact"]


@pytest.fixture(scope="module")
def groups(fitted) -> pd.DataFrame:
    return impact.tables(fitted.artefact)["by_segment"]


@pytest.mark.parametrize(
    ("kind", "dimension"), [("types", "campaign_type"), ("channels", "campaign_channel")]
)
def test_planted_effects_lie_in_the_joint_intervals(contrasts, kind, dimension):
    found = contrasts[contrasts["dimension"] == dimension].set_index(["arm", "against"])
    truths = planted_truth("campaigns")["average_effects"][kind]

    for truth in truths:
        row = found.loc[(truth["arm"], truth["against"])]
        assert row["difference_joint_low"] <= truth["risk_difference"] <= row["difference_joint_high"], (
            row.name
        )


def test_planted_best_type_is_found_though_better_customers_got_it(contrasts):
    row = contrasts.set_index(["arm", "against"]).loc[("Conversion", "the rest")]

    assert row["is_distinguishable_from_none"]
    # Planted: .914 against about .865; the plain rates, whose customers differ, say more.
    assert row["difference"] < row["naive_difference"] - 0.02


def test_weighting_leaves_customers_alike_and_gender_untouched(contrasts):
    assert contrasts["largest_imbalance_before"].max() > 0.3
    assert contrasts["largest_imbalance_after"].max() < impact.LARGEST_DIFFERENCE
    assert not contrasts["is_placebo_distinguishable_from_none"].astype(bool).any()


def test_every_contrast_has_its_evidence_and_its_doubts(contrasts):
    assert len(contrasts) == 6 + 4 + 10 + 5
    assert (contrasts["evidence"] == "adjusted").all()
    assert not contrasts["adjusted_for"].str.contains("visit|email|click|social|time_on").any()
    assert (contrasts["e_value"] >= contrasts["e_value_of_interval"]).all()
    assert contrasts["effective_customers"].le(contrasts["customers"] + 1e-6).all()


def test_planted_heterogeneity_is_found_and_where_it_lies(groups):
    retention = groups[groups["arm"] == "Retention"]
    ages = retention[retention["grouping"] == "age"].set_index("group_rank")

    assert retention["has_heterogeneity"].all()
    assert ages.loc[4, "is_different_from_others"]
    assert ages.loc[4, "difference"] > ages.loc[1, "difference"]


def test_bands_hold_every_customer_once(groups):
    one_arm = groups[(groups["arm"] == "PPC")]

    assert one_arm.groupby("grouping")["customers"].sum().eq(6_000).all()
    assert set(one_arm["grouping"]) == {
        "segment_name", "age", "income_usd", "loyalty_points", "previous_purchases", "ad_spend_usd",
    }  # fmt: skip


def test_arms_that_do_nothing_are_told_from_none_by_nobody():
    frame = sample_frame()
    rng = np.random.default_rng(4)
    nothing = frame.assign(has_converted=(rng.random(len(frame)) < 0.85).astype(int))

    tables = impact.tables(impact.fit(nothing, depth="quick", seed=1).artefact)

    assert not tables["impact"]["is_distinguishable_from_none"].astype(bool).any()
    assert not tables["by_segment"]["is_different_from_others"].eq(True).any()


def test_only_one_type_leaves_a_row_that_says_so():
    frame = sample_frame(1_500).assign(campaign_type="Awareness")

    contrasts = impact.tables(impact.fit(frame, depth="quick", seed=1).artefact)["impact"]

    types = contrasts[contrasts["dimension"] == "campaign_type"]
    assert types[["arm", "against"]].to_numpy().tolist() == [["Awareness", "(nothing)"]]
    assert "nothing to compare" in types["verdict"].iloc[0]
    assert contrasts.loc[contrasts["dimension"] == "campaign_channel", "difference"].notna().all()


def test_rare_channel_is_left_out_and_named():
    frame = sample_frame(1_500)
    frame.loc[:10, "campaign_channel"] = "Fax"

    contrasts = impact.tables(impact.fit(frame, depth="quick", seed=1).artefact)["impact"]

    fax = contrasts[contrasts["arm"] == "Fax"]
    assert len(fax) == 1
    assert fax["difference"].isna().all()
    assert "only 11 customers" in fax["verdict"].iloc[0]


@pytest.mark.parametrize("converted", [0, 1, None])
def test_without_two_kinds_of_outcome_every_table_says_why(converted):
    fit = impact.fit(sample_frame(300).assign(has_converted=converted), depth="quick", seed=1)

    tables = impact.tables(load_artefact(dump_artefact(fit.artefact)))

    assert fit.status == "too_little_data"
    for table in tables.values():
        assert table["verdict"].str.startswith("Not estimated: ").all()
        assert set(table["dimension"]) == {"campaign_type", "campaign_channel"}


def test_unknown_gender_and_missing_numbers_cost_the_placebo_and_nothing_else():
    frame = sample_frame(1_500).assign(gender=None, income_usd=np.nan)
    frame.loc[::7, "age"] = np.nan

    contrasts = impact.tables(impact.fit(frame, depth="quick", seed=1).artefact)["impact"]

    assert contrasts["difference"].notna().all()
    assert contrasts["placebo_difference"].isna().all()
