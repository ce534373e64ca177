"""Read a published profile of the real data and hold a folder of raw files against it.

A profile, `docs/sample/profile_<domain>.yml`, looks like this:

    domain: churn
    files:                                  # canonical raw file: the file as Kaggle serves it
      raw_churn_customers: Customer-Churn-Records.csv
    figures:
      - name: share_exited
        sql: select avg(Exited) from raw_churn_customers   # one number; DuckDB; raw files by canonical name
        real: 0.20375                       # measured on the real file
        tolerance: 0.015                    # how far the sample may be off, in units of the figure
      - name: ...
        planted: 0.3                        # only for an exception: the value that the sample aims at instead
        exception: Why the planted truth wins over the real figure here.

Columns are read as whole numbers, decimal numbers or text, never as dates, so that the same SQL means
the same on both files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parents[2]
KAGGLE = ROOT.parent / "shared" / "kaggle"
# A real value is published with four significant digits or more.
PUBLISHED_PRECISION = 1e-3


def read_profile(domain: str) -> dict[str, Any]:
    """Return the profile of one domain, each figure with an `exception` or None."""
    path = ROOT / "docs" / "sample" / f"profile_{domain}.yml"
    profile: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for figure in profile["figures"]:
        figure.setdefault("exception", None)
    return profile


def planted_truth(domain: str) -> dict[str, Any]:
    """Return what was planted in the committed sample of one domain."""
    truth: dict[str, dict[str, Any]] = json.loads(
        (ROOT / "seeds" / "sample_truth.json").read_text(encoding="utf-8")
    )
    return truth[domain]


def check_profile(domain: str, folder: Path) -> list[str]:
    """Return a sentence for each figure that the raw files in `folder` miss; empty if all are met."""
    shortfalls = []
    profile = read_profile(domain)
    measured = measure(profile, {name: folder / f"{name}.csv" for name in profile["files"]})
    for figure in profile["figures"]:
        aim = figure["planted"] if figure["exception"] else figure["real"]
        value = measured[figure["name"]]
        if value is None or not abs(value - aim) <= figure["tolerance"]:
            expected = f"{aim} +- {figure['tolerance']}"
            shortfalls.append(f"{domain}: {figure['name']} is {value}, expected {expected} ({figure['sql']})")
    return shortfalls


def check_real_values(domain: str, kaggle: Path = KAGGLE) -> list[str]:
    """Return a sentence for each published real value that the real files in `kaggle` don't have."""
    shortfalls = []
    profile = read_profile(domain)
    measured = measure(profile, {name: kaggle / file for name, file in profile["files"].items()})
    for figure in profile["figures"]:
        value = measured[figure["name"]]
        if value is None or not abs(value - figure["real"]) <= PUBLISHED_PRECISION * max(abs(value), 1e-3):
            shortfalls.append(
                f"{domain}: {figure['name']} is published as {figure['real']}, but the real file has {value}"
            )
    return shortfalls


def measure(profile: dict[str, Any], files: dict[str, Path]) -> dict[str, float | None]:
    """Return the value of each figure of `profile`, given a file for each canonical raw name."""
    connection = duckdb.connect()
    for name, path in files.items():
        _create_table(connection, name, path)
    values: dict[str, float | None] = {}
    for figure in profile["figures"]:
        rows = connection.execute(figure["sql"]).fetchall()
        assert len(rows) == 1 and len(rows[0]) == 1, f"{figure['name']}: its sql must give one number"
        values[figure["name"]] = None if rows[0][0] is None else float(rows[0][0])
    connection.close()
    return values


def rows_in_common(name: str, columns: list[str], sample: Path, real: Path) -> int:
    """Return how many rows of the file `real` occur in the file `sample`, compared on `columns` as text."""
    connection = duckdb.connect()
    _create_table(connection, "sample_rows", sample)
    _create_table(connection, "real_rows", real)
    compared = ", ".join(f'cast("{column}" as varchar)' for column in columns)
    common = f"select {compared} from sample_rows intersect select {compared} from real_rows"
    (count,) = connection.execute(f"select count(*) from ({common})").fetchall()[0]
    connection.close()
    return int(count)


def header(path: Path) -> list[str]:
    """Return the column names of a raw file, blanks kept."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return next(lines).rstrip("\r\n").split(",")
    return [str(column) for column in pd.read_excel(path).columns]


def _create_table(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    if path.suffix == ".csv":
        connection.execute(
            f"""create table {name} as
            select * from read_csv(
                ?, header = true, sample_size = -1, auto_type_candidates = ['BIGINT', 'DOUBLE', 'VARCHAR']
            )""",
            [str(path)],
        )
        return
    if path.suffix == ".json":  # merchant category codes: an object of code and description
        codes = json.loads(path.read_text(encoding="utf-8"))
        frame = pd.DataFrame({"mcc": [int(code) for code in codes], "description": list(codes.values())})
    else:
        frame = pd.read_excel(path)
    connection.register("frame", frame)
    connection.execute(f"create table {name} as select * from frame")
    connection.unregister("frame")
