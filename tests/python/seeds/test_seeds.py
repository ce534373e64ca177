"""What the seed loader does with files that aren't as they should be."""

import hashlib
import shutil

import pandas as pd
import pytest
from grammar_table import BY_COLUMN, FORMATS, write_file
from project_copies import keep_only

from bank_marketing.seeds.unfinished_imports import NOTE, UnfinishedImport

SEED = "seeds/sample/churn/raw_churn_customers.csv"
QUARANTINE = (
    "select line, reason, text from churn_private.rejected_rows"
    " where seed_name = 'raw_churn_customers' order by line"
)


@pytest.fixture(scope="module")
def churn_project(tmp_path_factory, lean_build):
    """Return one copy for the whole module: each test writes its own seed file and loads it.

    With a single mart, since dbt reads all there is before each load.
    """
    folder = tmp_path_factory.mktemp("seeds") / "project"
    shutil.copytree(lean_build.folder, folder)
    keep_only(folder, ["churn_customers"])
    return type(lean_build)(folder)


@pytest.fixture
def lines(churn_project, lean_build) -> list[str]:
    """Return the lines of the clean file."""
    return (lean_build.folder / SEED).read_text().splitlines()


def load(project, content: str | bytes):
    path = project.folder / SEED
    path.unlink(missing_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return project.dbt("seed", "-s", "raw_churn_customers")


def with_value(line: str, column: int, value: str) -> str:
    return ",".join([*line.split(",")[:column], value, *line.split(",")[column + 1 :]])


def joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def test_bad_rows_are_quarantined_and_the_others_keep_their_lines(churn_project, lines):
    lines[3] = with_value(lines[3], 3, "good")
    lines[5] = "1,2,3"
    lines[7] = lines[6]
    lines[9] = with_value(lines[9], 6, "640")
    lines[11] = with_value(lines[11], 10, "maybe")
    path = churn_project.folder / SEED
    path.write_text(joined(lines))
    done = churn_project.dbt("seed", "-s", "raw_churn_customers", "--vars", "max_reject_share: 0.05")
    assert done.returncode == 0, done.stdout
    quarantined = churn_project.query(QUARANTINE, churn_project.working)
    assert [(line, reason) for line, reason, _ in quarantined] == [
        (4, "CreditScore: not a valid integer"),
        (6, "line: missing columns"),
        (8, "CustomerId: repeated key, the first row with it stays"),
        (10, "Age: above 120"),
        (12, "HasCrCard: not a valid boolean"),
    ]
    assert [text for _, _, text in quarantined] == [lines[n] for n in (3, 5, 7, 9, 11)]
    kept = churn_project.query(
        "select source_line, customerid from raw.raw_churn_customers order by source_line",
        churn_project.working,
    )
    bad = {3, 5, 7, 9, 11}
    assert kept == [(n + 1, int(line.split(",")[1])) for n, line in enumerate(lines) if n and n not in bad]
    read, loaded, rejected = churn_project.query(
        "select rows_read, rows_loaded, rows_rejected from operations_private.seed_load_log"
        " where seed_name = 'raw_churn_customers'",
        churn_project.working,
    )[0]
    assert (read, loaded, rejected) == (len(lines) - 1, len(lines) - 6, 5)


def test_unusual_values_are_told_from_bad_ones(churn_project):
    path = churn_project.folder / "seeds/sample/transactions/raw_card_transactions.csv"
    lines = path.read_text().splitlines()[:200]
    names = lines[0].split(",")

    def put(row: int, column: str, value: str) -> None:
        lines[row] = with_value(lines[row], names.index(column), value)

    unusual = [
        ("amount", '"$1,234.50"'),
        ("amount", "-$77"),
        ("use_chip", " Chip Transaction "),
        ("zip", "2139"),
        ("zip", "58523.00"),
        ("mcc", "5499.0"),
        ("id", " 1 "),
    ]
    bad = [
        ("amount", "$1.2.3", "amount: not a valid money"),
        ("amount", " ", "amount: missing"),
        ("use_chip", "Chip", "use_chip: not one of the allowed values"),
        ("zip", "123456", "zip: not a valid zip"),
        ("zip", "-5", "zip: not a valid zip"),
        ("mcc", "5499.5", "mcc: not a whole number"),
        ("mcc", "12345", "mcc: above 9999"),
        ("client_id", "-1", "client_id: below 0"),
        ("card_id", "", "card_id: missing"),
        ("date", "1969-12-31 23:59:59", "date: below 1970-01-01"),
        ("date", "2099-12-32 00:00:00", "date: not a valid timestamp"),
    ]
    for row, (column, value) in enumerate(unusual, start=1):
        put(row, column, value)
    for row, (column, value, _) in enumerate(bad, start=100):
        put(row, column, value)
    path.write_text(joined(lines))
    done = churn_project.dbt("seed", "-s", "raw_card_transactions", "--vars", "max_reject_share: 0.1")
    assert done.returncode == 0, done.stdout
    quarantined = churn_project.query(
        "select line, reason from transactions_private.rejected_rows"
        " where seed_name = 'raw_card_transactions' order by line",
        churn_project.working,
    )
    assert quarantined == [(row + 1, reason) for row, (_, _, reason) in enumerate(bad, start=100)]


def test_a_truncated_last_line_costs_that_row_only(churn_project, lines):
    assert load(churn_project, joined(lines)[:-30]).returncode == 0
    assert churn_project.query(QUARANTINE, churn_project.working) == [
        (len(lines), "line: missing columns", lines[-1][:-29])
    ]


@pytest.mark.parametrize(
    "form", ["crlf", "byte-order mark", "no newline at the end", "columns in another order"]
)
def test_harmless_forms_load_the_same_rows(churn_project, lean_build, lines, form):
    columns = "select * exclude (source_line) from raw.raw_churn_customers order by customerid"
    expected = lean_build.query(columns, lean_build.working)
    content = {
        "crlf": "\r\n".join(lines) + "\r\n",
        "byte-order mark": "\ufeff" + joined(lines),
        "no newline at the end": "\n".join(lines),
        "columns in another order": joined([",".join(reversed(line.split(","))) for line in lines]),
    }[form]
    assert load(churn_project, content).returncode == 0
    assert churn_project.query(columns, churn_project.working) == expected
    assert churn_project.query(QUARANTINE, churn_project.working) == []


def test_too_many_bad_rows_refuse_the_load_and_keep_them(churn_project, lines):
    published = churn_project.published_state
    bad = range(1, len(lines), 20)
    for n in bad:
        lines[n] = with_value(lines[n], 8, "$abc")
    done = load(churn_project, joined(lines))
    assert done.returncode != 0
    for word in (
        SEED,
        f"{len(bad)} of {len(lines) - 1} rows are bad",
        "max_reject_share",
        "Balance: not a valid decimal(18, 2) (first on line 2)",
        "churn_private.rejected_rows",
    ):
        assert word in done.stdout
    assert [line for line, _, _ in churn_project.query(QUARANTINE, churn_project.working)] == [
        n + 1 for n in bad
    ]
    assert churn_project.published_state == published
    refused = churn_project.query(
        "select is_refused from operations_private.seed_load_log where seed_name = 'raw_churn_customers'",
        churn_project.working,
    )
    assert refused == [(True,)]


def test_a_single_bad_row_never_refuses_a_small_file(churn_project, lines):
    assert load(churn_project, joined([*lines[:20], with_value(lines[20], 3, "x")])).returncode == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["expected: RowNumber", "nothing, the file is empty"]),
        ("header", ["no rows, expected at least one", "import-kaggle"]),
        ("renamed", ["line 1", "missing:  Geography", "unknown:  Country"]),
        ("repeated", ["line 1", "found:    RowNumber, CustomerId, CustomerId"]),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_reason(churn_project, lines, content, words):
    published = churn_project.published_state
    text = {
        "": "",
        "header": lines[0] + "\n",
        "renamed": joined(lines).replace("Geography", "Country", 1),
        "repeated": joined(lines).replace("Surname", "CustomerId", 1),
    }[content]
    done = load(churn_project, text)
    assert done.returncode != 0
    for word in [SEED, *words]:
        assert word in done.stdout
    assert churn_project.published_state == published


