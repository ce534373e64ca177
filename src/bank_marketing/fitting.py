"""Fits: when to fit, and the row that a fitted version leaves in its `<task>_fit` table."""

import hashlib
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bank_marketing.artefacts import dump_artefact, load_artefact

# Tells in what order rows arrived (by what, the features say). A forward split may use it, but it is
# neither a feature nor does it make a refit.
ORDER_COLUMN = "source_line"

HISTORY_COLUMNS = ("model_name", "model_version", "code_version", "data_fingerprint")

METRIC_COLUMNS = ("split", "metric", "value", "value_low", "value_high", "n")
EFFECT_COLUMNS = ("feature", "kind", "value", "value_low", "value_high")
CALIBRATION_COLUMNS = ("split", "bin", "predicted", "observed", "observed_low", "observed_high", "n")
LIFT_COLUMNS = (
    "decile",
    "lift_group",
    "customers",
    "events",
    "rate",
    "rate_low",
    "rate_high",
    "lift",
    "cumulative_gain",
)

# Digits behind the point in JSON: more would say nothing, and sixteen in a row look like a card number.
DIGITS = 10

IMPORT = re.compile(
    r"^[ ]*(?:from (bank_marketing[\w.]+) import (\([^)]*\)|.+)|import (bank_marketing[\w.]+))", re.MULTILINE
)

ROW_TYPES = {
    "domain": "string",
    "model_name": "string",
    "model_version": "int64",
    "fitted_at": "datetime64[us]",
    "status": "string",
    "code_version": "string",
    "data_fingerprint": "string",
    "depth": "string",
    "n_rows": "int64",
    "params": "string",
    "metrics": "string",
    "effects": "string",
    "calibration": "string",
    "lift": "string",
    "card": "string",
    "artefact": "object",
}


def _no_rows(columns: Sequence[str]) -> Callable[[], pd.DataFrame]:
    return lambda: pd.DataFrame(columns=list(columns))


@dataclass(frozen=True)
class Fit:
    """What fitting a model gives.

    Parameters
    ----------
    status : {'fitted', 'too_little_data'}
        Whether there was enough data. With too little, only `params` (the reason) and `card` are filled.
    params : dict
        What was chosen; plain values only.
    metrics : pandas.DataFrame
        Columns `METRIC_COLUMNS`: one figure of one split with its 95 % interval and number of rows.
    effects : pandas.DataFrame
        Columns `EFFECT_COLUMNS`: what a feature does, by kind of measure.
    calibration : pandas.DataFrame
        Columns `CALIBRATION_COLUMNS`: points of the reliability curve.
    lift : pandas.DataFrame
        Columns `LIFT_COLUMNS`: one row per decile, 1 the highest.
    card : str
        Model card in Markdown.
    artefact : dict
        What scoring needs, as `bank_marketing.artefacts.dump_artefact` takes it.

    Raises
    ------
    ValueError
        If a table has other columns than it should.
    """

    status: Literal["fitted", "too_little_data"]
    params: dict[str, Any] = field(default_factory=dict)
    metrics: pd.DataFrame = field(default_factory=_no_rows(METRIC_COLUMNS))
    effects: pd.DataFrame = field(default_factory=_no_rows(EFFECT_COLUMNS))
    calibration: pd.DataFrame = field(default_factory=_no_rows(CALIBRATION_COLUMNS))
    lift: pd.DataFrame = field(default_factory=_no_rows(LIFT_COLUMNS))
    card: str = ""
    artefact: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a table that the evaluation house could not read."""
        expected = {
            "metrics": METRIC_COLUMNS,
            "effects": EFFECT_COLUMNS,
            "calibration": CALIBRATION_COLUMNS,
            "lift": LIFT_COLUMNS,
        }
        for name, columns in expected.items():
            found = list(getattr(self, name).columns)
            if sorted(found) != sorted(columns):
                raise ValueError(f"Fit.{name} has columns {found}, expected {list(columns)}.")


def data_fingerprint(frame: pd.DataFrame) -> str:
    """Return a digest of a frame's rows that the order of rows and columns doesn't change.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame. The column `ORDER_COLUMN` doesn't count.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    counted = frame[sorted(set(frame.columns) - {ORDER_COLUMN})]
    rows = np.sort(pd.util.hash_pandas_object(counted, index=False).to_numpy(dtype="uint64"))
    digest = hashlib.blake2b(",".join(counted.columns).encode(), digest_size=16)
    digest.update(rows.tobytes())
    return digest.hexdigest()


