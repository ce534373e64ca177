"""`bank-marketing export`: on a published file of a few rows, and once through a build that reads the log."""

import csv
import hashlib
import json
import re
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from project_copies import REPOSITORY, Project, keep_only

from bank_marketing import cli
from bank_marketing.serving.export_log import log_path, read_exports
from bank_marketing.serving.lists import LISTS
from bank_marketing.serving.permissions import forbidden_rows
from bank_marketing.warehouse.dbt_plugin import export_lines, export_log_problem

FORMULA = "=cmd|' /C calc'!A0"
TODAY = datetime.now(UTC).date()
LOOKUPS = REPOSITORY / "seeds" / "reference" / "churn"
PUBLISHED = """
create schema operations;
create schema churn;
create table operations.publications as select 4 as version, 'churn, sales' as domains_built
union all select 5, 'sales';
create table operations.contact_suppressions (domain varchar, subject_id bigint, until_date date);
create table operations.exports as select 'known' as export_id;
create table churn.retention_call_list (
    customer_id bigint, call_rank integer, action_description varchar, balance double, is_active boolean,
    valid_until date
);
"""


def publish(folder: Path, *rows: tuple, valid_until=TODAY) -> Path:
    """Make a checkout with a published file: a row is customer, rank and description."""
    (folder / "warehouse").mkdir(parents=True, exist_ok=True)
    (folder / "dbt_project.yml").touch()
    reference = folder / "seeds" / "reference" / "churn"
    reference.mkdir(parents=True, exist_ok=True)
    for lookup in LOOKUPS.glob("*_churn_customers.*"):
        shutil.copy(lookup, reference)
    warehouse = folder / "warehouse" / "sample.duckdb"
    warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(PUBLISHED)
        for row in rows:
            connection.execute(
                "insert into churn.retention_call_list values ($1, $2, $3, -5.5, true, $4)",
                [*row, valid_until],
            )
    return warehouse


@pytest.fixture
def warehouse(tmp_path):
    return publish(tmp_path, (11, 2, "a call"), (12, 1, FORMULA), (13, 3, None))


@pytest.fixture
def export(tmp_path, capsys):
    """Return a function that exports the call list: status, rows of a CSV, what was said."""

    def run(warehouse: Path, *words: str, output: str = "calls.csv") -> tuple[int, list[dict[str, str]], str]:
        target = tmp_path / output
        status = cli.main(
            ["export", "retention_call_list", "--warehouse", str(warehouse), "--output", str(target), *words]
        )
        captured = capsys.readouterr()
        rows = (
            list(csv.DictReader(target.open(newline="")))
            if target.suffix == ".csv" and target.is_file()
            else []
        )
        return status, rows, captured.out + captured.err

    return run


def customers(rows: list[dict[str, str]]) -> list[int]:
    return [int(row["customer_id"]) for row in rows]


def add_entry(warehouse: Path, lookup: str, row: str) -> None:
    path = warehouse.parent.parent / "seeds" / "reference" / "churn" / f"{lookup}_churn_customers.csv"
    with path.open("a") as file:
        file.write(f"{row}\n")


def test_a_list_goes_out_in_its_order_and_is_noted_with_its_checksum(warehouse, export, tmp_path):
    status, rows, said = export(warehouse)

    assert status == 0, said
    assert customers(rows) == [12, 11, 13]
    assert rows[1] == {
        "customer_id": "11",
        "call_rank": "2",
        "action_description": "a call",
        "balance": "-5.5",
        "is_active": "True",
        "valid_until": f"{TODAY}",
    }
    (noted,) = read_exports(log_path(warehouse))
    digest = hashlib.sha256((tmp_path / "calls.csv").read_bytes()).hexdigest()
    assert noted.sha256 == digest and digest in said
    # The list is of the newest publication that built its domain.
    assert (noted.publication, noted.customers, noted.rows_exported) == (4, [12, 11, 13], 3)
    assert log_path(warehouse).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_parquet_holds_the_table_as_it_is_published(warehouse, export, tmp_path):
    status, _, said = export(warehouse, "--format", "parquet", output="calls.parquet")

    assert status == 0, said
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        published = "from warehouse.churn.retention_call_list order by call_rank"
        found = connection.execute(f"from '{tmp_path}/calls.parquet'")
        assert found.description == connection.execute(published).description
        assert connection.execute(f"from '{tmp_path}/calls.parquet'").fetchall() == (
            connection.execute(published).fetchall()
        )


