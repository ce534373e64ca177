"""`bank-marketing score`, as a user would use it and break it."""

import csv
import io
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from project_copies import Project

from bank_marketing import cli
from bank_marketing.churn import retention
from bank_marketing.fitting.sealed_keys import open_artefact
from bank_marketing.serving import published
from bank_marketing.serving.tasks import SERVED
from bank_marketing.subject_keys import key_file

FILES = {"conversion": "campaigns/raw_campaign_responses", "churn": "churn/raw_churn_customers"}
KEYS = {"conversion": "CustomerID", "churn": "CustomerId"}
OPTIONS = {"conversion": ["--moment", "before_contact"]}
SCORES = [task for kind in FILES for task in SERVED[kind].values()]
SEGMENTS = {
    "campaigns": ("raw_campaign_responses", "campaigns.campaign_customer_segments"),
    "transactions": ("raw_card_transactions", "transactions.bank_customer_segments"),
    "sales": ("raw_order_lines", "sales.retail_customer_segments"),
}
KNOWN_BEFORE_CONTACT = ["CustomerID", "Age", "Income", "LoyaltyPoints", "PreviousPurchases"]
# By kind and option: the file of the seed set.
EVERY_MODEL = {
    ("conversion", "--moment", "before_contact"): "campaigns/raw_campaign_responses.csv",
    ("conversion", "--moment", "in_campaign"): "campaigns/raw_campaign_responses.csv",
    ("churn",): "churn/raw_churn_customers.csv",
    ("segments", "--population", "campaigns"): "campaigns/raw_campaign_responses.csv",
    ("segments", "--population", "transactions"): "transactions/raw_card_transactions.csv",
    ("segments", "--population", "sales"): "sales/raw_order_lines.csv",
    ("value",): "sales/raw_order_lines.csv",
}


@pytest.fixture(scope="module")
def load_once() -> Callable:
    """Return what loads each artefact once, which takes half of the time of scoring a few customers."""
    return cache(open_artefact)


@pytest.fixture
def project(built_sample, load_once, monkeypatch):
    monkeypatch.setattr(published, "open_artefact", load_once)
    monkeypatch.chdir(built_sample.folder)
    monkeypatch.setenv("SEED_SET", "sample")
    return built_sample


@pytest.fixture
def seed(project) -> Callable[[str], Path]:
    return lambda kind: project.folder / "seeds" / "sample" / f"{FILES[kind]}.csv"


@pytest.fixture
def score(project, tmp_path, capsys) -> Callable:
    """Return a function that scores rows or a file and returns exit status, output, and what was said."""

    def run(
        kind: str, content: pd.DataFrame | bytes | Path, *options: str
    ) -> tuple[int, pd.DataFrame | None, str]:
        path = content if isinstance(content, Path) else tmp_path / "customers.csv"
        if isinstance(content, pd.DataFrame):
            content.to_csv(path, index=False)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        output = tmp_path / "scores.csv"
        output.unlink(missing_ok=True)
        status = cli.main(
            [
                "score",
                kind,
                str(path),
                "--output",
                str(output),
                "--overwrite",
                *OPTIONS.get(kind, []),
                *options,
            ]
        )
        captured = capsys.readouterr()
        rows = pd.read_csv(output) if status == 0 else None
        assert status == 0 or not output.exists()
        return status, rows, captured.out + captured.err

    return run


@pytest.fixture
def customers(seed) -> Callable[[str], pd.DataFrame]:
    """Return a function that gives a few customers of the sample as text, with numbers nobody has."""

    def rows(kind: str, count: int = 6) -> pd.DataFrame:
        frame = pd.read_csv(seed(kind), dtype=str, keep_default_na=False).head(count)
        return frame.assign(**{KEYS[kind]: [str(10**9 + n) for n in range(count)]})

    return rows


