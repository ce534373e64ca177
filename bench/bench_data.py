"""The data of the benches: the sample at the size of the real files, in a seed set of its own outside git."""

from __future__ import annotations

import json
import shutil
import sys

from measuring import REPOSITORY, SEED_SET, gigabytes, remove_warehouse, run_measured

from bank_marketing.seeds.parts import comes_in_parts, parts_folder

FOLDER = REPOSITORY / "seeds" / SEED_SET
TRUTH = FOLDER.with_name(f"{SEED_SET}_truth.json")
TRANSACTIONS = FOLDER / "transactions" / "raw_card_transactions.csv"
# Load, fact and months: the nodes whose work grows with the transactions.
NODES = ("raw_card_transactions", "card_transactions", "customer_monthly_spending")


def make(scale: float) -> str:
    """Write the data, unless those of this scale are there.

    Parameters
    ----------
    scale : float
        Scale of `bank-marketing sample`.

    Returns
    -------
    str
        A sentence on what it took.
    """
    # The truth is written last: without it, or with another scale in it, the data are not those asked for.
    is_whole = not comes_in_parts(TRANSACTIONS)
    if is_whole and TRUTH.exists() and json.loads(TRUTH.read_text())["scale"] == scale:
        return "The data were there already."
    remove()
    command = [
        sys.executable,
        "-m",
        "bank_marketing.cli",
        "sample",
        "--scale",
        str(scale),
        "--out",
        str(FOLDER),
    ]
    took = run_measured(command, {"PYTHONPATH": str(REPOSITORY / "src")})
    size = sum(path.stat().st_size for path in FOLDER.rglob("*.csv"))
    return (
        f"`bank-marketing sample --scale {scale:g}` wrote {gigabytes(size)} in {took.seconds:.0f} s"
        f" ({took.cpu_seconds:.0f} processor seconds) with at most {gigabytes(took.peak_memory)} of memory."
    )


def remove() -> None:
    """Remove the data and all that was built from them."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.rmtree(parts_folder(TRANSACTIONS), ignore_errors=True)
    shutil.rmtree(REPOSITORY / "target" / SEED_SET, ignore_errors=True)
    TRUTH.unlink(missing_ok=True)
    remove_warehouse()
