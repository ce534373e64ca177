"""`bank-marketing formats`: what each raw file wants, from the declarations that the build checks it by."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from bank_marketing.project import declaring_project
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat, find_format, read_formats

COLUMNS = ("column", "type", "unit", "required", "allowed values", "example")
# How a text must be written that the build reads as something else.
WRITTEN_TYPES = {
    "money": "money ($1234.50)",
    "us_date": "date (M/D/YYYY)",
    "month_year": "month (MM/YYYY)",
    "month_name": "month (Jan)",
    "zip": "postal code (58523.0)",
}
TYPES = {
    "bigint": "whole number",
    "integer": "whole number",
    "double": "number",
    "boolean": "yes or no",
    "varchar": "text",
    "date": "date (YYYY-MM-DD)",
    "timestamp": "moment (YYYY-MM-DD hh:mm:ss)",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``formats`` to its parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The sub-parser.
    """
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="one raw file, such as raw_campaign_responses"
    )
    parser.add_argument("--markdown", action="store_true", help="as a page of documentation")


def run(args: argparse.Namespace) -> int:
    """Print the formats that the command line names.

    Parameters
    ----------
    args : argparse.Namespace
        name and markdown.

    Returns
    -------
    int
        0.
    """
    formats = read_formats(declaring_project() / "seeds" / "formats")
    chosen = [find_format(args.name, formats)] if args.name else formats
    print(markdown_page(chosen) if args.markdown else "\n\n".join(map(plain_text, chosen)))
    return 0


def plain_text(seed_format: SeedFormat) -> str:
    """Describe a raw file for a terminal.

    Parameters
    ----------
    seed_format : SeedFormat
        The raw file.

    Returns
    -------
    str
        Its name, what a row is, and a table of its columns.
    """
    rows = [COLUMNS, *(describe(column) for column in seed_format.columns)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([_title(seed_format), seed_format.description, _key(seed_format), "", *lines])


def markdown_page(formats: Sequence[SeedFormat]) -> str:
    """Describe raw files as a page of documentation.

    Parameters
    ----------
    formats : sequence of SeedFormat
        The raw files.

    Returns
    -------
    str
        Markdown, without a newline at the end.
    """
    lines = [
        "# What each raw file wants",
        "",
        "Made by `bank-marketing formats --markdown` from `seeds/formats`, which the build checks every row",
        "by; a test keeps it current. Required: *yes*, in every row; *if there*, in every row of a file that",
        "has the column; *no*, cells may be empty. A column that *may be left out* may be missing from the",
        "file and is null then.",
    ]
    for seed_format in formats:
        lines += ["", f"## {_title(seed_format)}", "", seed_format.description, _key(seed_format), ""]
        lines += [f"| {' | '.join((*COLUMNS, 'meaning'))} |", "|---" * (len(COLUMNS) + 1) + "|"]
        for column in seed_format.columns:
            name, *cells, example = describe(column)
            lines.append(f"| `{name}` | {' | '.join(cells)} | `{example}` | {column.description} |")
    return "\n".join(lines)


def describe(column: ColumnFormat) -> tuple[str, ...]:
    """Describe a column of a raw file in words.

    Parameters
    ----------
    column : ColumnFormat
        The column.

    Returns
    -------
    tuple of str
        The cells of `COLUMNS`.
    """
    kind = WRITTEN_TYPES.get(column.text_format or "") or TYPES.get(column.data_type, "number")
    required = (
        "if there" if column.is_required and column.is_optional else "yes" if column.is_required else "no"
    )
    allowed = ", ".join(map(str, column.allowed_values)) or _range(column)
    return (
        f'"{column.header}"' if column.header != column.header.strip() else column.header,
        kind,
        column.unit or (f"key of {column.key_of}" if column.key_of else ""),
        required + (", may be left out" if column.is_optional else ""),
        allowed,
        str(column.example or ""),
    )


def _range(column: ColumnFormat) -> str:
    if column.minimum is None and column.maximum is None:
        return "not 0" if column.not_zero else ""
    if column.maximum is None:
        return f"from {column.minimum}"
    return (
        f"{column.minimum} to {column.maximum}" if column.minimum is not None else f"up to {column.maximum}"
    )


def _title(seed_format: SeedFormat) -> str:
    return f"{seed_format.name} ({seed_format.domain})"


def _key(seed_format: SeedFormat) -> str:
    headers = [
        column.header.strip() for column in seed_format.columns if column.name in seed_format.unique_key
    ]
    return f"Each row has its own {' and '.join(headers)}." if headers else "No column is a key."
