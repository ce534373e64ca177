"""Next best offers: rules of the catalogue, what is on the list, and who is held out."""

import datetime

import numpy as np
import pandas as pd
import pytest
from preference_frames import run_models

from bank_marketing.errors import UserError
from bank_marketing.transactions.next_best_offers import OfferPlan, choose_offers, stated_offer_plan
from bank_marketing.transactions.offer_fairness import offer_fairness

PLAN = OfferPlan(effect=0.05, share_limit=0.5, outcome_days=90)
RULES = {
    "minimum_age": 18,
    "maximum_age": 70.0,
    "minimum_yearly_income_usd": 30_000,
    "minimum_credit_score": 650.0,
    "maximum_debt_to_income": 2.0,
    "minimum_credit_cards": None,
}
BLOCKED = (
    "select {client} as client_id, 'contact' as purpose, 'all' as channel, false as is_permitted,"
    " null::date as until_date"
)
GOOD = {"age_years": 40.0, "yearly_income_usd": 50_000.0, "credit_score": 700.0, "debt_to_income": 1.0}


def eligibility(
    folder, *, is_credit=True, distress_until=(), rules=None, card_types=(), **traits
) -> pd.Series:
    """Judge one client for one product."""
    customers = pd.DataFrame([{"client_id": 1} | GOOD | traits]).astype(dict.fromkeys(GOOD, float))
    products = pd.DataFrame([{"product": "loan", "is_credit": is_credit} | RULES | (rules or {})])
    ends = pd.Series(np.array(distress_until, dtype="datetime64[us]"))
    marked = pd.DataFrame({"client_id": 1, "until_date": ends})
    tables = run_models(
        folder,
        {
            "bank_customers": customers,
            "cards": pd.DataFrame({"client_id": 1, "card_type": pd.array(card_types, dtype="string")}),
            "stg_transactions__bank_products": products,
            "bank_customers_in_distress": marked,
            "stg_transactions__do_not_contact": f"{BLOCKED.format(client=1)} where false",
        },
        ("stg_transactions__bank_customers_in_distress", "int_offer_eligibility"),
    )
    # The key that a build tests: several markers of a client are one.
    assert len(tables["stg_transactions__bank_customers_in_distress"]) == min(len(marked), 1)
    return tables["int_offer_eligibility"].iloc[0]


def test_who_meets_every_rule_is_eligible_and_nothing_would_change_it(built_sample):
    row = eligibility(built_sample.folder)
    assert row["is_eligible"] and row["suitability"] == "passes" and row["what_would_change_it"] is None


@pytest.mark.parametrize(
    ("traits", "said"),
    [
        ({"yearly_income_usd": 29_999.99}, "a yearly income of 30000 USD or more (now 29999)"),
        ({"age_years": 17.0}, "an age of 18 or more (now 17)"),
        ({"age_years": 71.0}, "an age of at most 70 (now 71)"),
        ({"credit_score": 649.0}, "a credit score of 650 or more (now 649)"),
        ({"debt_to_income": 2.4}, "a debt of at most 2.0 times the yearly income (now 2.40)"),
        # What fails never reads as if it passed.
        ({"debt_to_income": 2.001}, "a debt of at most 2.0 times the yearly income (now 2.01)"),
    ],
)
def test_a_trait_across_a_rule_changes_eligibility_and_what_would_change_it(built_sample, traits, said):
    row = eligibility(built_sample.folder, **traits)
    assert not row["is_eligible"] and row["what_would_change_it"] == said


def test_a_product_for_holders_of_a_credit_card_takes_one(built_sample):
    rules = {"minimum_credit_cards": 1}
    assert eligibility(built_sample.folder, rules=rules, card_types=("debit", "credit"))["is_eligible"]
    row = eligibility(built_sample.folder, rules=rules, card_types=("debit",))
    assert not row["is_eligible"] and row["what_would_change_it"] == "credit cards here: 1 or more (now 0)"


@pytest.mark.parametrize("trait", ["credit_score", "debt_to_income"])
def test_what_is_not_known_does_not_pass(built_sample, trait):
    row = eligibility(built_sample.folder, **{trait: None})
    assert not row["is_eligible"] and row["suitability"] == "not known"
    assert "(not known)" in row["what_would_change_it"]


def test_a_failure_weighs_more_than_what_is_not_known(built_sample):
    row = eligibility(built_sample.folder, credit_score=500.0, debt_to_income=None)
    assert row["suitability"] == "fails"


@pytest.mark.parametrize("until", [(None,), ("2999-01-01",), ("2001-01-01", None)])
def test_nobody_in_distress_gets_credit_whatever_else(built_sample, until):
    row = eligibility(built_sample.folder, distress_until=until)
    assert not row["is_eligible"] and row["suitability"] == "fails"
    assert eligibility(built_sample.folder, distress_until=until, is_credit=False)["is_eligible"]
    assert eligibility(built_sample.folder, distress_until=("2001-01-01",))["is_eligible"]


