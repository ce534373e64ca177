"""What readers see: DESIGN.md's rule that nothing half-done is seen."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from project_copies import Project
from tiny_warehouse import TinyWarehouse

from bank_marketing import subject_keys
from bank_marketing.subject_keys import key_file
from bank_marketing.warehouse.publishing import REFUSED, Table, comments, decide

NODES = [
    {"unique_id": "model.bank_marketing.churn_customers", "domain": "churn", "depends_on": []},
    {"unique_id": "model.bank_marketing.orders", "domain": "sales", "depends_on": []},
    {"unique_id": "model.bank_marketing.seed_loads", "domain": "operations", "depends_on": []},
    {
        "unique_id": "test.bank_marketing.unique_orders",
        "domain": None,
        "depends_on": ["model.bank_marketing.orders"],
    },
]

NOT_NULLABLE = (
    "select table_name || '.' || column_name from duckdb_columns()"
    " where database_name = current_database() and not is_nullable order by 1"
)


def results(**statuses: str) -> list[dict[str, str]]:
    ids = {node["unique_id"].split(".")[2]: node["unique_id"] for node in NODES}
    return [{"unique_id": ids[name], "status": status} for name, status in statuses.items()]


def test_only_domains_built_and_tested_whole_are_published():
    everything = results(
        churn_customers="success", orders="success", seed_loads="success", unique_orders="pass"
    )
    assert decide(NODES, everything).domains == ("sales", "churn")
    without_test = [r for r in everything if "unique_orders" not in r["unique_id"]]
    assert decide(NODES, without_test).domains == ("churn",)


@pytest.mark.parametrize("status", ["error", "fail", "skipped", "runtime error"])
def test_nothing_is_published_after_a_failure(status: str):
    decision = decide(NODES, results(churn_customers="success", orders=status, seed_loads="success"))
    assert decision.domains == ()
    assert "orders" in decision.reason


def test_nothing_is_published_without_the_shared_tables():
    decision = decide(NODES, results(churn_customers="success"))
    assert decision.domains == ()
    assert "seed_loads" in decision.reason and "churn+" in decision.reason
    seed_alone = [{"unique_id": "seed.bank_marketing.raw_churn_customers", "status": "success"}]
    assert decide(NODES, seed_alone).domains == ()


@pytest.fixture
def tiny(tmp_path: Path) -> TinyWarehouse:
    """Return a warehouse of a few rows, published once."""
    warehouse = TinyWarehouse(tmp_path)
    warehouse.publish("campaigns", "churn")
    return warehouse


def kill_while_building(project: Project, selected: str) -> None:
    build = subprocess.Popen(
        [sys.executable, "-m", "dbt.cli.main", "build", "-s", selected],
        cwd=project.folder,
        env=project.environment(),
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


def test_what_a_build_publishes_and_what_it_leaves(lean_project):
    """One story in a few builds, which take time: parts, failures and a killed build publish nothing."""
    count = "select count(*) from sales.orders"
    features = "select domain, model_name, sql from evaluation.model_features"
    (made,) = lean_project.query(features)
    assert made[:2] == ("campaigns", "campaign_segments")
    loads = "select rows_read from operations.seed_loads where seed_name = 'raw_order_lines'"
    before, read = lean_project.query(count), lean_project.query(loads)
    unchanged = lean_project.published_state
    lean_project.build("-s", "churn")
    # The working file holds no customer then.
    lean_project.build("--empty", "-s", "churn+")
    assert lean_project.published_state == unchanged

    lines = lean_project.folder / "seeds/sample/sales/raw_order_lines.csv"
    text = lines.read_text()
    head, *rows = text.splitlines()
    lines.write_text("\n".join([head, *rows[: len(rows) // 2], *["1,2,3"] * 200]) + "\n")
    assert lean_project.dbt("build", "-s", "sales+").returncode != 0
    assert lean_project.published_state == unchanged

    kill_while_building(lean_project, "churn+")
    assert lean_project.published_state == unchanged

    # After the killed build, behind a link, beside what one killed later would leave.
    target = lean_project.folder / "elsewhere" / "bank.duckdb"
    target.parent.mkdir()
    lean_project.published.rename(target)
    lean_project.published.symlink_to(target)
    if os.geteuid() == 0:
        os.chown(target, 1234, 2345)
    owner = target.stat().st_uid, target.stat().st_gid
    for name in ("bank.duckdb.unfinished", "bank.duckdb.unfinished.wal"):
        target.with_name(name).write_bytes(b"left by a killed build")
    lean_project.working.chmod(0o644)
    lean_project.build("-s", "churn+")
    assert lean_project.query(count) == before
    assert lean_project.query(features) == [made]
    # What is said of the kept domain is what was true of it when it was published.
    assert lean_project.query(loads) == read
    assert lean_project.published.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o444
    assert (target.stat().st_uid, target.stat().st_gid) == owner
    assert [path.name for path in target.parent.iterdir()] == ["bank.duckdb"]
    # Raw rows hold personal data.
    assert stat.S_IMODE(lean_project.working.stat().st_mode) == 0o600
    latest = "select version, domains_built, domains_kept from {} order by version desc limit 1"
    assert lean_project.query(latest.format("operations.publications")) == [
        (2, "churn", "campaigns, transactions, sales")
    ]
    # The working file's log holds the publication just made, with the files of kept domains, too.
    log = "operations_private.publication_log"
    assert lean_project.query(latest.format(log), lean_project.working)[0][0] == 2
    files = (
        "select count(*), count(distinct seed_name), sum(rows_read) from {} group by version order by version"
    )
    published = lean_project.query(files.format("operations.publication_files"))
    assert len(published) == 2 and published[0] == published[1]
    assert published == lean_project.query(
        files.format("operations_private.publication_file_log"), lean_project.working
    )

    lines.write_text(text)
    lean_project.build("-s", "sales+")
    assert lean_project.query(count) == before


def test_a_kept_domain_keeps_its_columns_and_comments_when_the_project_has_moved_on(tiny):
    comments = (
        "select column_name, comment from duckdb_columns() where database_name = current_database()"
        " and table_name = 'campaign_performance' order by 1"
    )
    before = tiny.query(comments)
    tiny.change(
        "alter table campaigns.campaign_performance rename cost_per_conversion_usd to usd_per_conversion"
    )

    assert "Kept as last published: campaigns." in tiny.publish("churn")

    assert tiny.query(comments) == before
    assert all(comment for _, comment in before)


def test_what_was_hashed_with_two_keys_is_never_published_as_one(tmp_path, monkeypatch):
    warehouse = TinyWarehouse(tmp_path)
    for key in ("1", "2"):
        key_file(warehouse.published).write_text(key * 64, encoding="ascii")
        monkeypatch.setattr(subject_keys, "_key", bytes.fromhex(key * 64))
        if key == "2":
            refused = warehouse.statements("churn")
            assert refused[1:] == [] and str(key_file(warehouse.published)) in refused[0]
        warehouse.publish("campaigns", "churn")

    noted = warehouse.query("select key_fingerprint from operations.publications order by version")
    assert noted == [(subject_keys.fingerprint(bytes.fromhex(key * 64)),) for key in ("1", "2")]


def test_readers_keep_the_old_file_until_they_attach_again(tiny):
    with duckdb.connect() as reader:
        reader.execute(f"attach '{tiny.published}' as old (read_only)")
        latest = "select max(version) from {}.operations.publications"
        assert reader.execute(latest.format("old")).fetchall() == [(1,)]
        tiny.publish("churn")
        assert reader.execute(latest.format("old")).fetchall() == [(1,)]
    assert tiny.query("select max(version) from operations.publications") == [(2,)]


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


def test_older_clients_can_read_the_file_format(lean_build, tiny):
    tiny.tokens = {"churn.churn_customers": "1"}
    for _ in range(2):
        tiny.publish("campaigns", "churn")
    for published in (lean_build.published, tiny.published):
        # The version stands in the file's header as a number: 64 to 67 are read by DuckDB 1.0 to 1.5.
        header = published.read_bytes()[:20]
        assert header[8:12] == b"DUCK"
        assert int.from_bytes(header[12:20], "little") <= 65


def test_a_publication_that_fails_leaves_the_published_file_and_says_so(lean_project, edit_file):
    """One story in a few builds that fail, which take time."""
    log = lean_project.published.with_name("sample.duckdb.wal")
    log.write_bytes(b"what a killed writer left")
    before = lean_project.published_state
    plain = lean_project.dbt("build", "-s", "churn+")
    ours = lean_project.run("bank_marketing.cli", "build")
    asked = lean_project.run("bank_marketing.cli", "status")
    for done, output in ((plain, plain.stdout), (ours, ours.stderr), (asked, asked.stderr)):
        assert done.returncode != 0
        assert "sample.duckdb.wal" in output and "Move the log away" in output
    # Before dbt starts, and in one line.
    assert "Running with dbt" not in ours.stdout and len(ours.stderr.splitlines()) == 1
    assert lean_project.published_state == before
    assert log.read_bytes() == b"what a killed writer left"
    log.unlink()

    # A log that appears while building stops the rename.
    asked_for = "    if problem := log_problem(Path(published)):"
    edit_file(
        lean_project.folder / "src/bank_marketing/warehouse/dbt_plugin.py",
        asked_for,
        f'    Path(published + ".wal").touch()\n{asked_for}',
    )
    done = lean_project.dbt("build", "-s", "churn+")
    assert done.returncode != 0
    assert "Can't publish" in done.stdout and "sample.duckdb.wal" in done.stdout
    assert lean_project.published_state == before
    log.unlink()


def test_a_publication_whose_file_cannot_be_made_leaves_the_published_file(tiny):
    before = tiny.published.read_bytes()
    tiny.published.with_name("tiny.duckdb.unfinished").mkdir()
    with pytest.raises(duckdb.Error, match="unfinished"):
        tiny.publish("churn")
    assert tiny.published.read_bytes() == before


def test_published_tables_keep_not_null_and_name_their_key(lean_build):
    held = lean_build.query(NOT_NULLABLE)
    assert {("churn_customers.customer_id",), ("orders.order_id",), ("model_registry.model_name",)} <= set(
        held
    )
    comment = "select comment from duckdb_tables() where table_name = 'card_transactions'"
    assert lean_build.query(comment)[0][0].endswith("\nKey: transaction_id.")


def test_kept_domains_keep_not_null_and_a_shared_table_is_not_made_of_rows_that_lack_what_it_needs(tiny):
    held = tiny.query(NOT_NULLABLE)
    assert held == [("churn_customers.customer_id",), ("seed_loads.seed_name",)]
    tiny.publish("campaigns")
    assert tiny.query(NOT_NULLABLE) == held

    tiny.change("alter table operations.seed_loads add column readers integer default 1")
    needed = {"operations.seed_loads": ["seed_name", "readers"]}
    refused = tiny.publish("churn", not_null=needed)
    assert refused.startswith(REFUSED)
    assert "needs readers" in refused and "Build all domains once" in refused
    assert tiny.query("select max(version) from operations.publications") == [(2,)]
    tiny.publish("campaigns", "churn", not_null=needed)
    assert ("seed_loads.readers",) in tiny.query(NOT_NULLABLE)


def make_older(project, former: dict[str, str], tables: dict[str, str]) -> None:
    """Publish as an earlier release would: tables and columns by other names, some lacking, some more."""
    older = project.published.with_name("older.duckdb")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{project.published}' as published (read_only)")
        connection.execute(f"attach '{older}' as older")
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall()
        for schema, name in names:
            path = f"{schema}.{name}"
            if path != "operations.publication_files":
                connection.execute(f"create schema if not exists older.{schema}")
                made = tables.get(path, path)
                select = former.get(path, "*")
                connection.execute(f"create table older.{made} as select {select} from published.{path}")
    older.replace(project.published)


def test_a_file_of_an_earlier_release_goes_in_by_its_old_names_and_columns(lean_project, edit_file):
    state = "customer_id, segment_id, model_version, valid_from, valid_to"
    history = f"select {state} from campaigns.campaign_segment_history order by all"
    fits = "select model_name, model_version, fitted_at, data_fingerprint, n from evaluation.model_registry"
    metrics = "select * from evaluation.model_metrics order by all"
    registered, states = lean_project.query(fits), lean_project.query(history)
    measured = lean_project.query(metrics)
    fingerprint = "select fingerprint from operations.seed_loads where seed_name = 'raw_churn_customers'"
    digest = lean_project.query(fingerprint)[0][0]
    make_older(
        lean_project,
        {
            "operations.publications": "* exclude (domains_built),"
            " domains_built as built, 1 as more, '{}' as rows_by_table,"
            f' \'{{"raw_churn_customers": "{digest}", "raw_cards": "another"}}\' as seed_fingerprints',
            "evaluation.model_registry": "* exclude (card, tables, n) replace ('groups' as model_name),"
            " n as n_rows, tables -> '$.metrics' as metrics, tables -> '$.effects' as effects,"
            " tables -> '$.calibration' as calibration, tables -> '$.lift' as lift, 1 as more",
            "campaigns.campaign_segment_history": "* exclude (previous_segment_name, reason)"
            " rename (valid_from as dbt_valid_from, valid_to as dbt_valid_to),"
            " 'state ' || customer_id as dbt_scd_id, valid_from as dbt_updated_at",
        },
        {
            "evaluation.model_registry": "evaluation.models",
            "campaigns.campaign_segment_history": "campaigns.group_history",
        },
    )
    edit_file(
        lean_project.folder / "macros/operations/former_names.sql",
        '{"tables": {}, "columns": columns, "models": {}, "added": added, "packed": packed}',
        """{
            "tables": {
                "evaluation.model_registry": ["evaluation.fits", "evaluation.models"],
                "campaigns.campaign_segment_history": ["campaigns.group_history"],
            },
            "columns": dict(columns, domains_built=["built"]),
            "models": {"campaign_segments": ["groups"]},
            "added": dict(added, **{"evaluation.model_registry": {"card": "'none'"}}),
            "packed": packed,
        }""",
    )
    lean_project.working.unlink()
    lean_project.build("-s", "campaigns+")
    assert lean_project.query(fits) == registered
    assert lean_project.query(history) == states
    assert lean_project.query(metrics) == measured != []
    assert lean_project.query(
        "select version, domains_built from operations.publications order by version"
    ) == [
        (1, "campaigns, transactions, sales, churn"),
        (2, "campaigns"),
    ]
    # Counts of a file that is still the same are known; of another one, its fingerprint is.
    assert lean_project.query(
        "select seed_name, rows_read, fingerprint from operations.publication_files"
        " where version = 1 order by 1"
    ) == [("raw_cards", None, "another"), ("raw_churn_customers", 400, digest)]

    # A working file of an earlier release has old names of its own; any command mends it.
    with duckdb.connect(str(lean_project.working)) as connection:
        snapshot = "alter table campaigns_private.campaign_segment_snapshot rename"
        connection.execute(f"{snapshot} valid_from to dbt_valid_from; {snapshot} valid_to to dbt_valid_to")
        connection.execute("alter table operations_private.publication_log add column more integer")
    done = lean_project.dbt("seed", "-s", "raw_cards")
    assert done.returncode == 0, done.stdout
    mended = history.replace(
        "campaigns.campaign_segment_history", "campaigns_private.campaign_segment_snapshot"
    )
    assert lean_project.query(mended, lean_project.working) == states
    log = "select version, domains_built from operations_private.publication_log order by version"
    assert len(lean_project.query(log, lean_project.working)) == 2

    # Without a published file the working file's lists are all there is; what they lack is null.
    lean_project.published.unlink()
    with duckdb.connect(str(lean_project.working)) as connection:
        connection.execute(
            "create or replace table churn_private.retention_call_log as"
            " select 1 as publication, 7 as customer_id, 'call' as action, 'x' as more"
        )
    done = lean_project.dbt("seed", "-s", "raw_cards")
    assert done.returncode == 0, done.stdout
    assert lean_project.query(
        "select publication, customer_id, action, model_version, rules_fingerprint"
        " from churn_private.retention_call_log",
        lean_project.working,
    ) == [(1, 7, "call", None, None)]


def test_a_table_whose_token_is_as_it_was_stays_and_all_others_are_written_again(tiny):
    def customers() -> tuple[list[tuple], list[tuple]]:
        tables = "churn.churn_customers", "campaigns.campaign_performance"
        return tuple(tiny.query(f"from {table} order by all") for table in tables)

    def change() -> None:
        tiny.change("update churn.churn_customers set customer_id = customer_id + 1")
        tiny.change("update campaigns.campaign_performance set cost_per_conversion_usd = 9")

    tiny.tokens = {"churn.churn_customers": "1", "campaigns.campaign_performance": None}
    tiny.publish("campaigns", "churn")
    first = customers()
    change()
    tiny.publish("campaigns", "churn")
    # A table that says it follows from what it did isn't looked at; one without a token is written.
    assert customers()[0] == first[0]
    assert customers()[1] == [("Email", 9), ("SMS", 9)]
    assert tiny.query("select max(version), count(*) from operations.publications") == [(3, 3)]

    tiny.tokens["churn.churn_customers"] = "2"
    tiny.publish("campaigns", "churn")
    assert customers()[0] == [(2, "France")]
    assert ("churn_customers.customer_id",) in tiny.query(NOT_NULLABLE)


@pytest.mark.parametrize("reason", ["raw file", "raw file unknown", "said", "another file", "full refresh"])
def test_the_file_is_written_whole_where_a_copy_could_be_wrong_or_hold_who_was_erased(tiny, reason):
    tiny.tokens = {"churn.churn_customers": "1", "campaigns.campaign_performance": "1"}
    tiny.publish("campaigns", "churn")
    tiny.publish("campaigns", "churn")
    tiny.change("update churn.churn_customers set country = 'Spain'")
    if reason == "raw file":
        tiny.loaded = {"raw_churn_customers": "c"}
    elif reason == "raw file unknown":
        tiny.loaded = {"raw_churn_customers": None}
    elif reason == "said":
        tiny.said = "Otherwise"
    elif reason == "another file":
        content = tiny.published.read_bytes()
        tiny.published.unlink()
        tiny.published.write_bytes(content)
    else:
        tiny.change("delete from kept_private.published")
    tiny.publish("campaigns", "churn")
    assert tiny.query("select country from churn.churn_customers") == [("Spain",)]
    if reason != "said":
        assert b"France" not in tiny.published.read_bytes()


def test_a_part_published_between_makes_the_next_publication_whole(tiny):
    tiny.tokens = {"churn.churn_customers": "1", "campaigns.campaign_performance": "1"}
    for domains in (("campaigns", "churn"), ("churn",)):
        tiny.publish(*domains)
    tiny.change("update campaigns.campaign_performance set campaign_channel = 'Push'")
    tiny.publish("campaigns", "churn")
    assert tiny.query("select distinct campaign_channel from campaigns.campaign_performance") == [("Push",)]


def test_a_table_that_is_gone_leaves_the_published_file(tiny):
    tiny.change("create table churn.churn_rates as select 1 as customers")
    tiny.tokens = {"churn.churn_customers": "1", "churn.churn_rates": "1"}
    tiny.publish("campaigns", "churn")
    tiny.change("drop table churn.churn_rates")
    tiny.publish("campaigns", "churn")
    assert tiny.query("select table_name from duckdb_tables() where schema_name = 'churn'") == [
        ("churn_customers",)
    ]