def as_read(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as a CSV file gives it back, nulls of all kinds alike."""
    return pd.read_csv(io.StringIO(frame.to_csv(index=False)))


def test_the_seed_file_gets_the_published_scores(project, score, seed):
    conversion = "conversion_probability, decile, model_version"
    for kind, options, table, columns in (
        ("conversion", (), "campaigns.conversion_scores where moment = 'before_contact'", conversion),
        (
            "conversion",
            ("--moment", "in_campaign"),
            "campaigns.conversion_scores where moment = 'in_campaign'",
            conversion,
        ),
        (
            "churn",
            (),
            "churn.churn_scores",
            "churn_probability, expected_remaining_years, decile, driver_1, driver_2, driver_3,"
            " reason, talk_about, model_version",
        ),
    ):
        status, found, said = score(kind, seed(kind), *options)
        assert status == 0, said
        ids = pd.read_csv(seed(kind))[KEYS[kind]].tolist()
        assert found["customer_id"].tolist() == ids
        names = ["customer_id", *re.findall(r"\w+", columns)]
        published = pd.DataFrame(project.query(f"select {', '.join(names)} from {table}"), columns=names)
        expected = published.set_index("customer_id").loc[ids].reset_index()
        pd.testing.assert_frame_equal(found[names], as_read(expected), check_dtype=False, rtol=1e-12)


@pytest.mark.parametrize(("words", "file"), EVERY_MODEL.items(), ids=lambda words: words[-1])
def test_the_published_file_its_key_and_the_package_alone_score_as_the_checkout_does(
    project, score, tmp_path, words, file
):
    path = tmp_path / Path(file).name
    lines = (project.folder / "seeds" / "sample" / file).read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:1_000]))
    kind, *options = words
    _, expected, _ = score(kind, path, *options)
    alone = Project(tmp_path / "alone")
    shutil.copytree(project.folder / "src", alone.folder / "src")
    published = Path(shutil.copy(project.published, tmp_path / "published.duckdb"))
    shutil.copy(key_file(project.published), key_file(published))
    output = ["--output", "scores.csv", "--warehouse", str(published)]

    done = alone.run("bank_marketing.cli", "score", kind, str(path), *options, *output)

    assert done.returncode == 0, done.stderr
    pd.testing.assert_frame_equal(pd.read_csv(alone.folder / "scores.csv"), expected)


def test_without_the_key_nobody_is_told_from_others_and_the_command_says_so(project, score, seed, tmp_path):
    published = Path(shutil.copy(project.published, tmp_path / "published.duckdb"))
    status, found, said = score("churn", seed("churn"), "--warehouse", str(published))

    assert status == 0
    assert f"{key_file(published).name} isn't" in said
    unseen = project.query("select customer_id, churn_probability from churn.churn_scores")
    of_others = pd.DataFrame(unseen, columns=["customer_id", "probability"]).merge(found, on="customer_id")
    assert (of_others["churn_probability"] != of_others["probability"]).mean() > 0.9


@pytest.mark.parametrize("words", [words for words in EVERY_MODEL if words[0] not in FILES], ids=str)
def test_a_model_that_has_no_folds_needs_no_key_and_says_nothing_of_it(project, score, tmp_path, words):
    published = Path(shutil.copy(project.published, tmp_path / "published.duckdb"))
    kind, *options = words
    path = project.folder / "seeds" / "sample" / EVERY_MODEL[words]
    _, expected, _ = score(kind, path, *options)
    status, found, said = score(kind, path, *options, "--warehouse", str(published))
    assert status == 0 and key_file(published).name not in said
    pd.testing.assert_frame_equal(found, expected)


def test_the_key_of_another_file_is_refused_and_nobody_is_scored(project, score, seed, tmp_path):
    published = Path(shutil.copy(project.published, tmp_path / "published.duckdb"))
    key_file(published).write_text("0f" * 32, encoding="ascii")
    status, _, said = score("churn", seed("churn"), "--warehouse", str(published))
    assert status == 1
    assert f"{key_file(published)}: found the key" in said
    assert said.count("\n") == 1


def test_a_folder_and_a_file_that_is_no_warehouse_are_called_so(score, tmp_path):
    status, _, said = score("churn", tmp_path)
    assert status == 1 and f"{tmp_path}: a folder, expected a file" in said
    status, _, said = score("churn", b"a,b\n1,2\n", "--warehouse", str(tmp_path / "customers.csv"))
    assert status == 1 and "customers.csv: no DuckDB file, expected a published one" in said


def test_a_broken_stored_query_is_not_blamed_on_the_rows(project, score, seed, tmp_path):
    published = Path(shutil.copy(project.published, tmp_path / "published.duckdb"))
    shutil.copy(key_file(project.published), key_file(published))
    published.chmod(0o600)
    with duckdb.connect(str(published)) as connection:
        connection.execute("update evaluation.model_features set sql = 'select * from nowhere'")
    status, _, said = score("churn", seed("churn"), "--warehouse", str(published))
    assert status == 1
    assert f"{published}: the query stored for 'retention' doesn't run" in said and "row" not in said


def test_each_served_model_is_named_as_its_task_is():
    for variants in SERVED.values():
        for served in variants.values():
            assert import_module(served.model).TASK.name == served.name


@pytest.mark.parametrize("kind", FILES)
def test_customers_of_any_form_of_the_file_get_the_same_scores(score, customers, kind):
    rows = customers(kind)
    _, expected, _ = score(kind, rows)
    outcome = next(iter(SERVED[kind].values())).outcome
    plain = rows.to_csv(index=False)
    forms = {
        "columns in reverse": rows[rows.columns[::-1]],
        "semicolons": plain.replace(",", ";").encode(),
        "byte-order mark": b"\xef\xbb\xbf" + plain.encode(),
        "carriage returns": plain.replace("\n", "\r\n").encode(),
        "no outcome": rows.drop(columns=outcome),
        "another column": rows.assign(Extra="a, b"),
        "header in lower case": rows.rename(columns=str.lower),
    }
    for form, content in forms.items():
        status, found, said = score(kind, content)
        assert status == 0, f"{form}: {said}"
        compared = [name for name in expected if name != "expected_remaining_years"]
        pd.testing.assert_frame_equal(found[compared], expected[compared], obj=form)


def test_outcome_complaint_and_name_change_nothing_and_stay_out(score, customers):
    rows = customers("churn").assign(Exited="0", Complain="0", Surname="Thisname")
    _, expected, _ = score("churn", rows)
    left = ["RowNumber", "Surname", "Complain", "Exited"]
    _, found, said = score("churn", rows.drop(columns=left))
    pd.testing.assert_frame_equal(found, expected)
    _, found, _ = score("churn", rows.assign(Complain="1"))
    pd.testing.assert_frame_equal(found, expected)
    assert "Thisname" not in found.to_csv() + said
    assert list(found) == list(SERVED["churn"][""].output)


def test_one_row_alone_is_scored_as_among_others(score, customers):
    for kind in FILES:
        _, many, _ = score(kind, customers(kind))
        _, one, _ = score(kind, customers(kind).iloc[[3]])
        # A column that is empty in the one row has no type of its own.
        pd.testing.assert_frame_equal(one, many.iloc[[3]].reset_index(drop=True), check_dtype=False)


def test_repeated_customers_keep_their_rows_and_are_told(score, customers):
    rows = customers("conversion").assign(CustomerID="20000")
    status, found, said = score("conversion", rows)
    assert status == 0
    assert found["customer_id"].tolist() == [20000] * 6
    assert found["conversion_probability"].nunique() > 1
    repeated = "1 customer occurs more than once, such as 20000 on lines 2 and 3, in 6 rows"
    assert f"{repeated}: each row was scored" in said


def test_an_unseen_level_is_told_and_counts_as_documented(score, customers):
    rows = customers("churn").assign(Exited="0")
    rows.loc[2, "Geography"] = "Italy"
    status, found, said = score("churn", rows)
    assert status == 0
    assert "Geography: the model hasn't seen 'Italy' (it knows France, Germany, Spain), in 1 row" in said
    assert "on line 4" in said
    _, as_france, _ = score("churn", rows.assign(Geography=rows["Geography"].replace("Italy", "France")))
    assert found.loc[2, "churn_probability"] == as_france.loc[2, "churn_probability"]


def test_a_missing_value_costs_a_churn_score_and_not_the_file(score, customers):
    rows = customers("churn").assign(Exited="0")
    rows.loc[1, "Age"] = ""
    rows.loc[2, "Tenure"] = ""
    status, found, said = score("churn", rows)
    assert status == 0
    assert found.loc[1].drop(["customer_id", "may_be_contacted", "model_version"]).isna().all()
    assert found.loc[2].isna()["expected_remaining_years"] and found.loc[2].notna()["churn_probability"]
    assert "Age: missing in 1 row, the first on line 3" in said


def test_a_missing_value_leaves_a_conversion_score(score, customers):
    rows = customers("conversion")
    rows.loc[0, ["Income", "Gender"]] = ""
    status, found, said = score("conversion", rows)
    assert status == 0
    assert found["conversion_probability"].between(0, 1).all()
    assert "Income: missing in 1 row" in said and "Gender: missing in 1 row" in said


def test_engagement_moves_the_score_in_campaign_alone(score, customers):
    rows = customers("conversion")
    engagement = {"WebsiteVisits": "45", "PagesPerVisit": "9", "TimeOnSite": "12", "EmailOpens": "15"}
    much, none = rows.assign(**engagement), rows.assign(**dict.fromkeys(engagement, "1"))

    during = [score("conversion", part, "--moment", "in_campaign")[1] for part in (much, none)]
    before = [score("conversion", part)[1] for part in (much, none)]

    assert (during[0]["conversion_probability"] > during[1]["conversion_probability"]).all()
    assert during[1][["driver_1", "driver_2", "driver_3"]].stack().str.contains(": lowers").any()
    pd.testing.assert_frame_equal(*before)


def test_a_file_without_engagement_is_scored_before_contact_and_refused_in_campaign(score, customers):
    rows = customers("conversion").drop(columns=["WebsiteVisits", "EmailClicks"])

    status, _, said = score("conversion", rows, "--moment", "in_campaign")

    assert status == 1
    assert "WebsiteVisits" in said and "EmailClicks" in said
    assert score("conversion", rows, "--moment", "before_contact")[0] == 0


def test_all_faults_are_told_at_once_with_line_value_and_what_was_expected(score, customers):
    rows = customers("churn")
    rows.loc[0, "Age"], rows.loc[1, "Age"] = "old", "12"
    rows.loc[2, "Tenure"] = "-1"
    rows.loc[3, "IsActiveMember"] = "2"
    rows.loc[4, "CustomerId"] = ""
    status, _, said = score("churn", rows)
    assert status == 1
    for fault in (
        "Age: not a valid integer in 1 row, the first on line 2: found 'old', expected a whole number",
        "Age: below 16 in 1 row, the first on line 3: found '12'",
        "Tenure: below 0 in 1 row, the first on line 4: found '-1'",
        "IsActiveMember: not a valid boolean in 1 row, the first on line 5: found '2', expected one of 0, 1",
        "CustomerId: missing in 1 row, the first on line 6: found nothing",
    ):
        assert fault in said


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: "", "the file is empty"),
        (lambda text: text.splitlines()[0] + "\n", "a header, but no rows after it"),
        (lambda text: text.replace("Age,", "Years,", 1), "missing:  Age"),
        (lambda text: text.replace("Surname,", "Age,", 1), "repeated: Age"),
        (lambda text: "a,b\n1,2\n", "the header doesn't do for Customer-Churn-Records.csv"),
        (lambda text: text.rstrip("\n").rsplit(",", 3)[0] + "\n", "the first is line 41"),
        (lambda text: text.replace("France", '"France', 1), "line 4: unquoted value"),
        (lambda text: "DUCK\0\0\0" + text, "it holds zero bytes"),
    ],
    ids=["empty", "header only", "renamed", "repeated", "another file", "cut off", "open quote", "binary"],
)
def test_a_file_that_is_no_such_file_is_refused(score, customers, spoil, message):
    status, _, said = score("churn", spoil(customers("churn", 40).to_csv(index=False)).encode())
    assert status == 1
    assert message in said
    assert "customers.csv" in said


def test_the_file_of_another_domain_is_refused(score, seed):
    status, _, said = score("conversion", seed("churn"))
    assert status == 1
    assert "missing:" in said and "Income" in said


@pytest.mark.parametrize("task", SCORES, ids=lambda task: task.features)
def test_each_feature_comes_from_the_column_that_the_task_names(project, score, seed, task):
    """Without its column's values a feature is missing, and no other one is."""
    ((kind, moment),) = [
        (kind, moment)
        for kind, variants in SERVED.items()
        for moment, variant in variants.items()
        if variant is task
    ]
    options = ("--moment", moment) if moment else ()
    rows = pd.read_csv(seed(kind), dtype=str, keep_default_na=False).head(3)
    for header in task.columns.values():
        status, _, said = score(kind, rows.assign(**{header: ["", *rows[header][1:]]}), *options)
        assert status == 0, said
        assert re.findall(r"^(\w+): missing", said, re.MULTILINE) == [header]


def test_output_is_never_the_input_and_replaced_only_when_told(project, tmp_path, customers, capsys):
    file, output = tmp_path / "customers.csv", tmp_path / "scores.csv"
    customers("churn").to_csv(file, index=False)
    before = file.read_bytes()
    link = tmp_path / "link.csv"
    link.symlink_to(file)
    for target in (file, link):
        assert cli.main(["score", "churn", str(file), "--output", str(target), "--overwrite"]) == 1
        assert "this is the input" in capsys.readouterr().err
    assert file.read_bytes() == before

    published = str(project.published)
    assert cli.main(["score", "churn", str(file), "--output", published, "--overwrite"]) == 1
    assert "this is the published file" in capsys.readouterr().err

    output.write_text("mine")
    assert cli.main(["score", "churn", str(file), "--output", str(output)]) == 1
    assert "add --overwrite" in capsys.readouterr().err
    assert output.read_text() == "mine"
    assert cli.main(["score", "churn", str(file), "--output", str(output), "--overwrite"]) == 0
    assert len(list(csv.reader(io.StringIO(output.read_text())))) == 7
    assert sorted(path.name for path in tmp_path.iterdir()) == ["customers.csv", "link.csv", "scores.csv"]


def test_without_a_folder_for_the_output_nothing_is_scored(project, tmp_path, customers, capsys):
    file = tmp_path / "customers.csv"
    customers("churn").to_csv(file, index=False)
    assert cli.main(["score", "churn", str(file), "--output", str(tmp_path / "no" / "scores.csv")]) == 1
    assert "no folder" in capsys.readouterr().err


def test_without_a_published_file_the_user_is_told_to_build(project, monkeypatch, score, customers):
    monkeypatch.setenv("SEED_SET", "nothing")
    status, _, said = score("churn", customers("churn"))
    assert status == 1
    assert "no published file there" in said and "make build SEED_SET=nothing" in said


def test_outside_a_project_the_user_is_told_to_name_the_file(score, customers, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    status, _, said = score("churn", customers("churn"))
    assert status == 1
    assert "or name the published file with --warehouse" in said


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"no database", "no DuckDB file"),
        (b"", "no DuckDB file"),
        ("create table t (a int)", "no models are published there"),
        (
            "create schema evaluation; create table evaluation.model_registry (a int)",
            "no models are published there",
        ),
        ("of an earlier release", "found no features of the model 'retention'"),
        ("cut off", "no published file"),
    ],
)
def test_a_file_that_isnt_published_is_refused_in_one_sentence(
    project, score, customers, tmp_path, content, problem
):
    other = tmp_path / "other.duckdb"
    if isinstance(content, bytes):
        other.write_bytes(content)
    elif content == "cut off":
        other.write_bytes(project.published.read_bytes()[:10_000])
    else:
        earlier = (
            f"attach '{project.published}' as whole (read_only); create schema evaluation;"
            " create table evaluation.model_registry as from whole.evaluation.model_registry"
        )
        with duckdb.connect(str(other)) as connection:
            connection.execute(earlier if content == "of an earlier release" else content)
    status, _, said = score("churn", customers("churn"), "--warehouse", str(other))
    assert status == 1
    assert f"{other}: {problem}" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("population", SEGMENTS)
