"""Where things are: the project's folder, the seed set in use and its two warehouse files."""

import os
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.warehouse.files import log_problem

DOMAINS = ("campaigns", "transactions", "sales", "churn")
SHARED_DOMAINS = ("evaluation", "operations")
# As a person calls it from the project's folder, for commands to be pasted.
PROGRAM = ".venv/bin/bank-marketing"


def seed_set() -> str:
    """Return the seed set that commands work on.

    Returns
    -------
    str
        The environment variable SEED_SET, by default ``sample``.
    """
    return os.environ.get("SEED_SET") or "sample"


def project_folder() -> Path:
    """Return the folder of the dbt project that the current folder lies in.

    Returns
    -------
    Path
        The nearest folder upwards with a dbt_project.yml, relative where it is the current one.

    Raises
    ------
    UserError
        If there is none.
    """
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "dbt_project.yml").is_file():
            return folder
    raise UserError(f"no dbt_project.yml in {Path.cwd()} or above; run this inside the project's folder")


def published_file(warehouse: Path | None = None) -> Path:
    """Return the published file.

    Parameters
    ----------
    warehouse : Path, optional
        The file named by ``--warehouse``, which overrides SEED_SET.

    Returns
    -------
    Path
        The file that readers see.

    Raises
    ------
    UserError
        If it isn't there, or if a log lies beside it that would be read for a part of it.
    """
    path = warehouse or project_folder() / "warehouse" / f"{seed_set()}.duckdb"
    if not path.is_file():
        raise UserError(
            f"{path}: no published file there. Build it with: make build SEED_SET={seed_set()}"
            + ("" if warehouse is None else ", or name another file with --warehouse")
        )
    if problem := log_problem(path):
        raise UserError(problem)
    return path
