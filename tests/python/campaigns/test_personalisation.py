"""Whether personalising pays is told where it is planted, and not where there is nothing to be told."""

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from project_copies import REPOSITORY

from bank_marketing.campaigns import personalisation
from bank_marketing.campaigns.personalisation_policies import BOTH, CHANNELS, TYPES, choices, folds
from bank_marketing.sampling import campaigns as generator

sys.path.append(str(REPOSITORY / "studies"))
import personalisation_value as study

pytestmark = pytest.mark.slow


def table_of(frame: pd.DataFrame) -> pd.DataFrame:
    fitted = personalisation.fit(frame, depth="quick", seed=1)
    table = fitted.tables["personalisation_value"]
    assert list(table.columns) == list(personalisation.COLUMNS)
    assert table["verdict"].notna().all()
    return table


def by_customer(table: pd.DataFrame, chosen: str, against: str) -> pd.Series:
    rows = (table["chosen"] == chosen) & (table["policy"] == "by customer") & (table["against"] == against)
    (row,) = (row for _, row in table[rows].iterrows())
    return row


@pytest.fixture(scope="module")
def sample() -> study.KnownLog:
    return study.draw_log(11)


@pytest.fixture(scope="module")
def of_sample(sample) -> pd.DataFrame:
    return table_of(sample.frame)


def test_twenty_campaigns_of_a_sample_are_too_many_to_tell(of_sample):
    row = by_customer(of_sample, BOTH, "best single campaign")

    assert row["gain_usd_low"] < 0 < row["gain_usd_high"]
    assert row["verdict"].startswith("Can't be told")
    assert f"{row['smallest_detectable_gain_usd']:,.0f} would have been seen" in row["verdict"]


def test_a_choice_of_fewer_rests_on_four_to_six_times_the_customers(of_sample):
    effective = {
        name: by_customer(of_sample, name, "present mix")["effective_customers"]
        for name in (BOTH, TYPES, CHANNELS)
    }

    assert 4 < effective[TYPES] / effective[BOTH] < 6
    assert 4 < effective[CHANNELS] / effective[BOTH] < 6


def test_gains_add_up_and_conversions_have_their_own(of_sample):
    of_both = of_sample[of_sample["chosen"] == BOTH].set_index(["policy", "against"])
    gain = of_both["gain_usd"]

    assert gain["by customer", "present mix"] == pytest.approx(
        gain["by customer", "best single campaign"] + gain["best single campaign", "present mix"]
    )
    assert np.allclose(of_both["value_usd"] - of_both["value_against_usd"], gain)
    assert of_both["conversion_rate_gain"].abs().max() < 0.2


def test_the_mix_is_what_the_judged_customers_earned(sample, of_sample):
    frame = sample.frame
    earned = frame["has_converted"] * (frame["conversion_value_usd"] - frame["cost_if_accepted_usd"])
    earned -= frame["cost_per_contact_usd"]
    plan, _ = personalisation.plan_of(frame)
    judged = choices(plan, seed=1)[TYPES].is_judged

    row = by_customer(of_sample, TYPES, "present mix")

    assert row["customers"] == judged.sum() == len(frame) * 4 / 5
    assert row["value_against_usd"] == pytest.approx(earned[judged].mean())


def test_a_planted_gain_is_found_and_held_by_its_interval():
    log = study.draw_log(12, planted=TYPES, strength=0.4)

    (tried,) = (row for row in study.try_log(log, seed=1) if row["chosen"] == TYPES)

    assert tried["is_found"]
    assert tried["truth"] > 200
    assert tried["is_covered"]


def test_the_same_rows_in_another_order_give_the_same(sample, of_sample):
    shuffled = sample.frame.sample(frac=1, random_state=1)

    assert table_of(shuffled)["gain_usd"].tolist() == of_sample["gain_usd"].tolist()


