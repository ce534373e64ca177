"""`bank-marketing import-kaggle`, on files made from the declarations and on the real ones."""

import csv
import hashlib
import io
import json
import shutil
import warnings
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from importing_files import KAGGLE_FORMATS as FORMATS
from importing_files import csv_text, files, number_or_text, write_workbook
from project_copies import REPOSITORY

from bank_marketing.cli import main
from bank_marketing.errors import UserError
from bank_marketing.importing.command import import_files
from bank_marketing.seeds.formats import SeedFormat
from bank_marketing.seeds.seed_folders import domains_with_files, lay_placeholders

pytestmark = pytest.mark.slow

KAGGLE = REPOSITORY.parent / "shared" / "kaggle"
CSV_FORMATS = [f for f in FORMATS.values() if f.kaggle_file.endswith(".csv")]
XLSX_FORMATS = [f for f in FORMATS.values() if f.kaggle_file.endswith(".xlsx")]
CAMPAIGN = FORMATS["raw_campaign_responses"]
CHURN = FORMATS["raw_churn_customers"]
ROWS = 3


def text_of(seed_format: SeedFormat, rows: int = ROWS) -> str:
    return csv_text([seed_format.headers, *(example_row(seed_format, number) for number in range(rows))])


def example_row(seed_format: SeedFormat, number: int) -> list[str]:
    """Return the declared examples, with a key that no other number has."""
    row = []
    for column in seed_format.columns:
        text = str(column.example)
        if column.name in seed_format.unique_key and column.text_format == "us_date":
            day = date(1990, 1, 13) + timedelta(number)  # 40,000 of them stay below 2100
            text = f"{day.month}/{day.day}/{day.year}"
        elif column.name in seed_format.unique_key and column.text_format is None:
            text = str(int(text) + number) if text.isdigit() else f"{text} {number}"
        row.append(text)
    return row


def write_as_kaggle(folder: Path, seed_format: SeedFormat, name: str | None = None) -> Path:
    path = folder / (name or seed_format.kaggle_file)
    if seed_format.kaggle_file.endswith(".json"):
        path.write_text(json.dumps({str(5411 + n): f"Shops, {n}" for n in range(ROWS)}))
    elif seed_format.kaggle_file.endswith(".xlsx"):
        rows = [list(map(number_or_text, example_row(seed_format, number))) for number in range(ROWS)]
        write_workbook(path, [seed_format.headers, *rows])
    else:
        path.write_bytes(text_of(seed_format).encode())
    return path


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """Return a folder with all files as Kaggle serves them."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    for seed_format in FORMATS.values():
        write_as_kaggle(folder, seed_format)
    return folder


@pytest.fixture(scope="module")
def imported_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all files as Kaggle serves them, and the project that they were imported into."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "downloads").mkdir()
    for seed_format in FORMATS.values():
        write_as_kaggle(folder / "downloads", seed_format)
    seeds = folder / "project" / "seeds" / "kaggle"
    shutil.copytree(REPOSITORY / "seeds" / "formats", seeds.with_name("formats"))
    seeds.mkdir()
    do_import(seeds, folder / "downloads")
    return folder


@pytest.fixture
def imported(tmp_path: Path, imported_once: Path) -> Path:
    """Return the seed folder after an import of all files, which lie in `downloads` beside the project."""
    shutil.copytree(imported_once, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path / "project" / "seeds" / "kaggle"


def do_import(seeds: Path, *paths: Path, copy: bool = False) -> dict[str, int | None]:
    outcomes, _ = import_files(paths, seeds, list(FORMATS.values()), copy=copy)
    return {o.format.name: o.prepared.rows_out if o.prepared else None for o in outcomes}


def expect_refusal(seeds: Path, *paths: Path, words: list[str]) -> None:
    """Expect a message with all these words, and that the project's folder is exactly as it was."""
    before = files(seeds.parents[1])
    with pytest.raises(UserError) as raised:
        do_import(seeds, *paths)
    for word in words:
        assert word in str(raised.value)
    assert files(seeds.parents[1]) == before
    assert sorted(path.name for path in seeds.parent.iterdir()) == ["formats", "kaggle"]


