"""The plan of another budget: the build's own where nothing changes, and one within its limits elsewhere."""

import re

import duckdb
import pandas as pd
import pytest
import yaml

from bank_marketing.campaigns.plan_anew import ground, plan_anew
from bank_marketing.campaigns.plan_limits import stated_limits
from bank_marketing.campaigns.targets import choose_targets, stated_holdout
from bank_marketing.errors import UserError
from bank_marketing.web.asked import Asked
from bank_marketing.web.pages import budget
from bank_marketing.web.words import money

LIST = "select * from warehouse.campaigns.campaign_target_list"


@pytest.fixture
def week(opened) -> pd.DataFrame:
    return opened.frame("select * from warehouse.campaigns.budget_plan where week = 1")


@pytest.fixture
def offers(opened) -> pd.DataFrame:
    return opened.frame("select * from warehouse.campaigns.campaign_offers order by hash(customer_id)")


@pytest.fixture
def usd(week) -> float:
    return float(week.loc[week["group_value"] == "all", "most_usd"].iloc[0])


def asked_for(usd: float) -> Asked:
    return Asked({"budget": f"{usd:.0f}"})


def test_at_the_published_budget_it_is_the_published_plan(opened, week, offers, usd):
    made = plan_anew(ground(offers, week, is_changed=False), usd)

    columns = list(made.rows[0])
    by = ["group_name", "group_value"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(made.rows).sort_values(by, ignore_index=True).convert_dtypes(),
        week[columns].sort_values(by, ignore_index=True).convert_dtypes(),
        check_dtype=False,
    )
    keys = list(made.chosen)
    pd.testing.assert_frame_equal(
        made.chosen.sort_values("customer_id", ignore_index=True).astype("string"),
        opened.frame(f"{LIST} order by customer_id")[keys].astype("string"),
    )


def test_it_is_what_a_build_with_that_budget_would_choose(built_sample, week, offers, usd):
    stated = yaml.safe_load((built_sample.folder / "dbt_project.yml").read_text())["vars"]
    with duckdb.connect(built_sample.working, read_only=True) as connection:
        decisions = connection.execute(
            "select * from campaigns_private.int_campaign_decisions"
            " where is_known and may_be_contacted and is_eligible and not is_paused"
        ).df()
        (publication,) = connection.execute(
            "select max(publication) from campaigns_private.int_campaign_choice"
        ).fetchone()
    built = choose_targets(
        decisions,
        limits=stated_limits(
            budget=0.8 * usd,
            contacts=stated["campaign_contacts"],
            channels=stated["campaign_channel_limits"],
            types=stated["campaign_type_limits"],
        ),
        holdout=stated_holdout(
            effect_to_see=stated["campaign_effect_to_see"],
            weeks_to_see=stated["campaign_weeks_to_see"],
            share_limit=stated["holdout_share_limit"],
            outcome_days=stated["campaign_outcome_days"],
        ),
        publication=publication,
    ).chosen
    made = plan_anew(ground(offers, week, is_changed=True), 0.8 * usd).chosen

    listed = built.loc[~built["is_held_out"], list(made)]
    assert set(listed.itertuples(index=False)) == set(made.itertuples(index=False))


def test_a_valid_list_keeps_its_campaigns_until_the_budget_changes(week, offers, usd):
    listed = plan_anew(ground(offers, week, is_changed=True), usd).chosen
    kept = listed["customer_id"].iloc[0]
    is_kept = offers["customer_id"] == kept
    worst = offers[is_kept].nsmallest(1, "expected_profit_usd").index
    bound = offers.assign(is_eligible=~is_kept | offers.index.isin(worst))

    free, held = (plan_anew(ground(bound, week, is_changed=one), usd).chosen for one in (True, False))
    assert free.equals(listed)
    names = listed.columns.drop("customer_id")
    of_kept = held.loc[held["customer_id"] == kept, names].astype("string")
    assert of_kept.empty or of_kept.equals(offers.loc[worst, names].astype("string"))
    assert not held.equals(listed)


def test_another_budget_keeps_all_limits_and_no_list_of_its_price_earns_more(opened, week, offers, usd):
    of = ground(offers, week, is_changed=True)
    less, more = (plan_anew(of, share * usd) for share in (0.5, 3))
    for plan in (less, more):
        rows = pd.DataFrame(plan.rows)
        assert (rows["customers"] <= rows["most_contacts"] + 1e-6).all()
        assert plan.chosen["customer_id"].is_unique
        drawn = offers.loc[offers["is_drawn"], "customer_id"]
        assert not plan.chosen["customer_id"].isin(drawn).any()
    assert less.rows[0]["cost_usd"] <= 0.5 * usd
    assert less.rows[0]["binding_limit"] == "most money" and less.rows[0]["price_of_a_dollar_usd"] > 0
    # The best contacts first: half of the money brings more than half of the profit.
    now = week.loc[week["group_value"] == "all", "expected_profit_usd"].iloc[0]
    assert 0.5 * now < less.rows[0]["expected_profit_usd"] < now <= more.rows[0]["expected_profit_usd"]
    assert not more.rows[0]["price_of_a_dollar_usd"]


