"""Drivers of the churn probability: true of each customer, and nothing to a caller that may not be said."""

import re

import pandas as pd
import pytest
from driver_words import published, share_of_churn_drivers_that_hold

from bank_marketing.churn.retention_drivers import NO_REASON, NO_TOPIC, drivers
from bank_marketing.churn.retention_terms import TRAITS
from bank_marketing.errors import UserError

DEFAULT = ["gender", "age", "country"]
# Names, synonyms and levels.
NOT_TO_SAY = r"\b(gender|sex|female|male|age|aged|years?|old|country|france|germany|spain)\b"


@pytest.fixture(scope="module")
def churn(built_sample):
    return published(built_sample, "retention", "select * from churn.churn_customers")


def test_drivers_of_all_customers_agree_with_replacing_them(built_sample):
    share, of_a_customer = share_of_churn_drivers_that_hold(built_sample)
    assert share == 1
    assert of_a_customer > 2.5


def test_the_call_list_says_nothing_that_may_not_be_said(built_sample):
    calls = built_sample.query("select reason, talk_about from churn.retention_call_list")
    assert len(calls) > 50
    assert not [call for call in calls if re.search(NOT_TO_SAY, " ".join(call), re.IGNORECASE)]
    # Most have something to name.
    assert sum(reason != NO_REASON for reason, _ in calls) > 0.5 * len(calls)
    full = built_sample.query(
        "select driver_1 || coalesce(driver_2, '') from churn.churn_scores"
        " inner join churn.retention_call_list using (customer_id)"
    )
    assert any(re.search(NOT_TO_SAY, text, re.IGNORECASE) for (text,) in full)


def test_a_reason_is_what_raises_the_risk_beyond_the_three_drivers_too(churn):
    customers, artefact = churn
    said = drivers(customers, artefact, not_to_say=DEFAULT)
    full = said["driver_1"].str.cat([said["driver_2"], said["driver_3"]], sep="; ", na_rep="")
    reasons = said.loc[said["reason"] != NO_REASON, "reason"].str.split("; ").explode()

    assert not reasons.str.contains(":").any()
    missing = [reason for row, reason in reasons.items() if f"{reason}: raises" not in full[row]]
    assert missing
    assert not [reason for row, reason in reasons.items() if f"{reason}: lowers" in full[row]]


def test_where_nothing_may_be_said_a_sentence_says_so(churn):
    customers, artefact = churn
    said = drivers(
        customers.head(50), artefact, not_to_say="gender, age, country, products, balance, activity"
    )
    assert set(said["reason"]) == {NO_REASON}
    assert set(said["talk_about"]) == {NO_TOPIC}
    assert said["driver_1"].notna().any()


def test_what_is_not_on_the_list_may_be_said_by_column_or_plain_name(churn):
    customers, artefact = churn
    some = customers.head(500)
    everything = drivers(some, artefact, not_to_say=[])
    assert (
        everything["reason"].str.contains("age ").any() and everything["reason"].str.contains("Germany").any()
    )
    less = drivers(some, artefact, not_to_say=["balance", "is_active"])
    assert not less[["reason", "talk_about"]].stack().str.contains("balance|money|active|account").any()
    pd.testing.assert_frame_equal(less.iloc[:, :3], everything.iloc[:, :3])


@pytest.mark.parametrize("not_to_say", [["gendre"], {"gender": True}, [1]])
def test_a_list_that_names_no_trait_is_refused(churn, not_to_say):
    with pytest.raises(UserError, match="var not_to_say"):
        drivers(churn[0].head(5), churn[1], not_to_say=not_to_say)


def test_who_has_no_score_has_no_words(churn):
    customers, artefact = churn
    some = customers.head(3).astype({"products": float})
    some.loc[1, "products"] = float("nan")
    assert drivers(some, artefact, not_to_say=DEFAULT).notna().any(axis=1).tolist() == [True, False, True]
    assert drivers(some, {}, not_to_say=DEFAULT).isna().all(axis=None)
    assert set(TRAITS) <= set(some)


def test_balances_are_said_as_a_person_would(churn):
    customers, artefact = churn
    said = drivers(customers, artefact, not_to_say=[])
    phrases = said.iloc[:, :3].stack()
    phrases = phrases[phrases.str.contains("balance")]
    assert phrases.str.contains("no balance").any() and phrases.str.contains(r"balance \d{2,3},\d{3}").any()
    assert not phrases.str.contains(r"balance 0|\d{4}").any()