def test_the_seed_file_gets_the_published_segments(project, score, population):
    raw, table = SEGMENTS[population]
    path = project.folder / "seeds" / "sample" / population / f"{raw}.csv"
    status, found, said = score("segments", path, "--population", population)
    assert status == 0, said
    published = pd.DataFrame(project.query(f"select {', '.join(found)} from {table}"), columns=list(found))
    key = found.columns[0]
    if population == "transactions":
        # Customers without a transaction aren't in the file.
        assert set(published[key]) - set(found[key])
        assert set(published.loc[~published[key].isin(found[key]), "segment_name"]) == {"no activity"}
    expected = published.set_index(key).loc[found[key]].reset_index()
    pd.testing.assert_frame_equal(found, as_read(expected), check_dtype=False, rtol=1e-9)
    assert found[key].is_unique


@pytest.mark.parametrize(("population", "key"), [("transactions", "client_id"), ("sales", "CustomerID")])
def test_segments_of_some_customers_are_those_they_have_among_all(project, score, population, key):
    """Of a file that ends earlier, too: days are counted to the last day of the published data."""
    raw, table = SEGMENTS[population]
    lines = pd.read_csv(
        project.folder / "seeds" / "sample" / population / f"{raw}.csv", dtype=str, keep_default_na=False
    )
    names = pd.DataFrame(project.query(f"select * exclude (model_version) from {table}"))
    days = pd.to_datetime(lines["date" if population == "transactions" else "Transaction_Date"])
    last = days.groupby(lines[key]).max()
    gone = last[last < days.max() - pd.Timedelta(days=20)].index[:5]
    status, found, said = score("segments", lines[lines[key].isin(gone)], "--population", population)
    assert status == 0, said
    assert len(found) == len(gone) > 0
    segment = names.set_index(0)[1]
    assert found["segment_id"].tolist() == segment.loc[found.iloc[:, 0]].tolist()