def test_texts_that_a_spreadsheet_would_run_are_marked_wherever_it_splits_lines(tmp_path, export):
    texts = [
        FORMULA,
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "a;=1",
        'b"=1',
        "c\n=1",
        "\uff1d1",
        "fine - so, 1 = 1",
    ]
    warehouse = publish(tmp_path, *((n, n, text) for n, text in enumerate(texts)))

    status, rows, said = export(warehouse)

    assert status == 0, said
    assert "10 texts" in said
    assert [row["action_description"] for row in rows[:2]] == [f"'{FORMULA}", "'+1"]
    assert rows[-1]["action_description"] == texts[-1]
    content = (tmp_path / "calls.csv").read_text()
    for delimiter in ",;\t|":
        cells = [cell for line in csv.reader(content.splitlines(), delimiter=delimiter) for cell in line]
        assert not [cell for cell in cells if re.match(r"\s*[=+@\uff1d]|\s*-(?!5\.5$)", cell)], delimiter


def test_who_objected_after_the_build_is_left_out(warehouse, export):
    add_entry(warehouse, "do_not_contact", "12,objected,")
    add_entry(warehouse, "do_not_contact", f"13,objected,{TODAY - timedelta(days=1)}")

    status, rows, said = export(warehouse)

    assert status == 0, said
    assert customers(rows) == [11, 13]
    assert "left out: 1 row" in said and "do_not_contact_churn_customers.csv" in said
    assert read_exports(log_path(warehouse))[0].rows_left_out == 1


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        (["11,marketing,,withdrawn,2026-01-31 12:00:00,branch"], [12, 13]),
        (["11,profiling,,withdrawn,2026-01-31 12:00:00,branch"], [12, 13]),
        (["11,credit,,withdrawn,2026-01-31 12:00:00,branch"], [12, 11, 13]),
        (["11,marketing,Phone,withdrawn,2026-01-31 12:00:00,branch"], [12, 13]),
        (["11,marketing,email,withdrawn,2026-01-31 12:00:00,branch"], [12, 11, 13]),
        (["11,marketing,,withdrawn,2999-01-31 12:00:00,branch"], [12, 11, 13]),
        (
            [
                "11,marketing,,withdrawn,2026-01-31 12:00:00,branch",
                "11,marketing,,given,2026-02-01 12:00:00,branch",
            ],
            [12, 11, 13],
        ),
    ],
)
def test_permissions_count_as_they_stand_now(warehouse, export, entries, left):
    for entry in entries:
        add_entry(warehouse, "contact_permissions", entry)
    status, rows, said = export(warehouse)
    assert status == 0, said
    assert customers(rows) == left


@pytest.fixture
def campaign_list(warehouse, tmp_path, monkeypatch):
    """Return a function that exports a campaign list of four customers beside a log of decisions."""
    monkeypatch.delenv("DECISIONS_DATABASE", raising=False)
    reference = tmp_path / "seeds" / "reference" / "campaigns"
    reference.mkdir()
    for lookup in (LOOKUPS.parent / "campaigns").glob("*_campaign_customers.*"):
        shutil.copy(lookup, reference)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update operations.publications set domains_built = domains_built || ', campaigns';"
            "create schema campaigns; create table campaigns.campaign_target_list as"
            " select n as customer_id, n as list_rank, 'Social Media' as campaign_channel,"
            f" date '{TODAY}' as valid_until from (select unnest([1, 2, 3, 4]) as n)"
        )

    def run() -> list[int] | None:
        target = tmp_path / "campaign.csv"
        words = ["--warehouse", str(warehouse), "--output", str(target), "--overwrite"]
        if cli.main(["export", "campaign_target_list", *words]):
            return None
        with target.open(newline="") as file:
            return customers(list(csv.DictReader(file)))

    return run


def test_who_unsubscribed_or_complained_after_a_decision_is_left_out(warehouse, campaign_list):
    assert campaign_list() == [1, 2, 3, 4]
    with closing(sqlite3.connect(warehouse.with_name("sample_decisions.sqlite"))) as log:
        log.execute("pragma journal_mode = wal")
        log.execute("create table outcomes (customer_id, campaign_channel, outcome)")
        said = [
            (1, "Email", "complained"),
            (2, "Social Media", "unsubscribed"),
            (3, "Email", "unsubscribed"),
            (4, "Social Media", "declined"),
            (None, "Social Media", "complained"),
        ]
        log.executemany("insert into outcomes values (?, ?, ?)", said)
        log.commit()
        assert campaign_list() == [3, 4]
    assert campaign_list() == [3, 4]


