"""Whoever stands in a do-not-contact lookup is marked wherever a table or a score says whom to contact."""

import shutil
from datetime import date

import duckdb
import pandas as pd
import pytest
from project_copies import Project

from bank_marketing.serving.published import blocked_customers, may_be_contacted

LOOKUPS = {
    "campaigns": ("do_not_contact_campaign_customers", "customer_id"),
    "transactions": ("do_not_contact_bank_customers", "client_id"),
    "sales": ("do_not_contact_retail_customers", "customer_id"),
    "churn": ("do_not_contact_churn_customers", "customer_id"),
}
TABLES = {
    "conversion_scores": "campaigns",
    "campaign_customer_segments": "campaigns",
    "bank_customer_segments": "transactions",
    "retail_customer_segments": "sales",
    "churn_scores": "churn",
}
NOBODY = 987654321


@pytest.fixture(scope="module")
def project(tmp_path_factory, built_sample):
    """Return the sample with three entries in each lookup, one of them over, one of a stranger."""
    folder = tmp_path_factory.mktemp("permissions") / "project"
    shutil.copytree(built_sample.folder, folder, symlinks=True)
    project = Project(folder)
    for table, domain in TABLES.items():
        lookup, key = LOOKUPS[domain]
        first, second = project.query(f"select distinct {key} from {domain}.{table} order by 1 limit 2")
        rows = f"{first[0]},objected,\n{second[0]},objected,2020-01-31\n{NOBODY},objected,\n"
        (folder / f"seeds/reference/{domain}/{lookup}.csv").write_text(f"{key},reason,until_date\n{rows}")
    lookups = [name for name, _ in LOOKUPS.values()]
    staged = [f"stg_{domain}__do_not_contact" for domain in LOOKUPS]
    without = ("--exclude-resource-type", "test", "unit_test")
    project.build(*without, "-s", *lookups, *staged, "contact_suppressions", *TABLES)
    return project


@pytest.mark.parametrize(("table", "domain"), TABLES.items())
def test_only_an_entry_that_holds_today_blocks(project, table, domain):
    _, key = LOOKUPS[domain]
    blocked = project.query(
        f"select distinct {key} from {domain}.{table} where not may_be_contacted", project.working
    )
    assert blocked == project.query(f"select min({key}) from {domain}.{table}", project.working)


def test_suppressions_name_strangers_too(project):
    found = project.query(
        "select domain, count(*), count(until_date), max(subject_id) from operations.contact_suppressions"
        " group by domain",
        project.working,
    )
    assert sorted(found) == sorted((domain, 3, 1, NOBODY) for domain in LOOKUPS)


def test_scores_honour_the_lookup_of_their_domain_until_its_last_day():
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; create schema warehouse.operations")
        assert blocked_customers(connection, "churn", date(2026, 1, 31)) is None
        connection.execute(
            "create table warehouse.operations.contact_suppressions as"
            " select * from (values ('churn', 1, null), ('churn', 2, date '2026-01-31'),"
            " ('churn', 3, date '2026-01-30'), ('sales', 4, null)) as t(domain, subject_id, until_date)"
        )
        blocked = blocked_customers(connection, "churn", date(2026, 1, 31))
    assert blocked == {1, 2}
    may_be, said = may_be_contacted(pd.Series([4, 2, 1, 2, 3]), blocked)
    assert may_be.tolist() == [True, False, False, False, True]
    assert said == ["3 rows: may not be contacted (may_be_contacted is False)"]


def test_scores_say_that_an_older_file_doesnt_name_who_is_blocked():
    may_be, said = may_be_contacted(pd.Series([1, 2]), None)
    assert may_be.isna().all()
    assert "make build" in said[0]
