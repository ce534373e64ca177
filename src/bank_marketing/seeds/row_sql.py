"""The SQL that reads a raw file and names what is wrong with a row, from what is declared of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bank_marketing.seeds.formats import ColumnFormat, SeedFormat, declared_format
from bank_marketing.seeds.grammar import decimal_places, is_written, value_kind, value_sql
from bank_marketing.seeds.headers import file_header, is_parquet
from bank_marketing.seeds.logged_shares import share_checks
from bank_marketing.sql_text import sql_text


def seed_sql(declaration: str, path: str, header: Sequence[str], rejects: str) -> str:
    """Return the SQL by which the seed materialization loads a file; registered as a SQL function.

    Parameters
    ----------
    declaration : str
        The seed's declaration as dbt has it, in JSON.
    path : str
        The file.
    header : sequence of str
        Names in the raw table of the file's columns, in their order.
    rejects : str
        Beginning of the names of tables for lines that can't be read.

    Returns
    -------
    str
        JSON: `rows` (`select_rows`), `again` and `lost` (`read_text` with tables of their own), `keys` (what
        counts of each column of the key, as `key_sql` has it, of a row called loaded).
    """
    declared = declared_format(json.loads(declaration), domain="")
    columns = {column.name: column for column in declared.columns}
    return json.dumps(
        {
            "rows": select_rows(declared, header, read_text(path, header, rejects)),
            "again": read_text(path, header, f"{rejects}_again"),
            "lost": read_text(path, header, f"{rejects}_lost"),
            "keys": [key_sql(columns[key], f"loaded.{key}") for key in declared.unique_key],
        }
    )


def read_text(path: str, header: Sequence[str], rejects: str) -> str:
    """Return the query of every readable row of a file as text, in the order of the file.

    Parameters
    ----------
    path : str
        A canonical raw file.
    header : sequence of str
        Names in the raw table of the file's columns, in their order.
    rejects : str
        Name of the table for lines that can't be read; of Parquet there are none.

    Returns
    -------
    str
        SQL.
    """
    if is_parquet(path):
        in_file = zip(header, file_header(path), strict=True)
        texts = ", ".join(
            f"nullif(cast({_quoted(named)} as varchar), '') as {name}" for name, named in in_file
        )
        return f"select {texts} from read_parquet({sql_text(path)})"
    names = ", ".join(f"'{name}': 'varchar'" for name in header)
    return (
        f"select * from read_csv({sql_text(path)}, columns = {{{names}}}, auto_detect = false, header = true,"
        " delim = ',', quote = '\"', escape = '\"', nullstr = '', store_rejects = true,"
        f" rejects_table = '{rejects}', rejects_scan = '{rejects}_scan')"
    )


def select_rows(declared: SeedFormat, header: Sequence[str], texts: str) -> str:
    """Return the query of a file's rows as a raw table holds them, the unusable ones with a reason.

    Everything is read as text, so that a bad value costs its row and not the load. Where an empty cell means
    none, it is the empty text, and null says that the file lacks the column.

    Parameters
    ----------
    declared : SeedFormat
        The raw file.
    header : sequence of str
        Names of the columns that `texts` has.
    texts : str
        A query of texts, see `read_text`.

    Returns
    -------
    str
        SQL: source_line (null; whoever loads numbers the rows), the declared columns by type (null where the
        text is no such value), rejection_reason (null for a good row).
    """
    columns = [
        f"{_loaded(column)} as {column.name}"
        if column.name in header
        else f"cast(null as {column.data_type}) as {column.name}"
        for column in declared.columns
    ]
    return (
        f"select cast(null as bigint) as source_line, {', '.join(columns)},"
        f" {reason_sql(declared, header)} as rejection_reason"
        f" from (select {typed_sql(declared, header)}* from ({texts}))"
    )


def typed_sql(declared: SeedFormat, header: Sequence[str]) -> str:
    """Return the columns that aren't texts, each as typed_<name>.

    What the grammar takes, the bare cast takes too and gives the same, at a quarter of the time, or takes
    without the blanks at its ends (hard ones, for a moment any): or else a value would become null without a
    word. What only the cast takes, `reason_sql` rejects.

    Parameters
    ----------
    declared : SeedFormat
        The raw file.
    header : sequence of str
        Names of the columns that are there as text.

    Returns
    -------
    str
        SQL of columns, each with a comma behind it.
    """
    typed = ""
    for column in declared.columns:
        if column.name not in header or not _is_typed(column):
            continue
        if column.text_format or column.data_type == "boolean":
            value = _value_sql(column)
        else:
            casts = (f"try_cast({text} as {column.data_type})" for text in _texts(column))
            value = f"coalesce({', '.join(casts)})"
        typed += f"{value} as typed_{column.name}, "
    return typed


def _value_sql(column: ColumnFormat) -> str:
    """Return a text as a value, the usual way to write it by a shorter pattern and fewer steps."""
    text, kind, value = column.name, value_kind(column), value_sql(column, column.name)
    usual = {
        "money": f"try_cast(replace({text}, '$', '') as {column.data_type})",
        "zip": f"left({text}, 5)",
    }.get(kind)
    return f"case when {_is_plain_text(column)} then {usual} else {value} end" if usual else value


def reason_sql(declared: SeedFormat, header: Sequence[str]) -> str:
    """Return the first thing that is wrong with a row of texts and of what `typed_sql` made of them.

    Nearly all rows pass the quick look of `_is_plain`; only for the others are the checks made one by one.

    Parameters
    ----------
    declared : SeedFormat
        The raw file.
    header : sequence of str
        Names of the columns that are there.

    Returns
    -------
    str
        SQL of a text, null for a good row. It carries no value, so that it can be counted and published.
    """
    columns = [column for column in declared.columns if column.name in header]
    by_name = {column.name: column for column in columns}
    plain = [condition for column in columns if (condition := _is_plain(column))]
    plain += [f"coalesce(not ({bad}), true)" for column in columns for bad, _ in _across(column, by_name)]
    checks = [
        f"when {condition} then {sql_text(f'{column.header.strip()}: {what}')}"
        for column in columns
        for condition, what in _checks(column, by_name)
    ]
    return f"case when {' and '.join(['true', *plain])} then null {' '.join(checks)} end"


def key_sql(column: ColumnFormat, loaded: str) -> str:
    """Return what counts of a loaded key's column: 'JAN' and 'Jan ' are one.

    Parameters
    ----------
    column : ColumnFormat
        A column of the key.
    loaded : str
        SQL of its value in the raw table.

    Returns
    -------
    str
        SQL.
    """
    return loaded if _is_typed(column) else f"lower(trim({loaded}))"


def first_too_large(column: ColumnFormat) -> str | None:
    """Return from which power of ten on a column's values are rejected.

    It follows from the narrowest type that the value passes on its way, less two digits for what is added to
    it and multiplied with it. A double is exact up to fifteen digits.

    Parameters
    ----------
    column : ColumnFormat
        A column of a raw file.

    Returns
    -------
    str or None
        Such as 1e14; None where its type holds whatever it reads.
    """
    held_as = column.held_as or column.data_type
    if held_as.startswith("decimal"):
        total, places = held_as.split("(")[1].strip(" )").split(",")
        digits = int(total) - int(places) - 2
        return f"1e{digits}" if digits > 0 else None
    return "1e15" if held_as == "double" else None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_typed(column: ColumnFormat) -> bool:
    return column.data_type != "varchar" or column.text_format is not None


def _loaded(column: ColumnFormat) -> str:
    if column.empty_means_none:
        return f"coalesce({column.name}, '')"
    return f"typed_{column.name}" if _is_typed(column) else column.name


def _texts(column: ColumnFormat) -> tuple[str, str]:
    return column.name, f"trim({column.name})"


def _limit(bound: int | float | str) -> str:
    return f"cast('{bound}' as date)" if isinstance(bound, str) else str(bound)


def _allowed(column: ColumnFormat) -> str | None:
    is_list = column.allowed_values and column.data_type != "boolean"
    return f"({', '.join(sql_text(str(value)) for value in column.allowed_values)})" if is_list else None


def _checks(column: ColumnFormat, by_name: dict[str, ColumnFormat]) -> list[tuple[str, str]]:
    """Return what may be wrong with a value, condition and words, in the order in which they count."""
    kind, places, (text, trimmed) = value_kind(column), decimal_places(column), _texts(column)
    value, too_large, checks = value_sql(column, text), first_too_large(column), []
    if column.is_required:
        checks.append((f"coalesce({trimmed}, '') = ''", "missing"))
    if kind == "whole":
        is_fraction = f"{value} is null and {is_written(trimmed, 'decimal')} and contains({text}, '.')"
        checks.append((is_fraction, "not a whole number"))
    elif kind in ("decimal", "money"):
        is_longer = f"{is_written(trimmed, kind)} and not {is_written(trimmed, kind, places)}"
        checks.append((is_longer, f"more than {places} decimals"))
    elif kind == "timestamp":
        checks.append((is_written(trimmed, "zoned"), "a time zone, of which the format says nothing"))
    elif kind == "double":
        checks.append((f"not isfinite({value})", "not a finite number"))
    if kind != "text":
        name = (column.text_format or column.data_type).replace("_", " ")
        checks.append((f"{text} is not null and {value} is null", f"not a valid {name}"))
    checks += _bounds(column, value)
    if too_large:
        checks.append((f"abs({value}) >= {too_large}", f"too large ({too_large} or more)"))
    if column.times:
        other = by_name[column.times]
        product = f"abs(cast({value} as double) * {value_sql(other, other.name)})"
        words = f"too large times {other.header} ({too_large} or more)"
        checks.append((f"{product} >= {too_large}", words))
    if allowed := _allowed(column):
        checks.append((f"{trimmed} not in {allowed}", "not one of the allowed values"))
    return checks + _across(column, by_name)


def _across(column: ColumnFormat, by_name: dict[str, ColumnFormat]) -> list[tuple[str, str]]:
    """Return what may be wrong with a value beside those of other columns."""
    checks = []
    if column.not_before:
        other = by_name[column.not_before]
        is_before = f"{value_sql(column, column.name)} < {value_sql(other, other.name)}"
        checks.append((is_before, f"before {other.header}"))
    if column.dated_by:
        moment = f"coalesce(trim({column.dated_by}), '') = ''" if column.dated_by in by_name else "true"
        is_undated = f"coalesce(trim({column.name}), '') <> '' and {moment}"
        checks.append((is_undated, f"without {column.dated_by}"))
    if column.shares_of and column.share:
        share = by_name[column.share]
        checks += share_checks(column.name, column.shares_of, value_sql(share, share.name))
    return checks


def _bounds(column: ColumnFormat, value: str) -> list[tuple[str, str]]:
    bounds = [("<", "below", column.minimum), (">", "above", column.maximum)]
    checks = [(f"{value} {sign} {_limit(at)}", f"{word} {at}") for sign, word, at in bounds if at is not None]
    return [*checks, (f"{value} = 0", "zero")] if column.not_zero else checks


def _is_plain(column: ColumnFormat) -> str | None:
    """Return a condition that holds for no value that `_checks` finds a reason against.

    It costs a quarter of those, and may miss good values (it is false or null for them): their rows are
    checked one by one. A value that is written as its type writes it fits the grammar; to write it anew costs
    less than a regular expression.
    """
    kind, text, too_large = value_kind(column), column.name, first_too_large(column)
    value = f"typed_{text}" if _is_typed(column) else text
    bounds = [(column.minimum, ">="), (column.maximum, "<=")]
    conditions = []
    if allowed := _allowed(column):
        conditions.append(f"{text} in {allowed}")
    elif column.is_required and kind == "text":
        conditions.append(f"trim({text}) <> ''")
    if kind == "decimal":
        conditions.append(_is_plain_text(column))
    elif kind in ("money", "zip"):
        # It was held against the grammar for its value.
        conditions.append(f"{value} is not null")
    elif kind in ("whole", "double", "timestamp", "date"):
        length = {"date": 10, "timestamp": 19}.get(kind)
        conditions += [f"length({text}) = {length}"] if length else []
        conditions.append(f"cast({value} as varchar) = {text}")
    elif kind != "text" and not any(bound is not None for bound, _ in bounds):
        conditions.append(f"{value} is not null")
    conditions += [f"{value} {sign} {_limit(bound)}" for bound, sign in bounds if bound is not None]
    if column.not_zero:
        conditions.append(f"{value} <> 0")
    if too_large and kind != "decimal":
        conditions.append(f"abs({value}) < {too_large}")
    if column.times:
        conditions.append(f"abs(cast({value} as double) * typed_{column.times}) < {too_large}")
    if not conditions:
        return None
    return f"({'' if column.is_required else f'{text} is null or '}{' and '.join(conditions)})"


def _is_plain_text(column: ColumnFormat) -> str:
    """Return the condition that a number is written as most are, and isn't too large."""
    kind, too_large = value_kind(column), first_too_large(column)
    most = min(9, int(too_large[2:])) if too_large else 9
    digits = f"[0-9]{{1,{most}}}"
    pattern = {
        "money": f"[$]?-?{digits}([.][0-9]{{1,2}})?",
        "decimal": f"-?{digits}([.][0-9]{{1,{decimal_places(column)}}})?",
        "zip": "[0-9]{5}([.]0)?",
    }[kind]
    return f"regexp_full_match({column.name}, '{pattern}')"
