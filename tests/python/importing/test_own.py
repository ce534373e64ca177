"""`bank-marketing import`: a foreign file through a mapping, all of it or nothing."""

import csv
import errno
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
import openpyxl
import pytest
from importing_files import cases
from project_copies import REPOSITORY

from bank_marketing.cli import main
from bank_marketing.seeds.formats import read_formats
from bank_marketing.seeds.seed_folders import domains_with_files

EXPORT = """kunde;alter;kanal;antwort;einkommen;datum
K1;56;mobil;ja;1.234,50;31.01.2024
K2;40;brief;nein;987,00;01.02.2024
"""
MAPPING = """
format: raw_campaign_responses
columns:
  CustomerID: {row_number: true}
  Age: {column: alter}
  Income: {column: einkommen, decimal: ","}
  CampaignChannel: {column: kanal, values: {mobil: Mobile phone, brief: Letter}}
  CampaignType: {constant: Awareness}
  Conversion: {column: antwort, values: {ja: 1, nein: 0}}
"""
CANONICAL = """CustomerID,Age,Income,CampaignChannel,CampaignType,Conversion
1,56,1234.50,Mobile phone,Awareness,1
2,40,987.00,Letter,Awareness,0
"""


class Place:
    """A project's seed folders and, beside it, a bank's files."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.export = folder / "export.csv"
        self.mapping = folder / "mapping.yaml"
        self.seeds = self.project / "seeds"
        shutil.copytree(REPOSITORY / "seeds" / "formats", self.seeds / "formats")
        shutil.copy(REPOSITORY / "dbt_project.yml", self.project)
        self.export.write_text(EXPORT)
        self.mapping.write_text(MAPPING)

    def files(self) -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in sorted(self.project.parent.rglob("*")) if p.is_file()}

    def folders(self) -> list[str]:
        return sorted(str(p) for p in self.seeds.rglob("*") if p.is_dir())

    def do(self, *words: str, name: str = "raw_campaign_responses") -> int:
        return main(["import", str(self.export), "--as", name, *words])

    def do_import(self, *words: str, name: str = "raw_campaign_responses") -> int:
        return self.do("--mapping", str(self.mapping), *words, name=name)

    def made(self, seed_set: str = "own") -> str:
        return (self.seeds / seed_set / "campaigns" / "raw_campaign_responses.csv").read_text()


@pytest.fixture
def place(tmp_path, monkeypatch) -> Place:
    place = Place(tmp_path)
    monkeypatch.chdir(place.project)
    monkeypatch.delenv("SEED_SET", raising=False)
    return place


def expect_refusal(place: Place, capsys, *words: str) -> str:
    """Expect a message with all these words, and that nothing at all was written."""
    files, folders = place.files(), place.folders()
    assert place.do_import() == 1
    message = capsys.readouterr().err
    for word in words:
        assert word in message
    assert place.files() == files
    assert place.folders() == folders
    return message


def test_a_foreign_file_becomes_a_raw_file_and_the_domain_can_be_built(place, capsys):
    before = place.export.read_bytes(), place.mapping.read_bytes()
    assert place.do_import() == 0
    assert place.made() == CANONICAL
    assert (place.export.read_bytes(), place.mapping.read_bytes()) == before
    printed = capsys.readouterr().out
    for words in (
        "delimiter ';', encoding 'utf-8'",
        "2 rows in, 2 rows out",
        "{row_number: true}",
        "{constant: Awareness}",
        '{column: kanal, values: {mobil: "Mobile phone", brief: Letter}}',
        "Gender               {leave_out: true}",
        "Not used: kunde, datum",
        "make build SEED_SET=own (builds campaigns)",
    ):
        assert words in printed
    missing = domains_with_files(place.seeds / "own")
    assert [domain for domain, files in missing.items() if not files] == ["campaigns"]
    placeholders = {f.name: f for f in read_formats(place.seeds / "formats")}
    for name, seed_format in placeholders.items():
        lines = seed_format.path_in(place.seeds / "own").read_text().splitlines()
        assert len(lines) == (3 if name == "raw_campaign_responses" else 1)


@pytest.mark.parametrize(
    ("seed_set", "words", "expected"),
    [
        (None, [], "own"),
        ("sample", [], "own"),
        ("kaggle", [], "kaggle"),
        ("kaggle", ["--seed-set", "my_bank"], "my_bank"),
    ],
)
def test_the_seed_set_is_chosen_by_option_then_variable(place, monkeypatch, seed_set, words, expected):
    if seed_set:
        monkeypatch.setenv("SEED_SET", seed_set)
    assert place.do_import(*words) == 0
    assert place.made(expected) == CANONICAL
    assert sorted(p.name for p in place.seeds.iterdir()) == sorted(["formats", expected])


@pytest.mark.parametrize("name", ["sample", "formats", "reference", "../outside", "a/b", "", ".", "Own"])
def test_no_other_folder_is_ever_filled(place, capsys, name):
    files = place.files()
    assert place.do_import("--seed-set", name) == 1 or name == ""
    if name:
        assert "--seed-set" in capsys.readouterr().err
        assert place.files() == files
    assert not (place.seeds / "sample").exists()


def test_a_file_of_an_earlier_import_is_replaced_and_others_stay(place):
    churn = place.seeds / "own" / "churn" / "raw_churn_customers.csv"
    churn.parent.mkdir(parents=True)
    churn.write_text("a header\na row\n")
    linked = place.project / "elsewhere.csv"
    linked.write_text("somebody's file\n")
    target = place.seeds / "own" / "campaigns" / "raw_campaign_responses.csv"
    target.parent.mkdir()
    target.symlink_to(linked)
    assert place.do_import() == 0
    assert place.made() == CANONICAL
    assert churn.read_text() == "a header\na row\n"
    assert linked.read_text() == "somebody's file\n"


def test_the_file_to_be_written_is_no_export(place, capsys):
    assert place.do_import() == 0
    place.export = place.seeds / "own" / "campaigns" / "raw_campaign_responses.csv"
    expect_refusal(place, capsys, "this is the file to be written")


@pytest.mark.slow
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_encodings_and_line_ends_are_found_out(place, delimiter, encoding, end):
    text = EXPORT.replace("brief", "Büro").replace("1.234,50", "1234").replace("987,00", "987")
    place.export.write_bytes(text.replace(";", delimiter).replace("\n", end).encode(encoding))
    place.mapping.write_text(MAPPING.replace("brief", "Büro"))
    assert place.do_import() == 0
    assert place.made() == CANONICAL.replace("1234.50", "1234").replace("987.00", "987")


def test_a_workbook_and_an_archive_are_read_too(place):
    book = openpyxl.Workbook()
    book.active.append(["a note"])
    sheet = book.create_sheet("Kunden")
    for row in csv.reader(EXPORT.splitlines(), delimiter=";"):
        sheet.append([int(v) if v.isdigit() else v for v in row])
    place.export = place.export.with_suffix(".xlsx")
    book.save(place.export)
    assert place.do_import() == 0
    assert place.made() == CANONICAL
    archive = place.export.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../deep/export.csv", EXPORT)
    place.export = archive
    assert place.do_import("--seed-set", "zipped") == 0
    assert place.made("zipped") == CANONICAL


def test_a_workbook_with_two_tables_wants_a_name(place, capsys):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.create_sheet("Kunden").append(["c", "d"])
    place.export = place.export.with_suffix(".xlsx")
    book.save(place.export)
    expect_refusal(place, capsys, "found 2 sheets with a table (Sheet, Kunden)", "--sheet NAME")


MISFITS = cases(
    """
{column: alter} | {column: Alter} | Age: found the column 'Alter' | kunde, alter, kanal
{column: alter} | "?" | Age: still to fill, expected whole number such as '56'
{column: alter} | {leave_out: true} | Age: left out, but the raw file can't lack it
Age: {column: alter} | Gender: {leave_out: true} | Age: still to fill
Age: | Agee: | Agee: found in the mapping, but raw_campaign_responses has no such
{column: alter} | {column: alter, decimal: x} | Age: found decimal: x, expected "." or ","
{column: alter} | {column: alter, factor: zwei} | Age: found factor: zwei, expected a number
{column: alter} | {column: alter, date: today} | Age: found date: 'today' | YYYY
{constant: Awareness} | {row_number: true} | CampaignType: found row_number
{constant: Awareness} | {constant: ""} | CampaignType: found an empty constant
{column: alter} | {constant: old} | Age: constant: found 'old', expected a number
{column: alter} | {constant: 200} | Age: constant: found '200', which is above 120
ja: 1 | ja: perhaps | Conversion: values, 'ja': found 'perhaps', expected one of 0, 1
ja: 1 | ja: "?" | Conversion: values, 'ja': still to fill
format: raw_campaign_responses | format: raw_cards | a mapping to raw_cards
{column: alter} | {column: alter, constant: 3} | Age: found column and constant, expected one of
{column: alter} | {colum: alter} | Age: found colum, expected column, constant
{column: alter} | {constant: 3, decimal: ','} | Age: decimal can't be said beside constant
{column: alter} | alter | Age: found alter, expected names and what they stand for
Age: {column: alter} | Age: {column: alter}\\n  Age: {column: kunde} | 'Age' stands there more
columns: | columns: [ | no readable YAML
columns: | kolumns: | the mapping: found kolumns, expected format, file, columns
columns: | file: {delimiter: ab}\\ncolumns: | found the delimiter 'ab', expected one character
columns: | file: {encoding: runes}\\ncolumns: | 'runes' is no encoding
columns: | file: {encoding: utf-16}\\ncolumns: | no readable utf-16 text | --encoding NAME
columns: | file: {encoding: hex}\\ncolumns: | 'hex' is no encoding
columns: | file: {delimiter: [";"]}\\ncolumns: | file: found delimiter: [';'], expected a text
columns: | file: {delimiter: ""}\\ncolumns: | file: found delimiter: '', expected a text that
columns: | file: {sheet: X}\\ncolumns: | found sheet 'X' | the file is no workbook
columns: | file: {skip_lines: two}\\ncolumns: | found skip_lines 'two', expected how many
format: raw_campaign_responses | format: [a] | found format: ['a'], expected the name of
ja: 1 | ja: [1] | mapping.yaml | Conversion: found values: ['1'] at ja | expected codes
constant: Awareness | constant: {a: b} | CampaignType: found constant: {'a': 'b'}, expected one
{column: alter} | {column: [alter]} | Age: found column: ['alter'], expected the name
{column: alter} | {column: alter, date: {x: y}} | Age: found date: {'x': 'y'}, expected `day first`
{column: alter} | {column: alter, factor: {a: 1}} | Age: found factor: {'a': '1'}, expected a
{column: alter} | {column: alter, factor: "0,9"} | found factor: 0,9, | with a decimal point
{column: alter} | {column: alter, missing: {a: b}} | found missing: {'a': 'b'}, expected a word
{column: alter} | {column: alter, missing: [[a]]} | found missing: ['a'] at 0, expected a word
{column: alter} | {column: alter, numbered: true} | Age: found numbered, which only a key can
{row_number: true} | {column: kunde, numbered: yes} | found numbered: yes, expected numbered: true
{row_number: true} | {column: kunde, numbered: true, factor: 2} | factor can't be said beside numbered
{row_number: true} | {column: kunde} | CustomerID, from kunde: found 2 rows | `numbered: true`
decimal: "," | decimal: ",", factor: "?" | Income: factor: still to fill
columns: | derive: [raw_cards]\\ncolumns: | derive: found raw_cards, expected none
"""
)


@pytest.mark.parametrize("case", MISFITS, ids=" -> ".join)
def test_a_mapping_that_does_not_fit_is_refused(place, capsys, case):
    old, new, *words = case
    assert old in MAPPING
    place.mapping.write_text(MAPPING.replace(old, new))
    expect_refusal(place, capsys, *words)


def test_all_columns_that_do_not_fit_are_named_at_once(place, capsys):
    text = MAPPING.replace("{column: alter}", "{column: jahre}").replace("{constant: Awareness}", '"?"')
    place.mapping.write_text(text.replace("column: antwort", "column: reply"))
    message = expect_refusal(place, capsys, "Age:", "CampaignType:", "Conversion:")
    assert len(message.splitlines()) == 4


BAD_EXPORTS = cases(
    """
K1;56 | K1;alt | Age, from alter: found 1 row (line 2: 'alt'), expected a number
K1;56 | K1;5,6 | Age, from alter: found 1 row (line 2: '5,6') | what its comma means
K1;56 | K1;56.5 | Age, from alter: found 1 row (line 2: '56.5'), expected a whole number
brief | fax | CampaignChannel, from kanal: found 1 row (line 3: 'fax') | one of the codes mobil, brief
987,00 | 9.8.7,00 | Income, from einkommen: found 1 row (line 3: '9.8.7,00'), expected a number
K2;40;brief | K2;40 | line 3: found 5 values, expected 6
K2;40 | K2;40;40 | line 3: found 7 values, expected 6
K2;40 | K2;"40 | line 3: a quotation mark opens in this line
alter | kunde | found the column kunde more than once
EXPORT | kunde;alter\\n | Income: found the column 'einkommen'
EXPORT | HEADER | a header, but no rows after it
EXPORT |  | the file is empty
EXPORT | {"a": 1} | found JSON, expected a CSV file
K2 | LONG | line 3 | longer than 1,048,576
K2;40; | "K\\n\\n2";alt; | (line 3: 'alt')
EXPORT | EXPORTK3;"40;brief;nein;9;1\\n | line 4: a quotation mark opens in this | Close it
EXPORT | EXPORTMANY | line 4: a quotation mark opens in this
EXPORT | EXPORTWIDE | line 4: the last line is cut off, or a quotation mark
"""
)
WRITTEN = {"EXPORT": EXPORT, "HEADER": EXPORT.splitlines()[0], "LONG": "K" * (1 << 20)}
WRITTEN |= {name: 'K3;"40' + f";brief;nein{end}" * 60_000 for name, end in (("MANY", "\n"), ("WIDE", ""))}


@pytest.mark.parametrize("case", BAD_EXPORTS, ids=" -> ".join)
def test_an_export_that_does_not_fit_is_refused_with_line_and_value(place, capsys, case):
    old, new, *words = case
    for name, text in WRITTEN.items():
        old, new = old.replace(name, text), new.replace(name, text)
    assert old in EXPORT
    place.export.write_text(EXPORT.replace(old, new, 1))
    expect_refusal(place, capsys, *words)


def test_a_missing_export_and_a_missing_mapping_are_said(place, capsys):
    place.mapping.unlink()
    expect_refusal(place, capsys, "no such mapping", "--propose --output")
    place.mapping.write_text(MAPPING)
    place.export.unlink()
    expect_refusal(place, capsys, "export.csv: no such file")


def many_rows(place: Place, bad: int, rows: int = 1_000) -> None:
    lines = [f"K{n};{640 if n < bad else 30};mobil;ja;1;x" for n in range(rows)]
    place.export.write_text("\n".join([EXPORT.splitlines()[0], *lines]) + "\n")


def test_as_many_bad_rows_as_the_build_lets_through_are_left_to_it(place, capsys):
    many_rows(place, bad=10)
    assert place.do_import() == 0
    printed = capsys.readouterr().out
    assert "1,000 rows in, 1,000 rows out" in printed
    assert "Age: above 120 in 10 rows (the first: row 2, found '640'): the build will reject them" in printed


def test_more_bad_rows_than_the_build_lets_through_are_refused(place, capsys):
    many_rows(place, bad=11)
    expect_refusal(place, capsys, "11 of 1,000 rows break", "at most 1% may", "Age: above 120 in 11 rows")


def test_repeated_keys_count_as_bad_rows(place, capsys):
    place.mapping.write_text(MAPPING.replace("{row_number: true}", "{column: alter}"))
    many_rows(place, bad=0)
    expect_refusal(place, capsys, "CustomerID: 999 of 1,000 rows repeat a key")


@pytest.mark.parametrize(
    ("step", "evidence"), [(1, "'2019-01-13' (line 14)"), (-1, "'2019-11-30' (line 33)")]
)
def test_dates_that_a_spreadsheet_swapped_are_refused_with_the_evidence(place, capsys, step, evidence):
    days = [date(2019, 1, 1) + timedelta(n) for n in range(365)][::step]
    swapped = [d.replace(month=d.day, day=d.month) if d.day <= 12 else d for d in days]
    place.mapping.write_text(SPEND % "")
    place.export.write_text("Datum,a,b\n" + "".join(f"{day},5,6\n" for day in days))
    assert place.do_import(name="raw_marketing_spend") == 0
    place.export.write_text("Datum,a,b\n" + "".join(f"{day},5,6\n" for day in swapped))
    files = place.files()
    assert place.do_import(name="raw_marketing_spend") == 1
    message = capsys.readouterr().err
    assert f"Date, from Datum: a spreadsheet has swapped day and month where it could: {evidence}" in message
    assert place.files() == files


SPEND = "columns: {Date: {column: Datum%s}, Offline_Spend: {column: a}, Online_Spend: {column: b}}"


@pytest.mark.parametrize(
    "case",
    cases("""
TT.MM.JJJJ | it names no year and no day | Known are YYYY, YY, Mon, MM,
dd.mm.yyyy | it names no year and no month and no day
MM/YYYY | it names no day
DD.MM.YYYY HH:mm | no part of a date is HH
YYYY-MM-DD HH:MM:SS | it names a part twice: MM, MM | Known are YYYY, YY, Mon, MM,
am D DD.MM.YYYY | it names a part twice: D, DD
"""),
)
def test_a_pattern_that_is_no_whole_date_is_refused_at_once(place, capsys, case):
    place.export.write_text("Datum,a,b\n31.01.2019,5,6\n")
    place.mapping.write_text(SPEND % f", date: '{case[0]}'")
    assert place.do_import(name="raw_marketing_spend") == 1
    message = capsys.readouterr().err
    assert all(word in message for word in (f"Date: found date: '{case[0]}'", *case[1:]))
    assert "values can't be read" not in message


TITLES = "Bericht Kampagne, vom 1.2.\nStand: 01.02.2025;intern\n\n"


@pytest.mark.parametrize("said", ["", "file: {skip_lines: 3}\n"])
def test_titles_above_the_header_are_passed_over(place, capsys, said):
    place.export.write_text(TITLES + EXPORT)
    place.mapping.write_text(said + MAPPING)
    assert place.do_import() == 0
    assert place.made() == CANONICAL
    assert "skip_lines '3'" in capsys.readouterr().out
    place.export.write_text(TITLES + EXPORT.replace("K2;40", "K2;alt"))
    assert place.do_import() == 1
    assert "(line 6: 'alt')" in capsys.readouterr().err
    place.export.write_text(TITLES + EXPORT.replace("K2;40", 'K2;"40'))
    assert place.do_import() == 1
    assert "line 6: a quotation mark opens" in capsys.readouterr().err


def test_titles_above_the_header_of_a_sheet_are_passed_over(place):
    book = openpyxl.Workbook()
    for row in [["Bericht"], ["Stand", "01.02.2025"], [], *csv.reader(EXPORT.splitlines(), delimiter=";")]:
        book.active.append(row)
    place.export = place.export.with_suffix(".xlsx")
    book.save(place.export)
    assert place.do_import() == 0
    assert place.made() == CANONICAL
    place.mapping.write_text("file: {delimiter: ';'}\n" + MAPPING)
    assert place.do_import() == 1


def test_a_proposal_says_how_many_lines_to_skip(place, capsys):
    place.export.write_text(TITLES + EXPORT)
    assert place.do("--propose") == 0
    printed = capsys.readouterr().out
    assert '  skip_lines: "3"' in printed
    assert "  Age: {column: alter}" in printed
    assert place.do("--propose", "--skip-lines", "4") == 0
    assert "alter" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "saldo\n1,5\n2,25\n3\n",
        "a;b;c;d;e;f\n1;2,5;3;4;5;6\n1;2,5;3;4;5;6\n",
        "a;b\n1;2;3;4;5;6\n1;2;3;4;5;6\n",
    ],
)
def test_a_header_on_the_first_line_is_no_title(place, capsys, text):
    place.export.write_text(text)
    assert place.do("--propose") in (0, 1)
    assert "skip_lines" not in capsys.readouterr().out
    place.mapping.write_text("file: {delimiter: ','}\n" + MAPPING)
    assert place.do_import() == 1
    assert f"the file's: {text.splitlines()[0]}. Mind" in capsys.readouterr().err


@pytest.mark.parametrize("said", ["", "file: {encoding: UTF8}\n"])
def test_a_letter_that_cannot_be_read_is_named_by_its_line(place, capsys, said):
    rows = "".join(f"K{n};30;mobil;ja;1;größer\n" for n in range(40)) + "K;30;mobil;ja;1;"
    place.export.write_bytes((EXPORT + rows).encode() + "größer\n".encode("cp1252"))
    place.mapping.write_text(said + MAPPING)
    expect_refusal(place, capsys, "(line 44)", "no readable utf-8 text", "--encoding NAME")


def test_serial_numbers_are_said_to_count_from_1900(place, capsys):
    place.mapping.write_text(SPEND % "")
    place.export.write_text("Datum,a,b\n2019-01-01,5,6\n42005,5,6\n")
    assert place.do_import(name="raw_marketing_spend") == 0
    said = capsys.readouterr().out
    assert "Date: serial numbers are counted from 1900, as Excel does: '42005' is 2015-01-01;" in said
    assert "from 1904, as on old Macs, it is 2019-01-02" in said
    place.export.write_text("Datum,a,b\n2019-01-01,5,6\n")
    assert place.do_import(name="raw_marketing_spend") == 0
    assert "1904" not in capsys.readouterr().out


def test_a_date_still_to_fill_asks_for_its_pattern_and_no_row_number(place, capsys):
    place.export.write_text("Datum,a,b\n1/2/2019,5,6\n")
    for date_is in ('"?"', '{column: Datum, date: "?"}'):
        place.mapping.write_text(f"columns: {{Date: {date_is}, Offline_Spend: {{column: a}}}}")
        assert place.do_import(name="raw_marketing_spend") == 1
        message = next(m for m in capsys.readouterr().err.splitlines() if m.strip().startswith("Date:"))
        assert "still to fill" in message
        assert "row_number" not in message


def test_a_row_without_a_value_that_must_be_there_is_left_out_by_one_word(place, capsys):
    place.export.write_text(EXPORT.replace("987,00", "k.A."))
    place.mapping.write_text(MAPPING.replace('decimal: ","', 'decimal: ",", missing: [k.A.]'))
    assert place.do_import() == 0
    assert place.made() == "".join(CANONICAL.splitlines(keepends=True)[:2])
    printed = capsys.readouterr().out
    assert "2 rows in, 1 rows out" in printed
    assert "Income: rows left out since they have no value: 1" in printed
    place.export.write_text(EXPORT.replace("1.234,50", "k.A.").replace("987,00", "k.A."))
    expect_refusal(place, capsys, "no row is left")


def test_codes_that_yaml_takes_for_something_else_stay_text(place):
    place.export.write_text(EXPORT.replace("ja", "yes").replace("nein", "no").replace("mobil", "01"))
    place.mapping.write_text(MAPPING.replace("ja: 1, nein: 0", "yes: 1, no: 0").replace("mobil", "01"))
    assert place.do_import() == 0
    assert place.made() == CANONICAL


def test_a_proposal_is_written_to_a_new_file_only(place, capsys):
    output = place.mapping.with_name("new.yaml")
    assert place.do("--propose", "--output", str(output)) == 0
    assert "To fill:\n  CampaignType: " in capsys.readouterr().out
    written = output.read_text()
    assert place.do("--propose", "--output", str(output)) == 1
    assert "is there already" in capsys.readouterr().err
    assert output.read_text() == written
    assert place.do("--propose") == 0
    assert capsys.readouterr().out == written


def test_the_next_step_can_be_pasted(place, capsys):
    place.export = place.export.rename(place.export.with_name("Kampagne März.csv"))
    output = place.mapping.with_name("it's new.yaml")
    assert place.do("--propose", "--output", str(output), "--seed-set", "mine") == 0
    words = shlex.split(capsys.readouterr().out.splitlines()[-1])
    assert words[0] == ".venv/bin/bank-marketing"
    place.mapping.replace(output)
    assert main(words[1:]) == 0
    assert place.made("mine") == CANONICAL


def test_a_full_disk_is_named_by_the_folder_that_it_should_take(place, capsys, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bank_marketing.importing.own.prepare_mapped", refuse)
    expect_refusal(place, capsys, f"{place.seeds / 'own'}: it can't be read or written here (No space left")


NUMBERED = MAPPING.replace("{row_number: true}", "{column: kunde, numbered: true}")
CLIENTS = "columns: {CustomerID: {column: k, numbered: true}, Gender: {column: g}, Location: {column: l},"
CLIENTS += " Tenure_Months: {column: t}}"


def keys_file(place: Place, domain: str = "campaigns") -> Path:
    return place.seeds / "own" / domain / "customer_keys.tsv"


def test_keys_that_are_no_numbers_get_numbers_that_stay_and_lead_back(place, capsys):
    place.mapping.write_text(NUMBERED)
    assert place.do_import() == 0
    assert place.made() == CANONICAL
    assert keys_file(place).read_text() == "number\tkey\n1\tK1\n2\tK2\n"
    printed = capsys.readouterr().out
    assert "{column: kunde, numbered: true}" in printed
    assert "seeds/own/campaigns/customer_keys.tsv holds the bank's key of each customer" in printed
    header, *rows = EXPORT.splitlines()
    place.export.write_text("\n".join([header, rows[1], rows[0].replace("K1", "0'7\""), rows[0]]) + "\n")
    assert place.do_import() == 0
    assert [line.split(",")[0] for line in place.made().splitlines()] == ["CustomerID", "2", "3", "1"]
    with keys_file(place).open(newline="") as file:
        assert list(csv.reader(file, delimiter="\t"))[1:] == [["1", "K1"], ["2", "K2"], ["3", "0'7\""]]


def test_the_join_of_the_page_gives_each_score_its_own_key(place):
    place.mapping.write_text(NUMBERED)
    place.export.write_text(EXPORT.replace("K1", "007"))
    assert place.do_import() == 0
    page = (REPOSITORY / "docs" / "importing" / "own-export.md").read_text()
    (query,) = [q for q in re.findall(r"```sql\n(.*?)```", page, re.DOTALL) if "customer_keys.tsv" in q]
    with duckdb.connect() as connection:
        connection.execute("create schema campaigns")
        connection.execute(
            "create table campaigns.conversion_scores as"
            " select * from (values (1, 0.25e0), (2, 0.75e0)) as scores (customer_id, conversion_probability)"
        )
        assert connection.execute(query).fetchall() == [("K2", 0.75), ("007", 0.25)]


def test_files_of_a_domain_share_the_numbers_of_a_key(place):
    place.mapping.write_text(CLIENTS)
    place.export.write_text("k,g,l,t\nK1,M,Chicago,12\nK2,F,Ohio,3\n")
    assert place.do_import(name="raw_retail_customers") == 0
    lines = (REPOSITORY / "seeds" / "sample" / "sales" / "raw_order_lines.csv").read_text().splitlines()[:4]
    rows = [line.split(",", 1)[1] for line in lines]
    place.export.write_text("\n".join(f"{k},{r}" for k, r in zip(["k", "K2", "K9", "K1"], rows, strict=True)))
    columns = {name: f"{{column: {name}}}" for name in rows[0].split(",")}
    columns["Transaction_Date"] = "{column: Transaction_Date, date: MM/DD/YYYY}"
    plain = "".join(f"  {name}: {said}\n" for name, said in columns.items())
    place.mapping.write_text(f"columns:\n  CustomerID: {{column: k, numbered: true}}\n{plain}")
    assert place.do_import(name="raw_order_lines") == 0
    made = (place.seeds / "own" / "sales" / "raw_order_lines.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in made] == ["CustomerID", "2", "3", "1"]
    assert keys_file(place, "sales").read_text().splitlines()[1:] == ["1\tK1", "2\tK2", "3\tK9"]


def test_a_key_never_has_two_numbers(place, capsys):
    place.mapping.write_text(NUMBERED)
    assert place.do_import() == 0
    place.mapping.write_text(MAPPING)
    expect_refusal(place, capsys, "CustomerID: ", "customer_keys.tsv holds numbers", "Say `numbered: true`")
    orders = place.seeds / "own" / "sales" / "raw_order_lines.csv"
    shutil.copy(REPOSITORY / "seeds" / "sample" / "sales" / "raw_order_lines.csv", orders)
    place.mapping.write_text(CLIENTS)
    place.export.write_text("k,g,l,t\nK1,M,Chicago,12\n")
    files = place.files()
    assert place.do_import(name="raw_retail_customers") == 1
    assert "other numbers than raw_order_lines.csv of an earlier import" in capsys.readouterr().err
    assert place.files() == files


@pytest.mark.slow
def test_numbers_that_a_killed_import_used_are_never_given_to_others(place):
    place.mapping.write_text(NUMBERED)
    script = (
        "import os, sys; from pathlib import Path; from bank_marketing.cli import main\n"
        "replace = Path.replace\n"
        "Path.replace = lambda source, target: (replace(source, target), os._exit(9))\n"
        "main(sys.argv[1:])\n"
    )
    words = ["import", place.export, "--as", "raw_campaign_responses", "--mapping", place.mapping]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    assert subprocess.run([sys.executable, "-c", script, *words], env=environment).returncode == 9
    assert keys_file(place).read_text() == "number\tkey\n1\tK1\n2\tK2\n"
    place.export.write_text(EXPORT.replace("K1", "K3"))
    assert place.do_import() == 0
    assert [line.split(",")[0] for line in place.made().splitlines()] == ["CustomerID", "3", "2"]


def test_a_damaged_file_of_keys_is_refused(place, capsys):
    place.mapping.write_text(NUMBERED)
    assert place.do_import() == 0
    keys_file(place).write_text("number\tkey\n2\tK1\n")
    expect_refusal(place, capsys, "customer_keys.tsv, row 2: found ['2', 'K1'], expected the number 1")


def test_a_foreign_currency_is_refused_until_the_mapping_says_what_it_is_worth(place, capsys):
    place.export.write_text(EXPORT.replace("1.234,50", "1.234,50 €"))
    expect_refusal(place, capsys, "Income, from einkommen: found 1 row (line 2: '1.234,50 €'), expected USD")
    for factor, income in (("1", "1234.50"), ("2", "2469")):
        place.mapping.write_text(MAPPING.replace('decimal: ","', f'decimal: ",", factor: {factor}'))
        assert place.do_import() == 0
        assert place.made().splitlines()[1].split(",")[2] == income
    place.export.write_text(EXPORT.replace("1.234,50", "1.234,50 €").replace("987,00", "$987,00"))
    expect_refusal(place, capsys, "(line 3: '$987,00'), expected EUR as before")
    place.mapping.write_text(MAPPING)
    place.export.write_text(EXPORT.replace("1.234,50", "1.234,50 USD").replace("987,00", "$987,00"))
    assert place.do_import() == 0
    assert place.made() == CANONICAL


def test_an_empty_code_is_shown_as_one(place, capsys):
    place.export.write_text(EXPORT.replace("mobil", ""))
    place.mapping.write_text(MAPPING.replace("mobil: Mobile phone", '"": Unknown'))
    assert place.do_import() == 0
    assert '{column: kanal, values: {"": Unknown, brief: Letter}}' in capsys.readouterr().out


def test_values_that_a_lookup_lacks_are_named(place, capsys):
    shutil.copytree(REPOSITORY / "seeds" / "reference", place.seeds / "reference")
    place.export.write_text(EXPORT.replace("brief", "Email"))
    place.mapping.write_text(
        MAPPING.replace("brief: Letter", "Email: Email").replace("Awareness", "Cross-Selling")
    )
    assert place.do_import() == 0
    printed = capsys.readouterr().out
    assert "campaign_channels.csv lacks some, add: Mobile phone" in printed
    assert "campaign_types.csv lacks some, add: Cross-Selling" in printed
    assert "Cross-Selling" in place.made()


def test_a_word_for_gender_that_the_models_do_not_know_is_named(place, capsys):
    place.mapping.write_text(re.sub("(?m)^  Gender: .*\n", "", MAPPING) + "  Gender: {constant: H}\n")
    assert place.do_import() == 0
    assert "Gender: H is none of Female, Male; if one of them is meant" in capsys.readouterr().out
    place.mapping.write_text(re.sub("(?m)^  Gender: .*\n", "", MAPPING))
    assert place.do_import() == 0
    assert "none of Female" not in capsys.readouterr().out