def test_a_rule_that_a_product_does_not_have_passes(built_sample):
    rules = {"minimum_credit_score": None, "maximum_debt_to_income": None, "maximum_age": None}
    row = eligibility(built_sample.folder, is_credit=False, rules=rules, credit_score=None, age_years=99.0)
    assert row["is_eligible"] and row["suitability"] == "not asked"


def test_the_score_is_the_chance_of_at_least_one_group_and_credit_goes_without_age(built_sample):
    catalogue = pd.DataFrame(
        [
            (product, product == "card", group, weight)
            for product in ("card", "account")
            for group, weight in [("fuel", 1), ("travel", 0.1)]
        ],
        columns=["product", "is_credit", "spending_group", "relevance"],
    ).assign(yearly_margin_usd=100.0, take_up_rate=0.1, take_up_rate_low=0.05, take_up_rate_high=0.2)
    groups = ["fuel", "travel"]
    reasons = pd.DataFrame(
        {
            "client_id": 1,
            "spending_group": groups,
            "chance": [0.5, 0.2],
            "chance_without_age": [0.1, 0.2],
            "reason": groups,
            "is_cold_start": True,
        }
    )
    eligible = pd.DataFrame(
        {
            "client_id": 1,
            "product": ["card", "account"],
            "suitability": "passes",
            "is_eligible": True,
            "what_would_change_it": None,
        }
    )
    offers = run_models(
        built_sample.folder,
        {
            "bank_product_catalogue": catalogue,
            "int_offer_reasons": reasons,
            "int_offer_eligibility": eligible,
        },
        ("int_client_offers",),
    )["int_client_offers"].set_index("product")
    account, card = offers.loc["account"], offers.loc["card"]
    assert account["score"] == pytest.approx(1 - 0.5 * 0.8)
    assert card["score"] == pytest.approx(1 - 0.9 * 0.8)
    assert account["expected_margin_usd"] == pytest.approx(60)
    assert account[[f"expected_taken_margin_usd{end}" for end in ("_low", "", "_high")]].tolist() == [
        3,
        6,
        12,
    ]
    assert (account["reason"], account["offer_rank"], card["offer_rank"]) == ("fuel", 1, 2)


def candidates(folder, **inputs) -> pd.DataFrame:
    """Return who may get which offer, of three clients with a first and a second product."""
    today = datetime.datetime.now(datetime.UTC).date()
    offers = pd.DataFrame(
        [
            (client, f"product_{rank}", rank, 0.01, 3.0 - rank, False, True)
            for client in (1, 2, 3)
            for rank in (1, 2)
        ],
        columns=[
            *("client_id", "product", "offer_rank", "take_up_probability", "expected_taken_margin_usd"),
            *("is_cold_start", "is_eligible"),
        ],
    )
    no_draws = (
        "select null::bigint as client_id, null as product, true as is_list_valid, true as keeps_offer,"
        " true as is_held_out,"
    )
    blocked = BLOCKED.format(client="null::bigint")
    found = {
        "int_client_offers": offers,
        "int_offer_draws": f"{no_draws} current_date as outcome_date where false",
        "stg_transactions__offer_outcomes": "select null::bigint as client_id, null::date as offered_date,"
        " true as is_treated where false",
        "export_customer_log": "select null as list_name, null::bigint as subject_id,"
        " null::timestamp as exported_at where false",
        "stg_transactions__do_not_contact": f"{blocked} where false",
    }
    queries = {name: made.format(today=today) for name, made in inputs.items() if isinstance(made, str)}
    frames = {name: made for name, made in inputs.items() if not isinstance(made, str)}
    tables = run_models(folder, found | queries | frames, ("int_offer_candidates",))
    return tables["int_offer_candidates"].set_index("client_id")


def test_each_client_has_one_best_offer_for_which_they_are_eligible(built_sample):
    offers = pd.DataFrame(
        {
            "client_id": [1, 1, 2],
            "product": ["first", "second", "first"],
            "offer_rank": [1, 2, 1],
            "take_up_probability": 0.01,
            "expected_taken_margin_usd": 1.0,
            "is_cold_start": False,
            "is_eligible": [False, True, False],
        }
    )
    found = candidates(built_sample.folder, int_client_offers=offers)
    assert found["product"].to_dict() == {1: "second"}


def test_nobody_suppressed_contacted_of_late_or_held_out_is_on_the_list(built_sample):
    found = candidates(
        built_sample.folder,
        stg_transactions__do_not_contact=BLOCKED.format(client=1),
        stg_transactions__offer_outcomes="select 2 as client_id, date '{today}' - 89 as offered_date,"
        " true as is_treated",
        int_offer_draws="select 3 as client_id, null as product, false as is_list_valid,"
        " false as keeps_offer, true as is_held_out,"
        " date '{today}' + 1 as outcome_date",
    )
    assert found.empty
    later = candidates(
        built_sample.folder,
        stg_transactions__offer_outcomes="select 2 as client_id, date '{today}' - 90 as offered_date,"
        " true as is_treated",
        int_offer_draws="select 3 as client_id, null as product, false as is_list_valid,"
        " false as keeps_offer, true as is_held_out,"
        " date '{today}' as outcome_date",
    )
    assert later.index.tolist() == [1, 2, 3] and later["product"].unique().tolist() == ["product_1"]


