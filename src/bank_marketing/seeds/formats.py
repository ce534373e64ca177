"""What each raw file must look like: the declarations in seeds/formats, read once for whoever needs them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bank_marketing.errors import UserError

# libyaml reads several times as fast; PyYAML may be installed without it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class ColumnFormat:
    """One column of a raw file.

    Attributes
    ----------
    name : str
        Name in the raw table.
    header : str
        Name in the file, blanks at its ends included.
    aliases : tuple of str
        Other names that files give the column; case, blanks and underscores never matter.
    description : str
        What the column means.
    data_type : str
        SQL type in the raw table.
    is_required : bool
        Whether every row must have a value.
    is_optional : bool
        Whether the file may lack the whole column.
    is_personal : bool
        Whether the values may not pass staging.
    text_format : str or None
        How the file writes the values, if not as the type does: money, us_date, month_year, zip or
        month_name.
    unit : str or None
        Unit of the values.
    minimum, maximum : int, float, str or None
        Bounds of the values, themselves allowed; a text is a date.
    not_zero : bool
        Whether 0 is no value, though values may lie above and below it.
    allowed_values : tuple
        The only values allowed; empty if there is no such list.
    example : str or None
        A value as the file writes it.
    key_of : str or None
        What a key numbers, such as customer: columns of one domain with the same name hold the same keys.
    held_as : str or None
        The narrowest type that a value passes on its way, where that isn't its own; bounds follow from it.
    times : str or None
        Name of the column with which its product is held as the same type.
    empty_means_none : bool
        Whether an empty cell says that there is none; null then says that the file lacks the column.
    below_zero : str or None
        What is below zero: a debit or a credit of an account, or a return.
    vocabulary : str or None
        Which of the vars `vocabularies` declares the words that models rely on.
    listed_in : str or None
        The lookup in seeds/reference, or raw file, whose first column should have each of the values.
    not_before : str or None
        Name of the column before whose moment none may lie.
    dated_by : str or None
        Name of the column with the moment that each value needs.
    shares_of : tuple of str
        Names of the columns that say which candidate was chosen, where the values are JSON objects with the
        probability of each candidate.
    share : str or None
        Name of the column with the probability of the chosen one.
    """

    name: str
    header: str
    aliases: tuple[str, ...]
    description: str
    data_type: str
    is_required: bool
    is_optional: bool
    is_personal: bool
    text_format: str | None
    unit: str | None
    minimum: int | float | str | None
    maximum: int | float | str | None
    allowed_values: tuple[Any, ...]
    example: str | None
    key_of: str | None = None
    held_as: str | None = None
    times: str | None = None
    empty_means_none: bool = False
    below_zero: str | None = None
    vocabulary: str | None = None
    listed_in: str | None = None
    not_zero: bool = False
    not_before: str | None = None
    dated_by: str | None = None
    shares_of: tuple[str, ...] = ()
    share: str | None = None

    @property
    def may_be_left_out(self) -> bool:
        """Whether an export may lack the column: it isn't there then, or empty in every row."""
        return self.is_optional or not self.is_required


@dataclass(frozen=True)
class SeedFormat:
    """One raw file.

    Attributes
    ----------
    domain : str
        Domain that it belongs to.
    name : str
        Name of the raw table, and of the file without its ending.
    description : str
        What a row is.
    kaggle_file : str or None
        Name of the file as Kaggle serves it.
    kaggle_dataset : str or None
        Kaggle's name of the data set.
    other_names : tuple of str
        Names under which copies of the file go round.
    unique_key : tuple of str
        Columns (names in the raw table) that identify a row.
    may_be_empty : bool
        Whether a file without rows is complete.
    parts_by : str or None
        Name of the column with the moment of a row, where the file may come in parts.
    columns : tuple of ColumnFormat
        The columns in their order.
    """

    domain: str
    name: str
    description: str
    kaggle_file: str | None
    kaggle_dataset: str | None
    other_names: tuple[str, ...]
    unique_key: tuple[str, ...]
    may_be_empty: bool
    columns: tuple[ColumnFormat, ...]
    parts_by: str | None = None

    @property
    def headers(self) -> list[str]:
        """Names of all columns in the file, in their order."""
        return [column.header for column in self.columns]

    @property
    def required_headers(self) -> list[str]:
        """Names of the columns that the file can't lack, in their order."""
        return [column.header for column in self.columns if not column.is_optional]

    @property
    def file_name(self) -> str:
        """Name of the file in a seed folder."""
        return f"{self.name}.csv"

    def path_in(self, seed_folder: Path) -> Path:
        """Return where the file stands in a seed folder.

        Parameters
        ----------
        seed_folder : Path
            Folder of a seed set, for example seeds/kaggle.

        Returns
        -------
        Path
            ``<seed_folder>/<domain>/<name>.csv``
        """
        return seed_folder / self.domain / self.file_name