def test_customers_nobody_knows_have_a_segment_by_what_they_did(project, score):
    path = project.folder / "seeds" / "sample" / "sales" / "raw_order_lines.csv"
    lines = pd.read_csv(path, dtype=str, keep_default_na=False).head(50).assign(CustomerID="990001")
    status, found, said = score("segments", lines, "--population", "sales")
    assert status == 0, said
    assert found["customer_id"].tolist() == [990001]
    assert found["segment_name"].notna().all() and found["segment_name"][0] != "no activity"


def test_a_merchant_category_nobody_knows_is_told(project, score):
    path = project.folder / "seeds" / "sample" / "transactions" / "raw_card_transactions.csv"
    lines = pd.read_csv(path, dtype=str, keep_default_na=False).head(30)
    lines.loc[[3, 7], "mcc"] = "9998"
    status, found, said = score("segments", lines, "--population", "transactions")
    assert status == 0, said
    assert "mcc: the warehouse doesn't know 9998, in 2 rows, the first on line 5" in said
    assert "purchases there count to the group other" in said
    assert found["segment_id"].notna().all()


def test_people_not_yet_contacted_have_a_segment(score, customers):
    rows = customers("conversion")
    _, expected, _ = score("segments", rows, "--population", "campaigns")
    status, found, said = score("segments", rows[KNOWN_BEFORE_CONTACT], "--population", "campaigns")
    assert status == 0, said
    pd.testing.assert_frame_equal(found, expected)