def test_the_page_shows_the_plan_and_what_differs_from_the_published_one(opened, week, offers, usd):
    asked = asked_for(0.7 * usd)
    plan = plan_anew(ground(offers, week, is_changed=True), round(0.7 * usd))
    contacts, cost, profit = budget.outcome(opened, asked)
    rows = budget.spending(opened, asked).rows

    assert (contacts.value, cost.value, profit.value) == tuple(
        pytest.approx(plan.rows[0][name]) for name in ("customers", "cost_usd", "expected_profit_usd")
    )
    assert profit.interval and "less than published" in profit.note
    assert {row["group_value"] for row in rows} == {row["group_value"] for row in plan.rows}
    before = dict(zip(*opened.frame(LIST)[["customer_id", "campaign_type"]].to_numpy().T, strict=True))
    entered = sum(customer not in before for customer in plan.chosen["customer_id"])
    left = len(before) - (len(plan.chosen) - entered)
    assert f"{entered:,} enter, {left:,} leave" in contacts.note

    assert budget.outcome(opened, asked_for(usd)) == budget.outcome(opened, Asked())
    assert budget.outcome(opened, Asked({"budget": "much"})) == budget.outcome(opened, Asked())


def test_budgets_side_by_side_are_plans_of_each(opened, usd):
    asked = Asked({"budgets": "all"})
    table = budget.budgets(opened, asked)

    assert [row["share"] for row in table.rows] == list(budget.SHARES)
    now = next(row for row in table.rows if row["share"] == 1)
    assert now["budget_usd"] == usd and now["share_changed"] == 0
    profits = [row["expected_profit_usd"] for row in table.rows]
    assert profits == sorted(profits)
    assert f"{money(profits[2] - profits[1])} less" in budget.profits(opened, asked).finding
    assert not budget.budgets(opened, Asked()).rows


def test_a_plan_is_made_once_a_publication(opened, usd, monkeypatch):
    first = budget.another(opened, 0.9 * usd)
    monkeypatch.setattr(budget, "plan_anew", None)

    assert budget.another(opened, 0.9 * usd) is first


@pytest.mark.parametrize("usd", ["0", "50"])
def test_a_budget_that_allows_nobody_says_so_and_prices_nothing(client, opened, usd):
    text = client.get(f"/campaigns?budget={usd}").text.replace("\N{WORD JOINER}", "")

    assert f"The list is empty: campaign_budget is {usd}, and the cheapest action" in text
    assert "One dollar more would earn" not in text and "doesn&#39;t bind" not in text


@pytest.mark.parametrize("typed", ["$90,000", "90 000", "90\N{NO-BREAK SPACE}000 USD", "90000.00", "9e4"])
def test_usual_forms_of_an_amount_are_read(typed):
    assert Asked({"budget": typed}).amount("budget", most=1e6) == (90_000, "")


@pytest.mark.parametrize("typed", ["words", "-5", "1.250.000", "1.250", "12,34", "9e9999", "1e300", "nan"])
def test_a_budget_that_cant_be_is_said_beside_the_field_and_kept(client, typed):
    text = client.get("/campaigns", params={"budget": typed}).text

    (alert,) = re.findall(r'role="alert">([^<]*)', text)
    assert f"“{typed}”" in alert and "expected US dollars" in alert and "published plan is shown" in alert
    assert f'name="budget" value="{typed}"' in text
    assert "This week&#39;s plan: what it spends" in text


def test_without_published_offers_the_plan_is_shown_and_no_other(altered):
    opened = altered("drop table campaigns.campaign_offers")

    assert budget.outcome(opened, Asked())[0].value > 0
    with pytest.raises(UserError, match="isn't published here"):
        budget.outcome(opened, asked_for(4000))


def test_limits_that_contradict_a_budget_are_named(altered):
    opened = altered(
        "update campaigns.budget_plan set least_usd = 5000 where group_value = 'PPC' and week = 1"
    )
    with pytest.raises(UserError, match="campaign_budget") as error:
        budget.outcome(opened, asked_for(4000))
    assert "dollars of PPC" in str(error.value)
