"""Which parts of a raw file are loaded, and what stands in the way of a load."""

import hashlib
import json
import shutil
from pathlib import Path

import duckdb
import pytest
from grammar_table import FORMATS

from bank_marketing.errors import UserError
from bank_marketing.seeds.parts import list_parts, parts_folder, parts_plan
from bank_marketing.seeds.seed_folders import is_there, lay_placeholders, refuse_unknown_parts

PAYMENTS = FORMATS["raw_card_transactions"]
HEADER = ",".join(PAYMENTS.headers) + "\n"


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """Return the CSV of a seed, with its header alone; two parts stand for it."""
    path = PAYMENTS.path_in(tmp_path / "seeds" / "bank")
    path.parent.mkdir(parents=True)
    path.write_text(HEADER)
    folder = tmp_path / "seeds" / "parts" / "bank" / path.stem
    folder.mkdir(parents=True)
    (folder / "2019-10.csv").write_text(HEADER)
    (folder / "2019-11.csv").write_text(HEADER)
    return path


def plan(seed: Path, loaded: dict[str, dict[str, str]] | None = None) -> dict:
    return json.loads(parts_plan(str(seed), json.dumps(loaded or {})))


def noted(seed: Path) -> dict[str, dict[str, str]]:
    """Return what a load notes of the parts."""
    found = plan(seed)["load"]
    for part in found.values():
        part["fingerprint"] = hashlib.sha1(Path(part["file"]).read_bytes(), usedforsecurity=False).hexdigest()
    return found


def test_parts_are_ordered_by_name_without_ending(seed):
    shutil.copy(parts_folder(seed) / "2019-10.csv", parts_folder(seed) / "2019-10-corrections.csv")
    (parts_folder(seed) / ".gitkeep").touch()
    assert list(list_parts(seed)) == ["2019-10", "2019-10-corrections", "2019-11"]


def test_only_parts_with_another_content_are_loaded(seed):
    before, folder = noted(seed), parts_folder(seed)
    assert plan(seed, before) == {"folder": str(folder), "load": {}, "drop": [], "touched": {}}

    (folder / "2019-10.csv").touch()
    now = plan(seed, before)
    assert (list(now["touched"]), now["load"], now["drop"]) == (["2019-10"], {}, [])

    (folder / "2019-10.csv").write_text(HEADER + "\n")
    (folder / "2019-12.csv").write_text(HEADER)
    (folder / "2019-11.csv").unlink()
    now = plan(seed, before)
    assert (list(now["load"]), now["drop"]) == (["2019-10", "2019-12"], ["2019-10", "2019-11"])


def test_a_part_that_became_parquet_is_another_one(seed):
    before, folder = noted(seed), parts_folder(seed)
    duckdb.read_csv(str(folder / "2019-11.csv")).write_parquet(str(folder / "2019-11.parquet"))
    (folder / "2019-11.csv").unlink()
    now = plan(seed, before)
    assert (list(now["load"]), now["drop"]) == (["2019-11"], ["2019-11"])


def test_parts_with_another_header_are_refused(seed):
    (parts_folder(seed) / "2019-12.csv").write_text(HEADER.replace(",errors", ",mood"))
    problem = plan(seed)["problem"]
    for word in ("2019-12.csv, line 1", "2019-10.csv", "mood more, errors less", "same columns"):
        assert word in problem
    # The order of columns doesn't matter.
    (parts_folder(seed) / "2019-12.csv").write_text(",".join(reversed(PAYMENTS.headers)) + "\n")
    assert "problem" not in plan(seed)


def test_a_new_first_part_with_another_header_is_refused_as_any_other(seed):
    before = noted(seed)
    (parts_folder(seed) / "2019-09.csv").write_text(HEADER.replace(",errors", ""))
    problem = plan(seed, before)["problem"]
    for word in ("2019-10.csv, line 1", "2019-09.csv", "errors more", "same columns"):
        assert word in problem


def test_a_csv_with_rows_beside_parts_is_refused(seed):
    seed.write_text(HEADER + "1,2019-10-01 10:00:00,1,1,$1.00,Chip Transaction,7,,,,5411,\n")
    for word in (str(seed), str(parts_folder(seed)), "Move one of the two away"):
        assert word in plan(seed)["problem"]


def test_an_empty_folder_is_refused(seed):
    for part in list_parts(seed).values():
        part.unlink()
    assert "no parts, expected at least one .csv or .parquet" in plan(seed)["problem"]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("2019-12.csv.gz", "neither a .csv nor a .parquet file"),
        ("2019-11.PARQUET", "has the same name"),
        ("2019'12.csv", "found ' in its name"),
        # DuckDB would read 2019-11.csv for it.
        ("2019-1[12].csv", r"found \[ in its name"),
        ("2019-1?.csv", r"found \? in its name"),
    ],
)
def test_what_is_no_part_is_refused_and_not_passed_over(seed, name, word):
    (parts_folder(seed) / name).touch()
    with pytest.raises(UserError, match=word):
        list_parts(seed)


def test_a_damaged_parquet_file_is_named(seed):
    (parts_folder(seed) / "2019-12.parquet").write_text("no Parquet")
    assert "2019-12.parquet" in plan(seed)["problem"]


def test_parts_count_as_the_file_for_which_they_stand(seed, tmp_path):
    seed.unlink()
    assert is_there(PAYMENTS, tmp_path / "seeds" / "bank")
    assert lay_placeholders(tmp_path / "seeds" / "bank", [PAYMENTS]) == []
    assert seed.read_text() == HEADER
    shutil.rmtree(parts_folder(seed))
    assert not is_there(PAYMENTS, tmp_path / "seeds" / "bank")


@pytest.mark.parametrize("name", ["raw_card_transaction", "raw_order_lines"])
def test_parts_of_what_has_none_are_refused_and_not_passed_over(seed, tmp_path, name):
    seeds = tmp_path / "seeds" / "bank"
    refuse_unknown_parts(tmp_path / "seeds" / "other", FORMATS.values())
    refuse_unknown_parts(seeds, FORMATS.values())
    parts_folder(seed).with_name(name).mkdir()
    with pytest.raises(UserError, match=f"{name}: nothing reads it, expected raw_card_transactions there"):
        refuse_unknown_parts(seeds, FORMATS.values())
