"""Contrasts of types and channels: planted effects are held, doubts are told, small data are a case."""

import sys

import numpy as np
import pandas as pd
import pytest
from campaign_frames import sample_frame
from project_copies import REPOSITORY
from sample_profile import planted_truth

from bank_marketing.campaigns import impact, impact_by_segment

sys.path.append(str(REPOSITORY / "studies"))
import impact_by_segment as study

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def fitted():
    return impact.fit(sample_frame(), depth="quick", seed=1)


@pytest.fixture(scope="module")
def contrasts(fitted) -> pd.DataFrame:
    return fitted.tables["impact"]


@pytest.fixture(scope="module")
def groups(fitted) -> pd.DataFrame:
    return fitted.tables["by_segment"]


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

    assert row["is_distinguishable"]
    # Planted: .914 against about .865; the plain rates, whose customers differ, say more.
    assert row["difference"] < row["unadjusted_difference"] - 0.02


def test_weighting_leaves_customers_alike_and_gender_untouched(contrasts):
    assert contrasts["max_smd_before"].max() > 0.3
    assert contrasts["max_smd_after"].max() < impact.LARGEST_DIFFERENCE
    assert not contrasts["is_placebo_distinguishable"].astype(bool).any()


def test_every_contrast_has_its_evidence_and_its_doubts(contrasts):
    assert len(contrasts) == 6 + 4 + 10 + 5
    assert (contrasts["evidence"] == "adjusted").all()
    assert not contrasts["adjusted_for"].str.contains("visit|email|click|social|time_on").any()
    assert (contrasts["e_value"] >= contrasts["e_value_of_interval"]).all()
    assert contrasts["effective_customers"].le(contrasts["customers"] + 1e-6).all()


def test_planted_heterogeneity_is_found_and_where_it_lies(groups):
    ages = groups[(groups["arm"] == "Retention") & (groups["group_name"] == "age_years")].set_index(
        "group_rank"
    )

    assert ages.loc[4, "is_distinguishable_from_others"]
    assert ages.loc[4, "difference"] > ages.loc[1, "difference"]


@pytest.mark.parametrize(
    ("arm", "grouping", "rank"),
    [("Retention", "age_years", 4), ("Social Media", "income_usd", 1), ("Referral", "income_usd", 4)],
)
def test_planted_differences_among_customers_are_found(groups, arm, grouping, rank):
    found = groups[(groups["arm"] == arm) & (groups["group_name"] == grouping)].set_index("group_rank")

    assert found["is_grouping_distinguishable"].all()
    assert found.loc[rank, "verdict"] == "Suits these customers more than the others."


def test_what_is_not_found_is_not_called_absent(groups, contrasts):
    for table, smallest in ((groups, 0.3), (contrasts, 0.08)):
        told = "is_grouping_distinguishable" if table is groups else "is_distinguishable"
        rest = table[table[told].eq(False)]
        assert rest["verdict"].str.contains("can't be told from chance").all()
        assert rest["verdict"].str.contains(r"[\d,]+ customers: [\d.]+ points .*would have been seen").all()
        assert rest["smallest_detectable_difference"].between(0.01, smallest).all()
    assert groups["n"].eq(6_000).all()
    assert not pd.concat([groups, contrasts])["verdict"].str.contains("No sign|take the average").any()


def test_what_could_have_been_seen_is_wider_than_the_interval(contrasts):
    half = contrasts["difference_joint_high"] - contrasts["difference"]

    assert (contrasts["smallest_detectable_difference"] > half).all()
    assert (contrasts["smallest_detectable_difference"] < 1.5 * half).all()


@pytest.mark.parametrize("kind", list(study.PLACEBOS))
def test_where_no_effect_differs_hardly_anything_is_found(kind):
    customers = study.sample_customers()

    found = [study.findings(study.placebo(customers, kind, seed=seed)) for seed in (1, 2)]

    assert sum(map(bool, found)) <= 1


def test_groups_with_too_few_customers_leave_the_test_to_the_others(groups):
    frame = sample_frame()
    frame.loc[:40, "segment_name"] = "rare"

    table = impact.fit(frame, depth="quick", seed=1).tables["by_segment"]

    rare = table[table["group_value"] == "rare"]
    assert rare["verdict"].str.startswith("Not estimated: fewer than 30").all()
    assert rare["grouping_p_value"].isna().all()
    assert table.loc[table["group_value"] == "older", "grouping_p_value"].notna().all()


def test_bands_hold_every_customer_once(groups):
    one_arm = groups[(groups["arm"] == "PPC")]

    assert one_arm.groupby("group_name")["customers"].sum().eq(6_000).all()
    assert set(one_arm["group_name"]) == {
        "segment_name", "age_years", "income_usd", "loyalty_points", "previous_purchases", "ad_spend_usd",
    }  # fmt: skip


@pytest.mark.parametrize(
    "incomes", [np.linspace(10_000_000, 10_000_001, 40), np.repeat([1.0, 1.0000001], 20)]
)
def test_bands_of_numbers_that_hardly_differ_have_names_that_do(incomes):
    bands = impact_by_segment._bands(pd.Series(incomes))

    assert bands.notna().all()
    assert bands.value_counts().sum() == 40


def test_arms_that_do_nothing_are_told_from_none_by_nobody():
    frame = sample_frame()
    rng = np.random.default_rng(4)
    nothing = frame.assign(has_converted=(rng.random(len(frame)) < 0.85).astype(int))

    tables = impact.fit(nothing, depth="quick", seed=1).tables

    assert not tables["impact"]["is_distinguishable"].astype(bool).any()
    assert not tables["by_segment"]["is_distinguishable_from_others"].eq(True).any()


def test_only_one_type_leaves_a_row_that_says_so():
    frame = sample_frame(1_500).assign(campaign_type="Awareness")

    contrasts = impact.fit(frame, depth="quick", seed=1).tables["impact"]

    types = contrasts[contrasts["dimension"] == "campaign_type"]
    assert types[["arm", "against"]].to_numpy().tolist() == [["Awareness", "(nothing)"]]
    assert "nothing to compare" in types["verdict"].iloc[0]
    assert contrasts.loc[contrasts["dimension"] == "campaign_channel", "difference"].notna().all()


def test_rare_channel_is_left_out_and_named():
    frame = sample_frame(1_500)
    frame.loc[:10, "campaign_channel"] = "Fax"

    contrasts = impact.fit(frame, depth="quick", seed=1).tables["impact"]

    fax = contrasts[contrasts["arm"] == "Fax"]
    assert len(fax) == 1
    assert fax["difference"].isna().all()
    assert "only 11 customers" in fax["verdict"].iloc[0]


@pytest.mark.parametrize("converted", [0, 1, None])
def test_without_two_kinds_of_outcome_every_table_says_why(converted):
    fit = impact.fit(sample_frame(300).assign(has_converted=converted), depth="quick", seed=1)

    tables = fit.tables

    assert fit.status == "insufficient_data"
    for table in tables.values():
        assert table["verdict"].str.startswith("Not estimated: ").all()
        assert set(table["dimension"]) == {"campaign_type", "campaign_channel"}


def test_unknown_gender_and_missing_numbers_cost_the_placebo_and_nothing_else():
    frame = sample_frame(1_500).assign(gender=None, income_usd=np.nan)
    frame.loc[::7, "age_years"] = np.nan

    contrasts = impact.fit(frame, depth="quick", seed=1).tables["impact"]

    assert contrasts["difference"].notna().all()
    assert contrasts["placebo_difference"].isna().all()
