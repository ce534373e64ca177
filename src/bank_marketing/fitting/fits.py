"""Fits: when to fit, and the row that a fitted version leaves in its `<task>_fit` table."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import metadata
from typing import Any, Literal, Protocol

import duckdb
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bank_marketing import subject_keys
from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.fitting.sealed_keys import open_artefact, seal_keys

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
# What the evaluation domain reads of every fit, by name.
EVALUATION_TABLES = {
    "metrics": METRIC_COLUMNS,
    "effects": EFFECT_COLUMNS,
    "calibration": CALIBRATION_COLUMNS,
    "lift": LIFT_COLUMNS,
}

# Digits behind the point in JSON, of smaller numbers digits at all: more would say nothing, and sixteen in a
# row look like a card number.
DIGITS = 10
SMALL = 1e-4

# The libraries that compute: another version of one makes a refit. Of those whose objects an artefact holds,
# scoring needs the same minor version as the fit.
LIBRARIES = ("scikit-learn", "lifelines", "numpy", "scipy", "pandas")
version = cache(metadata.version)  # which reads a file each time
LIBRARIES_OF_ARTEFACTS = ("scikit-learn", "lifelines")
# Among the params of a fit: the version of the task, and those of the libraries.
FITTED_WITH = "fitted_with"
# Also among them, of a fit with insufficient data: whether its artefact is that of the fit before.
KEEPS_ARTEFACT = "keeps_artefact"

ROW_TYPES = {
    "domain": "string",
    "model_name": "string",
    "model_version": "int64",
    "fitted_at": "datetime64[us]",
    "status": "string",
    "code_version": "string",
    "data_fingerprint": "string",
    "depth": "string",
    "n": "int64",
    "params": "string",
    "tables": "string",
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
    status : {'fitted', 'insufficient_data'}
        Whether there was enough data. With too little, `params` (the reason) and `card` are filled, tables
        may say so, and the artefact may be that of the fit before.
    params : dict
        What was chosen; plain values only.
    metrics : pandas.DataFrame
        Columns `METRIC_COLUMNS`: one metric of one split with its 95 % interval and number of rows.
    effects : pandas.DataFrame
        Columns `EFFECT_COLUMNS`: what a feature does, by kind of measure.
    calibration : pandas.DataFrame
        Columns `CALIBRATION_COLUMNS`: points of the reliability curve.
    lift : pandas.DataFrame
        Columns `LIFT_COLUMNS`: one row per decile, 1 the highest.
    tables : dict of str to pandas.DataFrame
        What else the fit computes once, by name. A public model lays it out with the macro `fit_table`.
    card : str
        Model card in Markdown.
    artefact : dict
        What scoring needs, as `bank_marketing.fitting.artefacts.dump_artefact` takes it.

    Raises
    ------
    ValueError
        If a table of `EVALUATION_TABLES` has other columns than it should, or its name is used again.
    """

    status: Literal["fitted", "insufficient_data"]
    params: dict[str, Any] = field(default_factory=dict)
    metrics: pd.DataFrame = field(default_factory=_no_rows(METRIC_COLUMNS))
    effects: pd.DataFrame = field(default_factory=_no_rows(EFFECT_COLUMNS))
    calibration: pd.DataFrame = field(default_factory=_no_rows(CALIBRATION_COLUMNS))
    lift: pd.DataFrame = field(default_factory=_no_rows(LIFT_COLUMNS))
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    card: str = ""
    artefact: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a table that the evaluation domain could not read."""
        for name, columns in EVALUATION_TABLES.items():
            found = list(getattr(self, name).columns)
            if sorted(found) != sorted(columns):
                raise ValueError(f"Fit.{name} has columns {found}, expected {list(columns)}.")
            if name in self.tables:
                raise ValueError(f"Fit.tables has {name!r}, which is a table of all fits: Fit({name}=...).")

    def all_tables(self) -> dict[str, pd.DataFrame]:
        """Return every table that the fit leaves, by name."""
        return {name: getattr(self, name) for name in EVALUATION_TABLES} | self.tables


class FitFunction(Protocol):
    """Fits a model; that of a task with `needs_refit` also takes the newest artefact as `earlier`."""

    def __call__(self, frame: pd.DataFrame, /, *, depth: str, seed: int) -> Fit: ...  # noqa: D102


def scores_nobody(frame: pd.DataFrame, artefact: Mapping[str, Any], /) -> pd.DataFrame:
    """Stand for `score` in a task whose fit leaves tables alone."""
    raise NotImplementedError("This task scores nobody: its fit leaves tables.")


@dataclass(frozen=True)
class Task:
    """What is fitted, stored and scored under one name.

    Parameters
    ----------
    name : str
        The name of the dbt model without `_fit`, by which a lost fit table is restored.
    version : int
        Whoever changes what the task computes raises it, so that published models are refitted. A change that
        computes the same (a remark, a clearer name) leaves it. Held by `tests/python/fitted_figures.py`.
    fit : FitFunction
        Takes features, one row per subject, and settings. Runs with one native thread, since dbt runs several
        models at once.
    score : callable, optional
        Takes features and an artefact; one row per row of the features.
    needs_refit : callable, optional
        Takes features and the newest artefact, and judges whether other data need another fit. Without it,
        all do.
    is_active : callable, optional
        Tells which rows the fit looks at, where it isn't all.
    """

    name: str
    version: int
    fit: FitFunction
    score: Callable[[pd.DataFrame, Mapping[str, Any]], pd.DataFrame] = scores_nobody
    needs_refit: Callable[[pd.DataFrame, Mapping[str, Any]], bool] | None = None
    is_active: Callable[[pd.DataFrame], np.ndarray] | None = None


def data_fingerprint(frame: pd.DataFrame) -> str:
    """Return a digest of a frame's rows that the order of rows and columns doesn't change.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame. The column `ORDER_COLUMN` doesn't count.

    Returns
    -------
    str
        32 hexadecimal digits; others under another key of the warehouse (`subject_keys`), with which the
        artefact couldn't tell any more who was in the fit.
    """
    counted = frame[sorted(set(frame.columns) - {ORDER_COLUMN})]
    rows = np.sort(pd.util.hash_pandas_object(counted, index=False).to_numpy(dtype="uint64"))
    key = subject_keys.key_in_use()
    digest = hashlib.blake2b(",".join(counted.columns).encode(), digest_size=16, key=key)
    digest.update(rows.tobytes())
    return digest.hexdigest()


def installed_libraries() -> dict[str, str]:
    """Return the installed version of each library that computes."""
    return {library: version(library) for library in LIBRARIES}


def code_version(task: Task, settings: Mapping[str, Any]) -> str:
    """Return a digest of all that makes a fit besides the data.

    Parameters
    ----------
    task : Task
        What is fitted; its name and version count, not its source.
    settings : mapping of str to any
        Settings of the fit; plain values.

    Returns
    -------
    str
        32 hexadecimal digits over name, version, settings and the versions of `LIBRARIES`.
    """
    made_by = [task.name, task.version, _json(dict(settings)), installed_libraries()]
    return hashlib.blake2b(json.dumps(made_by).encode(), digest_size=16).hexdigest()


def why_not_to_score(task: Task, params: Mapping[str, Any]) -> str | None:
    """Say why a stored fit can't be scored with what is installed.

    Less is asked than for a fit to stay: settings, numpy, scipy and pandas may differ.

    Parameters
    ----------
    task : Task
        What would score.
    params : mapping of str to any
        Those of the fit's row, in which `fit_if_changed` has noted what it was fitted with.

    Returns
    -------
    str or None
        What differs, to follow the name of the model; None if nothing that matters does.
    """
    if FITTED_WITH not in params:
        return "was fitted by an earlier release, which didn't note by what"
    fitted, libraries = params[FITTED_WITH]["task_version"], params[FITTED_WITH]["libraries"]
    if fitted != task.version:
        return f"was fitted by version {fitted} of its task; installed is version {task.version}"
    installed = installed_libraries()
    others = [name for name in LIBRARIES_OF_ARTEFACTS if _minor(libraries[name]) != _minor(installed[name])]
    if not others:
        return None
    differ = "; ".join(f"{name} {libraries[name]}, installed is {installed[name]}" for name in others)
    return f"was fitted with {differ}, so its scores could differ"


def _minor(release: str) -> list[str]:
    return release.split(".")[:2]


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
    task: Task,
    *,
    domain: str,
    settings: Mapping[str, Any],
    now: datetime,
    refit: bool = False,
) -> pd.DataFrame:
    """Fit a model if its data differ from those of its newest version, or its `code_version` does.

    A task with `needs_refit` judges itself whether other data need another fit; its `fit` takes the newest
    artefact as `earlier`.

    Parameters
    ----------
    history : pandas.DataFrame or None
        Earlier rows of the fit table with `HISTORY_COLUMNS`, for a task with `needs_refit` also artefact.
        None or no rows before the first fit.
    frame : pandas.DataFrame
        The features, one row per subject.
    task : Task
        What to fit.
    domain : str
        Of which domain.
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
    earlier = earlier[earlier["model_name"] == task.name].sort_values("model_version")
    fingerprint, code = data_fingerprint(frame), code_version(task, settings)
    if len(earlier) and frame.empty:
        # dbt build --empty shows no rows; a model isn't given up for that.
        return _typed([])
    judge = task.needs_refit
    artefact = load_artefact(earlier.iloc[-1]["artefact"]) if judge and len(earlier) else {}
    if len(earlier) and not refit:
        newest = earlier.iloc[-1]
        same_code = newest["code_version"] == code
        same_data = newest["data_fingerprint"] == fingerprint
        if same_code and (same_data or (judge and not judge(frame, artefact))):
            return _typed([])
    arguments = {**settings, "earlier": artefact} if judge else dict(settings)
    with threadpool_limits(1):
        result = task.fit(frame, **arguments)
    fitted_with = {"task_version": task.version, "libraries": installed_libraries()}
    return _typed(
        [
            {
                "domain": domain,
                "model_name": task.name,
                "model_version": int(earlier["model_version"].max()) + 1 if len(earlier) else 1,
                "fitted_at": pd.Timestamp(now).tz_convert("UTC").tz_localize(None),
                "status": result.status,
                "code_version": code,
                "data_fingerprint": fingerprint,
                "depth": settings["depth"],
                "n": len(frame),
                "params": _json(result.params | {FITTED_WITH: fitted_with}),
                "tables": _json({name: _records(table) for name, table in result.all_tables().items()}),
                "card": result.card,
                "artefact": dump_artefact(seal_keys(result.artefact)),
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
        Its artefact; empty if that version had insufficient data and kept none.

    Raises
    ------
    ValueError
        If there is no row.
    """
    newest = fits.project("model_version, artefact").order("model_version desc").limit(1).fetchall()
    if not newest:
        raise ValueError("The fit table has no row; build the <task>_fit model before its score.")
    return int(newest[0][0]), open_artefact(newest[0][1], subject_keys.key_in_use())


def _typed(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Build the frame with stated types, which DuckDB needs most when there is no row."""
    return pd.DataFrame(rows, columns=list(ROW_TYPES)).astype(ROW_TYPES)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Lay a table out as plain records, with None for what is missing or not finite."""
    values = table.astype(object)
    known = values.where(values.notna() & ~values.isin([np.inf, -np.inf]), None)
    records: list[dict[str, Any]] = known.to_dict("records")
    return records


def _rounded(digits: str) -> float:
    value = float(digits)
    return round(value, DIGITS) if abs(value) >= SMALL else float(f"{value:.{DIGITS}g}")


def _json(value: dict[str, Any]) -> str:
    def plain(item: Any) -> Any:
        if isinstance(item, np.ndarray | np.generic):
            return item.tolist()
        raise TypeError(f"{item!r} ({type(item).__name__}) is no plain value that JSON can hold.")

    exact = json.dumps(value, default=plain, allow_nan=False)
    rounded = json.loads(exact, parse_float=_rounded)
    return json.dumps(rounded, sort_keys=True)