def test_all_files_come_whole_from_a_folder_from_single_files_and_from_an_archive(seeds, downloads, tmp_path):
    archive = Path(shutil.make_archive(str(tmp_path / "archive"), "zip", downloads))
    contents = []
    ways = [
        ([downloads], False),
        ([downloads], True),
        (sorted(downloads.iterdir()), False),
        ([archive], False),
    ]
    for paths, copy in ways:
        assert do_import(seeds, *paths, copy=copy) == dict.fromkeys(FORMATS, ROWS)
        is_linked = any(path.is_symlink() for path in seeds.rglob("*"))
        assert is_linked is (not copy and paths != [archive])
        contents.append({f.name: f.path_in(seeds).read_text() for f in FORMATS.values()})
    assert all(content == contents[0] for content in contents)
    for name, text in contents[0].items():
        assert text.splitlines()[0] == ",".join(FORMATS[name].headers)
        assert len(text.splitlines()) == 1 + ROWS
    assert set(map(tuple, domains_with_files(seeds).values())) == {()}


def test_no_input_is_changed_by_first_and_later_imports(seeds, downloads, tmp_path):
    before = files(downloads)
    do_import(seeds, downloads)
    do_import(seeds, downloads, copy=True)
    do_import(seeds, downloads)
    archive = Path(shutil.make_archive(str(tmp_path / "archive"), "zip", downloads))
    archive_before = archive.read_bytes()
    do_import(seeds, archive)
    assert files(downloads) == before
    assert archive.read_bytes() == archive_before


def test_a_placeholder_never_writes_through_a_link(seeds, downloads):
    do_import(seeds, downloads)
    emptied = downloads / CAMPAIGN.kaggle_file
    emptied.write_text("something else\n")
    lay_placeholders(seeds, FORMATS.values())
    assert emptied.read_text() == "something else\n"


def test_links_are_relative_and_lead_to_the_input(seeds, downloads):
    do_import(seeds, downloads)
    for seed_format in CSV_FORMATS:
        path = seed_format.path_in(seeds)
        assert path.is_symlink()
        assert not path.readlink().is_absolute()
        assert path.resolve() == (downloads / seed_format.kaggle_file).resolve()


def test_a_linked_seed_folder_is_filled_where_it_leads(seeds, downloads, tmp_path):
    elsewhere = tmp_path / "disk" / "deep" / "er"
    elsewhere.mkdir(parents=True)
    seeds.rmdir()
    seeds.symlink_to(elsewhere)
    do_import(seeds, downloads)
    assert CAMPAIGN.path_in(seeds).read_text() == text_of(CAMPAIGN)


@pytest.mark.parametrize("seed_format", FORMATS.values(), ids=FORMATS)
def test_a_file_is_recognised_by_its_columns_whatever_its_name(seeds, tmp_path, seed_format):
    ending = Path(seed_format.kaggle_file).suffix
    path = write_as_kaggle(tmp_path, seed_format, f"download [{len(ending)}] (1){ending}")
    assert {name for name, rows in do_import(seeds, path).items() if rows} == {seed_format.name}


@pytest.mark.parametrize("seed_format", XLSX_FORMATS, ids=[f.name for f in XLSX_FORMATS])
def test_the_sheet_with_the_table_is_found_and_empty_rows_are_left_out(seeds, tmp_path, seed_format):
    first, row = (list(map(number_or_text, example_row(seed_format, number))) for number in range(2))
    whole = [float(value) if isinstance(value, int) else value for value in first]
    path = tmp_path / seed_format.kaggle_file
    rows = [seed_format.headers, whole, [None] * len(row), [*row, None, None], []]
    write_workbook(path, [["a pivot table"], ["sum", 3]], rows)
    assert do_import(seeds, path)[seed_format.name] == 2
    assert seed_format.path_in(seeds).read_text() == text_of(seed_format, rows=2)


