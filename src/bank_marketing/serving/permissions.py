"""Who may be contacted now: by the published file, and by the lookups of the checkout as they stand."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.project import project_folder
from bank_marketing.seeds.formats import SeedFormat, declared_format, read_yaml
from bank_marketing.seeds.row_sql import read_text, select_rows
from bank_marketing.serving.populations import Subjects

# Of each customer, purpose and channel the newest entry counts, from its day on; one for all channels takes
# the place of older ones for a single channel (as the macro do_not_contact_entries has it).
NEWEST = """
    select subject_id, purpose, channel, permission = 'given' as is_permitted, null as until_date
    from (
        select
            *,
            row_number() over (
                partition by subject_id, purpose, channel order by stated_at desc, permission desc
            ) as recency,
            max(case channel when 'all' then stated_at end) over (partition by subject_id, purpose) as of_all
        from (
            select
                {key} as subject_id, purpose, coalesce(nullif(lower(trim(channel)), ''), 'all') as channel,
                permission, stated_at
            from {table}
            where cast(stated_at as date) <= $today
        )
    )
    where recency = 1 and (channel = 'all' or of_all is null or stated_at >= of_all)
"""
# Rows of a list that somebody forbids, the rules being in the table permissions.
FORBIDDEN = """
    {key} in (
        select subject_id from permissions
        where purpose = 'contact' and (until_date is null or until_date >= $today)
    )
    or {key} in (select subject_id from permissions where purpose = 'profiling' and not is_permitted)
    or (
        {key} in (
            select subject_id from permissions
            where purpose = 'marketing' and channel = 'all' and not is_permitted
        )
        and ({key}, {channel}) not in (
            select (subject_id, channel) from permissions where purpose = 'marketing' and is_permitted
        )
    )
    or ({key}, {channel}) in (
        select (subject_id, channel) from permissions where purpose = 'marketing' and not is_permitted
    )
    or (
        ({is_credit})
        and {key} in (select subject_id from permissions where purpose = 'credit' and not is_permitted)
    )
"""


def reference_folder(warehouse: Path) -> Path | None:
    """Return the lookups of the checkout that a published file lies in, or that the current folder is in.

    Parameters
    ----------
    warehouse : Path
        The published file.

    Returns
    -------
    Path or None
        seeds/reference; None where there is no checkout.
    """
    try:
        project = warehouse.absolute().parent.parent if is_of_checkout(warehouse) else project_folder()
    except UserError:
        return None
    return project / "seeds" / "reference"


def is_of_checkout(warehouse: Path) -> bool:
    """Tell whether a published file lies where the project builds it."""
    return (warehouse.absolute().parent.parent / "dbt_project.yml").is_file()


def forbidden_rows(
    connection: duckdb.DuckDBPyConnection, published: Subjects, reference: Path | None, today: date
) -> tuple[str, list[Path]]:
    """Make the table `permissions` of all that is stated now.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    published : Subjects
        The rows that are asked about, such as a list's.
    reference : Path or None
        The checkout's lookups, see `reference_folder`.
    today : date
        Day on which an entry has to hold.

    Returns
    -------
    condition : str
        SQL that holds for rows of the list that may not be used, with the parameter ``$today``.
    read : list of Path
        The lookups that were read.

    Raises
    ------
    UserError
        If a lookup can't be read whole: nobody is contacted by mistake.
    """
    connection.execute(
        "create temp table permissions as select subject_id, 'contact' as purpose, 'all' as channel,"
        " false as is_permitted, until_date from warehouse.operations.contact_suppressions"
        # The lookups are newer, and may permit by channel what is suppressed here as a whole.
        " where domain = $domain and not $has_lookups",
        {"domain": published.domain, "has_lookups": reference is not None},
    )
    read = []
    if reference:
        folder = reference / published.domain
        blocked = folder / f"do_not_contact_{published.population}.csv"
        stated = folder / f"contact_permissions_{published.population}.csv"
        table = _load(connection, blocked)
        connection.execute(
            f"insert into permissions select {published.key}, 'contact', 'all', false, until_date"
            f" from {table}"
        )
        newest = NEWEST.format(key=published.key, table=_load(connection, stated))
        connection.execute(f"insert into permissions {newest}", {"today": today})
        read += [blocked, stated]
    channel = f"lower(trim({published.channel}))" if published.channel else "'all'"
    return FORBIDDEN.format(key=published.key, channel=channel, is_credit=published.is_credit), read


def _load(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """Load a lookup by the seed loader's own SQL, and refuse what it would reject."""
    declared = _declaration(path)
    names = [column.name for column in declared.columns]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path}: it can't be read ({error}), and it says who may not be contacted."
        ) from error
    if sorted(header) != sorted(names):
        raise UserError(
            f"{path}, line 1: expected the columns {', '.join(names)},"
            f" found {', '.join(header) or 'nothing'}."
        )
    table = path.stem
    rows = select_rows(declared, header, read_text(str(path), header, f"{table}_rejects"))
    try:
        connection.execute(f"create temp table {table} as {rows}")
        unread = connection.execute(f"select min(line) from {table}_rejects").fetchall()[0][0]
    except duckdb.Error as error:
        raise UserError(f"{path}: it can't be read ({str(error).splitlines()[0][:200]}).") from error
    bad = connection.execute(
        f"select min(rejection_reason), count(*) from {table} where rejection_reason is not null"
    ).fetchall()[0]
    if unread or bad[1]:
        reason = (
            f"line {unread} can't be split into its columns" if unread else f"{bad[0]} in {bad[1]:,} rows"
        )
        raise UserError(
            f"{path}: {reason}, so nobody knows who may be contacted. Nothing was exported: mend it first."
        )
    return table


def _declaration(path: Path) -> SeedFormat:
    (seed,) = read_yaml(path.with_suffix(".yml").read_text(encoding="utf-8"))["seeds"]
    return declared_format(seed, path.parent.name)
