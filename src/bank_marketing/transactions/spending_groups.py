"""The reference seed that maps merchant category codes to spending groups, read where SQL can't."""

from __future__ import annotations

import csv
from pathlib import Path

SPENDING_GROUPS = (
    Path(__file__).resolve().parents[3] / "seeds" / "reference" / "transactions" / "spending_groups.csv"
)


def read_spending_groups(path: Path = SPENDING_GROUPS) -> dict[int, str]:
    """Return the spending group of each merchant category code.

    Parameters
    ----------
    path : Path
        CSV with the columns `mcc` and `spending_group`.

    Returns
    -------
    dict of int to str
        Spending group by merchant category code, in the order of the file.

    Raises
    ------
    FileNotFoundError
        If the file isn't there: the package then doesn't run from the project's folder.
    """
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing: install the project with 'pip install -e .' so that its seeds are found."
        )
    with path.open(encoding="utf-8", newline="") as file:
        return {int(row["mcc"]): row["spending_group"] for row in csv.DictReader(file)}