def task_modules(task: ModuleType) -> list[ModuleType]:
    """Return a module with all modules of this package that it imports, directly or by way of others.

    Parameters
    ----------
    task : module
        For example `bank_marketing.campaigns.conversion`; imported already, and so is what it imports.

    Returns
    -------
    list of module
        Each once, read from the source: nobody keeps a list that could miss one.
    """
    found: dict[str, ModuleType] = {}
    waiting = [task]
    while waiting:
        module = waiting.pop()
        if module.__name__ in found:
            continue
        found[module.__name__] = module
        # Not by way of ast: dbt runs models in threads, and Python 3.11 can't build two trees at a time.
        for package, imported, whole in IMPORT.findall(
            Path(str(module.__file__)).read_text(encoding="utf-8")
        ):
            # What is imported from a package may be a module of it.
            names = [package, whole, *(f"{package}.{word}" for word in re.findall(r"\w+", imported))]
            waiting += [sys.modules[name] for name in names if name in sys.modules]
    return list(found.values())


def code_version(modules: Sequence[ModuleType], settings: Mapping[str, Any]) -> str:
    """Return a digest of all that makes a fit besides the data.

    Parameters
    ----------
    modules : sequence of module
        Modules whose source decides how the model is fitted.
    settings : mapping of str to any
        Settings of the fit; plain values.

    Returns
    -------
    str
        32 hexadecimal digits over the sources, the settings and the versions of scikit-learn and lifelines.
    """
    digest = hashlib.blake2b(digest_size=16)
    for module in sorted(modules, key=lambda module: module.__name__):
        digest.update(module.__name__.encode())
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(_json(dict(settings)).encode())
    digest.update(f"{version('scikit-learn')} {version('lifelines')}".encode())
    return digest.hexdigest()


def earlier_fits(dbt: Any, session: Any, *, with_artefact: bool = False) -> pd.DataFrame | None:
    """Return the rows of a `<task>_fit` table that tell whether to fit again, without figures.

    Parameters
    ----------
    dbt, session : any
        What dbt hands to a Python model.
    with_artefact : bool
        Whether the newest version comes with its artefact, for a task that judges by it.

    Returns
    -------
    pandas.DataFrame or None
        Columns `HISTORY_COLUMNS`, and artefact if it was asked for (null but in the newest version); None
        before the first fit.
    """
    if not dbt.is_incremental:
        return None
    newest = "case when model_version = max(model_version) over () then artefact end as artefact"
    columns = [*HISTORY_COLUMNS, *([newest] if with_artefact else [])]
    earlier: pd.DataFrame = session.sql(f"select {', '.join(columns)} from {dbt.this}").df()
    return earlier


