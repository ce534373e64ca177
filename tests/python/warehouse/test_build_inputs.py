"""A build that would repeat the last publication says so before dbt starts; any change makes it build."""

import argparse
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
import yaml

from bank_marketing.errors import UserError
from bank_marketing.warehouse import build_inputs, building

REPOSITORY = Path(__file__).parents[3]
FILES = {
    "dbt_project.yml": "vars: {as_of: ''}",
    "profiles.yml": "bank_marketing: {}",
    "models/churn/churn_scores.sql": "select 1",
    "macros/churn/net_gain.sql": "{% macro net_gain() %}{% endmacro %}",
    "python_models/churn/fit/retention_fit.py": "def model(dbt, session): ...",
    "snapshots/churn.sql": "select 1",
    "tests/data/churn/adds_up.sql": "select 1",
    "tests/generic/keys_hold.sql": "select 1",
    "tests/of_mine.sql": "select 1",
    "tests/fixtures/churn.csv": "customer_id\n1\n",
    "selectors.yml": "selectors: []",
    ".dbtignore": "drafts",
    "elsewhere/profiles.yml": "bank_marketing: {}",
    "seeds/sample_truth.json": "{}",
    "seeds/formats/churn/raw_churn_customers.yml": "seeds: []",
    "seeds/reference/churn/churn_actions.csv": "action,cost\ncall,10\n",
    "seeds/sample/churn/raw_churn_customers.csv": "CustomerId\n1\n",
    "seeds/sample/churn/raw_retention_outcomes.csv": "CustomerId\n",
    "seeds/parts/sample/raw_card_transactions/2019-10.csv": "id\n1\n",
    "src/bank_marketing/__init__.py": "",
    "src/bank_marketing/churn/retention.py": "VERSION = 1",
    "packages/pandas-2.3.1.dist-info/METADATA": "",
    "warehouse/sample.key": "00",
    "warehouse/sample_exports.jsonl": "{}",
}
# What isn't read by a build.
OTHERS = {
    "README.md": "read me",
    "tests/python/test_it.py": "assert True",
    "src/bank_marketing/__pycache__/retention.pyc": "bytes",
    "seeds/own/churn/raw_churn_customers.csv": "CustomerId\n2\n",
    "seeds/parts/own/raw_card_transactions/2019-10.csv": "id\n2\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project of a few files, whose package and packages are its own."""
    for name, text in {**FILES, **OTHERS}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    package = SimpleNamespace(__file__=str(tmp_path / "src/bank_marketing/__init__.py"))
    monkeypatch.setattr(build_inputs, "bank_marketing", package)
    monkeypatch.setattr(build_inputs, "sys", SimpleNamespace(path=[str(tmp_path / "packages")]))
    monkeypatch.setenv("SEED_SET", "sample")
    monkeypatch.setenv("DBT_PROFILES_DIR", "elsewhere")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return by name what a build and a publication write."""
    folder, files = tmp_path_factory.mktemp("made"), {}
    for name, table in (("sample_build", "operations_private.log"), ("sample", "operations.publications")):
        with duckdb.connect(str(folder / name)) as connection:
            connection.execute(f"create schema {table.split('.')[0]}; create table {table} as select 1")
        files[f"{name}.duckdb"] = (folder / name).read_bytes()
    return files


@pytest.fixture
def build(project: Path, made: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return a function that builds, with something that writes both files in dbt's place."""
    runs: list[list[str]] = []

    def publish(command: list[str], **_: object) -> int:
        runs.append(command)
        for name, content in made.items():
            written = project / "made.duckdb"
            written.write_bytes(content)
            written.replace(project / "warehouse" / name)
        return 0

    monkeypatch.setattr(building, "run_dbt", publish)
    monkeypatch.setattr(building, "refits", lambda _: None)
    churn = {"churn": [], "sales": ["raw_order_lines.csv"]}
    monkeypatch.setattr(building, "domains_with_files", lambda _: churn)
    monkeypatch.setattr(building, "read_formats", lambda _: {})
    monkeypatch.setattr(building, "lay_placeholders", lambda *_: None)
    monkeypatch.setattr(building, "refuse_unknown_parts", lambda *_: None)

    def build(*arguments: str) -> int:
        runs.clear()
        assert building.run(argparse.Namespace(dbt_arguments=list(arguments), verbose=False)) == 0
        return len(runs)

    return build


def test_nothing_changed_builds_nothing_and_says_so(project, build, capsys):
    assert build() == 1
    capsys.readouterr()
    # Neither what no build reads ...
    for name in OTHERS:
        (project / name).write_text("something else")
    # ... nor a file that is another one with the same content.
    (project / "models/churn/churn_scores.sql").touch()
    lookup = project / "seeds/reference/churn/churn_actions.csv"
    lookup.unlink()
    lookup.write_text(FILES["seeds/reference/churn/churn_actions.csv"])
    assert build() == 0
    said = capsys.readouterr().out
    assert "Nothing was built" in said and "-- --full-refresh" in said
    assert "Left out: sales" in said and "sample.duckdb" in said


@pytest.mark.slow
def test_another_content_of_the_same_size_and_age_is_a_change(project, build, capsys):
    build()
    for name in (name for name, text in FILES.items() if text):
        file = project / name
        times = file.stat()
        file.write_text("x" * times.st_size)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert build() == 1, name
        assert f"Changed since the last publication: {name}\n" in capsys.readouterr().out
    assert build() == 0


def test_a_file_that_is_gone_is_a_change(project, build):
    build()
    for name in ("models/churn/churn_scores.sql", "warehouse/sample.key"):
        (project / name).unlink()
        assert build() == 1, name


CHANGES = {
    "model": lambda project, patch: (project / "models/churn/new.sql").write_text("select 1"),
    "raw file": lambda project, patch: (project / "seeds/sample/sales/raw_coupons.csv").write_text("a"),
    "package": lambda project, patch: (project / "packages/pandas-2.3.1.dist-info").rename(
        project / "packages/pandas-2.3.2.dist-info"
    ),
    "vars": lambda project, patch: patch.setenv("DBT_VARS", "{as_of: '2026-01-31'}"),
    "day": lambda project, patch: patch.setattr(build_inputs, "datetime", Tomorrow),
    "domains": lambda project, patch: patch.setattr(
        building, "domains_with_files", lambda _: {"churn": [], "sales": []}
    ),
    "published": lambda project, patch: (project / "warehouse/sample.duckdb").unlink(),
    "working": lambda project, patch: (project / "warehouse/sample_build.duckdb").unlink(),
    "written": lambda project, patch: (project / "warehouse/sample_build.duckdb").touch(),
    "note": lambda project, patch: (project / "warehouse/sample_build.duckdb.inputs").write_text("{"),
}


@pytest.mark.slow
def test_each_other_ingredient_alone_makes_it_build(project, build, monkeypatch):
    (project / "seeds/sample/sales").mkdir()
    build()
    for name, change in CHANGES.items():
        change(project, monkeypatch)
        assert build() == 1, name
    assert build() == 0


class Tomorrow(build_inputs.datetime):
    @classmethod
    def now(cls, tz):
        return super().now(tz) + timedelta(days=1)


def test_any_dbt_argument_builds_and_what_it_made_is_not_taken_for_a_plain_build(build):
    build()
    assert build("--full-refresh") == 1
    assert build("--vars", "depth: full") == 1
    assert build() == 1
    assert build() == 0


@pytest.mark.parametrize("words", [["--vars", "{0}"], ["--vars={0}"]])
def test_a_var_that_nothing_reads_is_refused_with_what_was_meant(words):
    hold = "{%s: {decision: hold, name: A. Person, reason: none}}"
    for name, text in (("policy_promotion", hold), ("depth", "%s: full"), ("as_of", "{%s: 2026-01-31}")):
        building.refuse_unknown_vars(REPOSITORY, [word.format(text % name) for word in words])
    with pytest.raises(UserError, match=r"no var 'policy_promtion', did you mean .*policy_promotion"):
        building.refuse_unknown_vars(REPOSITORY, [word.format(hold % "policy_promtion") for word in words])


def test_a_publication_of_plain_dbt_is_not_taken_for_that_of_the_note(project, build):
    build()
    building.run_dbt([])
    assert build() == 1


def test_what_changes_while_it_is_built_is_a_change_to_the_next_build(project, build, monkeypatch):
    publish = building.run_dbt

    def slow(command: list[str], **options: object) -> int:
        (project / "models/churn/churn_scores.sql").write_text("select 2")
        return publish(command, **options)

    monkeypatch.setattr(building, "run_dbt", slow)
    build()
    assert build() == 1


def test_a_log_beside_the_published_file_is_refused_as_before_any_build(project, build):
    build()
    (project / "warehouse/sample.duckdb.wal").write_text("left by a killed writer")
    with pytest.raises(building.UserError, match=r"sample\.duckdb\.wal"):
        build()


def test_every_folder_that_dbt_reads_is_looked_at():
    settings = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())
    read = {place for key in ("model", "macro", "test") for place in settings[f"{key}-paths"]}
    looked_at = {place.split("/")[0] for place in build_inputs.PROJECT}
    # Of tests, all but Python is.
    assert {*read, "snapshots"} - {"tests"} <= looked_at
    seeds = {place.removeprefix("seeds/") for place in settings["seed-paths"]}
    assert {place for place in seeds if "{" not in place} == set(build_inputs.SEEDS)
