import json

import numpy as np
import pandas as pd
import pytest
from campaign_frames import sample_frame
from scipy.special import expit

from bank_marketing.campaigns.policy_design import Design, declare, warm_start
from bank_marketing.methods.bayesian_logistic import fit, update_all
from bank_marketing.sampling.campaigns import CHANNELS, TYPES, conversion_probability

FRAME = sample_frame()
DESIGN = declare(FRAME)


@pytest.fixture(scope="module")
def start():
    return warm_start(FRAME, DESIGN)


def test_an_arm_has_the_terms_of_all_of_its_type_and_of_its_channel():
    design = Design(("age_years",), (40.0,), (10.0,), (2.0,), ("A", "B"), ("x", "y", "z"))
    terms = design.design(np.array([[60.0]]))[0].reshape(6, 6, 3)
    own = [1, 2, 1.5]
    assert design.arms[4] == ("B", "y")
    # What all share, A, B, x, y, z.
    assert terms[4].tolist() == [own, [0, 0, 0], own, [0, 0, 0], own, [0, 0, 0]]
    assert design.terms == 18


def test_terms_that_share_a_variance_are_those_of_a_trait_in_a_part():
    design = Design(("age_years",), (40.0,), (10.0,), (2.0,), ("A", "B"), ("x",))
    assert design.group.tolist() == [-1, 0, 0, 1, 2, 2, 1, 2, 2, 3, 4, 4]


def test_a_missing_number_counts_as_that_of_the_average_customer():
    terms = DESIGN.design(np.vstack([np.full(4, np.nan), DESIGN.known(FRAME)]))
    assert terms[0] == pytest.approx(terms[1:].mean(axis=0), abs=1e-9)


def test_rows_are_those_of_the_design():
    known, arm = DESIGN.known(FRAME)[:100], DESIGN.arm_of(FRAME)[:100]
    assert (DESIGN.rows(known, arm) == DESIGN.design(known)[np.arange(100), arm]).all()
    named = FRAME.head(100)[["campaign_type", "campaign_channel"]].apply(tuple, axis=1)
    assert [DESIGN.arms[each] for each in arm] == named.tolist()


def test_a_campaign_that_is_none_of_the_arms_is_said():
    other = FRAME.head(2).assign(campaign_type=["Retention", "Another"])
    assert DESIGN.arm_of(other).tolist() == [
        DESIGN.arm_of(FRAME.head(1).assign(campaign_type="Retention"))[0],
        -1,
    ]
    start = warm_start(FRAME.head(500), declare(FRAME, types=TYPES[1:]))
    assert start.posterior.mean.shape == (start.design.terms,)


def test_a_declaration_survives_json():
    assert Design.from_json(json.loads(json.dumps(DESIGN.to_json()))) == DESIGN


def test_a_number_that_tells_nothing_is_left_out():
    assert declare(FRAME.assign(income_usd=1.0, age_years=np.nan)).numbers == (
        "loyalty_points",
        "previous_purchases",
    )
    assert declare(FRAME, numbers=()).design(np.zeros((3, 0))).shape == (3, 20, 10)
    two = FRAME.head(200).assign(income_usd=np.tile([1.0, 3.0], 100))
    assert np.isfinite(declare(two).design(DESIGN.known(two))).all()


@pytest.mark.slow
def test_the_start_finds_the_planted_best_campaigns(start):
    raw = FRAME.rename(
        columns={"age_years": "Age", "income_usd": "Income", "ad_spend_usd": "AdSpend"}
        | {"loyalty_points": "LoyaltyPoints", "previous_purchases": "PreviousPurchases"}
        | {"click_through_rate": "ClickThroughRate", "click_conversion_rate": "ConversionRate"}
        | {"website_visits": "WebsiteVisits", "pages_per_visit": "PagesPerVisit"}
        | {"time_on_site_minutes": "TimeOnSite", "email_opens": "EmailOpens", "email_clicks": "EmailClicks"}
    )
    chance = np.column_stack(
        [
            conversion_probability(raw, CampaignType=kind, CampaignChannel=way)
            for kind in TYPES
            for way in CHANNELS
        ]
    )
    assert [(kind, way) for kind in TYPES for way in CHANNELS] == DESIGN.arms
    chosen = (DESIGN.design(DESIGN.known(FRAME)) @ start.posterior.mean).argmax(axis=1)
    missed = chance.max(axis=1).mean() - chance[np.arange(len(chance)), chosen].mean()
    assert missed < 0.1 * (chance.max(axis=1).mean() - chance.mean())


def test_a_trait_that_makes_no_difference_between_campaigns_gets_no_room_for_one(start):
    of_type = start.prior.variance.reshape(10, 9)[1]
    age, points = 1, 1 + 2 * DESIGN.numbers.index("loyalty_points")
    assert of_type[points] < 0.1 * of_type[age]


def test_the_order_of_rows_is_nothing(start):
    other = warm_start(FRAME.sample(frac=1, random_state=1), declare(FRAME.sample(frac=1, random_state=2)))
    assert other.design == DESIGN
    assert other.posterior.mean == pytest.approx(start.posterior.mean, abs=1e-6)


def test_without_outcomes_the_start_is_what_was_believed_before(start):
    empty = warm_start(
        FRAME.assign(has_converted=pd.Series(pd.NA, index=FRAME.index, dtype="boolean")), DESIGN
    )
    assert empty.posterior.mean == pytest.approx(np.zeros(DESIGN.terms))
    assert empty.posterior.variance == pytest.approx(empty.prior.variance)
    assert (start.posterior.variance < start.forgotten.variance).all()


def test_one_outcome_after_another_teaches_what_all_at_once_do_within_a_tolerance(start):
    log, arm = FRAME, DESIGN.arm_of(FRAME)
    rows, outcome = DESIGN.rows(DESIGN.known(log), arm), log["has_converted"].to_numpy(dtype=float)
    half = len(rows) // 2
    before = fit(start.prior, rows[:half], outcome[:half])
    one_by_one = update_all(before, rows[half:], outcome[half:])

    # Each step is taken at the mode of its moment, which later outcomes move a little.
    deviation = np.sqrt(start.posterior.variance)
    assert (np.abs(one_by_one.mean - start.posterior.mean) < 0.1 * deviation).all()
    assert np.sqrt(one_by_one.variance) == pytest.approx(deviation, rel=0.1)
    chances = [expit(rows @ each.mean) for each in (one_by_one, start.posterior)]
    assert np.abs(chances[0] - chances[1]).max() < 0.02