def test_a_domain_that_a_killed_import_left_is_not_loaded(churn_project, lines):
    published = churn_project.published_state
    note = (churn_project.folder / SEED).with_name(NOTE)
    UnfinishedImport("bank-marketing import-kaggle x", ["raw_churn_customers.csv", "y.csv"]).write(note)
    done = load(churn_project, joined(lines))
    note.unlink()
    assert done.returncode != 0
    for word in [SEED, "was interrupted", "Run it again: bank-marketing import-kaggle x"]:
        assert word in done.stdout
    assert churn_project.published_state == published
    assert load(churn_project, joined(lines)).returncode == 0


def test_optional_columns_may_be_absent(churn_project, lines):
    names = lines[0].split(",")
    # What Churn_Modelling.csv, the commonest churn file, lacks, and whatever else no model reads.
    optional = ["Complain", "Satisfaction Score", "Card Type", "Point Earned"]
    optional += ["RowNumber", "Surname", "CreditScore", "HasCrCard", "EstimatedSalary"]
    absent = [names.index(name) for name in optional]
    thinner = [",".join(v for i, v in enumerate(line.split(",")) if i not in absent) for line in lines]
    assert load(churn_project, joined(thinner)).returncode == 0
    assert churn_project.dbt("build", "-s", "churn_customers", "stg_churn__customers").returncode == 0
    assert churn_project.query(
        "select count(*), count(has_complained), count(satisfaction_score), count(card_type),"
        " count(card_points) from churn.churn_customers",
        churn_project.working,
    ) == [(len(lines) - 1, 0, 0, 0, 0)]