def read_formats(formats_folder: Path) -> list[SeedFormat]:
    """Read all declarations.

    Parameters
    ----------
    formats_folder : Path
        The folder seeds/formats, with one folder for each domain.

    Returns
    -------
    list of SeedFormat
        By domain and name.

    Raises
    ------
    UserError
        If there is none, or one lacks what every declaration has.
    """
    formats: list[SeedFormat] = []
    for path in sorted(formats_folder.glob("*/*.yml")):
        try:
            formats += _declared_formats(path.read_text(encoding="utf-8"), path.parent.name)
        except (yaml.YAMLError, UnicodeDecodeError, RecursionError, KeyError, TypeError) as error:
            raise UserError(
                f"{path}: no declaration of a seed with columns and their types: {repr(error)[:300]}"
            ) from error
    if not formats:
        raise UserError(
            f"{formats_folder}: no declaration of any raw file there, expected <domain>/raw_<entity>.yml"
        )
    return formats


@cache
def _declared_formats(text: str, domain: str) -> tuple[SeedFormat, ...]:
    """Read a file's declarations, once for all who ask in a process."""
    return tuple(declared_format(seed, domain) for seed in read_yaml(text)["seeds"])


def read_yaml(text: str) -> Any:
    """Read YAML of the project's own.

    Parameters
    ----------
    text : str
        Content of a file.

    Returns
    -------
    any
        Plain values, lists and dicts.
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506, a safe one


def find_format(name: str, formats: list[SeedFormat]) -> SeedFormat:
    """Find a declaration by name.

    Parameters
    ----------
    name : str
        Such as raw_campaign_responses; the ending .csv and Kaggle's name of the file are fine, too.
    formats : list of SeedFormat
        All raw files.

    Returns
    -------
    SeedFormat
        The one of that name.

    Raises
    ------
    UserError
        If there is none.
    """
    for seed_format in formats:
        if name in (seed_format.name, seed_format.file_name, seed_format.kaggle_file):
            return seed_format
    raise UserError(f"found {name!r}, expected one of {', '.join(f.name for f in formats)}.")


def declared_format(seed: dict[str, Any], domain: str) -> SeedFormat:
    """Read one declaration.

    Parameters
    ----------
    seed : dict
        An entry of ``seeds`` in a property file, or what dbt makes of it with its columns as a list.
    domain : str
        Domain that it belongs to.

    Returns
    -------
    SeedFormat
        The raw file.
    """
    meta = seed.get("config", {}).get("meta", {})
    return SeedFormat(
        domain=domain,
        name=seed["name"],
        description=seed["description"].strip(),
        kaggle_file=meta.get("kaggle_file"),
        kaggle_dataset=meta.get("kaggle_dataset"),
        other_names=tuple(meta.get("other_names", ())),
        unique_key=tuple(meta.get("unique_key", ())),
        may_be_empty=bool(meta.get("may_be_empty", False)),
        columns=tuple(_column_format(column) for column in seed["columns"]),
        parts_by=meta.get("parts_by"),
    )


def _column_format(column: dict[str, Any]) -> ColumnFormat:
    meta = column.get("config", {}).get("meta", {})
    return ColumnFormat(
        name=column["name"],
        header=meta.get("header", column["name"]),
        aliases=tuple(meta.get("aliases", ())),
        description=column["description"].strip(),
        data_type=column["data_type"],
        is_required=bool(meta.get("required", False)),
        is_optional=bool(meta.get("optional", False)),
        is_personal=bool(meta.get("personal_data", False)),
        text_format=meta.get("format"),
        unit=meta.get("unit"),
        minimum=meta.get("minimum"),
        maximum=meta.get("maximum"),
        allowed_values=tuple(meta.get("allowed_values", ())),
        example=meta.get("example"),
        key_of=meta.get("key_of"),
        held_as=meta.get("held_as"),
        times=meta.get("times"),
        empty_means_none=bool(meta.get("empty_means_none", False)),
        below_zero=meta.get("below_zero"),
        vocabulary=meta.get("vocabulary"),
        listed_in=meta.get("listed_in"),
        not_zero=bool(meta.get("not_zero", False)),
        not_before=meta.get("not_before"),
        dated_by=meta.get("dated_by"),
        shares_of=tuple(meta.get("shares_of", ())),
        share=meta.get("share"),
    )
