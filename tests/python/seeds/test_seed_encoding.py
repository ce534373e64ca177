"""Files that no program can read: named in one short message, before anything starts."""

import pytest

from bank_marketing.cli import main
from bank_marketing.errors import UserError
from bank_marketing.importing.finding import find_candidates
from bank_marketing.importing.mapping import read_mapping
from bank_marketing.importing.opening import code_list
from bank_marketing.seeds.encoding import refuse_other_encodings


def test_files_that_are_no_utf_8_are_named_with_their_line(tmp_path):
    (tmp_path / "churn").mkdir()
    good, bad = tmp_path / "good.csv", tmp_path / "churn" / "bad.csv"
    good.write_text("Name\nJosé\n", encoding="utf-8")
    bad.write_bytes("Name\nAnna\nJosé\n".encode("cp1252"))
    with pytest.raises(UserError, match=r"bad[.]csv, line 3: found b'Jos.xe9") as refused:
        refuse_other_encodings([tmp_path, tmp_path / "nowhere"])
    assert "good.csv" not in str(refused.value)
    bad.unlink()
    refuse_other_encodings([tmp_path])


@pytest.mark.parametrize(
    "content",
    ['{"1": ' + "[" * 200_000 + "]" * 200_000 + "}", '{"1": ' + "9" * 5_000 + "}", '{"1": "x"' * 3],
    ids=["nested", "a number of 5,000 digits", "cut off"],
)
def test_json_that_cannot_be_read_gets_one_short_message(tmp_path, content):
    path = tmp_path / "mcc_codes.json"
    path.write_text(content)
    (candidate,) = find_candidates([path], tmp_path)
    with pytest.raises(UserError) as refused:
        code_list(candidate)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    "content",
    [
        "columns: " + "[" * 50_000,
        "columns: " + "x" * 2_000_000,
        "a: &a [x, x]\n"
        + "".join(
            f"b{n}: &b{n} [{', '.join(['*' + ('a' if n == 0 else f'b{n - 1}')] * 9)}]\n" for n in range(9)
        ),
        "? [a]\n: b",
    ],
    ids=["nested", "huge", "aliases of aliases", "a list for a name"],
)
def test_yaml_that_is_no_mapping_gets_one_short_message(tmp_path, content):
    path = tmp_path / "mapping.yaml"
    path.write_text(content)
    with pytest.raises(UserError) as refused:
        read_mapping(path)
    assert len(str(refused.value)) < 1_500


@pytest.mark.parametrize(
    "content",
    [
        "columns:\n" + "".join(f"  c{n}: {{from: c}}\n" for n in range(500)),
        "columns:\n  CustomerId: {column: " + "x" * 20_000 + "}\n",
    ],
    ids=["many problems", "a long name"],
)
def test_what_is_said_of_a_mapping_fits_on_a_screen(tmp_path, capsys, content):
    """However many its problems, and however long what it names."""
    mapping, export = tmp_path / "mapping.yaml", tmp_path / "bank.csv"
    mapping.write_text(content)
    export.write_text("a,b\n1,2\n")
    assert main(["import", str(export), "--as", "raw_churn_customers", "--mapping", str(mapping)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= 61
    assert max(map(len, lines)) <= 1_050
