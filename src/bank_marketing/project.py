"""Where things are: the project's folder and the seed set in use."""

import os
from pathlib import Path

from bank_marketing.errors import UserError

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
