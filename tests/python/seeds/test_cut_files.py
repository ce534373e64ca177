"""A file that was cut on its way is warned of."""

from pathlib import Path

import pytest

from bank_marketing.seeds.cut_files import breaks_off, cut_file_warnings


@pytest.mark.parametrize(
    ("content", "is_cut"),
    [
        ("id,name,amount\n1,a,2\n2,b,3\n", False),
        ("id,name,amount\n1,a,2\n2,b,3", False),
        ("id,name,amount\n1,a,2\n2,b", True),
        ("id,name,amount\n1,a,2\n2", True),
        ("\ufeffid,name,amount\r\n1,a,2\r\n2,b", True),
        # Within quotation marks that can't be told: a line break may belong to a value.
        ('id,name,amount\n1,"a\nb",2', False),
        ('id,name,amount\n1,"a,b",2', False),
        ('id,name,amount\n1,"a,b"', True),
        ("id,name,amount\n", False),
        ("id,name,amount", False),
        ("", False),
    ],
)
def test_a_last_line_without_end_and_with_too_few_fields_breaks_off(tmp_path, content, is_cut):
    file = tmp_path / "raw.csv"
    file.write_bytes(content.encode())
    assert breaks_off(file) == is_cut


def test_more_than_a_tenth_fewer_rows_than_at_the_last_publication_are_said(tmp_path):
    file = str(tmp_path / "raw.csv")
    assert cut_file_warnings(file, 1200, 1080) == []
    assert cut_file_warnings(file, -1, 0) == []
    (warning,) = cut_file_warnings(file, 1200, 720)
    assert warning.startswith(f"{file}: 720 rows") and "1,200" in warning


def test_both_are_said_of_one_file(tmp_path: Path):
    file = tmp_path / "raw.csv"
    file.write_text("id,amount\n1,2\n2")
    assert len(cut_file_warnings(str(file), 100, 2)) == 2


def test_each_part_of_a_folder_is_looked_at(tmp_path: Path):
    (tmp_path / "2019-10.csv").write_text("id,amount\n1,2\n")
    (tmp_path / "2019-11.csv").write_text("id,amount\n1,2\n2")
    (warning,) = cut_file_warnings(str(tmp_path), -1, 2)
    assert warning.startswith(f"{tmp_path / '2019-11.csv'}: its last line has no end")
