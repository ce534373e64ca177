"""The data of the benches: the sample at the size of the real files, in a seed set of its own outside git."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from measuring import REPOSITORY, SEED_SET, run_measured

# At this scale all files have the real number of rows: 13,305,915 transactions.
REAL_SCALE = 222.0
FOLDER = REPOSITORY / "seeds" / SEED_SET
TRANSACTIONS = FOLDER / "transactions" / "raw_card_transactions.csv"


def make(scale: float) -> str:
    """Write the data unless they are there.

    Parameters
    ----------
    scale : float
        Scale of `bank-marketing sample`.

    Returns
    -------
    str
        A sentence on what it took.
    """
    if TRANSACTIONS.exists():
        return "The data were there already."
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
        f"`bank-marketing sample --scale {scale:g}` wrote {size / 1e9:.2f} GB in {took.seconds:.0f} s"
        f" ({took.cpu_seconds:.0f} processor seconds) with at most {took.peak_memory / 1e9:.2f} GB of memory."
    )


def remove() -> None:
    """Remove the data and all that was built from them."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.rmtree(REPOSITORY / "target" / SEED_SET, ignore_errors=True)
    leftovers: list[Path] = [FOLDER.with_name(f"{SEED_SET}_truth.json")]
    leftovers += (REPOSITORY / "warehouse").glob(f"{SEED_SET}*.duckdb*")
    for path in leftovers:
        path.unlink(missing_ok=True)
