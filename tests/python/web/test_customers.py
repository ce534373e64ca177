"""Customers: what is said of one is what the tables say, and nothing that may not be said."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert

from bank_marketing.service.schema import DECISIONS
from bank_marketing.service.store import Store
from bank_marketing.serving.lists import LISTS
from bank_marketing.serving.opened import Shelf
from bank_marketing.serving.populations import POPULATIONS
from bank_marketing.web.app import create_app
from bank_marketing.web.asked import Asked
from bank_marketing.web.evidence import UNKNOWN
from bank_marketing.web.log import Log
from bank_marketing.web.pages import customers, one_customer

HERE = "http://127.0.0.1:8001"
# By default gender, age and country.
FORBIDDEN = re.compile(r"gender|female|\bmale\b|\bage\b|years old|France|Germany|Spain")


def asked(population: str, number: int) -> Asked:
    return Asked({"population": population, "number": str(number)})


@pytest.mark.parametrize("name", LISTS)
def test_who_is_on_a_list_is_to_be_contacted_with_what_it_says(opened, name):
    population = LISTS[name].population
    _, rows = opened.list_rows(LISTS[name])
    for row in rows[:20]:
        found = one_customer.customer(opened, asked(population, row[LISTS[name].key]))
        action = row.get("action_description") or row.get("product_description") or row["campaign_type"]

        assert action in found["to_do"][0]
        assert found["why"] == row["reason"]
        assert not FORBIDDEN.search(" ".join([*found["to_do"], found["why"]]))


@pytest.mark.parametrize("name", LISTS)
def test_who_is_held_out_is_not_to_be_contacted(opened, name):
    population = POPULATIONS[LISTS[name].population]
    holdout = LISTS[name].history.replace("history", "holdout")
    rows = opened.rows(f"select {population.key} as number from warehouse.{population.domain}.{holdout}")
    listed = {row[population.key] for row in opened.list_rows(LISTS[name])[1]}
    (number,) = [row["number"] for row in rows if row["number"] not in listed][:1]

    (sentence,) = one_customer.customer(opened, asked(population.population, number))["to_do"]
    assert "held out at random" in sentence


@pytest.mark.parametrize(
    ("objects", "said"), [(False, "Don't contact"), (True, "Compute and choose nothing")], ids=str
)
def test_who_may_not_be_contacted_is_not_to_be_contacted(opened, objects, said):
    population = POPULATIONS["churn_customers"]
    row = opened.list_rows(LISTS["retention_call_list"])[1][0]
    view = {"objects_to_profiling": objects, "may_be_contacted": False, "list_row": row}

    (sentence,) = one_customer.to_do(opened, population, view)
    assert sentence.startswith(said)


@pytest.mark.parametrize(
    ("number", "said"),
    [("999999999999", "is not in this file, or isn't shown"), ("Smith", "no number"), ("-1", "no number")],
)
def test_a_customer_who_is_not_there_is_said(opened, number, said):
    found = one_customer.customer(opened, Asked({"population": "churn_customers", "number": number}))

    assert said in found["message"]
    assert found["view"] is None


@pytest.mark.parametrize("name", customers.SEGMENTED)
def test_segments_hold_every_customer_once(opened, name):
    population = POPULATIONS[name]
    rows = customers.segments(opened, Asked({"of": name})).rows
    (of_table,) = opened.rows(
        f"select count(*) as n from warehouse.{population.domain}.{population.segments.table}"
    )

    assert sum(row["customers"] for row in rows) == of_table["n"]
    assert sum(row["share"] for row in rows) == pytest.approx(1)


def test_the_largest_segment_is_told_from_others_of_its_size(altered):
    """Of the sample's retail segments the largest stands alone."""
    asked = Asked({"of": "retail_customers"})
    opened = altered(
        "update sales.retail_segment_profiles set value_high = 0.9 where kind = 'size'"
        " and value < (select max(value) from sales.retail_segment_profiles where kind = 'size')"
    )
    segments = len(customers.segments(opened, asked).rows)
    figure = customers.sizes(opened, asked)
    assert figure.finding.endswith(f"it can't be told from {segments - 1} others.")
    assert figure.evidence.word == UNKNOWN


