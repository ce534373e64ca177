"""`bank-marketing sample`: synthetic files in the form of the Kaggle files, and the truth planted in them."""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bank_marketing.errors import UserError
from bank_marketing.project import DOMAINS, project_folder

DEFAULT_SEED = 2019
# From here on every file has as many rows as the real one.
REAL_SCALE = 222
# What only a bank itself has: dbt wants a file, so one with nothing but its header is laid where none is.
BANKS_OWN_FILES = {
    "campaigns/raw_campaign_decisions.csv": (
        "decision_id,customer_id,campaign_type,campaign_channel,probability,candidates,policy_version,decided_at,"
        "outcome,outcome_at"
    ),
    "churn/raw_retention_outcomes.csv": "CustomerId,Treated,CalledOn,Publication,OutcomeKind,Outcome",
    "transactions/raw_offer_outcomes.csv": "client_id,product,offered_at,accepted",
    "sales/raw_lift_tests.csv": "Channel,FromDate,ToDate,SpendChange,RevenueChange,StandardError",
}


def write_samples(out: Path, *, scale: float = 1.0, seed: int = DEFAULT_SEED) -> dict[str, Any]:
    """Write the raw files of all four domains, and beside the folder the truth that was planted in them.

    All files are made in a folder of their own and moved when all are there: a generator that fails leaves
    what was in `out` as it was. Other files in `out` are left alone.

    Parameters
    ----------
    out : Path
        Folder to fill: `<out>/<domain>/raw_*.csv`; the truth goes to `<out>_truth.json`.
    scale : float
        1 is what the project ships, larger is more rows, up to the real sizes.
    seed : int
        The same seed and scale give the same bytes. Each domain draws from a stream of its own.

    Returns
    -------
    dict
        The planted truth: seed, scale and one entry for each domain.

    Raises
    ------
    UserError
        If the scale is not above zero, or the folder can't be filled or holds somebody's own files.
    """
    if not 0 < scale < float("inf"):
        raise UserError(f"--scale is {scale}, expected a number above 0; 1 makes the sample that ships.")
    out = out.resolve()
    _refuse_folder(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with _emptied(out.with_name(f".{out.name}.unfinished")) as made:
        truth: dict[str, Any] = {"seed": seed, "scale": scale}
        for domain in DOMAINS:
            print(f"{domain}: making the sample ...", flush=True)
            folder = made / domain
            folder.mkdir()
            generator = importlib.import_module(f"bank_marketing.sampling.{domain}")
            truth[domain] = generator.write_sample(folder, scale=scale, seed=domain_seed(seed, domain))
        text = json.dumps(truth, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        # Thousands of numbers, one a line, would be half of the file.
        text = re.sub(r"\[[^][{}]*\]", lambda found: re.sub(r"\n *", "", found[0]), text)
        (made / "truth.json").write_text(text, encoding="utf-8")
        _move_into_place(made, out)
    return truth


def domain_seed(seed: int, domain: str) -> int:
    """Return a seed for one domain, so that a change in one domain leaves the others' files as they are.

    Parameters
    ----------
    seed : int
        Seed of the whole sample.
    domain : str
        Name of the domain.

    Returns
    -------
    int
        A whole number below 2 to the power of 64.
    """
    return int.from_bytes(hashlib.blake2b(f"{seed}/{domain}".encode(), digest_size=8).digest(), "big")


def truth_path(out: Path) -> Path:
    """Return where the truth planted in the sample lies: beside its folder, outside the seed paths."""
    return out.with_name(f"{out.name}_truth.json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bank-marketing sample` to a parser."""
    parser.add_argument(
        "--scale",
        type=float,
        default=1.0,
        help=f"1 is the sample that ships, {REAL_SCALE} has the real sizes (13.3 million transactions)",
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="the same seed gives the same files")
    parser.add_argument(
        "--out",
        type=Path,
        help="folder to fill, by default seeds/sample, or seeds/sample_x<SCALE> at another scale than 1;"
        " the truth goes beside it",
    )


def run(args: argparse.Namespace) -> int:
    """Make the sample as the command line asked; return the exit status."""
    name = "sample" if args.scale == 1 else f"sample_x{args.scale:g}".replace(".", "_")
    out = args.out or project_folder() / "seeds" / name
    write_samples(out, scale=args.scale, seed=args.seed)
    if args.out is None and args.scale != 1:
        print(f"Next: make build SEED_SET={name}")
    return 0


def _refuse_folder(out: Path) -> None:
    if not out.name:
        raise UserError(
            f"--out is {out}, expected a folder below it: the truth is written beside the folder."
        )
    for place in (out, *out.parents):
        if place.exists() and not place.is_dir():
            raise UserError(f"--out {out}: {place} is a file, expected a folder. Name another one.")
    own = {str(path.relative_to(out)) for domain in DOMAINS for path in (out / domain).glob("raw_*.csv")}
    own -= set(BANKS_OWN_FILES)
    if own and not truth_path(out).exists():
        raise UserError(
            f"--out {out}: {min(own)} is there, and no {truth_path(out).name} beside the"
            " folder says that it is a sample. Nothing was written; name another folder."
        )


@contextmanager
def _emptied(folder: Path) -> Iterator[Path]:
    """Make a folder that is gone afterwards; what a killed run left in it is gone before."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _move_into_place(made: Path, out: Path) -> None:
    for domain in DOMAINS:
        (out / domain).mkdir(parents=True, exist_ok=True)
        for path in sorted((made / domain).iterdir()):
            target = out / domain / path.name
            path.replace(target)
            print(f"  {target}: {target.stat().st_size / 1e6:,.2f} MB", flush=True)
    for name, header in BANKS_OWN_FILES.items():
        if not (out / name).exists():
            (out / name).write_text(header + "\n", encoding="utf-8")
    (made / "truth.json").replace(truth_path(out))
    print(f"  {truth_path(out)}: the planted truth", flush=True)
