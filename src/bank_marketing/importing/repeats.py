"""Rows whose key an earlier row has: the build puts them aside, so an import says so."""

from __future__ import annotations

import csv
import glob
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bank_marketing.seeds.formats import ColumnFormat, SeedFormat
from bank_marketing.seeds.grammar import value_sql
from bank_marketing.seeds.row_sql import key_sql


@dataclass(frozen=True)
class Repeats:
    """Rows with a key that an earlier row has."""

    count: int
    headers: str
    key: str = ""
    lines: tuple[int, int] = (0, 0)

    @property
    def reason(self) -> str:
        """What the build says of each such row."""
        return f"{self.headers}: repeated key, the first row with it stays"

    @property
    def example(self) -> str:
        """The first two rows with the same key."""
        return f"{self.key} is on row {self.lines[0]} and again on row {self.lines[1]}"


def find_repeats(
    path: Path, seed_format: SeedFormat, scratch: Path, *, has_bad_lines: bool = False
) -> Repeats:
    """Count the rows of a canonical file whose key an earlier row has, outside Python's memory."""
    keys = [column for column in seed_format.columns if column.name in seed_format.unique_key]
    headers = ", ".join(column.header.strip() for column in keys)
    if not keys:
        return Repeats(0, headers)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        names = dict.fromkeys(next(csv.reader(file)), "varchar")
    # An optional column that the file lacks is null in every row, and nulls of optional columns are alike.
    keys = [column for column in keys if column.header in names]
    values = ", ".join(f"{_value(column)} as k{number}" for number, column in enumerate(keys))
    names_of_keys = ", ".join(f"k{number}" for number in range(len(keys)))
    table = (
        f"(select row_number() over () + 1 as line, {values} from read_csv($path, header = true, delim = ',',"
        " quote = '\"', escape = '\"', auto_detect = false, ignore_errors = true, columns = $names"
        # After a bad line of several lines, reading in parallel leaves rows out without a word.
        f"{', parallel = false' if has_bad_lines else ''}))"
    )
    required = [number for number, column in enumerate(keys) if column.is_required]
    has_key = " and ".join(["true", *(f"k{number} is not null" for number in required)])
    parameters = {"path": glob.escape(str(path)), "names": names}
    with duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(scratch / "spill")}) as asked:
        # Most files are in the order of their key, where no two rows have the same: seen without grouping.
        falls = (
            f"select 1 from (select k0, lag(k0) over () as before from {table})"
            " where k0 is null or k0 <= before limit 1"
        )
        if not asked.execute(falls, parameters).fetchall():
            return Repeats(0, headers)
        grouped = (
            f"select count(*) - 1 as copies, {names_of_keys}, min(line) as first, min(line, 2)[2] as second"
            f" from {table} where {has_key} group by {names_of_keys} having count(*) > 1"
        )
        firsts = [f"arg_min(coalesce(cast(k{n} as varchar), 'none'), second)" for n in range(len(keys))]
        count, *key, first, second = asked.execute(
            "select coalesce(sum(copies), 0),"
            f" {', '.join(firsts)},"
            f" arg_min(first, second), min(second) from ({grouped})",
            parameters,
        ).fetchall()[0]
    if not count:
        return Repeats(0, headers)
    return Repeats(int(count), headers, ", ".join(map(str, key)), (first, second))


def _value(column: ColumnFormat) -> str:
    """Return what counts of a key, as the build sees it."""
    name = '"' + column.header.replace('"', '""') + '"'
    return key_sql(column, value_sql(column, name))
