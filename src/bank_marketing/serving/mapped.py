"""Customers in a bank's own form, by the mapping of an import; numbers of keys are only read."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.importing.keys import KeyNumbers, keys_path, numbered_keys
from bank_marketing.importing.opening import open_export
from bank_marketing.importing.preparing import prepare_mapped
from bank_marketing.seeds.formats import SeedFormat
from bank_marketing.serving.reading import CustomerFile, lenient_format, load_customers


@dataclass(frozen=True)
class Mapped:
    """A mapping, and where the numbers of the bank's keys stand: those of the import, or another file."""

    mapping: Path
    keys: Path | None
    seed_folder: Path

    def canonical(
        self, path: Path, lenient: SeedFormat, outcome: str | None, needed: Collection[str], folder: Path
    ) -> tuple[Path, KeyNumbers | None, tuple[str, ...]]:
        """Write a file in the form of the raw file.

        Parameters
        ----------
        path : Path
            The bank's file; only read.
        lenient : SeedFormat
            What must be in it.
        outcome : str or None
            Header of the outcome, which isn't asked for whatever the mapping says.
        needed : collection of str
            Headers that the model needs.
        folder : Path
            Where to write.

        Returns
        -------
        made : Path
            The file in the raw file's form.
        numbers : KeyNumbers or None
            The keys with their numbers, if the mapping numbers them. Keys that the file doesn't have count on
            above all that it has, and are written nowhere.
        notes : tuple of str
            What was left out or converted.

        Raises
        ------
        UserError
            If the mapping doesn't fit.
        """
        # Not before it is needed: what checks mappings takes long to import.
        from bank_marketing.importing.decisions import Decision
        from bank_marketing.importing.mapping import mapping_problems, read_mapping

        mapping = read_mapping(self.mapping)
        columns = {h: d for h, d in mapping.columns.items() if h != (outcome or "").strip()}
        mapping = mapping.model_copy(update={"columns": columns})
        lacking = [h.strip() for h in needed if columns.get(h.strip(), Decision(leave_out=True)).leave_out]
        if lacking:
            raise UserError(
                f"{self.mapping}: it leaves out {', '.join(lacking)}, which the model needs. Say what fills"
                " them."
            )
        table = open_export(path, folder, mapping.file.said())
        if problems := mapping_problems(mapping, lenient, table.header):
            raise UserError(
                "\n  ".join([f"{self.mapping} doesn't fit {path}; nothing was scored.", *problems])
            )
        numbers = {key: self._numbers(key, lenient) for key in numbered_keys(mapping, lenient)}
        made = folder / lenient.file_name
        prepared = prepare_mapped(table, mapping, lenient, made, folder, numbers)
        return made, numbers.get("customer"), prepared.notes

    def _numbers(self, key: str, seed_format: SeedFormat) -> KeyNumbers:
        path = self.keys or keys_path(self.seed_folder, seed_format, key)
        if not path.is_file():
            raise UserError(
                f"{path}: no such file, expected the numbers of the keys that the models were fitted with."
                " Name it with --keys FILE."
            )
        return KeyNumbers(path)


def add_mapping(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a bank's own file is written.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The sub-parser.
    """
    parser.add_argument("--mapping", type=Path, metavar="YAML", help="the mapping by which it was imported")
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help="numbers of the bank's keys (default: those of the import)"
    )


def stated_mapping(args: argparse.Namespace, warehouse: Path) -> Mapped | None:
    """Return what those options say.

    Parameters
    ----------
    args : argparse.Namespace
        mapping and keys.
    warehouse : Path
        The published file, which says where the import has left its keys.

    Returns
    -------
    Mapped or None
        None for a file in the raw file's form.

    Raises
    ------
    UserError
        If keys are named without a mapping.
    """
    if args.mapping is None:
        if args.keys is not None:
            raise UserError(f"--keys {args.keys}: it is of use with --mapping YAML only.")
        return None
    # An import writes the keys beside the raw files of the seed set that bears the published file's name.
    seeds = warehouse.absolute().parent.parent / "seeds" / warehouse.stem
    return Mapped(args.mapping, args.keys, seeds)


def load_stated(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    seed_format: SeedFormat,
    mapped: Mapped | None,
    *,
    outcome: str | None,
    needed: Collection[str],
    may_be_missing: bool,
) -> tuple[CustomerFile, KeyNumbers | None]:
    """Load a file as `load_customers` does, by its mapping if it has one.

    Parameters
    ----------
    connection, path, seed_format, outcome, needed, may_be_missing
        See `load_customers`.
    mapped : Mapped or None
        How the file is written, if it is none in the raw file's form.

    Returns
    -------
    file : CustomerFile
        Rows and what was done.
    numbers : KeyNumbers or None
        The bank's own keys with their numbers, if the mapping numbers them.

    Raises
    ------
    UserError
        If the mapping doesn't fit, columns are missing or values can't be used.
    """
    wanted: dict[str, Any] = {"outcome": outcome, "needed": needed, "may_be_missing": may_be_missing}
    if mapped is None:
        return load_customers(connection, path, seed_format, **wanted), None
    with tempfile.TemporaryDirectory(prefix="bank-marketing-") as folder:
        lenient = lenient_format(seed_format, **wanted)
        made, numbers, notes = mapped.canonical(path, lenient, outcome, needed, Path(folder))
        file = load_customers(connection, made, seed_format, **wanted)
    return replace(file, notes=(*notes, *file.notes)), numbers


def own_keys(numbers: KeyNumbers, scored: pd.Series) -> pd.Series:
    """Return the bank's own key of each number.

    Parameters
    ----------
    numbers : KeyNumbers
        Of `Mapped.canonical`.
    scored : pandas.Series
        Numbers.

    Returns
    -------
    pandas.Series
        The keys, text.
    """
    return scored.map({number: key for key, number in numbers.items()})