def test_only_what_segments_use_is_asked_for(score, customers):
    rows = customers("conversion")[KNOWN_BEFORE_CONTACT].drop(columns="LoyaltyPoints")
    status, _, said = score("segments", rows, "--population", "campaigns")
    assert status == 1
    expected = next(line for line in said.splitlines() if "expected:" in line).partition(": ")[2]
    assert sorted(expected.split(", ")) == sorted(KNOWN_BEFORE_CONTACT)
    assert "missing:  LoyaltyPoints" in said


@pytest.mark.parametrize("kind", FILES)
def test_columns_that_no_model_uses_change_no_score(score, customers, kind):
    rows = customers(kind)
    _, expected, _ = score(kind, rows)
    task = next(iter(SERVED[kind].values()))
    used = [name for name in rows if name in {KEYS[kind], task.outcome, *task.columns.values()}]
    status, found, said = score(kind, rows[used])
    assert status == 0, said
    pd.testing.assert_frame_equal(found, expected)


def test_a_customer_of_a_campaign_has_one_segment(score, customers):
    rows = customers("conversion").assign(CustomerID="7")
    status, _, said = score("segments", rows, "--population", "campaigns")
    assert status == 1
    repeated = "1 customer occurs more than once, such as 7 on lines 2 and 3, in 6 rows"
    assert f"{repeated}, expected one row for each customer" in said