def test_codes_are_converted_with_their_order_commas_and_repetitions(seeds, tmp_path):
    codes = FORMATS["raw_merchant_categories"]
    path = tmp_path / codes.kaggle_file
    path.write_text('{"5812": "Eating Places", "0742": "Vets, Pets", "5812": "Again"}')
    assert do_import(seeds, path)[codes.name] == 3
    lines = codes.path_in(seeds).read_text().splitlines()
    assert lines[1:] == ["5812,Eating Places", '0742,"Vets, Pets"', "5812,Again"]


def test_lines_that_cannot_be_read_are_counted_and_left_to_the_build(seeds, tmp_path, monkeypatch, capsys):
    lines = text_of(CAMPAIGN).splitlines()
    path = tmp_path / CAMPAIGN.kaggle_file
    path.write_text("\n".join([*lines[:2], lines[2] + ",1,2", *lines[3:]]) + "\n")
    monkeypatch.chdir(seeds.parents[1])
    shutil.copy(REPOSITORY / "dbt_project.yml", ".")
    assert main(["import-kaggle", str(path)]) == 0
    assert "1 of the lines can't be read" in capsys.readouterr().out


CLEAN = text_of(CAMPAIGN)
RENAMED = CLEAN.replace("Age,", "Years,", 1)
# What else may be wrong with one stands in variants.md.
FAULTS = {
    "only blanks": ("\n\n", ["the file is empty"]),
    "renamed column": (RENAMED, ["missing:  Age", "unknown:  Years", "expected: CustomerID, Age"]),
    "other table": ("a,b\n1,2\n", ["found:    a, b", "expected: CustomerID"]),
}


@pytest.mark.parametrize("content, words", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("is_in_archive", [False, True])
def test_a_faulty_file_is_refused_and_nothing_is_imported(imported, tmp_path, content, words, is_in_archive):
    downloads = tmp_path / "downloads"
    (downloads / CAMPAIGN.kaggle_file).unlink()
    path = downloads / CAMPAIGN.kaggle_file
    if is_in_archive:
        path = downloads / "archive.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(CAMPAIGN.kaggle_file, content)
    else:
        path.write_bytes(content.encode())
    expect_refusal(imported, downloads, words=["nothing was imported", CAMPAIGN.kaggle_file, *words])


def test_all_faults_are_named_at_once(seeds, downloads):
    (downloads / CAMPAIGN.kaggle_file).write_text(RENAMED)
    (downloads / CHURN.kaggle_file).write_text("")
    expect_refusal(seeds, downloads, words=[CAMPAIGN.kaggle_file, "Years", CHURN.kaggle_file, "empty"])


@pytest.mark.parametrize("seed_format", FORMATS.values(), ids=FORMATS)
def test_a_file_cut_off_in_the_middle_of_a_line_is_refused(seeds, downloads, seed_format):
    path = downloads / seed_format.kaggle_file
    path.write_bytes(path.read_bytes()[:-12])
    expect_refusal(seeds, path, words=[seed_format.kaggle_file, "ownload"])


@pytest.mark.parametrize("share", [0.5, 0.99])
def test_an_archive_that_is_cut_off_or_damaged_is_refused(seeds, downloads, tmp_path, share):
    path = Path(shutil.make_archive(str(tmp_path / "archive"), "zip", downloads))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    expect_refusal(seeds, path, words=["archive.zip", "Download it again"])


def test_an_archive_with_wrong_checksums_is_refused(seeds, downloads, tmp_path):
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.write(downloads / CAMPAIGN.kaggle_file, CAMPAIGN.kaggle_file)
    path.write_bytes(path.read_bytes().replace(b"Female", b"Famale"))
    expect_refusal(seeds, path, words=["archive.zip", "can't be unpacked"])


def test_a_path_that_is_not_there_is_refused(seeds, tmp_path):
    expect_refusal(seeds, tmp_path / "nothing", words=["nothing: no such file or folder"])


def test_a_folder_without_any_of_the_files_is_refused(seeds, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "other.csv").write_text("a,b\n1,2\n")
    expect_refusal(seeds, folder, words=["none of the raw files", CAMPAIGN.kaggle_file, "other.csv"])


def test_two_files_for_one_place_are_refused_unless_they_are_equal(seeds, downloads):
    second = downloads / "second.csv"
    second.write_text(text_of(CAMPAIGN))
    assert do_import(seeds, downloads)[CAMPAIGN.name] == ROWS
    second.write_text(text_of(CAMPAIGN, rows=ROWS + 1))
    expect_refusal(seeds, downloads, words=["second.csv", "different content", CAMPAIGN.kaggle_file])


def test_other_files_in_a_folder_are_left_alone(seeds, downloads):
    (downloads / "notes.csv").write_text("a,b\n1,2\n")
    (downloads / "labels.json").write_text('{"target": {"1": "No"}}')
    (downloads / "with_predictions.csv").write_text("\n".join(f"{line},1" for line in CLEAN.splitlines()))
    (downloads / "~$workbook.xlsx").write_bytes(b"lock")
    (downloads / "broken.zip").write_bytes(b"PK")
    assert do_import(seeds, downloads) == dict.fromkeys(FORMATS, ROWS)


def test_seeds_of_the_project_itself_are_refused(seeds, downloads, tmp_path):
    do_import(seeds, downloads)
    sample = CAMPAIGN.path_in(seeds.parent / "sample")
    sample.parent.mkdir(parents=True)
    sample.write_text(text_of(CAMPAIGN))
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "mine.csv").symlink_to(sample)
    for path in (sample, seeds, seeds.parents[1], linked):
        before = files(seeds)
        with pytest.raises(UserError, match="a file of the project itself"):
            do_import(seeds, path)
        assert files(seeds) == before


