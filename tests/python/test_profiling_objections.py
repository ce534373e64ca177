"""Who objects to profiling is found nowhere in the published file, and no command scores them."""

import re
import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
from project_copies import Project

from bank_marketing import subject_keys
from bank_marketing.errors import UserError
from bank_marketing.fitting.artefacts import load_artefact
from bank_marketing.fitting.recipe import models_by_row
from bank_marketing.fitting.sealed_keys import seal_keys
from bank_marketing.serving.published import objecting_customers, with_gaps

LOOKUPS = {
    "campaigns": ("campaign_responses", "customer_id", "campaign_customers"),
    "transactions": ("cards", "client_id", "bank_customers"),
    "sales": ("retail_customers", "customer_id", "retail_customers"),
    "churn": ("churn_customers", "customer_id", "churn_customers"),
}


def numbers_in(content) -> set[int]:
    """Return the whole numbers in what an artefact holds, however deep, and those in its texts."""
    if isinstance(content, dict):
        return set().union(*map(numbers_in, content.keys()), *map(numbers_in, content.values()))
    if isinstance(content, list | tuple | set):
        return set().union(*map(numbers_in, content))
    if isinstance(content, np.ndarray):
        return numbers_in(content.tolist())
    if isinstance(content, str):
        return {int(digits) for digits in re.findall(r"(?<![\d.])\d+(?![\d.])", content)}
    if isinstance(content, int | np.integer):
        return {int(content)}
    if isinstance(content, float) and content.is_integer():
        return {int(content)}
    return numbers_in(vars(content)) if hasattr(content, "__dict__") else set()


def places_of(published, number: int) -> list[str]:
    """Return the columns of a published file, and the artefacts, in which a number stands."""
    found = []
    with duckdb.connect(str(published), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
            " where schema_name not in ('information_schema', 'pg_catalog')"
        ).fetchall()
        for table, column, kind in columns:
            if kind == "BLOB":
                blobs = connection.execute(f'select "{column}" from {table} where "{column}" is not null')
                found += [
                    f"{table}.{column}"
                    for (blob,) in blobs.fetchall()
                    if number in numbers_in(load_artefact(blob))
                ]
                continue
            condition = (
                f"regexp_matches(\"{column}\", '(^|[^0-9.]){number}([^0-9.]|$)')"
                if kind == "VARCHAR"
                else f'try_cast("{column}" as double) = {number}'
            )
            if kind in ("DATE", "TIMESTAMP", "BOOLEAN"):
                continue
            if connection.execute(f"select count(*) from {table} where {condition}").fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


@pytest.fixture(scope="module")
def objected(tmp_path_factory, lean_build):
    """Return the lean project, published before and after a customer of each domain objected."""
    folder = tmp_path_factory.mktemp("objections") / "project"
    shutil.copytree(lean_build.folder, folder)
    project = Project(folder)
    objectors = {}
    for domain, (table, key, population) in LOOKUPS.items():
        ((objectors[domain],),) = project.query(f"select max({key}) from {domain}.{table}")
        name = f"seeds/reference/{domain}/contact_permissions_{population}.csv"
        line = f"{objectors[domain]},profiling,,withdrawn,2020-01-31 12:00:00,branch\n"
        with (folder / name).open("a") as lookup:
            lookup.write(line)
    before = {domain: places_of(project.published, number) for domain, number in objectors.items()}
    project.build()
    return project, objectors, before


@pytest.mark.parametrize("domain", LOOKUPS)
def test_an_objector_is_found_nowhere_in_the_published_file(objected, domain):
    project, objectors, before = objected
    table, key, _ = LOOKUPS[domain]
    assert f"{domain}.{table}.{key}" in before[domain]
    # Orders and other populations have numbers of their own; those of bank customers are as small as counts.
    places = [
        place
        for place in places_of(project.published, objectors[domain])
        if place.split(".")[0] in (domain, "evaluation", "operations")
        and not re.search(r"order_(line_)?id$", place)
        and (domain != "transactions" or re.search(r"client|subject", place))
    ]
    assert places == []


def test_money_of_an_objector_stays_without_them(objected, lean_build):
    project, _, _ = objected
    total = "select sum(net_revenue_usd), count(*) from sales.order_lines"
    assert project.query(total) == lean_build.query(total)


def test_objections_are_published_as_hashes_that_the_key_alone_tells(objected):
    project, objectors, _ = objected
    keys = pd.Series([objectors["churn"], objectors["churn"] - 1])
    with duckdb.connect() as connection:
        connection.execute(f"attach '{project.published}' as warehouse (read_only)")
        objects, said = objecting_customers(connection, project.published, "churn", keys)
        assert objects.tolist() == [True, False]
        assert said == ["1 row: not scored, since the customer objects to profiling"]
        with pytest.raises(UserError, match=r"elsewhere\.key"):
            objecting_customers(connection, project.published.with_name("elsewhere.duckdb"), "churn", keys)


def test_an_artefact_keeps_hashes_and_tells_who_was_in_the_fit_with_the_key_alone():
    artefact = {
        "keys": np.array([11, 12]),
        "folds": np.array([1, 0]),
        "fold_models": ["a", "b"],
        "final_model": "c",
    }
    sealed = seal_keys(artefact)
    assert not {11, 12} & numbers_in(sealed)

    def models(opened):
        return {model: rows.tolist() for model, rows, _ in models_by_row(opened, [11, 12, 13])}

    known = {"a": [False, True, False], "b": [True, False, False], "c": [False, False, True]}
    assert models(artefact) == models({**sealed, "subject_key": subject_keys.key_in_use()}) == known
    assert models({**sealed, "subject_key": None})["c"] == [True] * 3
    assert models({**sealed, "subject_key": b"another"})["c"] == [True] * 3


def test_a_key_is_drawn_once_and_only_its_owner_may_read_it(tmp_path, monkeypatch):
    monkeypatch.setattr(subject_keys, "_key", b"of this process")
    published = tmp_path / "sample.duckdb"
    assert subject_keys.stored_key(published) is None
    subject_keys.use_key_of(published)
    drawn = subject_keys.key_in_use()
    assert drawn == subject_keys.stored_key(published)
    assert (tmp_path / "sample.key").stat().st_mode & 0o777 == 0o600
    subject_keys.use_key_of(published)
    assert subject_keys.key_in_use() == drawn


def test_unscored_rows_are_empty_and_whole_numbers_stay_whole():
    scores = pd.DataFrame({"segment_id": [3, 4], "score": [0.5, 0.25]})
    found = with_gaps(scores, pd.Series([False, True, False]))
    assert found["segment_id"].astype("string").tolist() == ["3", pd.NA, "4"]
    assert found["score"].isna().tolist() == [False, True, False]
