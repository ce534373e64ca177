"""The words of ``bank-marketing predict-roi``: what a month of marketing spend is expected to bring."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.sales import marketing_mix
from bank_marketing.serving.published import attach_published, newest_artefact
from bank_marketing.serving.published_file import add_warehouse, published_file

MOST_SPEND = 1e12
MOST_YEARS = 10
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``predict-roi`` to its parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The sub-parser.
    """
    for channel in ("online", "offline"):
        parser.add_argument(
            f"--spend-{channel}",
            type=float,
            required=True,
            metavar="USD",
            help=f"{channel} spend of the month",
        )
    parser.add_argument(
        "--month", required=True, metavar="YYYY-MM", help="the month, spent evenly over its days"
    )
    add_warehouse(parser, "published file with the model")


def run(args: argparse.Namespace) -> int:
    """Predict a month.

    Parameters
    ----------
    args : argparse.Namespace
        spend_online, spend_offline, month and warehouse.

    Returns
    -------
    int
        0; what doesn't fit is a `UserError`.
    """
    warehouse = published_file(args.warehouse)
    with duckdb.connect() as connection:
        attach_published(connection, warehouse)
        version, found = predict_month(
            connection, warehouse, online=args.spend_online, offline=args.spend_offline, month=args.month
        )
    print("\n".join(_said(found, version, warehouse)))
    return 0


def predict_month(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, *, online: float, offline: float, month: str
) -> tuple[int, dict[str, Any]]:
    """Predict a month by the newest published model.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    warehouse : Path
        The published file.
    online, offline : float
        USD in the month.
    month : str
        'YYYY-MM', after the data.

    Returns
    -------
    version : int
        Of the model.
    found : dict of str to any
        As `marketing_mix.predict` returns it.

    Raises
    ------
    UserError
        If there is no model, or it can't say anything of that.
    """
    for channel, spend in {"online": online, "offline": offline}.items():
        if not 0 <= spend <= MOST_SPEND:
            raise UserError(f"--spend-{channel} is {spend}, expected US dollars from 0 to {MOST_SPEND:.0e}.")
    if not MONTH.fullmatch(month):
        raise UserError(f"--month is {month!r}, expected a month as YYYY-MM, such as 2020-01.")
    version, artefact = newest_artefact(connection, warehouse, marketing_mix.TASK)
    if month <= artefact["last_day"][:7]:
        raise UserError(
            f"--month is {month}, expected one after the data, which end on {artefact['last_day']}."
        )
    if int(month[:4]) > int(artefact["last_day"][:4]) + MOST_YEARS:
        raise UserError(f"--month is {month}, expected one within {MOST_YEARS} years after the data.")
    return version, marketing_mix.predict(artefact, online=online, offline=offline, month=month)


def _said(found: dict[str, Any], version: int, warehouse: Path) -> list[str]:
    lines = [f"Model marketing_mix, version {version}, of {warehouse}: {found['verdict']}"]
    shown = {
        "net revenue, USD": "net_revenue_usd",
        "of it by marketing, USD": "marketing_revenue_usd",
        "return per USD spent": "return_per_usd",
    }
    for words, name in shown.items():
        if name in found:
            digits = 2 if name == "return_per_usd" else 0
            value, low, high = (f"{found[name + end]:,.{digits}f}" for end in ("", "_low", "_high"))
            lines.append(f"{words}: {value} ({low} to {high})")
    return lines + [f"warning: {warning}" for warning in found["warnings"]]
