"""``bank-marketing score offers``: what to offer next, to one client or to those of a file."""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.serving.mapped import Mapped, add_mapping, load_stated, own_keys, stated_mapping
from bank_marketing.serving.published import (
    ANEW,
    LACKING,
    attach_published,
    blocked_customers,
    may_be_contacted,
    newest_model,
    objecting_customers,
    run_stored,
    shut,
    stored_features,
)
from bank_marketing.serving.published_file import add_warehouse, published_file
from bank_marketing.serving.tasks import OFFERS, PREFERENCES
from bank_marketing.serving.writing import refuse_output, write_scores

# Whoever is in the file, with what the published file knows of them.
CLIENTS = """
    select clients.client_id, customers.age_years, customers.yearly_income_usd
    from (select distinct client_id from raw_card_transactions) as clients
    left join warehouse.transactions.bank_customers as customers using (client_id)
    order by clients.client_id
"""


def add_arguments(kinds: Any) -> None:
    """Add the words of ``score offers``.

    Parameters
    ----------
    kinds : argparse._SubParsersAction
        The sub-parsers of ``score``.
    """
    what = "what to offer next, with reasons"
    sub = kinds.add_parser("offers", help=what, description=f"Score: {what}. See docs/scoring.md.")
    sub.add_argument("file", type=Path, nargs="?", metavar="FILE", help="card transactions, as Kaggle's file")
    sub.add_argument("--client-id", type=int, metavar="ID", help="print the published ranking of one client")
    sub.add_argument("--output", type=Path, metavar="CSV", help="file to write, with FILE")
    sub.add_argument("--overwrite", action="store_true", help="replace the output if it is there")
    add_warehouse(sub, "published file with the models")
    add_mapping(sub)


def run(args: argparse.Namespace) -> int:
    """Print a client's ranking, or write those of a file.

    Parameters
    ----------
    args : argparse.Namespace
        client_id, or file and output; overwrite and warehouse.

    Returns
    -------
    int
        0; what doesn't fit is a `UserError`.
    """
    if (args.client_id is None) == (args.file is None) or (args.file is None) != (args.output is None):
        raise UserError("score offers: expected --client-id ID, or FILE with --output CSV.")
    if args.file is None and (args.mapping or args.keys):
        raise UserError("score offers: --mapping and --keys are about FILE, not about --client-id.")
    warehouse = published_file(args.warehouse)
    if args.file is None:
        print("\n".join(client_ranking(args.client_id, warehouse)))
        return 0
    refuse_output(args.output, args.file, warehouse, overwrite=args.overwrite)
    scores, said = score_offers(args.file, warehouse, stated_mapping(args, warehouse))
    write_scores(scores, args.output)
    print("\n".join([f"{args.output}: {len(scores):,} rows", *said]))
    return 0


def client_ranking(client_id: int, warehouse: Path) -> list[str]:
    """Return the published ranking of a client in words, best first.

    Parameters
    ----------
    client_id : int
        The client's number.
    warehouse : Path
        The published file; only read.

    Returns
    -------
    list of str
        Lines.

    Raises
    ------
    UserError
        If the published file has no offers, or none for the client.
    """
    with duckdb.connect() as connection:
        attach_published(connection, warehouse)
        try:
            offers = connection.execute(
                "select * from warehouse.transactions.next_best_offers where client_id = $client"
                " order by offer_rank",
                {"client": client_id},
            ).df()
        except LACKING as error:
            raise UserError(f"{warehouse}: no offers are published there. {ANEW}") from error
    if offers.empty:
        raise UserError(f"{warehouse}: found no client {client_id}, expected one of bank_customers.")
    first = offers.iloc[0]
    marks = [
        "" if first["may_be_contacted"] else "may not be contacted",
        "held out: offer nothing" if first["is_held_out"] else "",
        "cold start" if first["is_cold_start"] else "",
    ]
    about = [f"Client {client_id}", f"valid until {first['valid_until']:%Y-%m-%d}", *filter(None, marks)]
    lines = [f"{', '.join(about)}. {first['evidence'].capitalize()}."]
    for offer in offers.itertuples():
        wanted = "" if offer.is_eligible else f" Not eligible; it takes {offer.what_would_change_it}."
        lines.append(
            f"{offer.offer_rank:>3}  {offer.product}: chance {offer.score:.2f}, expected"
            f" {offer.expected_taken_margin_usd:.2f} USD a year. {offer.reason}.{wanted}"
        )
    return lines


def score_offers(path: Path, warehouse: Path, mapped: Mapped | None = None) -> tuple[pd.DataFrame, list[str]]:
    """Rank the products for every client of a file of card transactions.

    Parameters
    ----------
    path : Path
        The file; only read.
    warehouse : Path
        The published file: model, catalogue, and what it knows of the clients; only read.
    mapped : Mapped, optional
        How the file is written, if it is none in the raw file's form; the bank's own keys are in a column
        `key` then, where those are numbered.

    Returns
    -------
    scores : pandas.DataFrame
        The columns of `PREFERENCES.output`, one row a client and product, by client and rank.
    said : list of str
        What the user should know.

    Raises
    ------
    UserError
        If the file, the published file or its model won't do.
    """
    # Not before it is needed: the model's libraries take a second to import.
    from bank_marketing.transactions.preferences import score_everybody

    with duckdb.connect() as connection:
        attach_published(connection, warehouse)
        shut(connection, tempfile.gettempdir(), path.resolve().parent)
        model = newest_model(connection, warehouse, PREFERENCES, may_lack_data=True)
        sql, _, _ = stored_features(connection, warehouse, OFFERS.name)
        file, numbers = load_stated(
            connection, path, model.declaration, mapped, outcome=None, needed=[], may_be_missing=False
        )
        features = model.features(connection)
        objects, _ = objecting_customers(
            connection, warehouse, model.declaration.domain, features["client_id"]
        )
        newest = features[(features["cut_off"] == features["cut_off"].max()) & ~objects]
        clients = connection.execute(CLIENTS).df()
        objects, unscored = objecting_customers(
            connection, warehouse, model.declaration.domain, clients["client_id"]
        )
        scored = score_everybody(newest, clients[~objects], model.artefact)
        connection.register("scored", scored)
        offers = run_stored(connection, warehouse, OFFERS.name, sql, "client_id, offer_rank")
        blocked = blocked_customers(connection, model.declaration.domain, datetime.now(UTC).date())
    may_be, forbidden = may_be_contacted(offers["client_id"], blocked)
    offers = offers.assign(may_be_contacted=may_be, model_version=model.version)
    said = [f"Model {PREFERENCES.name}, version {model.version}, of {warehouse}", *file.notes]
    said += [*unscored, *forbidden]
    cold = offers.loc[offers["is_cold_start"], "client_id"].nunique()
    if cold:
        why = (
            "bought nothing in twelve months"
            if model.artefact
            else "can't be told apart by too little history"
        )
        said.append(f"{cold:,} clients {why}: what is popular among their like")
    offers = offers[list(PREFERENCES.output)]
    if numbers is not None:
        offers.insert(1, "key", own_keys(numbers, offers["client_id"]))
    return offers, said