def test_names_in_an_archive_lead_nowhere(seeds, tmp_path):
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../../outside.csv", text_of(CAMPAIGN))
        archive.writestr("/outside_too.csv", text_of(CHURN))
    before = set(files(tmp_path))
    do_import(seeds, path)
    made = set(files(tmp_path)) - before
    assert made == {f"project/seeds/kaggle/{f.domain}/{f.file_name}" for f in FORMATS.values()}


def test_a_link_in_an_archive_is_not_followed(seeds, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(text_of(CAMPAIGN))
    member = zipfile.ZipInfo(CAMPAIGN.kaggle_file)
    member.create_system, member.external_attr = 3, 0o120777 << 16
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, str(secret))
    expect_refusal(seeds, path, words=["the header isn't that of"])


@pytest.mark.parametrize(
    ("members", "size", "words"), [(1, 50_000_000, ""), (10, 9_000_000, "its 10 files would")]
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(seeds, tmp_path, members, size, words):
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr(f"{number} {CAMPAIGN.kaggle_file}", bytes(size))
    expect_refusal(seeds, path, words=["archive.zip", words, "It was not unpacked"])


def test_an_archive_that_claims_less_than_it_holds_is_refused(seeds, tmp_path):
    path = tmp_path / "archive.zip"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(CAMPAIGN.kaggle_file, text_of(CAMPAIGN, rows=1000))
    size = len(text_of(CAMPAIGN, rows=1000)).to_bytes(4, "little")
    path.write_bytes(stream.getvalue().replace(size, (100).to_bytes(4, "little")))
    expect_refusal(seeds, path, words=["archive.zip", "can't be unpacked"])


def test_what_is_missing_gets_a_placeholder_that_counts_as_missing(seeds, tmp_path):
    assert domains_with_files(seeds)["campaigns"] == ["raw_campaign_responses.csv"]
    do_import(seeds, write_as_kaggle(tmp_path, CAMPAIGN))
    for seed_format in FORMATS.values():
        if seed_format is not CAMPAIGN:
            assert seed_format.path_in(seeds).read_text().splitlines() == [",".join(seed_format.headers)]
    missing = domains_with_files(seeds)
    assert missing["campaigns"] == []
    assert missing["churn"] == ["raw_churn_customers.csv"]


def test_an_earlier_import_is_kept_and_a_broken_link_is_replaced(seeds, downloads):
    do_import(seeds, downloads)
    (downloads / CHURN.kaggle_file).unlink()
    assert domains_with_files(seeds)["churn"] == [CHURN.file_name]
    second = downloads / CAMPAIGN.kaggle_file
    second.write_text(text_of(CAMPAIGN, rows=7))
    rows = do_import(seeds, second)
    assert rows.pop(CAMPAIGN.name) == 7
    assert set(rows.values()) == {None}
    assert CHURN.path_in(seeds).read_text().splitlines() == [",".join(CHURN.headers)]
    assert not CHURN.path_in(seeds).is_symlink()
    for seed_format in FORMATS.values():
        if seed_format is not CHURN:
            assert len(seed_format.path_in(seeds).read_text().splitlines()) > 1


def test_a_folder_in_the_place_of_a_file_is_refused(seeds, downloads):
    CHURN.path_in(seeds).mkdir(parents=True)
    expect_refusal(seeds, downloads, words=[CHURN.file_name, "a folder stands where the file belongs"])


def test_the_command_prints_what_became_of_each_file(seeds, tmp_path, monkeypatch, capsys):
    path = write_as_kaggle(tmp_path, CAMPAIGN)
    monkeypatch.chdir(seeds.parents[1])
    shutil.copy(REPOSITORY / "dbt_project.yml", ".")
    assert main(["import-kaggle", str(path)]) == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()}
    for seed_format in FORMATS.values():
        assert seed_format.kaggle_file in lines
    assert lines[CAMPAIGN.kaggle_file][1:3] == ["found", str(ROWS)]
    assert lines[CHURN.kaggle_file][1] == "missing"
    assert main(["import-kaggle", str(tmp_path / "absent")]) == 1
    assert "no such file" in capsys.readouterr().err


