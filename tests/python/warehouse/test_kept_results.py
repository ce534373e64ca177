"""What a build keeps is what a build from nothing would make, whatever changed in between."""

import json
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import yaml
from project_copies import REPOSITORY, Project

from bank_marketing.seeds.file_content import read_content
from bank_marketing.seeds.formats import read_yaml
from bank_marketing.warehouse.kept_results import seed_content

# Moments, and what is drawn or written anew each time without meaning anything else.
OTHERWISE = re.compile(r"_at$|^(seconds|artefact|token|state|valid_from|valid_to|dbt_\w+|git_commit)$")
KEPT = re.compile(r"Kept, as nothing they follow from has changed: \d+ of \d+ results")


def rows_of(file: Path) -> list[str]:
    return file.read_text().splitlines()


def swap_rows(project: Project, lots: random.Random) -> None:
    """Change the content of a file, not its size."""
    file = lots.choice(list((project.folder / "seeds" / "sample").rglob("raw_c*s.csv")))
    header, *rows = rows_of(file)
    lots.shuffle(rows)
    file.write_text("\n".join([header, *rows]) + "\n")


def drop_rows(project: Project, lots: random.Random) -> None:
    file = project.folder / "seeds" / "sample" / "churn" / "raw_churn_customers.csv"
    header, *rows = rows_of(file)
    file.write_text("\n".join([header, *lots.sample(rows, len(rows) - 3)]) + "\n")


def spoil_a_row(project: Project, lots: random.Random) -> None:
    file = project.folder / "seeds" / "sample" / "campaigns" / "raw_campaign_responses.csv"
    header, *rows = rows_of(file)
    at = lots.randrange(len(rows))
    rows[at] = f"x{rows[at]}"
    file.write_text("\n".join([header, *rows]) + "\n")


def touch(project: Project, lots: random.Random) -> None:
    for file in (project.folder / "seeds" / "sample").rglob("*.csv"):
        os.utime(file)


def exchange(name: str, one: str, other: str) -> Callable[[Project, random.Random], None]:
    """Return a change of a text in a file, which done again is undone."""

    def change(project: Project, lots: random.Random) -> None:
        file = project.folder / name
        text = file.read_text()
        assert one in text or other in text
        file.write_text(text.replace(other, one) if other in text else text.replace(one, other))

    return change


def drop_table(project: Project, lots: random.Random) -> None:
    tables = ("raw.raw_churn_customers", "churn.churn_customers", "campaigns_private.campaign_segments_score")
    with duckdb.connect(str(project.working)) as connection:
        connection.execute(f"drop table if exists {lots.choice(tables)}")


CHANGES = {
    "rows in another order": swap_rows,
    "rows gone": drop_rows,
    "a row rejected": spoil_a_row,
    "files touched": touch,
    "a table's SQL": exchange(
        "models/campaigns/campaign_performance.sql", "conversions > 0 then", "conversions > 9 then"
    ),
    "a view's SQL": exchange(
        "models/churn/staging/stg_churn__customers.sql", "age as age_years", "age + 1 as age_years"
    ),
    "a macro": exchange("macros/parsing/declared_word.sql", "else trim(", "else upper("),
    "a macro, and a test fails": exchange("macros/statistics/wilson_low.sql", "1.959963984540054", "1.5"),
    "a var": exchange("dbt_project.yml", "churn_currency: unknown", "churn_currency: EUR"),
    "the day": exchange("dbt_project.yml", 'as_of: ""', 'as_of: "2026-01-05"'),
    "a setting of seeds": exchange("dbt_project.yml", "max_reject_share: 0.01", "max_reject_share: 0.02"),
    "a table gone": drop_table,
    "nothing": lambda project, lots: None,
}