def test_a_missing_amount_isnt_taken_for_nothing(project, score):
    path = project.folder / "seeds" / "sample" / "sales" / "raw_order_lines.csv"
    lines = pd.read_csv(path, dtype=str, keep_default_na=False).head(5)
    lines.loc[2, "Quantity"] = ""
    status, _, said = score("segments", lines, "--population", "sales")
    assert status == 1
    assert "Quantity: missing in 1 row, the first on line 4" in said


def test_a_model_of_another_task_version_is_refused(score, customers, monkeypatch):
    fitted = retention.TASK.version
    monkeypatch.setattr(retention, "TASK", replace(retention.TASK, version=fitted + 1))
    status, _, said = score("churn", customers("churn"))
    assert status == 1
    expected = f"was fitted by version {fitted} of its task; installed is version {fitted + 1}. Build anew"
    assert f"'retention' {expected}" in said


def test_a_model_with_insufficient_data_says_so(project, tmp_path, score, customers):
    poor = tmp_path / "poor.duckdb"
    with duckdb.connect(str(poor)) as connection:
        connection.execute(f"attach '{project.published}' as whole (read_only)")
        connection.execute("create schema evaluation")
        connection.execute(
            "create table evaluation.model_registry as select * replace ('insufficient_data' as status,"
            """ '{"reason": "3 of 9 customers have left."}' as params) from whole.evaluation.model_registry"""
        )
    status, _, said = score("churn", customers("churn"), "--warehouse", str(poor))
    assert status == 1
    assert "had insufficient data: 3 of 9 customers have left." in said


