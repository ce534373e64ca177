"""Rows that the build will reject, told before an import by the checks of the seed loader itself."""

import csv
import json

import pytest
from project_copies import REPOSITORY

from bank_marketing.seeds.formats import read_formats
from bank_marketing.seeds.row_checks import broken_rules

FORMATS = {f.name: f for f in read_formats(REPOSITORY / "seeds" / "formats")}


def written(tmp_path, name: str, rows: list[dict[str, str]]):
    """Write rows of examples with some values replaced."""
    columns = FORMATS[name].columns
    path = tmp_path / "file.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.header for column in columns])
        writer.writerows([[row.get(c.header, c.example or "") for c in columns] for row in rows])
    return path


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_declared_examples_break_no_rule(tmp_path, name):
    assert broken_rules(written(tmp_path, name, [{}] * 3), FORMATS[name], tmp_path) == []


@pytest.mark.parametrize(
    ("name", "header", "value", "reason"),
    [
        ("raw_churn_customers", "Balance", "", "Balance: missing"),
        ("raw_churn_customers", "Tenure", "1.5", "Tenure: not a whole number"),
        ("raw_churn_customers", "Tenure", "-1", "Tenure: below 0"),
        ("raw_churn_customers", "Exited", "2", "Exited: not a valid boolean"),
        ("raw_campaign_responses", "Age", "640", "Age: above 120"),
        ("raw_campaign_responses", "TimeOnSite", "inf", "TimeOnSite: not a valid double"),
        ("raw_campaign_responses", "TimeOnSite", "1e400", "TimeOnSite: not a finite number"),
        ("raw_campaign_responses", "AdSpend", "1e16", "AdSpend: too large (1e14 or more)"),
        ("raw_order_lines", "Avg_Price", "10000000000", "Avg_Price: too large (1e10 or more)"),
        ("raw_order_lines", "Quantity", "999999999", "Avg_Price: too large times Quantity (1e10 or more)"),
        ("raw_order_lines", "Quantity", "0", "Quantity: zero"),
        ("raw_order_lines", "Avg_Price", "9.999", "Avg_Price: more than 2 decimals"),
        ("raw_order_lines", "Transaction_Date", "2/30/2019", "Transaction_Date: not a valid us date"),
        ("raw_order_lines", "Coupon_Status", "Perhaps", "Coupon_Status: not one of the allowed values"),
        ("raw_cards", "expires", "13/2022", "expires: not a valid month year"),
        ("raw_card_transactions", "amount", "much", "amount: not a valid money"),
        ("raw_card_transactions", "zip", "123456", "zip: not a valid zip"),
        ("raw_campaign_decisions", "probability", "0", "probability: zero"),
        ("raw_campaign_decisions", "probability", "1.01", "probability: above 1"),
        ("raw_campaign_decisions", "outcome_at", "", "outcome: without outcome_at"),
        ("raw_campaign_decisions", "outcome_at", "2026-01-31 09:29:59", "outcome_at: before decided_at"),
    ],
)
def test_each_rule_is_found_where_it_is_broken(tmp_path, name, header, value, reason):
    path = written(tmp_path, name, [{}, {header: value}, {}, {header: value}])
    (broken,) = broken_rules(path, FORMATS[name], tmp_path)
    assert (broken.reason, broken.rows, broken.row) == (reason, 2, 3)
    assert broken.value == (value or None) or not reason.startswith(header)


NO_OBJECT = "not a JSON object of one probability, or null, for each candidate"
NO_SHARES = "not probabilities that add up to 1"
NOT_AMONG = "the chosen one isn't among them with its probability"


@pytest.mark.parametrize(
    ("candidates", "reason"),
    [
        ("Awareness/Email", NO_OBJECT),
        ("[0.75, 0.25]", NO_OBJECT),
        ('{"Awareness/Email": 0.75, "no contact": "some"}', NO_OBJECT),
        ('{"Awareness/Email": 0.75, "no contact": null}', NO_SHARES),
        ('{"Awareness/Email": null, "no contact": 1}', NOT_AMONG),
        ('{"Awareness/Email": 0.75, "Awareness/Email": 0.25}', NO_OBJECT),
        # Text that looks like a number is none.
        ('{"Awareness/Email": "0.75", "no contact": "0.25"}', NO_OBJECT),
        ("{}", NO_SHARES),
        # Means over positions, as some real logs have them, are no distribution over items.
        ('{"Awareness/Email": 0.75, "no contact": 0.95}', NO_SHARES),
        ('{"Awareness/Email": 0.75, "no contact": 0.5, "Awareness/SEO": -0.25}', NO_SHARES),
        ('{"Awareness/Email": 0.5, "no contact": 0.5}', NOT_AMONG),
        ('{"Awareness/SEO": 0.75, "no contact": 0.25}', NOT_AMONG),
        ('{"Awareness/Email": 0.750001, "no contact": 0.249998}', None),
        ('{"Awareness/Email": 0.749, "no contact": 0.251}', NOT_AMONG),
        ('{"Awareness/Email": 0.75, "no contact": 0.25, "Awareness/SEO": null}', None),
    ],
)
def test_logged_probabilities_are_a_distribution_with_the_chosen_arm_in_it(tmp_path, candidates, reason):
    path = written(tmp_path, "raw_campaign_decisions", [{}, {"candidates": candidates}])
    broken = broken_rules(path, FORMATS["raw_campaign_decisions"], tmp_path)
    assert [rule.reason for rule in broken] == ([f"candidates: {reason}"] if reason else [])