def test_a_finding_names_what_the_chart_shows(opened):
    for name in customers.SEGMENTED:
        figure = customers.profile(opened, Asked({"of": name}))
        told = [row for row in figure.rows if row["is_distinguishable"] and not row["is_by_construction"]]
        assert any(row["trait"] in figure.finding for row in told)


def test_moves_are_counted(altered):
    opened = altered(
        "update evaluation.segment_migration_matrix set to_segment_name = 'elsewhere', customers = 7"
        " where domain = 'campaigns' and from_segment_id = 2",
    )

    assert customers.moves(opened, Asked()).note.startswith("7 of ")
    assert not customers.moves(opened, Asked({"of": "retail_customers"})).rows


@pytest.fixture
def logged(published, tmp_path, today):
    """Return a client whose log holds two decisions about one customer."""
    url = f"sqlite:///{tmp_path / 'decisions.sqlite'}"
    store = Store(url)
    moment = datetime.now(UTC).replace(tzinfo=None)
    with store.write() as connection:
        for number in (1, 2):
            connection.execute(insert(DECISIONS).values(**decision(number, moment + timedelta(days=number))))
    store.close()
    shelf = Shelf(published, lambda: today)
    with TestClient(create_app(shelf, log=Log(url)), base_url=HERE) as client:
        yield client


def decision(number: int, moment: datetime) -> dict:
    return {
        "decision_id": f"decision{number}",
        "population": "campaign_customers",
        "customer_id": 8007,
        "decided_at": moment,
        "campaign_type": "Retention",
        "campaign_channel": "Email",
        "probability": 0.75,
        "expected_profit_usd": 12.5,
        "expected_profit_usd_low": 2.5,
        "expected_profit_usd_high": 22.5,
        "reason": "best",
        "candidates": {
            "campaign_type": ["Retention", "Awareness", None],
            "campaign_channel": ["Email", "SEO", None],
            "value_usd": [100.0, 100.0, 0.0],
            "cost_usd": [10.0, 20.0, 0.0],
            "chance": [0.225, 0.1],
            "expected_profit_usd": [12.5, -10.0, 0.0],
            "probability": [0.75, 0.0, 0.25],
            "rank": [1, 3, 2],
            "stage": ["", "quiet_hours", ""],
            "shadows": {},
        },
        "traits": {},
        "publication": 1,
        "policy": "thompson",
        "model_version": 1,
        "rules_version": "0" * 16,
        "learned_through": 0,
    }


def test_a_decision_is_shown_with_all_its_candidates(logged):
    text = logged.get("/decisions?find=decision2").text

    assert "A Retention campaign by Email was chosen (decision decision2)" in text
    assert "At this hour nobody is contacted by this channel." in text
    lines = logged.get("/data/decisions/candidates.csv?find=decision2").text.splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [
        "Retention by Email",
        "no contact",
        "Awareness by SEO",
    ]


def test_decisions_about_a_customer_are_found_by_number(logged):
    text = logged.get("/decisions?find=8007").text

    assert text.index("/decisions?find=decision2") < text.index("/decisions?find=decision1")
    assert "The log has no decision" in logged.get("/decisions?find=8008").text


def test_a_log_that_is_not_there_is_said_and_not_made(published, tmp_path, today):
    file = tmp_path / "none.sqlite"
    shelf = Shelf(published, lambda: today)
    with TestClient(create_app(shelf, log=Log(f"sqlite:///{file}")), base_url=HERE) as client:
        answer = client.get("/decisions?find=8007")

    assert answer.status_code == 200
    assert "There is no log of decisions yet" in answer.text
    assert not file.exists()
