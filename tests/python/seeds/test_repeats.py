"""Repeated keys where a part of the key is optional."""

from project_copies import REPOSITORY

from bank_marketing.seeds.formats import find_format, read_formats
from bank_marketing.seeds.row_checks import find_repeats

OUTCOMES = find_format("raw_retention_outcomes", read_formats(REPOSITORY / "seeds" / "formats"))


def repeats_in(tmp_path, *lines: str):
    path = tmp_path / OUTCOMES.file_name
    path.write_text("\n".join(lines) + "\n")
    return find_repeats(path, OUTCOMES, tmp_path)


def test_a_file_without_the_optional_parts_has_the_rest_as_its_key(tmp_path):
    found = repeats_in(tmp_path, "CustomerId,Treated,Exited", "2,1,0", "1,1,0", "2,0,1")
    assert (found.count, found.key, found.lines) == (1, "2", (2, 4))


def test_rows_of_other_lists_and_kinds_are_no_copies(tmp_path):
    header = "CustomerId,Treated,Publication,OutcomeKind,Outcome"
    rows = ["1,1,4,exited,0", "1,1,4,product_taken,1", "1,1,9,exited,0", "1,1,,exited,0"]
    assert repeats_in(tmp_path, header, *rows).count == 0
    found = repeats_in(tmp_path, header, *rows, "1,1,,Exited,1")
    assert (found.count, found.key, found.lines) == (1, "1, none, exited", (5, 6))
