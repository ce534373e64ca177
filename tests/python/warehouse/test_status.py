"""`bank-marketing status` and `bank-marketing build` as a person sees them."""

import re
import shutil
from datetime import timedelta

import duckdb

from bank_marketing.warehouse.status import describe


def test_status_tells_what_is_published_from_which_data_and_what_next(built_sample):
    done = built_sample.run("bank_marketing.cli", "status")
    assert done.returncode == 0, done.stderr
    for words in (
        "publication 1",
        "domains built: campaigns, transactions, sales, churn",
        "seeds/sample/churn",
        "8,000 rows",
        "Rejected rows: none",
        "Models:",
        "version 1",
        "import-kaggle",
    ):
        assert words in done.stdout, words


def test_status_without_a_published_file_says_how_to_build_one(lean_project):
    lean_project.published.unlink()
    done = lean_project.run("bank_marketing.cli", "status")
    assert done.returncode == 1
    assert "sample.duckdb" in done.stderr and "make build" in done.stderr


def test_another_warehouse_overrides_the_seed_set(built_sample, lean_project):
    other = lean_project.folder / "other.duckdb"
    shutil.copy(built_sample.published, other)
    done = lean_project.run("bank_marketing.cli", "status", "--warehouse", str(other))
    assert "8,000 rows" in done.stdout


def test_status_of_a_file_of_an_earlier_release_is_told(lean_project):
    with duckdb.connect(str(lean_project.published)) as connection:
        connection.execute("alter table evaluation.model_registry rename n to n_rows")

    done = lean_project.run("bank_marketing.cli", "status")

    assert done.returncode == 0, done.stderr
    assert re.search(r"campaign_segments +version 1, fitted .* on [\d,]+ rows", done.stdout)


def test_build_without_any_file_says_what_to_do(lean_project):
    for file in (lean_project.folder / "seeds/sample").rglob("raw_*.csv"):
        file.write_text("")
    done = lean_project.run("bank_marketing.cli", "build")
    assert done.returncode == 1
    assert "import-kaggle" in done.stderr


def test_build_and_status_tell_what_is_wrong_with_the_files(lean_project):
    """One build, which takes time: a file shrank and breaks off, the other domains lack one."""
    churn = lean_project.folder / "seeds/sample/churn/raw_churn_customers.csv"
    content = churn.read_text()
    # The last row loses its last fields and its line end.
    churn.write_text(content[: int(0.6 * len(content))].rsplit(",", 3)[0])
    lacking = {"campaigns": "raw_campaign_responses", "transactions": "raw_cards", "sales": "raw_coupons"}
    for domain, name in lacking.items():
        file = lean_project.folder / f"seeds/sample/{domain}/{name}.csv"
        file.write_text(file.read_text().splitlines(keepends=True)[0])

    done = lean_project.run("bank_marketing.cli", "build")
    assert done.returncode == 0, done.stdout[-3000:]
    status = lean_project.run("bank_marketing.cli", "status").stdout

    for output in (done.stdout, status):
        assert "rows where the last publication had 400" in output
        assert "its last line has no end and too few fields" in output
    assert "1 x raw_churn_customers: line: missing columns" in status
    assert "_private.rejected_rows" in status
    for domain, name in lacking.items():
        assert f"Left out: {domain}, since seeds/sample/{domain} lacks {name}.csv" in done.stdout
    assert lean_project.query(
        "select domains_kept from operations.publications order by version desc limit 1"
    ) == [("campaigns, transactions, sales",)]

    # The same once more is built by nobody.
    state = lean_project.published_state
    again = lean_project.run("bank_marketing.cli", "build")
    assert "Nothing was built" in again.stdout
    assert lean_project.published_state == state


def test_a_publication_from_the_future_has_no_negative_age(lean_build):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{lean_build.published}' as warehouse (read_only)")
        connection.execute("use warehouse")
        (published_at,) = connection.execute(
            "select max(published_at) from operations.publications"
        ).fetchall()[0]
        ahead = "\n".join(describe(connection, lean_build.published, published_at - timedelta(days=365)))
        now = "\n".join(describe(connection, lean_build.published, published_at - timedelta(seconds=2)))
    assert "365 days ahead of this clock" in ahead and "-" not in ahead.split("publication 1, ")[1][:20]
    assert "publication 1, 0 minutes old" in now
