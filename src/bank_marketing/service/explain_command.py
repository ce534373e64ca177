"""``bank-marketing explain``: why a customer was, or wasn't, contacted, in words that they may be told."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time

from bank_marketing.errors import UserError
from bank_marketing.service.command import add_log, opened_log
from bank_marketing.service.explaining import explained, find_decisions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``explain`` to its parser."""
    parser.add_argument(
        "--population", required=True, choices=["campaign_customers"], help="whose customer it is"
    )
    parser.add_argument("--id", required=True, type=int, metavar="NUMBER", help="the customer's number")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--at", type=date.fromisoformat, metavar="DATE", help="the newest decision up to this day (UTC)"
    )
    which.add_argument("--all", action="store_true", help="every decision, as for an access request")
    add_log(parser)


def run(args: argparse.Namespace) -> int:
    """Say why a customer got what they got.

    Parameters
    ----------
    args : argparse.Namespace
        The words.

    Returns
    -------
    int
        0.

    Raises
    ------
    UserError
        If the log can't be opened, the number is none, or it has no decision about the customer.
    """
    if not 0 <= args.id < 2**63:
        raise UserError(f"--id is {args.id}, expected a number from 0 to {2**63 - 1}.")
    until = datetime.combine(args.at, time.max) if args.at else None
    with opened_log(args) as store, store.read() as connection:
        found = find_decisions(connection, population=args.population, customer_id=args.id, until=until)
    if not found:
        by = f" up to {args.at}" if args.at else ""
        raise UserError(f"the log has no decision about customer {args.id} of {args.population}{by}.")
    for row, outcomes in found if args.all else found[-1:]:
        print("\n  ".join(explained(row, outcomes)))
    return 0