def fit_if_changed(
    history: pd.DataFrame | None,
    frame: pd.DataFrame,
    task: ModuleType,
    *,
    domain: str,
    settings: Mapping[str, Any],
    now: datetime,
    refit: bool = False,
) -> pd.DataFrame:
    """Fit a model if its data, code or settings differ from those of its newest version.

    A task that has `needs_refit(frame, artefact)` judges itself whether other data need another fit; its
    `fit` takes the newest artefact as `earlier`.

    Parameters
    ----------
    history : pandas.DataFrame or None
        Earlier rows of the fit table with `HISTORY_COLUMNS`, for a task with `needs_refit` also artefact.
        None or no rows before the first fit.
    frame : pandas.DataFrame
        The features, one row per subject.
    task : module
        Has `fit(frame, **settings)`, which returns a `Fit` and runs with one native thread, since dbt runs
        several models at once, and `MODEL_NAME`: the name of the dbt model without `_fit`, by which a lost
        fit table is restored.
    domain : str
        Of which house.
    settings : mapping of str to any
        Settings of the fit; `depth` is one of them. Plain values.
    now : datetime.datetime
        Moment of the fit, with its time zone; stored in UTC without it.
    refit : bool
        Whether to fit although nothing calls for it.

    Returns
    -------
    pandas.DataFrame
        No row or one, with the columns and types of `ROW_TYPES`.
    """
    earlier = pd.DataFrame(columns=list(HISTORY_COLUMNS)) if history is None else history
    earlier = earlier[earlier["model_name"] == task.MODEL_NAME].sort_values("model_version")
    fingerprint, code = data_fingerprint(frame), code_version(task_modules(task), settings)
    if len(earlier) and frame.empty:
        # dbt build --empty shows no rows; a model isn't given up for that.
        return _typed([])
    judges = hasattr(task, "needs_refit")
    artefact = load_artefact(earlier.iloc[-1]["artefact"]) if judges and len(earlier) else {}
    if len(earlier) and not refit:
        newest = earlier.iloc[-1]
        same_code = newest["code_version"] == code
        same_data = newest["data_fingerprint"] == fingerprint
        if same_code and (same_data or (judges and not task.needs_refit(frame, artefact))):
            return _typed([])
    with threadpool_limits(1):
        result: Fit = task.fit(frame, **settings, **({"earlier": artefact} if judges else {}))
    return _typed(
        [
            {
                "domain": domain,
                "model_name": task.MODEL_NAME,
                "model_version": int(earlier["model_version"].max()) + 1 if len(earlier) else 1,
                "fitted_at": pd.Timestamp(now).tz_convert("UTC").tz_localize(None),
                "status": result.status,
                "code_version": code,
                "data_fingerprint": fingerprint,
                "depth": settings["depth"],
                "n_rows": len(frame),
                "params": _json(result.params),
                **{
                    name: getattr(result, name).to_json(orient="records", double_precision=DIGITS)
                    for name in ("metrics", "effects", "calibration", "lift")
                },
                "card": result.card,
                "artefact": dump_artefact(result.artefact),
            }
        ]
    )


def latest_artefact(fits: duckdb.DuckDBPyRelation) -> tuple[int, dict[str, Any]]:
    """Return the newest version of a fit table that holds one model.

    Parameters
    ----------
    fits : duckdb.DuckDBPyRelation
        Rows with columns model_version and artefact, as `dbt.ref` hands them out; one row is read.

    Returns
    -------
    version : int
        The newest model_version.
    artefact : dict of str to any
        Its artefact; empty if that version had too little data.

    Raises
    ------
    ValueError
        If there is no row.
    """
    newest = fits.project("model_version, artefact").order("model_version desc").limit(1).fetchall()
    if not newest:
        raise ValueError("The fit table has no row; build the <task>_fit model before its score.")
    return int(newest[0][0]), load_artefact(newest[0][1])


def _typed(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Build the frame with stated types, which DuckDB needs most when there is no row."""
    return pd.DataFrame(rows, columns=list(ROW_TYPES)).astype(ROW_TYPES)


def _json(value: dict[str, Any]) -> str:
    def plain(item: Any) -> Any:
        if isinstance(item, np.ndarray | np.generic):
            return item.tolist()
        raise TypeError(f"{item!r} ({type(item).__name__}) is no plain value that JSON can hold.")

    exact = json.dumps(value, default=plain, allow_nan=False)
    rounded = json.loads(exact, parse_float=lambda digits: round(float(digits), DIGITS))
    return json.dumps(rounded, sort_keys=True)