def test_without_the_column_errors_nothing_is_known_of_them(lean_project):
    """And with it, an empty cell says that there was none."""
    flags = (
        "count(*) filter (has_error), count(*) filter (not has_error), count(*) filter (has_error is null)"
    )
    query = f"select {flags} from transactions.card_transactions"
    file = lean_project.folder / "seeds/sample/transactions/raw_card_transactions.csv"
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    errors = int((rows["errors"] != "").sum())
    assert errors and lean_project.query(query) == [(errors, len(rows) - errors, 0)]

    rows.drop(columns="errors").to_csv(file, index=False)
    lean_project.build("-s", "raw_card_transactions+")

    assert lean_project.query(query, lean_project.working) == [(0, 0, len(rows))]


def test_a_missing_file_stops_dbt_and_leaves_the_published_file(churn_project):
    published = churn_project.published_state
    (churn_project.folder / SEED).unlink()
    done = churn_project.dbt("build", "-s", "churn+")
    assert done.returncode != 0
    assert "raw_churn_customers" in done.stdout
    assert churn_project.published_state == published


def test_no_input_is_written_to_also_behind_a_link(churn_project, lean_build):
    elsewhere = churn_project.folder.parent / "elsewhere.csv"
    shutil.copy(lean_build.folder / SEED, elsewhere)
    link = churn_project.folder / SEED
    link.unlink(missing_ok=True)
    link.symlink_to("../../../../elsewhere.csv")
    inputs = list((churn_project.folder / "seeds").rglob("*.csv"))

    def digests() -> list[str]:
        return [hashlib.sha256(p.read_bytes()).hexdigest() for p in inputs]

    before = digests()
    churn_project.build("-s", "churn+")
    assert digests() == before
    assert link.is_symlink()


def test_keys_that_differ_in_spelling_only_are_one_key(churn_project):
    coupons = churn_project.folder / "seeds/sample/sales/raw_coupons.csv"
    lines = coupons.read_text().splitlines()
    assert lines[1].startswith("Jan,")
    coupons.write_text(joined([*lines, lines[1].replace("Jan,", "JAN ,")]))
    done = churn_project.dbt("seed", "-s", "raw_coupons")
    assert done.returncode == 0, done.stdout
    assert churn_project.query(
        "select line, reason from sales_private.rejected_rows where seed_name = 'raw_coupons'",
        churn_project.working,
    ) == [(len(lines) + 1, "Month, Product_Category: repeated key, the first row with it stays")]


@pytest.mark.parametrize("size", [3_000_000, 50_000_000])
def test_a_line_over_the_readers_limit_is_rejected_or_refuses_the_load(churn_project, lines, size):
    lines[5] = with_value(lines[5], 2, "x" * size)
    done = load(churn_project, joined(lines))
    if done.returncode == 0:
        assert [row[:2] for row in churn_project.query(QUARANTINE, churn_project.working)] == [
            (6, "line: line size over maximum")
        ]
    else:
        assert "1 lines can't be accounted for" in done.stdout
        assert "import-kaggle" in done.stdout


def test_lines_behind_an_open_quotation_mark_refuse_the_load(churn_project, lines):
    lines[5] = with_value(lines[5], 2, '"open')
    done = load(churn_project, joined(lines))
    assert done.returncode != 0
    assert f"{SEED}: " in done.stdout
    assert "lines can't be accounted for" in done.stdout


def test_line_breaks_within_values_and_blank_lines_lose_nothing(churn_project, lines):
    lines[5] = with_value(lines[5], 2, '"two\nlines"')
    assert load(churn_project, joined(lines) + "\n\n").returncode == 0
    assert churn_project.query(QUARANTINE, churn_project.working) == []


def test_a_small_seed_file_that_isnt_utf_8_is_named_before_dbt_starts(lean_project):
    path = lean_project.folder / SEED
    content = path.read_bytes()
    path.write_bytes(content.replace(b"France", b"Fran\xe7a", 1))
    done = lean_project.run("bank_marketing.cli", "build")
    assert done.returncode == 1
    assert "raw_churn_customers.csv, line" in done.stderr and "Fran\\xe7a" in done.stderr
    assert len(done.stderr.splitlines()) <= 4 and "Traceback" not in done.stderr


def test_the_loader_decides_by_the_grammar(churn_project):
    folder = churn_project.folder / "seeds/sample"
    for (name, column), texts in BY_COLUMN.items():
        made = write_file(folder / FORMATS[name].domain, name, column, list(texts))
        assert made.exists()
        done = churn_project.dbt("seed", "-s", name, "--vars", "max_reject_share: 1")
        assert done.returncode == 0, done.stdout
        lines = churn_project.query(f"select source_line from raw.{name} order by 1", churn_project.working)
        good = [n for n, value in enumerate(texts.values(), start=3) if value is not None]
        assert [line for (line,) in lines] == [2, *good, len(texts) + 3], (name, column)