def test_rows_without_a_value_that_must_be_there_are_left_out_if_it_is_said(seeds, tmp_path):
    header, *rows = csv.reader(text_of(CHURN, 100).splitlines())
    balance = header.index("Balance")
    for row, word in ((3, ""), (4, "NaN"), (5, "NaN"), (50, "")):
        rows[row][balance] = word
    path = tmp_path / "churn.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    expect_refusal(seeds, path, words=["Balance", "--leave-out-missing"])
    outcomes, _ = import_files([path], seeds, list(FORMATS.values()), leaves_out=True)
    (prepared,) = [outcome.prepared for outcome in outcomes if outcome.prepared]
    assert (prepared.rows_in, prepared.rows_out) == (100, 96)
    assert "rows left out, since they lack a value that they must have: 4" in prepared.notes
    with CHURN.path_in(seeds).open(newline="") as file:
        assert list(csv.reader(file)) == [header, *(row for row in rows if row[balance] not in ("", "NaN"))]


def test_what_the_taxes_and_lookups_lack_is_listed_by_name(seeds, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(seeds.parents[1])
    shutil.copy(REPOSITORY / "dbt_project.yml", seeds.parents[1])
    (seeds.parent / "reference" / "campaigns").mkdir(parents=True)
    (seeds.parent / "reference" / "campaigns" / "campaign_channels.csv").write_text("channel\nEmail\n")
    order_lines, taxes = FORMATS["raw_order_lines"], FORMATS["raw_product_taxes"]
    paths = [write_as_kaggle(tmp_path, f) for f in (CAMPAIGN, taxes, order_lines)]
    text = paths[-1].read_text().replace(",Apparel,", ",Shoes,").replace(",Shoes,", ",apparel 1,", 1)
    paths[-1].write_text(text)
    assert main(["import-kaggle", *map(str, paths)]) == 0
    printed = capsys.readouterr().out
    assert (
        "CampaignChannel: seeds/reference/campaigns/campaign_channels.csv lacks some, add: Social" in printed
    )
    assert "Product_Category: seeds/kaggle/sales/raw_product_taxes.csv lacks some, add: Shoes\n" in printed


KAGGLE_ROWS = {
    "raw_campaign_responses": 6400,
    "raw_churn_customers": 8000,
    "raw_bank_customers": 2000,
    "raw_cards": 6146,
    "raw_card_transactions": 4999,
    "raw_merchant_categories": 109,
    "raw_order_lines": 52924,
    "raw_retail_customers": 1468,
    "raw_coupons": 204,
    "raw_marketing_spend": 365,
    "raw_product_taxes": 20,
}


@pytest.mark.usefixtures("kaggle")
def test_the_real_files_are_found_whole_and_stay_as_they_are(seeds):
    def checksums() -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in KAGGLE.iterdir()}

    before = checksums()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert do_import(seeds, KAGGLE) == KAGGLE_ROWS
    assert checksums() == before


