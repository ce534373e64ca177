"""Changes of lists: every customer is counted once, under the cause that was made."""

import pandas as pd
import pytest
from preference_frames import run_models

DAY = pd.Timestamp("2026-03-01")
KNOWN = ["country", "gender", "age_years", "tenure_years", "balance", "products", "is_active"]
CLIENT = ["age_years", "yearly_income_usd", "total_debt_usd", "credit_score"]
RESPONDENT = ["gender", "age_years", "income_usd", "loyalty_points", "previous_purchases", "may_be_contacted"]
SPENT = ["transactions", "purchases_usd", "last_transacted_at"]
CAMPAIGN = ["campaign_type", "campaign_channel", "spend_level"]
LISTED = ["publication", "listed_at", "is_held_out", "is_carried_over", "model_version", "rules_fingerprint"]

SHARES = {
    "share_stable": [0.8],
    "share_stable_low": [0.7],
    "share_stable_high": [0.9],
    "share_same_action": [0.6],
    "share_same_action_low": [0.5],
    "share_same_action_high": [0.7],
    "stability_message": ["said"],
}


def history(
    publication: int, named: dict[int, str], held_out: dict[int, str], rules: str, today, model: int = 1
) -> pd.DataFrame:
    rows = [(customer, action, False) for customer, action in named.items()]
    rows += [(customer, action, True) for customer, action in held_out.items()]
    frame = pd.DataFrame(rows, columns=["customer_id", "action", "is_held_out"])
    return frame.assign(
        publication=publication,
        listed_at=today - pd.Timedelta(days=7 * (2 - publication)),
        is_carried_over=False,
        model_version=model,
        rules_fingerprint=rules,
        expected_net_gain=10.0,
    )


def nobody(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="int64") for column in columns})


def changes(built_sample, *, rules: str, logged: int, model: int = 1, gain: float = 10.0) -> pd.DataFrame:
    """Return the changes of a call list after everything has happened once."""
    ((as_of,),) = built_sample.query("select cast(max(listed_at) as date) from churn.retention_call_history")
    today = pd.Timestamp(as_of)
    before = dict.fromkeys([1, 2, 3, 4, 5, 6, 7, 8, 13, 14], "call")
    now = dict.fromkeys([1, 9, 10, 11, 12], "call") | {8: "bonus"}
    customers = pd.DataFrame({"customer_id": range(1, 15)}).assign(
        **dict.fromkeys(KNOWN, 1), has_exited=False
    )
    customers.loc[customers["customer_id"] == 3, "has_exited"] = True
    former = customers[customers["customer_id"] != 11].drop(columns="has_exited").copy()
    former.loc[former["customer_id"] == 6, "balance"] = 2
    scores = pd.DataFrame({"customer_id": range(1, 15)}).assign(may_be_contacted=True)
    # Customer 5 may not be contacted either, which is asked first.
    days = [today, today, today - pd.Timedelta(days=92)]
    contacts = pd.DataFrame({"customer_id": [4, 5, 9], "contact_date": days, "is_treated": True})
    earlier = nobody(
        "domain", "list_name", "publication", "previous_publication", "change", "cause", "previous_action",
        "action", "customers", "listed_before", "listed_now", *SHARES,
    )  # fmt: skip
    if logged:
        first = (
            "churn",
            "retention_call_list",
            1,
            None,
            "entered",
            "first_list",
            "none",
            "call",
            logged,
            0,
            logged,
        )
        earlier = pd.DataFrame([first + (None,) * len(SHARES)], columns=earlier.columns)
    made = run_models(
        built_sample.folder,
        {
            "publication_log": pd.DataFrame({"version": [1], "domains_built": ["transactions, churn"]}),
            "list_change_log": earlier,
            "retention_call_history": pd.concat(
                [history(1, before, {}, "a", today), history(2, now, {2: "call"}, rules, today, model)]
            ),
            "int_retention_decisions": customers[["customer_id"]].assign(
                # Customer 14 has withdrawn the one channel of this action.
                action="call",
                expected_net_gain=gain,
                may_be_contacted=customers["customer_id"] != 14,
            ),
            "int_campaign_decisions": nobody(
                "customer_id", *CAMPAIGN, "expected_profit_usd", "may_be_contacted"
            ).astype({"may_be_contacted": bool}),
            "retention_choice_score": pd.DataFrame(SHARES),
            "int_campaign_choice": pd.DataFrame(SHARES).head(0),
            "next_best_offer_choice_score": pd.DataFrame(SHARES).head(0),
            "churn_customers": customers,
            "churn_customer_log": former,
            "churn_scores": scores.assign(may_be_contacted=scores["customer_id"] != 5),
            "churn_permission_log": scores.assign(may_be_contacted=scores["customer_id"] != 10),
            "int_retention_outcomes": contacts,
            "export_customer_log": pd.DataFrame(
                {"list_name": ["retention_call_list"], "subject_id": [13], "exported_at": [today]}
            ),
            "campaign_target_history": nobody(
                "customer_id", *CAMPAIGN, "expected_profit_usd", *LISTED
            ).astype({"listed_at": "datetime64[us]", "is_held_out": bool, "is_carried_over": bool}),
            "campaign_responses": nobody("customer_id", *RESPONDENT).astype({"may_be_contacted": bool}),
            "campaign_customer_log": nobody("customer_id", *RESPONDENT).astype({"may_be_contacted": bool}),
            "next_best_offer_history": nobody("client_id", "product", "take_up_probability", *LISTED).astype(
                {"listed_at": "datetime64[us]", "is_held_out": bool, "is_carried_over": bool}
            ),
            "bank_customers": nobody("client_id", *CLIENT),
            "bank_customer_log": nobody("client_id", *CLIENT),
            "customer_transaction_summaries": nobody("client_id", *SPENT),
            "transaction_summary_log": nobody("client_id", *SPENT),
            "next_best_offers": nobody(
                "client_id", "product", "take_up_probability", "may_be_contacted"
            ).astype({"may_be_contacted": bool}),
            "offer_permission_log": nobody("client_id", "may_be_contacted").astype(
                {"may_be_contacted": bool}
            ),
            "int_offer_outcomes": nobody(
                "client_id", "product", "is_treated", "has_accepted", "offered_date"
            ).astype({"is_treated": bool, "has_accepted": bool, "offered_date": "datetime64[us]"}),
        },
        ("list_changes",),
    )["list_changes"]
    return made[made["publication"] == 2]