def tables(project: Project, file: Path) -> dict[str, list[tuple]]:
    """Return what is said of all tables of a file, and all their rows, but for `OTHERWISE`."""
    columns = project.query(
        "select schema_name || '.' || table_name, string_agg(column_name, ',' order by column_index),"
        " string_agg(column_name || data_type || is_nullable || coalesce(comment, '') order by column_index)"
        " from duckdb_columns() where database_name = 'warehouse'"
        " and schema_name <> 'kept_private' group by 1",
        file,
    )
    comments = "select schema_name || '.' || table_name, comment from duckdb_tables() order by all"
    found = {"comments": project.query(comments, file)}
    for table, names, said in columns:
        told = [f'"{name}"' for name in names.split(",") if not OTHERWISE.search(name)]
        rows = project.query(f"select {', '.join(told)} from {table} order by all", file)
        found[table] = [(said,), *rows]
    return found


def built_afresh(project: Project, folder: Path) -> tuple[Project, int]:
    """Build a copy of the project in which nothing is kept; return it and how the build ended."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(project.folder, folder)
    afresh = Project(folder)
    with duckdb.connect(str(afresh.working)) as connection:
        connection.execute("delete from kept_private.results")
    return afresh, afresh.dbt("build").returncode


@pytest.mark.builds
@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_equals_a_build_from_nothing_after_any_changes(
    lean_project: Project, tmp_path: Path, seed: int
) -> None:
    lots = random.Random(seed)
    for step in range(8):
        names = lots.sample(sorted(CHANGES), lots.choice((1, 1, 2)))
        for name in names:
            CHANGES[name](lean_project, lots)
        afresh, code = built_afresh(lean_project, tmp_path / "afresh")
        done = lean_project.dbt("build")
        assert done.returncode == code, (step, names, done.stdout[-3000:])
        for file in ("working", "published"):
            expected, found = (tables(each, getattr(each, file)) for each in (afresh, lean_project))
            assert found.keys() == expected.keys()
            differ = [table for table in expected if found[table] != expected[table]]
            assert not differ, (step, names, file)


def test_only_what_changed_runs(lean_project: Project, edit_file: Callable[[Path, str, str], None]) -> None:
    def steps_run() -> set[str]:
        lean_project.build("--write-json")
        results = json.loads((lean_project.folder / "target" / "run_results.json").read_text())["results"]
        return {
            result["unique_id"].split(".")[2]
            for result in results
            if result["adapter_response"].get("code") != "KEPT"
        }

    steps_run()
    idle = steps_run()
    # History, logs of publications and loads, the clock: nothing that reads the raw files.
    assert "campaign_segment_snapshot" in idle
    assert "publications" in idle
    assert not idle & {"raw_churn_customers", "churn_customers", "card_transactions", "campaign_segments_fit"}
    assert not idle & {"stg_churn__customers", "model_registry", "churn_totals_reconcile"}

    edit_file(lean_project.folder / "models/churn/churn_customers.sql", "with\n", "-- Another.\nwith\n")
    changed = steps_run()
    assert {"churn_customers", "churn_totals_reconcile"} <= changed
    assert not changed & {"raw_churn_customers", "stg_churn__customers", "card_transactions", "orders"}

    edit_file(
        lean_project.folder / "tests/data/churn/churn_totals_reconcile.sql", "select raw", "select  raw"
    )
    assert steps_run() - idle == {"churn_totals_reconcile"}


def test_a_test_that_failed_runs_until_it_passes(
    lean_project: Project, edit_file: Callable[[Path, str, str], None]
) -> None:
    test = lean_project.folder / "tests/data/churn/churn_totals_reconcile.sql"
    edit_file(test, "raw_totals.customers <> mart_totals.customers", "true")
    for _ in range(2):
        done = lean_project.dbt("build", "-s", "churn_totals_reconcile")
        assert done.returncode == 1
        assert "Got 1 result" in done.stdout
    test.write_text("{{ config(severity='warn') }}\n" + test.read_text())
    for _ in range(2):
        assert "WARN=1" in lean_project.dbt("test", "-s", "churn_totals_reconcile").stdout
    edit_file(test, "true", "false")
    assert not KEPT.search(lean_project.dbt("test", "-s", "churn_totals_reconcile").stdout)
    assert KEPT.search(lean_project.dbt("test", "-s", "churn_totals_reconcile").stdout)


def test_a_unit_test_is_kept_until_what_it_follows_from_changes(
    lean_project: Project, edit_file: Callable[[Path, str, str], None]
) -> None:
    def asked() -> tuple[int, bool]:
        done = lean_project.dbt("test", "-s", "test_type:unit")
        return done.returncode, bool(KEPT.search(done.stdout))

    staging = lean_project.folder / "models" / "churn" / "staging"
    said = (REPOSITORY / "models/churn/staging/stg_churn__customers.yml").read_text()
    test, model = staging / "units.yml", staging / "stg_churn__customers.sql"
    test.write_text(yaml.safe_dump({"version": 2, "unit_tests": read_yaml(said)["unit_tests"]}))
    assert [asked(), asked()] == [(0, False), (0, True)]
    edit_file(model, "with\n", "-- Another.\nwith\n")
    assert [asked(), asked()] == [(0, False), (0, True)]
    macro = lean_project.folder / "macros/parsing/declared_word.sql"
    for file, right, wrong in (
        (model, "lower(trim(card_type))", "upper(trim(card_type))"),
        (macro, "else trim(", "else upper("),
        (test, "geography: Spain", "geography: DE"),
        (test, "country: Spain", "country: France"),
        (lean_project.folder / "dbt_project.yml", "[de, deu,", "[deu,"),
    ):
        text = file.read_text()
        edit_file(file, right, wrong)
        # One that failed isn't kept either.
        assert [asked(), asked()] == [(1, False), (1, False)], wrong
        file.write_text(text)
        assert asked()[0] == 0
    # What reads a clock, or a table by its name, may say something else tomorrow.
    for unknown in ("current_date > date '2020-01-01'", "exists (from churn.churn_customers)"):
        text = model.read_text()
        edit_file(model, "from renamed", f"from renamed where {unknown}")
        assert [asked(), asked()] == [(0, False), (0, False)], unknown
        model.write_text(text)


def test_full_refresh_keeps_nothing(lean_project: Project) -> None:
    lean_project.build("-s", "+churn_customers")
    again = lean_project.dbt("build", "-s", "+churn_customers").stdout
    assert KEPT.search(again)
    assert not KEPT.search(lean_project.dbt("build", "--full-refresh", "-s", "+churn_customers").stdout)


def test_a_log_of_loads_that_is_gone_is_made_again(lean_project: Project) -> None:
    loaded = "select seed_name, rows_read from operations_private.seed_load_log order by all"
    lean_project.build("-s", "+churn_customers")
    before = lean_project.query(loaded, lean_project.working)
    with duckdb.connect(str(lean_project.working)) as connection:
        connection.execute("drop table operations_private.seed_load_log")
    lean_project.build("-s", "+churn_customers")
    after = lean_project.query(loaded, lean_project.working)
    assert after and set(after) <= set(before)


def test_an_empty_build_is_no_result(lean_project: Project) -> None:
    lean_project.build("-s", "+churn_customers", "--empty")
    lean_project.build("-s", "+churn_customers")
    assert lean_project.query("select count(*) from churn.churn_customers", lean_project.working)[0][0] > 0


def test_a_file_is_read_only_where_its_size_leaves_that_open(tmp_path: Path) -> None:
    file = tmp_path / "raw.csv"
    file.write_text("id\n1\n")
    state, unknown = seed_content(str(file), "", "")
    assert not unknown
    assert seed_content(str(file), state, "as noted") == [state, "as noted"]
    file.write_text("id\n2\n")
    assert seed_content(str(file), state, "as noted")[1] == read_content(file).fingerprint
    file.write_text("id\n1\n2\n")
    assert not seed_content(str(file), state, "as noted")[1]


def test_python_models_read_the_clock_only_by_what_is_noted() -> None:
    # A fit notes when it was made; `stated_day` is today where as_of is empty, and stands in the token then.
    for model in (REPOSITORY / "python_models").glob("*/*/*.py"):
        text = model.read_text()
        assert not re.search(r"\btoday\(|\btime\.", text), model
        assert "datetime.now" not in text or model.parent.name == "fit", model
        if "stated_day" in text:
            assert "as_of:" in model.with_suffix(".yml").read_text(), model