def test_a_mapped_banks_customers_are_scored_under_their_own_keys(score, tmp_path):
    keys, mapping = tmp_path / "customer_keys.tsv", tmp_path / "mapping.yaml"
    keys.write_text("number\tkey\n1\tK1\n2\tK2\n")
    same = {"Gender": "Female", "CampaignType": "Awareness", "AdSpend": 5, "PreviousPurchases": 1}
    same |= {"LoyaltyPoints": 7}
    constants = "".join(f"  {header}: {{constant: {value}}}\n" for header, value in same.items())
    mapping.write_text(
        "columns:\n  CustomerID: {column: Kunde, numbered: true}\n  Age: {column: Alter}\n"
        "  CampaignChannel: {column: Kanal}\n"
        '  Income: {column: Einkommen, decimal: ","}\n'
        "  Conversion: {column: Abschluss, values: {ja: 1, nein: 0}}\n" + constants
    )
    export = "Kunde;Alter;Kanal;Einkommen\nK2;40;Email;50.000,00\nneu;30;SEO;70.000,50\n"
    said = ["--mapping", str(mapping), "--keys", str(keys)]
    status, rows, _ = score("conversion", export.encode(), *said)
    customers = {"CustomerID": [2, 3], "Age": [40, 30], "CampaignChannel": ["Email", "SEO"]}
    plain = pd.DataFrame({**customers, "Income": [50000, 70000.5], **same})
    assert status == 0
    assert list(rows["key"]) == ["K2", "neu"]
    pd.testing.assert_frame_equal(rows.drop(columns="key"), score("conversion", plain)[1])
    assert keys.read_text().count("\n") == 3
    mapping.write_text(mapping.read_text().replace("{constant: Female}", "{leave_out: true}"))
    assert "leaves out Gender, which the model needs" in score("conversion", export.encode(), *said)[2]
    keys.unlink()
    assert score("conversion", export.encode(), *said)[0] == 1
