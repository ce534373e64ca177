"""Numbers for keys that are no whole numbers, kept in a file by which a bank gets its own keys back."""

from __future__ import annotations

import csv
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.importing.mapping import ColumnMapping, Mapping
from bank_marketing.importing.placing import is_there
from bank_marketing.seeds.formats import SeedFormat

# Tabs and no .csv: dbt takes each CSV file of a seed folder for a seed.
ENDING = "_keys.tsv"
HEADER = ["number", "key"]


class KeyNumbers:
    """The numbers of one kind of key, such as all customers of a domain.

    A key has the number that it got when it was first seen, in whichever file; new ones count on.

    Parameters
    ----------
    path : Path
        The file of an earlier import; it need not be there.

    Raises
    ------
    UserError
        If the file holds something else: numbers that changed would give scores to other customers.
    """

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
        """Return the number of a key.

        Parameters
        ----------
        key : str
            As the export has it; upper and lower case and leading zeros count.

        Returns
        -------
        str
            A whole number from 1.
        """
        return str(self._numbers.setdefault(key, len(self._numbers) + 1))

    def __len__(self) -> int:
        """Return how many keys have a number."""
        return len(self._numbers)

    def write(self, path: Path) -> None:
        """Write all keys with their numbers.

        Parameters
        ----------
        path : Path
            A new file.
        """
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows((number, key) for key, number in self._numbers.items())


def keys_path(seed_folder: Path, seed_format: SeedFormat, key_of: str) -> Path:
    """Return where the numbers of a domain's keys stand.

    Parameters
    ----------
    seed_folder : Path
        Folder of a seed set; git ignores all but the sample.
    seed_format : SeedFormat
        A raw file of the domain.
    key_of : str
        What the keys number, such as customer.

    Returns
    -------
    Path
        ``<seed_folder>/<domain>/customer_keys.tsv``
    """
    return seed_folder / seed_format.domain / f"{key_of}{ENDING}"


def numbered_keys(mapping: Mapping, seed_format: SeedFormat) -> list[str]:
    """Return what the numbered keys of a mapping number, such as customer, each once.

    Parameters
    ----------
    mapping : Mapping
        The mapping.
    seed_format : SeedFormat
        The raw file.

    Returns
    -------
    list of str
        In the order of the columns.
    """
    found = [
        column.key_of
        for column in seed_format.columns
        if column.key_of and _of_column(mapping, column.header).reading.numbered
    ]
    return list(dict.fromkeys(found))


def key_problems(
    mapping: Mapping, seed_format: SeedFormat, seed_folder: Path, formats: list[SeedFormat]
) -> list[str]:
    """Say where one key would have two numbers: numbered in one file of a domain and as it is in another.

    Parameters
    ----------
    mapping : Mapping
        The mapping.
    seed_format : SeedFormat
        The raw file.
    seed_folder : Path
        Folder of the seed set, with what was imported before.
    formats : list of SeedFormat
        All raw files.

    Returns
    -------
    list of str
        Sentences with what to do; empty if all fits.
    """
    problems = []
    for column in seed_format.columns:
        of_column = _of_column(mapping, column.header)
        if not column.key_of or not of_column.is_filled:
            continue
        path, header = keys_path(seed_folder, seed_format, column.key_of), column.header.strip()
        if path.is_file() and not of_column.reading.numbered:
            problems.append(
                f"{header}: {path} holds numbers for the keys of each {column.key_of}. Say `numbered: true`"
                " here, too; or delete it and import all files of the domain again."
            )
        others = [
            f.file_name
            for f in formats
            if f.domain == seed_format.domain
            and f.name != seed_format.name
            and is_there(f, seed_folder)
            and column.key_of in [c.key_of for c in f.columns]
        ]
        if of_column.reading.numbered and not path.is_file() and others:
            problems.append(
                f"{header}: `numbered` would give other numbers than {', '.join(others)} of an earlier import"
                f" has. Delete {path.parent} and import all files of the domain with `numbered: true`."
            )
    return problems


def _of_column(mapping: Mapping, header: str) -> ColumnMapping:
    return mapping.columns.get(header.strip(), ColumnMapping())
