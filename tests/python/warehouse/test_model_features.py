"""How the features of a served model are made, as one query over its raw relation."""

import json
from typing import Any

import duckdb
import pytest

from bank_marketing.errors import UserError
from bank_marketing.warehouse.model_features import model_features

SEEDS = {
    "raw_churn_customers": {
        "name": "raw_churn_customers",
        "description": "Customers.",
        "config": {"meta": {"unique_key": ["customerid"]}},
        "columns": [
            {
                "name": "customerid",
                "description": "Number.",
                "data_type": "bigint",
                "tags": ["not declared"],
                "config": {"meta": {"required": True}},
            }
        ],
    }
}


def node(name: str, sql: str | None = None, *reads: str, **properties: Any) -> dict[str, Any]:
    return {
        "unique_id": f"model.project.{name}",
        "domain": "churn",
        "depends_on": [f"model.project.{read}" for read in reads],
        "relation": f'"build"."churn"."{name}"',
        "sql": sql,
        "is_public": False,
        "settings": {},
        **properties,
    }


def nodes(*others: dict[str, Any], features: str = "select customer_id + 1 as customer_id from {}") -> list:
    staged = 'with stg as (select customerid as customer_id from "build"."churn"."raw_churn_customers")\n\n\n'
    reads = [other["unique_id"].split(".")[2] for other in others]
    return [
        node("raw_churn_customers"),
        node("stg_churn__customers", f"{staged}select * from stg", "raw_churn_customers"),
        node(
            "features_retention",
            features.format('"build"."churn"."stg_churn__customers"'),
            "stg_churn__customers",
            *reads,
        ),
        node("retention_score", settings={"not_to_say": ["age"], "horizon_years": 3}),
        *others,
    ]


def test_all_between_raw_relation_and_features_is_one_query():
    (row,) = model_features(nodes(), SEEDS, ["churn"])
    with duckdb.connect() as connection:
        connection.execute("create table raw_churn_customers as select 41 as customerid")
        assert connection.execute(row["sql"]).fetchall() == [(42,)]
    assert (row["domain"], row["model_name"]) == ("churn", "retention")
    assert json.loads(row["vars"]) == {"not_to_say": ["age"]}
    assert json.loads(row["lookups"]) == []
    assert "build" not in row["sql"] and "\n\n" not in row["sql"]


def test_the_declaration_holds_what_is_declared_alone():
    (row,) = model_features(nodes(), SEEDS, ["churn"])
    declared = json.loads(row["declaration"])
    assert declared["domain"] == "churn"
    assert declared["columns"][0].keys() == {"name", "description", "data_type", "config"}


def test_what_no_raw_file_makes_is_read_from_the_published_file():
    rates = node("rates", "select 2 as rate", is_public=True)
    features = 'select customer_id * rate as customer_id from {} cross join "build"."churn"."rates"'
    (row,) = model_features(nodes(rates, features=features), SEEDS, ["churn"])
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; create schema warehouse.churn")
        connection.execute("create table warehouse.churn.rates as select 2 as rate")
        connection.execute("create table raw_churn_customers as select 41 as customerid")
        assert connection.execute(row["sql"]).fetchall() == [(82,)]
    assert json.loads(row["lookups"]) == ["churn.rates"]


@pytest.mark.parametrize(
    "other", [node("rates", "select 2 as rate"), node("by_python", None, "raw_churn_customers")]
)
def test_what_is_neither_made_by_sql_nor_published_is_refused(other):
    with pytest.raises(UserError, match=r"features_retention reads (rates|by_python), which is neither"):
        model_features(nodes(other), SEEDS, ["churn"])


def test_a_domain_that_isnt_published_has_no_row():
    assert model_features(nodes(), SEEDS, ["sales"]) == []
