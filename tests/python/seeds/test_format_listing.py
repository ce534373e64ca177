"""`bank-marketing formats` and the page made from it."""

from project_copies import REPOSITORY

from bank_marketing import project
from bank_marketing.cli import main
from bank_marketing.seeds.formats import read_formats

FORMATS = read_formats(REPOSITORY / "seeds" / "formats")
PAGE = REPOSITORY / "docs" / "importing" / "formats.md"


def test_the_page_is_current(capsys, monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    assert main(["formats", "--markdown"]) == 0
    made = "bank-marketing formats --markdown > docs/importing/formats.md"
    assert PAGE.read_text() == capsys.readouterr().out, f"make it anew with: {made}"


def test_every_column_of_every_file_is_listed_with_all_that_is_declared(capsys, monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    assert main(["formats"]) == 0
    blocks = {
        block.split(" ", 1)[0]: block.splitlines() for block in capsys.readouterr().out.split("\n\nraw_")
    }
    assert len(blocks) == len(FORMATS)
    for seed_format in FORMATS:
        lines = blocks.get(seed_format.name) or blocks[seed_format.name.removeprefix("raw_")]
        for column in seed_format.columns:
            line = next(
                x for x in lines if x.strip('"').startswith((f"{column.header} ", f'{column.header}"'))
            )
            for word in (column.unit, column.example, *column.allowed_values, column.minimum, column.maximum):
                assert word is None or str(word) in line
            assert ("may be left out" in line) == column.is_optional
            assert column.data_type != "date" or "date (" in line or "month (" in line


def test_formats_are_those_of_the_checkout_where_no_project_is(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["formats", "raw_cards"]) == 0
    assert "raw_cards" in capsys.readouterr().out
    # As a wheel is installed.
    monkeypatch.setattr(project, "__file__", str(tmp_path / "lib" / "bank_marketing" / "project.py"))
    assert main(["formats"]) == 1
    assert "the package brings none" in capsys.readouterr().err


def test_one_file_can_be_named_and_a_wrong_name_is_answered_with_the_right_ones(capsys, monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    assert main(["formats", "raw_cards"]) == 0
    assert capsys.readouterr().out.startswith("raw_cards (transactions)\n")
    assert main(["formats", "cards"]) == 1
    message = capsys.readouterr().err
    assert "found 'cards'" in message
    assert all(seed_format.name in message for seed_format in FORMATS)
