"""The funnel of each list: every customer and all money is taken by one stage or stands on the list."""

from itertools import pairwise

import pandas as pd
import pytest
from preference_frames import run_models

LISTS = {
    "retention_call_list": ("churn.retention_call_list", "churn.churn_customers"),
    "next_best_offer_list": ("transactions.next_best_offer_list", "transactions.bank_customers"),
    "campaign_target_list": ("campaigns.campaign_target_list", "campaigns.campaign_responses"),
}
PASSES = {
    "is_known": True,
    "may_be_profiled": True,
    "may_be_contacted": True,
    "is_paused": False,
    "is_eligible": True,
    "expected_net_gain": 10.0,
}
# A customer for each stage, by what holds them up; the last is on the list.
HELD_UP = {
    "known": {"is_known": False, "expected_net_gain": None},
    "may_be_profiled": {"is_known": False, "may_be_profiled": False, "expected_net_gain": None},
    "may_be_contacted": {"may_be_contacted": False, "is_paused": True},
    "not_paused": {"is_paused": True, "is_eligible": False},
    "eligible": {"is_eligible": False},
    "worth_its_cost": {"expected_net_gain": 0.0},
    "inside_limits": {},
    "not_held_out": {},
    "chosen": {},
}


@pytest.fixture(scope="module")
def funnel(built_sample):
    """Return the tables that the project makes of a customer for each stage."""
    decisions = pd.DataFrame(
        [
            {"customer_id": number, "action": "call", **PASSES, **held_up}
            for number, held_up in enumerate(HELD_UP.values())
        ]
    )
    last = len(HELD_UP) - 1
    # The one on the list could have had another action, too, which earns less.
    other = decisions[decisions["customer_id"] == last].assign(action="letter", expected_net_gain=1.0)
    nobody = {"is_known": "true", "may_be_profiled": "true", "may_be_contacted": "true", "is_paused": "true"}
    flags = ", ".join(f"{value} as {name}" for name, value in nobody.items())
    campaign = "select 1 as customer_id, 'Retention' as campaign_type, 'Email' as campaign_channel,"
    campaign += " 'low' as spend_level"
    return run_models(
        built_sample.folder,
        {
            "int_retention_decisions": pd.concat([decisions, other], ignore_index=True),
            "retention_choice_score": pd.DataFrame(
                {"customer_id": [last - 1, last], "action": "call", "is_held_out": [True, False]}
            ),
            "int_offer_decisions": f"select 1 as client_id, 'card' as product, {flags}, true as is_eligible,"
            " 1.0 as expected_taken_margin_usd where false",
            "int_campaign_decisions": f"{campaign}, {flags}, true as is_eligible,"
            " 1.0 as expected_profit_usd where false",
            "int_campaign_choice": f"{campaign}, false as is_held_out where false",
            "next_best_offer_choice_score": "select 1 as client_id, 'card' as product, false as is_held_out"
            " where false",
        },
        ("int_customers_without_action", "decision_funnel"),
    )


def test_each_stage_takes_whom_it_is_about_and_the_first_that_does_counts(funnel):
    calls = funnel["decision_funnel"].query("action == 'call'").sort_values("stage_number")
    assert calls["customers_before"].tolist() == [9, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert calls["customers"].tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1, 1]
    assert calls["expected_money_before"].tolist() == [60, 60, 60, 60, 50, 40, 30, 30, 20, 10]
    letters = funnel["decision_funnel"].query("action == 'letter'").sort_values("stage_number")
    assert letters["customers"].tolist() == [1] * 9 + [0]


def test_customers_without_an_action_have_the_stage_that_took_it_but_who_objects_is_in_no_row(funnel):
    rows = funnel["int_customers_without_action"]
    expected = [stage for stage in HELD_UP if stage not in ("may_be_profiled", "chosen")]
    assert rows.sort_values("subject_id")["stage"].tolist() == expected


@pytest.mark.parametrize("name", LISTS)
def test_stages_add_up_to_all_customers_and_end_with_the_list(built_sample, name):
    rows = built_sample.query(
        "select customers_before, customers, expected_money_before, expected_money"
        f" from operations.decision_funnel where list_name = '{name}' and action = 'any'"
        " order by stage_number"
    )
    on_list, population = LISTS[name]
    assert rows[0][0] == built_sample.query(f"select count(*) from {population}")[0][0]
    assert rows[-1][1] == built_sample.query(f"select count(*) from {on_list}")[0][0]
    for before, after in pairwise(rows):
        assert after[0] == before[1]
        assert after[2] == pytest.approx(before[3])