def test_what_was_drawn_had_a_chance(tmp_path):
    rounded = {"probability": "0.000001", "candidates": '{"Awareness/Email": 0, "no contact": 1}'}
    (broken,) = broken_rules(
        written(tmp_path, "raw_campaign_decisions", [{}, rounded]),
        FORMATS["raw_campaign_decisions"],
        tmp_path,
    )
    assert broken.reason == f"candidates: {NOT_AMONG}"


@pytest.mark.parametrize(
    ("logged", "among", "reason"),
    [
        ("1e-7", "1e-300", NOT_AMONG),
        ("0.000002", "0.000001", NOT_AMONG),
        ("1e-300", "1e-300", "the chosen one has a probability below 0.000001"),
        ("0.000001", "0.000001", None),
    ],
)
def test_a_small_probability_agrees_as_closely_as_a_large_one_and_has_an_end(tmp_path, logged, among, reason):
    rare = {"probability": logged, "candidates": f'{{"Awareness/Email": {among}, "no contact": 0.999999}}'}
    path = written(tmp_path, "raw_campaign_decisions", [{}, rare])
    broken = broken_rules(path, FORMATS["raw_campaign_decisions"], tmp_path)
    assert [rule.reason for rule in broken] == ([f"candidates: {reason}"] if reason else [])


def test_no_contact_is_an_arm_without_type_and_channel(tmp_path):
    nobody = {"campaign_type": "", "campaign_channel": "", "probability": "0.25"}
    path = written(tmp_path, "raw_campaign_decisions", [nobody])
    assert not broken_rules(path, FORMATS["raw_campaign_decisions"], tmp_path)


@pytest.mark.parametrize("empty", ["campaign_type", "campaign_channel"])
def test_an_arm_of_which_only_a_part_is_named_is_no_decision_for_no_contact(tmp_path, empty):
    name = "Awareness/" if empty == "campaign_channel" else "/Email"
    half = {empty: "", "candidates": json.dumps({name: 0.75, "no contact": 0.25})}
    path = written(tmp_path, "raw_campaign_decisions", [{}, half])
    (broken,) = broken_rules(path, FORMATS["raw_campaign_decisions"], tmp_path)
    assert (broken.reason, broken.row) == ("candidates: only a part of the chosen one is named", 3)


def test_a_row_counts_once_and_rules_come_by_frequency(tmp_path):
    rows = [{"Tenure": "x", "Balance": ""}, {"Tenure": "x"}, {"Balance": ""}, {"Tenure": "x"}]
    broken = broken_rules(
        written(tmp_path, "raw_churn_customers", rows), FORMATS["raw_churn_customers"], tmp_path
    )
    assert sum(rule.rows for rule in broken) == 4
    assert [rule.rows for rule in broken] == sorted((rule.rows for rule in broken), reverse=True)


def test_rows_after_a_bad_line_of_several_lines_are_seen(tmp_path):
    path = written(
        tmp_path, "raw_churn_customers", [{"Tenure": "x", "Surname": f"name {n}"} for n in range(300)]
    )
    lines = path.read_text().splitlines()
    for n in (100, 102):
        lines[n] = lines[n].replace(",name", ',"name')
    path.write_text("\n".join(lines) + "\n")
    seed_format = FORMATS["raw_churn_customers"]
    (broken,) = broken_rules(path, seed_format, tmp_path, has_bad_lines=True)
    assert broken.rows == 297


def test_columns_may_stand_in_any_order_and_optional_ones_may_lack(tmp_path):
    seed_format = FORMATS["raw_campaign_responses"]
    columns = [column for column in reversed(seed_format.columns) if not column.is_optional]
    path = tmp_path / "file.csv"
    values = ["640" if column.header == "Age" else column.example for column in columns]
    path.write_text(
        "\n".join([",".join(column.header for column in columns), ",".join(map(str, values))]) + "\n"
    )
    assert [rule.reason for rule in broken_rules(path, seed_format, tmp_path)] == ["Age: above 120"]
