"""The largest values that the loader lets in pass every model; what is larger costs its row."""

import csv
import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from bank_marketing.project import DOMAINS
from bank_marketing.seeds.formats import ColumnFormat, read_formats
from bank_marketing.seeds.row_checks import broken_rules
from bank_marketing.seeds.row_sql import first_too_large, read_text, select_rows

REPOSITORY = Path(__file__).parents[2]
FORMATS = {f.name: f for f in read_formats(REPOSITORY / "seeds" / "formats")}
# Lines at the bound of a value: many pieces of a small price, one of a large one, bought and brought back.
PAIRS = {
    "raw_order_lines": [
        {"quantity": "999999", "avg_price": "9900"},
        {"quantity": "1"},
        {"quantity": "-999999", "avg_price": "9900"},
        {"quantity": str(-(2**31)), "avg_price": "0"},
    ],
    # The probability is that of the chosen one among the candidates of the example.
    "raw_campaign_decisions": [{"probability": "0.75"}],
}

LOOKUPS = {path.stem for path in (REPOSITORY / "seeds" / "reference").rglob("*.csv")}

RELATION = re.compile(r'"sample_build"[.]"\w+"[.]"(\w+)"')
BARE = r'"\1"'


def compiled_models(folder: Path, domain: str) -> dict[str, str]:
    """Return the SQL of a domain's models as dbt compiled it, by name."""
    files = (folder / "target" / "compiled" / "bank_marketing" / "models" / domain).rglob("*.sql")
    return {path.stem: path.read_text() for path in files}


def reads(sql: str) -> set[str]:
    return set(RELATION.findall(sql))


def limit(column: ColumnFormat) -> Decimal | None:
    """Return from which number on the loader refuses a column's values."""
    too_large = first_too_large(column)
    return Decimal(too_large) if too_large else None


def largest(column: ColumnFormat) -> str | None:
    """Return the largest value of a column that the loader takes."""
    if isinstance(column.maximum, int | float):
        return str(column.maximum)
    if column.data_type in ("integer", "bigint") and not column.text_format:
        return str(2**31 - 1 if column.data_type == "integer" else 2**63 - 1)
    bound = limit(column)
    return None if bound is None else f"{bound * Decimal('0.99'):.0f}"


def write(path: Path, name: str, rows: list[dict[str, str | None]]) -> Path:
    columns = FORMATS[name].columns
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.header for column in columns])
        writer.writerows([[row.get(c.name) or c.example or "" for c in columns] for row in rows])
    return path


def extreme_rows(name: str) -> list[dict[str, str | None]]:
    rows = []
    for number, pair in enumerate(PAIRS.get(name, [{}]) * 3):
        row = {c.name: largest(c) for c in FORMATS[name].columns if c.key_of is None} | pair
        for key in FORMATS[name].unique_key:
            column = next(c for c in FORMATS[name].columns if c.name == key)
            is_number = column.data_type in ("integer", "bigint") and not column.text_format
            row[key] = str(number + 1) if is_number else None
        rows.append(row)
    keys = FORMATS[name].unique_key
    return rows if all(rows[0].get(key) for key in keys) or not keys else rows[:1]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_largest_values_that_load_pass_every_sql_model(tmp_path, built_sample, domain):
    models = compiled_models(built_sample.folder, domain)
    with duckdb.connect() as connection:
        made = set()
        # Customers are read by whom the lookups forbid nothing.
        connection.execute(f"attach '{built_sample.working}' as built (read_only)")
        for lookup in LOOKUPS & {seed for sql in models.values() for seed in reads(sql)}:
            connection.execute(f'create table "{lookup}" as select * from built.raw."{lookup}"')
            made.add(lookup)
        for name, seed_format in FORMATS.items():
            if seed_format.domain != domain:
                continue
            path = write(tmp_path / f"{name}.csv", name, extreme_rows(name))
            assert broken_rules(path, seed_format, tmp_path) == []
            names = [column.name for column in seed_format.columns]
            rows = select_rows(seed_format, names, read_text(str(path), names, f"rejects_{name}"))
            connection.execute(f'create table "{name}" as {rows}')
            made.add(name)
        waiting = set(models)
        # What reads a Python model or a snapshot waits for ever: no raw file makes those.
        while ready := [m for m in waiting if reads(models[m]) and reads(models[m]) <= made]:
            for model in ready:
                waiting.remove(model)
                try:
                    connection.execute(f'create table "{model}" as {RELATION.sub(BARE, models[model])}')
                    made.add(model)
                except duckdb.CatalogException:
                    pass  # it reads a log of the working file, which no raw file makes
        assert len(made) > 5


BOUNDED = [(f.name, c) for f in FORMATS.values() for c in f.columns if limit(c) and c.maximum is None]


@pytest.mark.parametrize(("name", "column"), BOUNDED, ids=lambda v: v if isinstance(v, str) else v.name)
def test_a_larger_value_costs_its_row(tmp_path, name, column):
    path = write(tmp_path / "file.csv", name, [{}, {column.name: f"{limit(column):f}"}, {}])
    (broken,) = broken_rules(path, FORMATS[name], tmp_path)
    assert (broken.rows, broken.row) == (1, 3)
    assert broken.reason.startswith(f"{column.header.strip()}: too large (1e")