def test_what_is_chosen_for_customers_depends_on_no_outcome_of_theirs_or_of_later_folds(sample):
    plan, _ = personalisation.plan_of(sample.frame)
    fold = folds(plan, seed=1)
    before = choices(plan, seed=1)[BOTH]
    turned = replace(plan, outcome=np.where(fold >= 3, 1 - plan.outcome, plan.outcome))

    after = choices(turned, seed=1)[BOTH]

    same, third = fold[fold > 0] <= 3, fold[fold > 0] == 3
    for name in ("by_customer", "single"):
        assert (getattr(after, name)[same] == getattr(before, name)[same]).all()
    assert (after.by_customer[~same] != before.by_customer[~same]).any()
    # Neither do a customer's own outcome and what is expected of them.
    alone = replace(plan, outcome=np.where(fold == 3, 1 - plan.outcome, plan.outcome))
    expected = choices(alone, seed=1)[BOTH].conversions.prediction[third]
    assert expected == pytest.approx(before.conversions.prediction[third], abs=1e-4)


def test_a_channel_that_costs_more_than_it_brings_is_chosen_for_nobody(sample):
    frame = sample.frame.copy()
    frame.loc[frame["campaign_channel"] == "PPC", "cost_per_contact_usd"] = 20_000.0
    plan, names = personalisation.plan_of(frame)

    chosen = choices(plan, seed=1)[CHANNELS]

    assert names[CHANNELS].index("PPC") not in set(chosen.by_customer) | set(chosen.single)


def test_a_campaign_that_few_got_is_offered_to_nobody(sample):
    frame = sample.frame
    rare = frame.query("campaign_type == 'Retention' and campaign_channel == 'SEO'").index[49:]

    table = table_of(frame.drop(rare))

    # A type is one for all only if every channel has it.
    assert table.set_index("chosen")["campaigns"].groupby("chosen").first().to_dict() == {
        BOTH: 19,
        TYPES: 3,
        CHANNELS: 4,
    }
    assert table["gain_usd"].notna().any()


def test_one_campaign_leaves_nothing_to_choose(sample):
    frame = sample.frame.query("campaign_type == 'Retention' and campaign_channel == 'PPC'")

    table = table_of(frame)

    assert table["verdict"].str.startswith("Not estimated: 1 campaigns").all()


def test_one_type_still_has_channels_to_choose_among(sample):
    table = table_of(sample.frame.query("campaign_type == 'Retention'"))

    assert by_customer(table, TYPES, "best single campaign")["verdict"] == (
        "Not estimated: 1 of 1 were used in every campaign, and a choice needs two."
    )
    assert by_customer(table, CHANNELS, "present mix")["gain_usd"] > -1_000


@pytest.mark.parametrize("rows", [0, 3, 300])
def test_small_and_unvarying_logs_are_explained(sample, rows):
    frame = sample.frame.head(rows).assign(has_converted=True)

    assert table_of(frame)["verdict"].str.startswith("Not estimated").all()


def test_traits_that_are_missing_or_constant_do_no_harm(sample):
    frame = sample.frame.assign(age_years=np.nan, gender=None, income_usd=1.0)

    assert table_of(frame)["gain_usd"].notna().any()


def test_the_study_reckons_the_chances_of_the_generator():
    raw = generator._customers(np.random.default_rng(1), 50)
    raw = raw.assign(AdSpend=6_000.0, **generator._engagement(np.random.default_rng(2), 50))

    known = generator.conversion_probability(raw, CampaignType="Retention", CampaignChannel="PPC")

    assert study.chances(raw)[:, 3, 1] == pytest.approx(known)


@pytest.mark.slow
def test_intervals_hold_the_truth_and_swapped_traits_gain_nothing():
    held = study.try_case("sample", range(20_000, 20_010)).query("not is_refused")["is_covered"]
    swapped = study.try_case("campaign", range(20_000, 20_010))

    assert held.mean() >= 0.8
    assert swapped["is_found"].sum() <= 2