def with_an_offer(n: int) -> pd.DataFrame:
    random = np.random.default_rng(n)
    return pd.DataFrame(
        {
            "client_id": np.arange(n),
            "product": random.choice(["card", "loan"], n),
            "take_up_probability": random.uniform(0, 0.04, n),
            "expected_taken_margin_usd": random.uniform(0, 5, n).round(1),
            "is_cold_start": random.random(n) < 0.1,
            "was_held_out": pd.Series([None] * n, dtype="boolean"),
        }
    )


def test_listed_and_held_out_are_all_and_the_draw_shows_what_it_is_to_show():
    chosen = choose_offers(with_an_offer(2_000), plan=PLAN, publication=1)
    held_out = chosen["is_held_out"]
    assert len(chosen) == 2_000 and held_out.mean() == pytest.approx(
        chosen["holdout_share"].iloc[0], abs=0.001
    )
    assert chosen["smallest_effect_seen"].iloc[0] == pytest.approx(PLAN.effect, rel=0.02)
    assert chosen.loc[~held_out, "list_rank"].tolist() == list(range(1, (~held_out).sum() + 1))
    assert chosen.loc[held_out, "list_rank"].isna().all()
    by_product = chosen.groupby("product")["is_held_out"].mean()
    assert by_product.max() - by_product.min() < 0.005


def test_the_list_is_the_same_from_build_to_build_and_in_any_order_of_rows():
    offers = with_an_offer(300)
    chosen = choose_offers(offers, plan=PLAN, publication=7)
    again = choose_offers(offers.sample(frac=1, random_state=1), plan=PLAN, publication=7)
    pd.testing.assert_frame_equal(chosen, again)
    # A list that is still valid decides, whatever the number of the publication.
    lots = chosen.set_index("client_id")["is_held_out"].astype("boolean")
    later = choose_offers(
        offers.assign(was_held_out=lots.reindex(offers["client_id"]).array), plan=PLAN, publication=8
    )
    same = ["client_id", "product", "is_held_out", "list_rank"]
    by_client = [frame[same].sort_values("client_id", ignore_index=True) for frame in (chosen, later)]
    pd.testing.assert_frame_equal(*by_client)
    assert later["is_carried_over"].all()


def test_cold_starts_come_last():
    chosen = choose_offers(with_an_offer(300), plan=PLAN, publication=1)
    listed = chosen[~chosen["is_held_out"]]
    assert listed["is_cold_start"].is_monotonic_increasing and listed["is_cold_start"].any()


def test_nobody_with_an_offer_is_an_empty_list():
    assert choose_offers(with_an_offer(0), plan=PLAN, publication=1).empty


def test_too_few_for_the_effect_are_said_to_be_too_few():
    chosen = choose_offers(with_an_offer(40), plan=PLAN, publication=1)
    assert chosen["message"].iloc[0].startswith("Not enough to see a difference of 0.050.")


@pytest.mark.parametrize(
    ("name", "var", "bad"),
    [
        ("effect_to_see", "offer_effect_to_see", 0),
        ("share_limit", "holdout_share_limit", 1),
        ("outcome_days", "offer_outcome_days", "soon"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_name(name, var, bad):
    stated = {"effect_to_see": 0.05, "share_limit": "0.5", "outcome_days": 90}
    with pytest.raises(UserError, match=var):
        stated_offer_plan(**(stated | {name: bad}))


def test_a_product_that_only_one_gender_gets_is_found_unfair():
    n = 400
    people = pd.DataFrame(
        {"client_id": np.arange(n), "gender": np.where(np.arange(n) % 2, "Female", "Male"), "age_years": 40}
    )
    offers = pd.concat(
        [
            people.assign(product="loan", is_eligible=people["gender"] == "Male", offer_rank=1),
            people.assign(product="card", is_eligible=True, offer_rank=2),
        ]
    ).assign(model_version=3)
    listed = people.loc[people["client_id"] < 200, ["client_id"]]
    table = (
        offer_fairness(offers, listed, people).query("group_value == 'Female'").set_index("selection_rule")
    )
    assert set(table["measure"]) == {"selection_rate"}
    assert table.loc["eligible_loan", "value"] == 0 and table.loc["eligible_loan", "is_distinguishable"]
    assert table.loc["first_card", "difference"] == 1
    assert (
        not table.loc["eligible_card", "is_distinguishable"]
        and not table.loc["on_list", "is_distinguishable"]
    )
