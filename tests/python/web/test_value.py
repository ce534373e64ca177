"""Value and return: what can't be told isn't, a planned month is that of the model, bins hold everybody."""

import re

import pytest

from bank_marketing.errors import UserError
from bank_marketing.serving.roi import predict_month
from bank_marketing.web.asked import Asked
from bank_marketing.web.evidence import UNKNOWN
from bank_marketing.web.pages import marketing, value

NEVER = Asked()
TABLES = ("marketing_response_curves", "marketing_budget_split", "marketing_roi_by_channel")


def test_where_the_model_says_nothing_no_finding_does(altered):
    opened = altered(*(f"update sales.{table} set verdict = 'says nothing'" for table in TABLES))

    assert "can't be told" in marketing.response(opened, NEVER).finding
    assert marketing.split(opened, NEVER).finding.startswith("No other budget")
    assert {card.evidence.word for card in marketing.channels(opened, NEVER)} == {UNKNOWN}


def test_a_planned_month_is_what_the_model_predicts(opened):
    asked = Asked({"month": "2020-03", "spend_online": "60,000", "spend_offline": "85000"})
    found = marketing.plan(opened, asked)
    with opened.connection() as connection:
        _, expected = predict_month(
            connection, opened.warehouse, online=60000, offline=85000, month="2020-03"
        )

    assert [card.value for card in found["cards"]] == [
        expected[name] for name in ("net_revenue_usd", "marketing_revenue_usd", "return_per_usd")
    ]


@pytest.mark.parametrize("month", ["2019-01", "soon", "2200-01"])
def test_a_month_that_cant_be_planned_is_said(client, month):
    text = client.get(f"/value?month={month}").text

    assert 'role="alert">month is' in text
    assert "Of it by marketing" not in text


@pytest.mark.parametrize(("typed", "said"), [("-5", "below 0"), ("abc", "be read"), ("1e300", "too much")])
def test_a_spend_that_cant_be_is_said_and_kept(client, typed, said):
    text = client.get("/value", params={"month": "2020-03", "spend_online": typed}).text

    (alert,) = re.findall(r'role="alert">([^<]*)', text)
    assert alert.startswith("Spend online: ") and said in alert
    assert f'name="spend_online" value="{typed}"' in text
    assert "Net revenue of the month" not in text


def test_a_month_needs_a_model(altered):
    opened = altered("delete from evaluation.model_registry where model_name = 'marketing_mix'")
    with opened.connection() as connection, pytest.raises(UserError):
        predict_month(connection, opened.warehouse, online=1, offline=1, month="2020-03")


@pytest.mark.parametrize(
    "worth", [[0.0], [5.0, 1.0], [1e9, 3.0, 2.0], sorted(range(0, 20000, 7), reverse=True), [0.004] * 9]
)
def test_every_value_is_in_one_range(worth):
    rows = value.binned(worth)

    assert sum(row["customers"] for row in rows) == len(worth)
    assert sum(row["value_usd"] for row in rows) == pytest.approx(sum(worth))


def test_the_fifth_that_holds_most_is_counted(opened):
    rows = opened.rows(
        "select sum(v) filter (n <= total // 5) / sum(v) as share from (select"
        " expected_value_usd_12_months as v, row_number() over (order by v desc) as n,"
        " count(*) over () as total from warehouse.sales.customer_lifetime_values)"
    )

    assert f"holds {100 * rows[0]['share']:.0f} %" in value.values(opened, NEVER).finding