def test_without_the_log_of_decisions_no_campaign_list_goes_out(
    warehouse, campaign_list, capsys, monkeypatch
):
    warehouse.with_name("sample_decisions.sqlite").write_text("no database")
    assert campaign_list() is None
    assert "it says who unsubscribed" in capsys.readouterr().err
    monkeypatch.setenv("DECISIONS_DATABASE", "sqlite:////nowhere/decisions.sqlite")
    assert campaign_list() is None


def test_permission_for_a_channel_and_for_credit_is_asked_for_by_row():
    by_channel = replace(
        LISTS["retention_call_list"], channel="campaign_channel", is_credit="campaign_channel = 'Loan'"
    )
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; create schema warehouse.operations")
        connection.execute(
            "create table warehouse.operations.contact_suppressions"
            " (domain varchar, subject_id bigint, until_date date)"
        )
        condition, _ = forbidden_rows(connection, by_channel, None, TODAY)
        connection.execute(
            "insert into permissions values (1, 'marketing', 'all', false, null),"
            " (1, 'marketing', 'email', true, null),"
            " (2, 'marketing', 'email', false, null), (3, 'credit', 'all', false, null)"
        )
        found = connection.execute(
            f"select customer_id, campaign_channel from (select unnest([1, 2, 3]) as customer_id),"
            f" (select unnest(['Email', 'SMS', 'Loan']) as campaign_channel)"
            f" where not ({condition}) order by all",
            {"today": TODAY},
        ).fetchall()
    assert found == [(1, "Email"), (2, "Loan"), (2, "SMS"), (3, "Email"), (3, "SMS")]


def test_who_may_not_be_contacted_by_the_published_file_is_left_out_without_a_checkout(
    warehouse, export, tmp_path, monkeypatch
):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "insert into operations.contact_suppressions values ('churn', 11, null), ('sales', 12, null),"
            f" ('churn', 13, date '{TODAY - timedelta(days=1)}')"
        )
    elsewhere = tmp_path / "far" / "away"
    elsewhere.mkdir(parents=True)
    shutil.copy(warehouse, elsewhere)
    monkeypatch.chdir("/")

    status, rows, said = export(elsewhere / warehouse.name)

    assert status == 0, said
    assert customers(rows) == [12, 13]
    assert "the published file alone" in said
    assert "add its new lines" in said


def test_a_lookup_that_cant_be_read_whole_stops_the_export(warehouse, export, tmp_path):
    add_entry(warehouse, "do_not_contact", "somebody,objected,")

    status, rows, said = export(warehouse)

    assert (status, rows) == (1, [])
    assert "customer_id: not a valid bigint" in said and "Nothing was exported" in said
    assert read_exports(log_path(warehouse)) == []


def test_a_list_that_is_no_longer_valid_needs_a_word(tmp_path, export):
    warehouse = publish(tmp_path, (11, 1, "a call"), valid_until=TODAY - timedelta(days=1))

    status, rows, said = export(warehouse)
    assert (status, rows) == (1, [])
    assert "valid until" in said and "--expired-too" in said

    status, rows, said = export(warehouse, "--expired-too")
    assert (status, customers(rows)) == (0, [11])
    assert [noted.is_expired for noted in read_exports(log_path(warehouse))] == [True]


def test_an_empty_list_is_a_file_with_its_header(tmp_path, export):
    status, rows, said = export(publish(tmp_path))

    assert (status, rows) == (0, [])
    assert "nobody is on it" in said
    assert (tmp_path / "calls.csv").read_text().startswith("customer_id,call_rank")


def test_nothing_is_replaced_unasked_and_never_the_warehouse_or_its_log(warehouse, export, tmp_path):
    (tmp_path / "calls.csv").write_text("mine")
    assert export(warehouse)[0] == 1
    assert (tmp_path / "calls.csv").read_text() == "mine"
    assert export(warehouse, "--overwrite")[0] == 0
    for name in ("sample.duckdb", "sample_exports.jsonl"):
        before = (warehouse.parent / name).read_bytes()
        assert export(warehouse, "--overwrite", output=f"warehouse/{name}")[0] == 1
        assert (warehouse.parent / name).read_bytes() == before


@pytest.mark.slow
def test_exports_at_the_same_time_are_all_noted(warehouse, tmp_path):
    def run(number: int) -> int:
        words = ["export", "retention_call_list", "--warehouse", str(warehouse)]
        return cli.main([*words, "--output", str(tmp_path / f"{number}.csv")])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(16))) == [0] * 16
    assert len(read_exports(log_path(warehouse))) == 16


