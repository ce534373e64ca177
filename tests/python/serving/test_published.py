"""What the newest fit of a published file gives to whoever serves."""

import json
from pathlib import Path

import duckdb
import pytest

from bank_marketing.campaigns import policy_fit
from bank_marketing.errors import UserError
from bank_marketing.fitting import fits
from bank_marketing.fitting.artefacts import dump_artefact
from bank_marketing.serving.published import (
    attach_published,
    newest_artefact,
    run_stored,
    shut,
    stored_features,
)
from bank_marketing.serving.published_key import published_key


def published(path: Path, **params: object) -> Path:
    fitted_with = {"task_version": policy_fit.TASK.version, "libraries": fits.installed_libraries()}
    said = json.dumps({"reason": "too few", fits.FITTED_WITH: fitted_with, **params})
    with duckdb.connect(path) as connection:
        connection.execute("create schema evaluation")
        connection.execute(
            "create table evaluation.model_registry as select 'campaign_policies' as model_name,"
            " 2 as model_version, 'insufficient_data' as status, $said as params, $artefact as artefact",
            {"said": said, "artefact": dump_artefact({"policy": {"name": "greedy"}})},
        )
    return path


def test_a_policy_in_use_is_served_although_the_newest_fit_had_insufficient_data(tmp_path):
    kept = published(tmp_path / "kept.duckdb", **{fits.KEEPS_ARTEFACT: True})
    empty = published(tmp_path / "empty.duckdb")
    with duckdb.connect() as connection:
        attach_published(connection, kept)
        assert newest_artefact(connection, kept, policy_fit.TASK) == (2, {"policy": {"name": "greedy"}})
    with duckdb.connect() as connection:
        attach_published(connection, empty)
        with pytest.raises(UserError, match="had insufficient data: too few"):
            newest_artefact(connection, empty, policy_fit.TASK)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute(
            "attach ':memory:' as warehouse; create schema warehouse.evaluation;"
            " create schema warehouse.operations"
        )
        yield connection


def test_a_file_of_a_release_that_noted_no_key_takes_any(connection, tmp_path):
    (tmp_path / "sample.key").write_text("0f" * 32, encoding="ascii")
    publications = "create or replace table warehouse.operations.publications as select 1 as version"
    for sql in (publications, f"{publications}, cast(null as varchar) as key_fingerprint"):
        connection.execute(sql)
        assert published_key(connection, tmp_path / "sample.duckdb") == bytes.fromhex("0f" * 32)
    connection.execute(f"{publications}, 'another' as key_fingerprint")
    with pytest.raises(UserError, match="expected another"):
        published_key(connection, tmp_path / "sample.duckdb")


@pytest.mark.parametrize(
    "sql",
    [
        "drop table raw",
        "select 1; drop table raw",
        "create table made as select 1",
        "copy raw to 'here.csv'",
        "attach 'other.duckdb'",
        "selec 1",
        "",
    ],
)
def test_features_are_made_by_one_query_alone(connection, sql):
    connection.execute(
        "create table warehouse.evaluation.model_features as"
        " select 'retention' as model_name, $sql as sql, '{}' as declaration, '{}' as vars",
        {"sql": sql},
    )
    with pytest.raises(UserError, match="'retention' is no single query"):
        stored_features(connection, Path("sample.duckdb"), "retention")


def test_a_stored_query_reads_no_file_but_those_that_may_be_read(connection, tmp_path):
    for folder in ("mine", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rows.csv").write_text("a\n1\n")
    (tmp_path / "linked.csv").symlink_to(tmp_path / "mine" / "rows.csv")
    shut(connection, (tmp_path / "linked.csv").resolve().parent)

    def read(name: str) -> int:
        query = f"select * from read_csv('{tmp_path / name}')"
        return len(run_stored(connection, Path("sample.duckdb"), "retention", query, "a"))

    assert (read("mine/rows.csv"), read("linked.csv")) == (1, 1)
    with pytest.raises(UserError, match="the query stored for 'retention' doesn't run"):
        read("other/rows.csv")
    with pytest.raises(duckdb.Error, match="locked"):
        connection.execute("set enable_external_access = true")