def test_a_file_appended_to_itself_is_refused_with_the_first_repeated_key(seeds, tmp_path):
    path = tmp_path / "churn.csv"
    lines = text_of(CHURN, rows=300).splitlines()
    path.write_text("\n".join([*lines, *lines[1:]]))
    with pytest.raises(UserError, match="CustomerId: 300 of 600 rows repeat a key") as refusal:
        import_files([path], seeds, list(FORMATS.values()))
    key = CHURN.columns[1].example
    assert f"({key} is on row 2 and again on row 302)" in str(refusal.value)
    assert "Take the copies out" in str(refusal.value)


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize(("place", "repeats"), [(9, "row 9 and again on row 10"), (301, "row 9 and again")])
def test_one_repeated_key_among_keys_in_order_is_said(seeds, tmp_path, delimiter, place, repeats):
    header, *rows = csv.reader(text_of(CHURN, rows=300).splitlines())
    rows.sort(key=lambda row: int(row[header.index("CustomerId")]))

    def notes(rows):
        (tmp_path / "churn.csv").write_text(csv_text([header, *rows], delimiter, "\n"))
        outcomes, _ = import_files([tmp_path / "churn.csv"], seeds, list(FORMATS.values()))
        return " ".join(note for outcome in outcomes if outcome.prepared for note in outcome.prepared.notes)

    assert "repeated key" not in notes(rows)
    assert repeats in notes([*rows[: place - 1], rows[7], *rows[place - 1 :]])


def test_a_repeated_key_in_any_form_is_said_as_the_build_says_it(seeds, tmp_path):
    coupons = FORMATS["raw_coupons"]
    lines = text_of(coupons, rows=200).splitlines()
    month, _, rest = lines[7].partition(",")
    (tmp_path / "coupons.csv").write_text("\n".join([*lines, f"{month.upper()},{rest}"]))
    outcomes, _ = import_files([tmp_path / "coupons.csv"], seeds, list(FORMATS.values()))
    (notes,) = [outcome.prepared.notes for outcome in outcomes if outcome.prepared]
    rule = "Month, Product_Category: repeated key, the first row with it stays"
    assert any(note.startswith(f"{rule} in 1 row (") for note in notes)
    macro = (REPOSITORY / "macros" / "seeds" / "mark_repeated_keys.sql").read_text()
    assert ": repeated key, the first row with it stays'" in macro


def test_an_archive_within_an_archive_is_named(seeds, downloads, tmp_path):
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as inner:
        inner.writestr("churn.csv", text_of(CHURN))
    for name in ("deep/inner.zip", "deep/inner.csv"):
        with zipfile.ZipFile(outer, "w") as archive:
            archive.write(tmp_path / "inner.zip", name)
        with pytest.raises(UserError, match=f"{name}: a zip archive within a zip archive. Unpack the outer"):
            import_files([outer], seeds, list(FORMATS.values()))
