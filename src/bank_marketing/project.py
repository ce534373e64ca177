"""Where things are: the project's folder and the seed set in use."""

import os
from pathlib import Path

from bank_marketing.errors import UserError

DOMAINS = ("campaigns", "transactions", "sales", "churn")
SHARED_DOMAINS = ("evaluation", "operations")
PROJECT_FILE = "dbt_project.yml"
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
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise UserError(f"no {PROJECT_FILE} in {Path.cwd()} or above; run this inside the project's folder")


def declaring_project() -> Path:
    """Return the folder of the project whose declarations and settings hold here.

    Returns
    -------
    Path
        That of the current folder, or else the one that the package is installed from (``pip install -e``).

    Raises
    ------
    UserError
        If there is neither: declarations are the project's, the package has none of its own.
    """
    try:
        return project_folder()
    except UserError as error:
        own = Path(__file__).resolve().parents[2]
        if (own / PROJECT_FILE).is_file():
            return own
        raise UserError(f"{error}: it declares formats and settings, the package brings none") from None