@pytest.mark.parametrize(
    ("rules", "model", "gain", "left", "moved", "entered"),
    [
        ("a", 1, 10.0, "others", "others", "others"),
        ("b", 1, 10.0, "rule", "rule", "rule"),
        (None, 1, 10.0, "unknown", "unknown", "unknown"),
        # Worth less by the new model: that took the place. Worth more, and yet gone: others did.
        ("a", 2, 9.0, "model_version", "model_version", "model_version"),
        ("a", 2, 11.0, "others", "model_version", "model_version"),
        ("a", 2, 10.0, "others", "others", "model_version"),
        ("b", 2, 9.0, "rule_and_model_version", "rule_and_model_version", "rule_and_model_version"),
        ("b", 2, 11.0, "rule", "rule_and_model_version", "rule_and_model_version"),
    ],
)
def test_each_customer_counts_under_the_cause_that_was_made(
    built_sample, rules, model, gain, left, moved, entered
):
    found = changes(built_sample, rules=rules, logged=10, model=model, gain=gain)
    counted = found.set_index(["change", "cause"])["customers"].to_dict()
    causes = ["holdout", "outcome", "pause", "permission", "data", left]
    assert counted == {
        **{("left", cause): 1 + (cause in ("pause", "permission")) for cause in causes},
        **{("entered", cause): 1 for cause in ("pause", "permission", "data", entered)},
        ("moved", moved): 1,
        ("stayed", "none"): 1,
    }
    assert found["listed_before"].unique() == [10] and found["listed_now"].unique() == [6]
    assert {name: found[name].unique().tolist() for name in SHARES} == SHARES
    moved = found[found["change"] == "moved"].iloc[0]
    assert (moved["previous_action"], moved["action"]) == ("call", "bonus")


def test_lists_add_up_although_a_history_has_lost_who_objects(built_sample):
    found = changes(built_sample, rules="a", logged=13)
    by_change = found.groupby("change")["customers"].sum()
    assert by_change[["left", "moved", "stayed"]].sum() == 13 and found["listed_before"].unique() == [13]
    assert by_change[["entered", "moved", "stayed"]].sum() == 6 and found["listed_now"].unique() == [6]
    lost = found[found["previous_action"] == "not kept"]
    assert lost[["change", "cause", "customers"]].values.tolist() == [["left", "permission", 3]]


def test_what_a_list_offered_stays_for_a_week_unless_its_rules_have_changed(built_sample):
    columns = ["customer_id", *LISTED, *CAMPAIGN]
    named = built_sample.query(
        f"select {', '.join(columns)} from campaigns.campaign_target_history"
        " where publication = (select max(publication) from campaigns.campaign_target_history)"
        " order by customer_id limit 4"
    )
    log = pd.DataFrame(named, columns=columns).assign(is_carried_over=False)
    log.loc[1, "rules_fingerprint"] = "others"
    log.loc[2, "rules_fingerprint"] = None
    log.loc[3, "listed_at"] -= pd.Timedelta(days=7)
    loads = built_sample.query("select seed_name, fingerprint from operations.seed_loads")
    found = run_models(
        built_sample.folder,
        {
            "campaign_target_log": log,
            "seed_load_log": pd.DataFrame(loads, columns=["seed_name", "fingerprint"]),
            "stg_campaigns__do_not_contact": "select null::bigint as customer_id, 'profiling' as purpose,"
            " false as is_permitted where false",
        },
        ("int_campaign_draws",),
    )["int_campaign_draws"]
    assert found["is_list_valid"].tolist() == [True, True, True, False]
    assert found["keeps_offer"].tolist() == [True, False, False, False]
