"""What readers see: DESIGN.md's rule that nothing half-done is seen."""

import json
import os
import signal
import subprocess
import sys

import duckdb
import pytest

from bank_marketing.publishing import Table, comments, decide

NODES = [
    {"unique_id": "model.bank_marketing.churn_customers", "house": "churn", "depends_on": []},
    {"unique_id": "model.bank_marketing.orders", "house": "sales", "depends_on": []},
    {"unique_id": "model.bank_marketing.seed_loads", "house": "operations", "depends_on": []},
    {
        "unique_id": "test.bank_marketing.unique_orders",
        "house": None,
        "depends_on": ["model.bank_marketing.orders"],
    },
]


def results(**statuses: str) -> list[dict[str, str]]:
    ids = {node["unique_id"].split(".")[2]: node["unique_id"] for node in NODES}
    return [{"unique_id": ids[name], "status": status} for name, status in statuses.items()]


def test_only_houses_built_and_tested_whole_are_published():
    everything = results(
        churn_customers="success", orders="success", seed_loads="success", unique_orders="pass"
    )
    assert decide(NODES, everything).houses == ("sales", "churn")
    without_test = [r for r in everything if "unique_orders" not in r["unique_id"]]
    assert decide(NODES, without_test).houses == ("churn",)


@pytest.mark.parametrize("status", ["error", "fail", "skipped", "runtime error"])
def test_nothing_is_published_after_a_failure(status: str):
    decision = decide(NODES, results(churn_customers="success", orders=status, seed_loads="success"))
    assert decision.houses == ()
    assert "orders" in decision.reason


def test_nothing_is_published_without_the_shared_tables():
    decision = decide(NODES, results(churn_customers="success"))
    assert decision.houses == ()
    assert "seed_loads" in decision.reason and "churn+" in decision.reason


def test_empty_builds_and_parts_of_a_house_publish_nothing_and_a_house_leaves_the_others_as_published(
    lean_project,
):
    count = "select count(*) from sales.orders"
    unchanged, before = lean_project.published_state, lean_project.query(count)
    lean_project.build("-s", "raw_churn_customers")
    lean_project.build("-s", "churn")
    lean_project.build("--empty")
    assert lean_project.published_state == unchanged
    # The working file holds no order now.
    lean_project.build("-s", "churn+")
    assert lean_project.query(count) == before
    version, built, kept, rows = lean_project.query(
        "select version, houses_built, houses_kept, rows_by_table from operations.publications"
        " order by version desc limit 1"
    )[0]
    assert (version, built, kept) == (2, "churn", "campaigns, transactions, sales")
    assert json.loads(rows)["sales.orders"] == before[0][0]


def test_a_failed_house_stops_publishing_and_stays_as_published_until_it_is_repaired(lean_project, edit_file):
    orders = "select count(*) from sales.orders"
    loads = "select rows_read from operations.seed_loads where seed_name = 'raw_order_lines'"
    before, read = lean_project.query(orders), lean_project.query(loads)
    unchanged = lean_project.published_state
    lines = lean_project.folder / "seeds/sample/sales/raw_order_lines.csv"
    text = lines.read_text()
    head, *rows = text.splitlines()
    lines.write_text("\n".join([head, *rows[: len(rows) // 2], *["1,2,3"] * 200]) + "\n")

    assert lean_project.dbt("build", "-s", "sales+").returncode != 0
    assert lean_project.published_state == unchanged

    lean_project.build("-s", "churn+")
    assert lean_project.published_state != unchanged
    assert lean_project.query(orders) == before
    # What is said of the kept house is what was true of it when it was published.
    assert lean_project.query(loads) == read

    lines.write_text(text)
    lean_project.build("-s", "sales+")
    assert lean_project.query(orders) == before


def test_a_kept_house_keeps_its_columns_and_comments_when_the_project_has_moved_on(lean_project, edit_file):
    folder = lean_project.folder / "models/campaigns"
    for file in ("campaign_performance.sql", "campaign_performance.yml"):
        edit_file(folder / file, "cost_per_conversion_usd", "usd_per_conversion")
    comments = (
        "select column_name, comment from duckdb_columns() where database_name = current_database()"
        " and table_name = 'campaign_performance' order by 1"
    )
    before = lean_project.query(comments)
    lean_project.build("-s", "churn+")
    assert lean_project.query(comments) == before
    assert all(comment for _, comment in before)


def test_readers_keep_the_old_file_until_they_attach_again(lean_project):
    with duckdb.connect() as reader:
        reader.execute(f"attach '{lean_project.published}' as old (read_only)")
        latest = "select max(version) from {}.operations.publications"
        assert reader.execute(latest.format("old")).fetchall() == [(1,)]
        lean_project.build("-s", "churn+")
        assert reader.execute(latest.format("old")).fetchall() == [(1,)]
    assert lean_project.query("select max(version) from operations.publications") == [(2,)]


def test_descriptions_of_a_table_arrive_as_they_are_in_one_statement():
    table = Table(
        "churn", "scores", "A customer's; all of them.", {"id": "Number;\n'id'", "score": "-- risk"}
    )
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as publication")
        connection.execute("create schema publication.churn")
        connection.execute("create table publication.churn.scores (id integer, score double)")
        connection.execute(comments(table))

        said = connection.execute("select comment from duckdb_tables()").fetchall()
        of_columns = connection.execute(
            "select column_name, comment from duckdb_columns() where schema_name = 'churn'"
        ).fetchall()

    assert said == [("A customer's; all of them.",)]
    assert dict(of_columns) == table.columns


def test_a_killed_build_leaves_the_published_file_and_the_next_build_succeeds(lean_project):
    before = lean_project.published_state
    build = subprocess.Popen(
        [sys.executable, "-m", "dbt.cli.main", "build"],
        cwd=lean_project.folder,
        env=lean_project.environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert build.stdout
    for line in build.stdout:
        if "OK created sql table model" in line:
            os.killpg(build.pid, signal.SIGKILL)
            break
    assert build.wait() == -signal.SIGKILL
    assert lean_project.published_state == before
    lean_project.build()
    assert lean_project.published_state != before


def test_a_publish_that_fails_leaves_the_old_file_and_says_so(lean_project, edit_file):
    before = lean_project.published_state
    edit_file(lean_project.folder / "macros/publishing/published_path.sql", '".duckdb")', '".duckdb/none")')
    done = lean_project.dbt("build", "-s", "churn+")
    assert done.returncode != 0
    assert lean_project.published_state == before


def test_older_clients_can_read_the_file_format(lean_build):
    # The version stands in the file's header as a number: 64 to 67 are read by DuckDB 1.0 to 1.5.
    header = lean_build.published.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") <= 65
