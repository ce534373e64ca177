"""The words of ``bank-marketing score``, what it writes and what it says."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.serving import offers
from bank_marketing.serving.mapped import add_mapping, stated_mapping
from bank_marketing.serving.published_file import add_warehouse, published_file
from bank_marketing.serving.scoring import score_file
from bank_marketing.serving.tasks import SERVED
from bank_marketing.serving.writing import refuse_output, write_scores

# The option that says which of several tasks is meant.
CHOICES = {
    "segments": ("population", "whose customers: of a campaign, of card transactions, of a shop's orders"),
    "conversion": ("moment", "what is known of the customers"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``score`` to its parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The sub-parser.
    """
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    summaries = {
        "segments": "the segment of each customer",
        "conversion": "the chance that each customer converts",
        "churn": "the risk that each customer has left or leaves, and the years to expect",
        "value": "what each customer of order lines is expected to bring",
    }
    for kind, variants in SERVED.items():
        sub = kinds.add_parser(
            kind, help=summaries[kind], description=f"Score a file: {summaries[kind]}. See docs/scoring.md."
        )
        sub.add_argument("file", type=Path, metavar="FILE", help="the file, in the format of Kaggle's")
        if kind in CHOICES:
            option, what = CHOICES[kind]
            sub.add_argument(f"--{option}", dest="variant", required=True, choices=list(variants), help=what)
        sub.add_argument("--output", type=Path, required=True, metavar="CSV", help="file to write")
        sub.add_argument("--overwrite", action="store_true", help="replace the output if it is there")
        add_warehouse(sub, "published file with the models")
        add_mapping(sub)
    offers.add_arguments(kinds)


def run(args: argparse.Namespace) -> int:
    """Score a file.

    Parameters
    ----------
    args : argparse.Namespace
        kind, file, output, overwrite, warehouse and, where a kind has several tasks, variant.

    Returns
    -------
    int
        0; what doesn't fit is a `UserError`.
    """
    if args.kind == "offers":
        return offers.run(args)
    served = SERVED[args.kind][getattr(args, "variant", "")]
    warehouse = published_file(args.warehouse)
    refuse_output(args.output, args.file, warehouse, overwrite=args.overwrite)
    # The few objects of a model leave no garbage worth looking for, which takes a tenth of the time.
    gc.disable()
    try:
        scores, said = score_file(args.file, served, warehouse, stated_mapping(args, warehouse))
    except duckdb.Error as error:
        reason = str(error).splitlines()[0][:300]
        raise UserError(
            f"{args.file}: nothing was scored, since a value can't be computed with ({reason}). Take out the"
            " row with the largest numbers, or build anew what another release published: make build"
        ) from error
    finally:
        gc.enable()
    write_scores(scores, args.output)
    print("\n".join([f"{args.output}: {len(scores):,} row{'s' if len(scores) > 1 else ''}", *said]))
    return 0
