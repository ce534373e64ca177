"""Numbers for keys that are no whole numbers, kept in a file by which a bank gets its own keys back."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from bank_marketing.errors import UserError
from bank_marketing.seeds.formats import SeedFormat
from bank_marketing.seeds.line_counts import has_rows

# What checks decisions takes long to import, and a file as it should be needs none.
if TYPE_CHECKING:
    from bank_marketing.importing.decisions import Mapping

# Tabs and no .csv: dbt takes each CSV file of a seed folder for a seed.
ENDING = "_keys.tsv"
HEADER = ["number", "key"]


class KeyNumbers:
    """The numbers of one kind of key, such as all customers of a domain."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._numbers: dict[str, int] = {}
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file, delimiter="\t"))
            for place, row in enumerate(rows[1:], start=1):
                if len(row) != 2 or row[0] != str(place) or row[1] in self._numbers:
                    raise UserError(
                        f"{path}, row {place + 1}: found {row}, expected the number {place} and a key of its"
                        " own. Bring the file back as it was, or delete it and import all files of the domain"
                        " again."
                    )
                self._numbers[row[1]] = place

    def number_of(self, key: str) -> str:
        """Return the number of a key."""
        return str(self._numbers.setdefault(key, len(self._numbers) + 1))

    def items(self) -> Iterable[tuple[str, int]]:
        """Return all keys with their numbers."""
        return self._numbers.items()

    def __len__(self) -> int:
        """Return how many keys have a number."""
        return len(self._numbers)

    def write(self, path: Path) -> None:
        """Write all keys with their numbers."""
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows((number, key) for key, number in self._numbers.items())


def keys_path(seed_folder: Path, seed_format: SeedFormat, key_of: str) -> Path:
    """Return where the numbers of a domain's keys stand."""
    return seed_folder / seed_format.domain / f"{key_of}{ENDING}"


def numbered_keys(mapping: Mapping, seed_format: SeedFormat) -> list[str]:
    """Return what the numbered keys of a mapping number, such as customer, each once."""
    found = [c.key_of for c in seed_format.columns if c.key_of and mapping.of(c).is_numbered]
    return list(dict.fromkeys(found))


def key_problems(
    mapping: Mapping, seed_format: SeedFormat, seed_folder: Path, formats: list[SeedFormat]
) -> list[str]:
    """Say where one key would have two numbers: numbered in one file of a domain and as it is in another."""
    problems = []
    for column in seed_format.columns:
        decision, key = mapping.of(column), column.key_of
        if not key or decision.source in (None, "leave_out"):
            continue
        path, header = keys_path(seed_folder, seed_format, key), column.header.strip()
        if path.is_file() and not decision.is_numbered:
            problems.append(
                f"{header}: {path} holds numbers for the keys of each {key}. Say `numbered: true` here, too;"
                " or delete it and import all files of the domain again."
            )
        same = [f for f in formats if f.domain == seed_format.domain and f.name != seed_format.name]
        with_key = [f for f in same if key in [c.key_of for c in f.columns]]
        others = [f.file_name for f in with_key if has_rows(f.path_in(seed_folder))]
        if decision.is_numbered and not path.is_file() and others:
            problems.append(
                f"{header}: `numbered` would give other numbers than {', '.join(others)} of an earlier import"
                f" has. Delete {path.parent} and import all files of the domain with `numbered: true`."
            )
    return problems
