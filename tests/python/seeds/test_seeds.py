"""What the seed loader does with files that aren't as they should be.

Each form of a file is a raw file of its own with the declaration of the raw file it is a form of, so that dbt
loads all of them at once.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from grammar_table import BY_COLUMN, FORMATS, write_file
from project_copies import Project

from bank_marketing.seeds.unfinished_imports import NOTE, UnfinishedImport

CHURN, PAYMENTS, COUPONS = "raw_churn_customers", "raw_card_transactions", "raw_coupons"
SEED = f"seeds/sample/churn/{CHURN}.csv"


def with_value(line: str, column: int, value: str) -> str:
    return ",".join([*line.split(",")[:column], value, *line.split(",")[column + 1 :]])


def changed(lines: list[str], changes: dict[int, tuple[int, str]]) -> list[str]:
    """Return the lines with other values: by position of the line, that of a column and the value."""
    return [with_value(line, *changes[n]) if n in changes else line for n, line in enumerate(lines)]


def joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def with_bad_rows(lines: list[str]) -> list[str]:
    bad = changed(lines, {3: (3, "good"), 9: (6, "640"), 11: (10, "maybe")})
    return [*bad[:5], "1,2,3", bad[6], bad[6], *bad[8:]]


def with_spelling_of_a_key(lines: list[str]) -> list[str]:
    assert lines[1].startswith("Jan,")
    return [*lines, lines[1].replace("Jan,", "JAN ,")]


# What makes a form from the lines of the clean file.
OF_CHURN: dict[str, Callable[[list[str]], str]] = {
    "crlf": lambda lines: "\r\n".join(lines) + "\r\n",
    "byte_order_mark": lambda lines: "\ufeff" + joined(lines),
    "no_newline_at_the_end": "\n".join,
    "columns_in_another_order": lambda lines: joined(",".join(reversed(line.split(","))) for line in lines),
    "cut": lambda lines: joined(lines)[:-30],
    "many_bad": lambda lines: joined(changed(lines, dict.fromkeys(range(1, len(lines), 20), (8, "$abc")))),
    "small_with_one_bad": lambda lines: joined([*lines[:20], with_value(lines[20], 3, "x")]),
    "empty": lambda _: "",
    "header_alone": lambda lines: lines[0] + "\n",
    "renamed_column": lambda lines: joined(lines).replace("Geography", "Country", 1),
    "repeated_column": lambda lines: joined(lines).replace("Surname", "CustomerId", 1),
    "line_of_3_mb": lambda lines: joined(changed(lines, {5: (2, "x" * 3_000_000)})),
    "line_of_50_mb": lambda lines: joined(changed(lines, {5: (2, "x" * 50_000_000)})),
    "open_quotation_mark": lambda lines: joined(changed(lines, {5: (2, '"open')})),
    "breaks_within_values": lambda lines: joined(changed(lines, {5: (2, '"two\nlines"')})) + "\n\n",
}
UNUSUAL = [
    ("amount", '"$1,234.50"'),
    ("amount", "-$77"),
    ("use_chip", " Chip Transaction "),
    ("zip", "2139"),
    ("zip", "58523.00"),
    ("mcc", "5499.0"),
    ("id", " 1 "),
]
BAD = [
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


def with_unusual_and_bad(lines: list[str]) -> list[str]:
    columns = lines[0].split(",")
    unusual = {row: (columns.index(name), value) for row, (name, value) in enumerate(UNUSUAL, start=1)}
    bad = {row: (columns.index(name), value) for row, (name, value, _) in enumerate(BAD, start=100)}
    return changed(lines[:200], unusual | bad)


@dataclass(frozen=True)
class Loads:
    """A project in which all forms were loaded, and what dbt said of each."""

    project: Project
    messages: dict[str, str]
    published_state: tuple[int, int]

    def query(self, sql: str) -> list[tuple]:
        return self.project.query(sql, self.project.working)

    def rejected(self, seed: str) -> list[tuple[int, str, str]]:
        domain = FORMATS[seed.split("__")[0]].domain
        return self.query(
            f"select line, reason, text from {domain}_private.rejected_rows"
            f" where seed_name = '{seed}' order by line"
        )

    def refusal(self, seed: str) -> str:
        """Return why a load was refused; nothing if it went through."""
        return self.messages[seed]


def path_of(project: Project, seed: str) -> Path:
    return project.folder / "seeds" / "sample" / FORMATS[seed.split("__")[0]].domain / f"{seed}.csv"


def add_form(project: Project, raw_file: str, form: str) -> str:
    """Declare a form of a raw file as the file itself is, and return its name."""
    declared = project.folder / "seeds" / "formats" / FORMATS[raw_file].domain / f"{raw_file}.yml"
    text = declared.read_text().replace(f"name: {raw_file}\n", f"name: {raw_file}__{form}\n", 1)
    declared.with_name(f"{raw_file}__{form}.yml").write_text(text)
    return f"{raw_file}__{form}"


def write_form(project: Project, raw_file: str, form: str, content: str) -> str:
    seed = add_form(project, raw_file, form)
    path_of(project, seed).write_bytes(content.encode())
    return seed


def write_grammar_form(project: Project, raw_file: str, column: str) -> str:
    seed = add_form(project, raw_file, column)
    made = write_file(
        path_of(project, seed).parent / column, FORMATS[raw_file], column, list(BY_COLUMN[raw_file, column])
    )
    made.rename(path_of(project, seed))
    made.parent.rmdir()
    return seed


def load(project: Project, seeds: list[str], *arguments: str) -> dict[str, str]:
    """Load these seeds at once; return why each was refused."""
    done = project.dbt("--write-json", "seed", "--select", *seeds, *arguments)
    results_file = project.folder / "target" / "run_results.json"
    assert results_file.exists(), done.stdout
    results = json.loads(results_file.read_text())["results"]
    results_file.unlink()
    messages = {}
    for result in results:
        kind, *_, name = result["unique_id"].split(".")
        if kind == "seed":
            messages[name] = "" if result["status"] == "success" else result["message"]
    assert messages.keys() == set(seeds)
    return messages


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory, lean_build: Project) -> Loads:
    """Return all forms of files, loaded: by the share of bad rows that holds, or by one that lets in all."""
    project = Project(tmp_path_factory.mktemp("seeds") / "project")
    shutil.copytree(lean_build.folder, project.folder)
    # dbt reads all there is before each load, so raw files alone are left.
    for folder in ("python_models", "snapshots", "tests", "seeds/reference", "target"):
        shutil.rmtree(project.folder / folder)
    for file in (project.folder / "models").rglob("*.*"):
        if "groups:" not in file.read_text():
            file.unlink()
    lines = {seed: path_of(project, seed).read_text().splitlines() for seed in (CHURN, PAYMENTS, COUPONS)}
    state = project.published_state

    seeds = [write_form(project, CHURN, form, make(lines[CHURN])) for form, make in OF_CHURN.items()]
    note = path_of(project, COUPONS).with_name(NOTE)
    UnfinishedImport("bank-marketing import-kaggle x", [f"{COUPONS}.csv", "y.csv"]).write(note)
    messages = load(project, [*seeds, COUPONS])
    note.unlink()

    seeds = [
        write_form(project, CHURN, "with_bad_rows", joined(with_bad_rows(lines[CHURN]))),
        write_form(project, PAYMENTS, "unusual_and_bad", joined(with_unusual_and_bad(lines[PAYMENTS]))),
        write_form(project, COUPONS, "spelling_of_a_key", joined(with_spelling_of_a_key(lines[COUPONS]))),
        *(write_grammar_form(project, *of) for of in BY_COLUMN),
    ]
    messages |= {f"{COUPONS} of the killed import": messages.pop(COUPONS)}
    messages |= load(project, [*seeds, COUPONS], "--vars", "max_reject_share: 1")
    return Loads(project, messages, state)


@pytest.fixture(scope="module")
def lines(lean_build: Project) -> list[str]:
    """Return the lines of the clean file."""
    return (lean_build.folder / SEED).read_text().splitlines()


def test_bad_rows_are_rejected_and_the_others_keep_their_lines(loads, lines):
    seed = f"{CHURN}__with_bad_rows"
    rejected = loads.rejected(seed)
    assert [(line, reason) for line, reason, _ in rejected] == [
        (4, "CreditScore: not a valid integer"),
        (6, "line: missing columns"),
        (8, "CustomerId: repeated key, the first row with it stays"),
        (10, "Age: above 120"),
        (12, "HasCrCard: not a valid boolean"),
    ]
    written = with_bad_rows(lines)
    bad = {3, 5, 7, 9, 11}
    assert [text for _, _, text in rejected] == [written[n] for n in sorted(bad)]
    kept = loads.query(f"select source_line, customerid from raw.{seed} order by source_line")
    assert kept == [(n + 1, int(line.split(",")[1])) for n, line in enumerate(written) if n and n not in bad]
    counts = "select rows_read, rows_loaded, rows_rejected from operations_private.seed_load_log"
    assert loads.query(f"{counts} where seed_name = '{seed}'") == [(len(lines) - 1, len(lines) - 6, 5)]


def test_unusual_values_are_told_from_bad_ones(loads):
    rejected = loads.rejected(f"{PAYMENTS}__unusual_and_bad")
    assert [(line, reason) for line, reason, _ in rejected] == [
        (row + 1, reason) for row, (_, _, reason) in enumerate(BAD, start=100)
    ]


def test_a_truncated_last_line_costs_that_row_only(loads, lines):
    assert not loads.refusal(f"{CHURN}__cut")
    assert loads.rejected(f"{CHURN}__cut") == [(len(lines), "line: missing columns", lines[-1][:-29])]


@pytest.mark.parametrize(
    "form", ["crlf", "byte_order_mark", "no_newline_at_the_end", "columns_in_another_order"]
)
def test_harmless_forms_load_the_same_rows(loads, lean_build, form):
    columns = "select * exclude (source_line) from raw.{} order by customerid"
    assert not loads.refusal(f"{CHURN}__{form}")
    expected = lean_build.query(columns.format(CHURN), lean_build.working)
    assert expected and loads.query(columns.format(f"{CHURN}__{form}")) == expected
    assert loads.rejected(f"{CHURN}__{form}") == []


def test_too_many_bad_rows_refuse_the_load_and_keep_them(loads, lines):
    seed = f"{CHURN}__many_bad"
    bad = range(1, len(lines), 20)
    for word in (
        f"seeds/sample/churn/{seed}.csv",
        f"{len(bad)} of {len(lines) - 1} rows are bad",
        "max_reject_share",
        "Balance: not a valid decimal(18, 2) (first on line 2)",
        "churn_private.rejected_rows",
    ):
        assert word in loads.refusal(seed)
    assert [line for line, _, _ in loads.rejected(seed)] == [n + 1 for n in bad]
    refused = f"select is_refused from operations_private.seed_load_log where seed_name = '{seed}'"
    assert loads.query(refused) == [(True,)]


def test_a_single_bad_row_never_refuses_a_small_file(loads):
    assert not loads.refusal(f"{CHURN}__small_with_one_bad")
    assert len(loads.rejected(f"{CHURN}__small_with_one_bad")) == 1


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("empty", ["expected: RowNumber", "nothing, the file is empty"]),
        ("header_alone", ["no rows, expected at least one", "import-kaggle"]),
        ("renamed_column", ["line 1", "missing:  Geography", "unknown:  Country"]),
        ("repeated_column", ["line 1", "found:    RowNumber, CustomerId, CustomerId"]),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_reason(loads, form, words):
    for word in [f"seeds/sample/churn/{CHURN}__{form}.csv", *words]:
        assert word in loads.refusal(f"{CHURN}__{form}")


def test_a_domain_that_a_killed_import_left_is_not_loaded(loads):
    words = [f"{COUPONS}.csv", "was interrupted", "Run it again: bank-marketing import-kaggle x"]
    for word in words:
        assert word in loads.refusal(f"{COUPONS} of the killed import")
    assert not loads.refusal(COUPONS)


def test_loads_leave_the_published_file(loads):
    assert any(loads.messages.values()) and not all(loads.messages.values())
    assert loads.project.published_state == loads.published_state


def test_keys_that_differ_in_spelling_only_are_one_key(loads):
    seed = f"{COUPONS}__spelling_of_a_key"
    last = len(path_of(loads.project, seed).read_text().splitlines())
    assert [(line, reason) for line, reason, _ in loads.rejected(seed)] == [
        (last, "Month, Product_Category: repeated key, the first row with it stays")
    ]


@pytest.mark.parametrize("size", ["3", "50"])
def test_a_line_over_the_readers_limit_is_rejected_or_refuses_the_load(loads, size):
    seed = f"{CHURN}__line_of_{size}_mb"
    if refusal := loads.refusal(seed):
        assert "1 lines can't be accounted for" in refusal and "import-kaggle" in refusal
    else:
        assert [row[:2] for row in loads.rejected(seed)] == [(6, "line: line size over maximum")]


def test_lines_behind_an_open_quotation_mark_refuse_the_load(loads):
    refusal = loads.refusal(f"{CHURN}__open_quotation_mark")
    assert f"{CHURN}__open_quotation_mark.csv: " in refusal and "lines can't be accounted for" in refusal


def test_line_breaks_within_values_and_blank_lines_lose_nothing(loads):
    assert not loads.refusal(f"{CHURN}__breaks_within_values")
    assert loads.rejected(f"{CHURN}__breaks_within_values") == []


@pytest.mark.parametrize(("name", "column"), BY_COLUMN)
def test_the_loader_decides_by_the_grammar(loads, name, column):
    texts = BY_COLUMN[name, column]
    assert not loads.refusal(f"{name}__{column}")
    loaded = loads.query(f"select source_line from raw.{name}__{column} order by 1")
    good = [n for n, value in enumerate(texts.values(), start=3) if value is not None]
    assert [line for (line,) in loaded] == [2, *good, len(texts) + 3]


def test_columns_may_lack_no_input_is_written_to_and_a_missing_file_stops_dbt(lean_project):
    """One story in a build and one that fails: a column that lacks is null, also in a file behind a link."""
    churn, payments = (path_of(lean_project, seed) for seed in (CHURN, PAYMENTS))
    elsewhere = lean_project.folder.parent / "elsewhere.csv"
    customers = pd.read_csv(churn, dtype=str, keep_default_na=False)
    # What Churn_Modelling.csv, the commonest churn file, lacks, and whatever else no model reads.
    optional = ["Complain", "Satisfaction Score", "Card Type", "Point Earned"]
    optional += ["RowNumber", "Surname", "CreditScore", "HasCrCard", "EstimatedSalary"]
    customers.drop(columns=optional).to_csv(elsewhere, index=False)
    churn.unlink()
    churn.symlink_to("../../../../elsewhere.csv")
    rows = pd.read_csv(payments, dtype=str, keep_default_na=False)
    rows.drop(columns="errors").to_csv(payments, index=False)
    flags = (
        "select count(*) filter (has_error), count(*) filter (not has_error),"
        " count(*) filter (has_error is null) from transactions.card_transactions"
    )
    errors = int((rows["errors"] != "").sum())
    assert errors and lean_project.query(flags) == [(errors, len(rows) - errors, 0)]

    def digests() -> list[str]:
        inputs = (lean_project.folder / "seeds").rglob("*.csv")
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in inputs]

    before, published = digests(), lean_project.published_state
    lean_project.build("-s", CHURN, "stg_churn__customers", "churn_customers", f"{PAYMENTS}+")

    assert digests() == before
    assert churn.is_symlink()
    thin = (
        "select count(*), count(has_complained), count(satisfaction_score), count(card_type),"
        " count(card_points) from churn.churn_customers"
    )
    assert lean_project.query(thin, lean_project.working) == [(len(customers), 0, 0, 0, 0)]
    assert lean_project.query(flags, lean_project.working) == [(0, 0, len(rows))]

    churn.unlink()
    done = lean_project.dbt("build", "-s", "churn+")
    assert done.returncode != 0
    assert CHURN in done.stdout
    assert lean_project.published_state == published


def test_a_small_seed_file_that_isnt_utf_8_is_named_before_dbt_starts(lean_project):
    path = lean_project.folder / SEED
    content = path.read_bytes()
    path.write_bytes(content.replace(b"France", b"Fran\xe7a", 1))
    done = lean_project.run("bank_marketing.cli", "build")
    assert done.returncode == 1
    assert "raw_churn_customers.csv, line" in done.stderr and "Fran\\xe7a" in done.stderr
    assert len(done.stderr.splitlines()) <= 4 and "Traceback" not in done.stderr
