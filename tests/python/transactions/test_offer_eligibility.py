"""Who is eligible for which product, by the query of `int_offer_eligibility` on clients of our own."""

import json

import duckdb
import pytest

# Rules: credit (score 700, debt 1.5, income 40,000, age 18) and savings (income 20,000, age 21 to 70).
PRODUCTS = """
    select * from (values
        ('credit', true, 700, 1.5, 40000.00, 18, null),
        ('savings', false, null, null, 20000.00, 21, 70)
    ) as p(product, is_credit, minimum_credit_score, maximum_debt_to_income, minimum_yearly_income_usd,
        minimum_age, maximum_age)
"""


@pytest.fixture(scope="module")
def query(built_sample) -> str:
    manifest = json.loads((built_sample.folder / "target" / "manifest.json").read_text())
    return manifest["nodes"]["model.bank_marketing.int_offer_eligibility"]["compiled_code"]


def judge(query: str, product: str, *, distressed: bool = False, **traits: float | None) -> tuple:
    """Return suitability, is_eligible and what_would_change_it of a client who passes but for `traits`."""
    client = {
        "age_years": 40,
        "yearly_income_usd": 50_000,
        "debt_to_income": 1.0,
        "credit_score": 750,
    } | traits
    values = ", ".join(f"{'null' if value is None else value} as {name}" for name, value in client.items())
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse")
        for schema in ("transactions", "transactions_private"):
            connection.execute(f"create schema warehouse.{schema}")
        for schema, table, rows in [
            ("transactions", "bank_customers", f"select 1 as client_id, {values}"),
            ("transactions_private", "stg_transactions__bank_products", PRODUCTS),
            (
                "transactions_private",
                "stg_transactions__bank_customers_in_distress",
                f"select 1 as client_id, null::date as until_date where {distressed}",
            ),
        ]:
            connection.execute(f"create table warehouse.{schema}.{table} as {rows}")
        found = connection.execute(
            "select suitability, is_eligible, what_would_change_it"
            f" from ({query}) where product = '{product}'"
        ).fetchall()
    assert len(found) == 1
    return found[0]


def test_whoever_meets_every_rule_is_eligible_up_to_the_limit(query):
    assert judge(query, "credit") == ("passes", True, None)
    at_the_limits = {"age_years": 18, "yearly_income_usd": 40_000, "debt_to_income": 1.5, "credit_score": 700}
    assert judge(query, "credit", **at_the_limits) == ("passes", True, None)
    assert judge(query, "savings", debt_to_income=9, credit_score=300) == ("not asked", True, None)


@pytest.mark.parametrize(
    ("product", "traits", "suitability", "wanted"),
    [
        (
            "savings",
            {"yearly_income_usd": 19_999.99},
            "not asked",
            "a yearly income of 20000 USD or more (now 19999)",
        ),
        ("savings", {"age_years": 20}, "not asked", "an age of 21 or more (now 20)"),
        ("savings", {"age_years": 71}, "not asked", "an age of at most 70 (now 71)"),
        ("credit", {"credit_score": 699}, "fails", "a credit score of 700 or more (now 699)"),
        # What fails never reads as if it passed.
        (
            "credit",
            {"debt_to_income": 1.501},
            "fails",
            "a debt of at most 1.5 times the yearly income (now 1.51)",
        ),
    ],
)
def test_a_trait_across_a_rule_changes_eligibility_and_what_would_change_it(
    query, product, traits, suitability, wanted
):
    assert judge(query, product, **traits) == (suitability, False, wanted)


@pytest.mark.parametrize(
    ("trait", "suitability"),
    [
        ("credit_score", "not known"),
        ("debt_to_income", "not known"),
        ("yearly_income_usd", "passes"),
        ("age_years", "passes"),
    ],
)
def test_what_is_not_known_does_not_pass(query, trait, suitability):
    found = judge(query, "credit", **{trait: None})

    assert found[:2] == (suitability, False) and found[2].endswith("(not known)")


def test_no_income_and_no_interest_lift_distress(query):
    rich = {"yearly_income_usd": 10_000_000, "credit_score": 850, "debt_to_income": 0}

    assert judge(query, "credit", distressed=True, **rich)[:2] == ("fails", False)
    assert judge(query, "savings", distressed=True, **rich) == ("not asked", True, None)
