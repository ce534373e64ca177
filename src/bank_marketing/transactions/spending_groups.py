"""The reference seed that maps merchant category codes to spending groups, read where SQL can't."""

from __future__ import annotations

import csv

from bank_marketing.project import declaring_project

SPENDING_GROUPS = "seeds/reference/transactions/spending_groups.csv"


def read_spending_groups() -> dict[int, str]:
    """Return the spending group of each merchant category code.

    Returns
    -------
    dict of int to str
        Spending group by merchant category code, in the order of the file.

    Raises
    ------
    UserError
        If there is no project.
    """
    with (declaring_project() / SPENDING_GROUPS).open(encoding="utf-8", newline="") as file:
        return {int(row["mcc"]): row["spending_group"] for row in csv.DictReader(file)}
