"""Claim: a `dbt build` of the sample takes .4 of the first one if nothing changed, .5 if one domain did.

In processor time, since elapsed time is what a shared machine changes most. The sample is copied, as a row is
taken from it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from measuring import REPOSITORY, Measured, held_against, run_measured, table

NOTHING, DOMAIN = 0.4, 0.5
# By its beginning fits have the depth of sample data.
SEED_SET = "sample_bench"
FOLDER = REPOSITORY / "seeds" / SEED_SET
TARGET = Path("target") / SEED_SET
CHANGED = FOLDER / "churn" / "raw_churn_customers.csv"


def measure() -> str:
    """Build from nothing, again, and without a row of churn.

    Returns
    -------
    str
        A Markdown table.
    """
    remove()
    shutil.copytree(REPOSITORY / "seeds" / "sample", FOLDER)
    try:
        # What dbt reads of the project once is no part of the first build.
        run("parse")
        first = run("build")
        # The first publication changes the lists of the second build.
        run("build")
        again = run("build")
        header, _, *rows = CHANGED.read_text().splitlines(keepends=True)
        CHANGED.write_text("".join([header, *rows]))
        domain = run("build")
    finally:
        remove()
    builds = [
        ("from nothing", first, None),
        ("nothing changed", again, NOTHING),
        ("a row of churn gone", domain, DOMAIN),
    ]
    return table(
        ["`dbt build` of the sample", "processor seconds", "part of the first", "at most"],
        [
            [
                name,
                f"{build.cpu_seconds:.1f}",
                "" if limit is None else held_against(build.cpu_seconds / first.cpu_seconds, limit, digits=2),
                "" if limit is None else f"{limit:g}",
            ]
            for name, build, limit in builds
        ],
    )


def run(command: str) -> Measured:
    """Run dbt on the copy of the sample."""
    dbt = str(Path(sys.executable).with_name("dbt"))
    words = [dbt, command, "--target-path", str(TARGET), "--log-path", str(TARGET)]
    return run_measured(words, {"SEED_SET": SEED_SET, "PYTHONPATH": str(REPOSITORY / "src")})


def remove() -> None:
    """Remove the copy and what was built from it."""
    for folder in (FOLDER, REPOSITORY / TARGET):
        shutil.rmtree(folder, ignore_errors=True)
    for name in (SEED_SET, f"{SEED_SET}_build"):
        for file in (REPOSITORY / "warehouse").glob(f"{name}.*"):
            file.unlink()


if __name__ == "__main__":
    print(measure())