def test_an_export_that_was_killed_while_noting_leaves_a_log_that_goes_on(warehouse, export):
    export(warehouse)
    log = log_path(warehouse)
    whole = log.read_bytes()
    log.write_bytes(whole + whole[:100])

    assert len(read_exports(log)) == 1
    assert export(warehouse, "--overwrite")[0] == 0
    assert len(read_exports(log)) == 2 and log.read_bytes().startswith(whole)


@pytest.mark.parametrize(
    "content", [b"my notes", b"my notes\n", b'{"export_id": 1}\n', b"[]\n", b"\n", b"\xff\xfe\n", b"{}"]
)
def test_a_file_of_somebody_elses_in_the_place_of_the_log_is_left_alone(warehouse, export, tmp_path, content):
    log = log_path(warehouse)
    log.write_bytes(content)

    status, rows, said = export(warehouse)

    assert (status, rows) == (1, [])
    assert "line 1: this is no export" in said
    assert log.read_bytes() == content
    assert "this is no export" in export_log_problem(str(warehouse))


def test_nothing_is_exported_that_cant_be_noted(warehouse, export):
    log_path(warehouse).mkdir()
    status, rows, said = export(warehouse)
    assert (status, rows) == (1, [])
    assert "Nothing was exported" in said
    assert "can't be read" in export_log_problem(str(warehouse))


def test_who_was_exported_while_a_list_was_made_is_left_out_of_it(warehouse, export, tmp_path):
    export(warehouse)
    log = log_path(warehouse)
    earlier = json.loads(log.read_text())
    # Of two exports of an earlier publication the build of this one knew the one.
    unknown = {**earlier, "export_id": "unknown", "publication": 3, "customers": [11]}
    known = {**earlier, "export_id": "known", "publication": 3, "customers": [12]}
    log.write_text("".join(json.dumps(line) + "\n" for line in (unknown, known)))

    status, rows, said = export(warehouse, "--overwrite")

    assert status == 0, said
    assert customers(rows) == [12, 13]
    assert "exported of an earlier list while this one was made" in said


def test_two_logs_put_into_one_file_count_each_export_once(warehouse, export):
    export(warehouse)
    log = log_path(warehouse)
    log.write_bytes(2 * log.read_bytes())
    assert len(read_exports(log)) == len(export_lines(str(warehouse))) == 1


def test_a_published_file_without_the_list_is_said_to_lack_it(warehouse, export):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("drop table churn.retention_call_list")
    status, _, said = export(warehouse)
    assert status == 1
    assert "no retention_call_list is published there" in said


def test_every_list_with_a_history_can_be_exported():
    text = (REPOSITORY / "macros" / "operations" / "list_logs.sql").read_text()
    logged = set(re.findall(r'"published": "([\w.]+_history)"', text))
    assert {f"{one.domain}.{one.history}" for one in LISTS.values()} == logged


@pytest.mark.builds
def test_the_next_build_leaves_out_whom_an_export_named(built_sample, tmp_path):
    """Through a build, since dbt reads the log: the pause holds, and the log's loss is no licence to call."""
    shutil.copytree(built_sample.folder, tmp_path / "project")
    keep_only(tmp_path / "project", ["retention_call_list", "retention_call_history", "exports"])
    project = Project(tmp_path / "project")
    words = ["export", "retention_call_list", "--warehouse", str(project.published)]
    assert cli.main([*words, "--output", str(tmp_path / "calls.csv")]) == 0
    exported = {int(row["customer_id"]) for row in csv.DictReader((tmp_path / "calls.csv").open())}
    listed = "select customer_id from churn.retention_call_list"
    assert exported == {customer for (customer,) in project.query(listed)}

    project.build("-s", "churn+")

    second = {customer for (customer,) in project.query(listed)}
    assert second and not second & exported
    digest = hashlib.sha256((tmp_path / "calls.csv").read_bytes()).hexdigest()
    assert project.query("select list_name, publication, rows_exported, sha256 from operations.exports") == [
        ("retention_call_list", 1, len(exported), digest)
    ]

    log_path(project.published).unlink()
    done = project.dbt("run", "-s", "int_retention_offers")

    assert done.returncode == 0, done.stdout[-3000:]
    assert "lacks 1 that are published" in done.stdout
    offered = project.query("select customer_id from churn_private.int_retention_offers", project.working)
    assert not exported & {customer for (customer,) in offered}
