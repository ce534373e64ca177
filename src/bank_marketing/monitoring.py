"""Drift monitor: the customers of today against those of a fit, and outcomes along the order of arrival."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from bank_marketing.artefacts import load_artefact
from bank_marketing.fitting import data_fingerprint
from bank_marketing.methods import drift
from bank_marketing.methods.change_point import ChangePoint, find_change

# Under these names an artefact holds what `drift.reference` says of the customers of the fit, and of their
# segments (of a frame with the one column segment_id, as text).
REFERENCE = "reference"
SEGMENT_REFERENCE = "segment_reference"

# Houses whose customers have many outcomes each; the test for a change takes them for independent.
HOUSES_OF_REPEATED_OUTCOMES = ("transactions", "sales")

ROW_TYPES = {
    "domain": "string",
    "subject": "string",
    "kind": "string",
    "value": "float64",
    "threshold": "float64",
    "p_value": "float64",
    "p_value_corrected": "float64",
    "n_reference": "Int64",
    "n": "Int64",
    "rows_before": "Int64",
    "rows": "Int64",
    "place": "string",
    "rate_before": "float64",
    "rate_before_low": "float64",
    "rate_before_high": "float64",
    "rate_after": "float64",
    "rate_after_low": "float64",
    "rate_after_high": "float64",
    "is_drifting": "bool",
    "finding": "string",
    "model_name": "string",
    "model_version": "Int64",
    "reference_at": "datetime64[us]",
}


@dataclass(frozen=True)
class ReferenceFit:
    """The fitted version that customers are held against.

    Parameters
    ----------
    model_version : int
        Version of the model.
    fitted_at : pandas.Timestamp
        When it was fitted (UTC).
    is_of_today : bool
        Whether it was fitted on the very customers of today.
    artefact : mapping of str to any
        What it left, with a `REFERENCE`.
    """

    model_version: int
    fitted_at: pd.Timestamp
    is_of_today: bool
    artefact: Mapping[str, Any]


def monitor(
    fits: duckdb.DuckDBPyRelation,
    features: pd.DataFrame,
    outcomes: pd.DataFrame,
    task: ModuleType,
    *,
    domain: str,
    seed: int,
) -> pd.DataFrame:
    """Hold the customers of today against those of a fit, and look for changes of outcomes in their order.

    Parameters
    ----------
    fits : duckdb.DuckDBPyRelation
        The fit table of the task.
    features : DataFrame
        Rows of the task's features, one a customer.
    outcomes : DataFrame
        In order of arrival: outcome (its name), label (text that says where a row is), events and trials, as
        `find_change` takes them. No rows where the house has no outcome.
    task : module
        Has `MODEL_NAME` and, where it makes segments, `score(features, artefact)` and `POPULATION`.
    domain : str
        Of which house.
    seed : int
        Draws the series behind the critical values.

    Returns
    -------
    DataFrame
        Columns `ROW_TYPES`: for each feature psi and a test, segment_share_shift where there are segments,
        and change_point for each outcome.
    """
    rows: list[dict[str, Any]] = []
    found = reference_fit(fits, features)
    if found is None:
        finding = "No customers to compare with: no fit yet, or too little data for one."
        rows.append({"subject": "all features", "kind": "psi", "n": len(features), "finding": finding})
    else:
        origin = {"model_version": found.model_version, "reference_at": found.fitted_at}
        comparisons = [*_feature_rows(found, _active(features, task)), *_segment_rows(found, features, task)]
        rows += [{**row, **origin} for row in comparisons]
    rows += _outcome_rows(outcomes, seed, are_repeated=domain in HOUSES_OF_REPEATED_OUTCOMES)
    frame = pd.DataFrame(rows, columns=list(ROW_TYPES))
    frame["is_drifting"] = frame["is_drifting"].eq(True)
    return frame.assign(domain=domain, model_name=task.MODEL_NAME).astype(ROW_TYPES)


def reference_fit(fits: duckdb.DuckDBPyRelation, features: pd.DataFrame) -> ReferenceFit | None:
    """Return the newest version that was fitted on other customers than those of today, or else the newest.

    A refit takes today's customers for its own reference. Held against the version before, the drift that
    led to the refit stays visible until the next customers come.

    Parameters
    ----------
    fits : duckdb.DuckDBPyRelation
        The fit table of a task.
    features : DataFrame
        Rows of the task's features.

    Returns
    -------
    ReferenceFit or None
        None if no version has a reference.
    """
    columns = "model_version, fitted_at, data_fingerprint, artefact"
    newest_first = fits.filter("status = 'fitted'").project(columns).order("model_version desc").fetchall()
    today = data_fingerprint(features)
    of_today = None
    for version, fitted_at, fingerprint, data in newest_first:
        if fingerprint == today and of_today is not None:
            continue
        artefact = load_artefact(data)
        if REFERENCE not in artefact:
            continue
        fit = ReferenceFit(version, pd.Timestamp(fitted_at), fingerprint == today, artefact)
        if not fit.is_of_today:
            return fit
        of_today = fit
    return of_today


def _active(features: pd.DataFrame, task: ModuleType) -> pd.DataFrame:
    """Return the customers that segments are learned from: those without activity are in no reference."""
    return features[task.POPULATION.is_active(features)] if hasattr(task, "POPULATION") else features


def _feature_rows(fit: ReferenceFit, features: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for row in drift.compare(fit.artefact[REFERENCE], features).to_dict("records"):
        common = {"subject": row["feature"], "n_reference": row["n_reference"], "n": row["n"]}
        yield {
            **common,
            "kind": "psi",
            "value": row["psi"],
            "threshold": row["psi_threshold"],
            "is_drifting": row["is_drifting"],
            "finding": _shift_in_words(row, fit),
        }
        differs = row["p_value_corrected"] < drift.ALPHA
        yield {
            **common,
            "kind": row["test"],
            "value": row["statistic"],
            "threshold": drift.ALPHA,
            "p_value": row["p_value"],
            "p_value_corrected": row["p_value_corrected"],
            "is_drifting": differs,
            "finding": _test_in_words(row, differs),
        }


def _segment_rows(fit: ReferenceFit, features: pd.DataFrame, task: ModuleType) -> Iterator[dict[str, Any]]:
    if SEGMENT_REFERENCE not in fit.artefact:
        return
    # By the model of the reference: a refit moves borders, and that is no shift of the customers.
    segments = task.score(features, fit.artefact)[["segment_id"]].astype("Int64").astype("string")
    row = drift.compare(fit.artefact[SEGMENT_REFERENCE], segments).to_dict("records")[0]
    yield {
        "subject": "segment_id",
        "kind": "segment_share_shift",
        "value": row["psi"],
        "threshold": row["psi_threshold"],
        "p_value": row["p_value"],
        "p_value_corrected": row["p_value"],
        "n_reference": row["n_reference"],
        "n": row["n"],
        "is_drifting": row["is_drifting"],
        "finding": _shift_in_words({**row, "feature": "the shares of the segments"}, fit),
    }


def _outcome_rows(outcomes: pd.DataFrame, seed: int, *, are_repeated: bool) -> Iterator[dict[str, Any]]:
    names = list(dict.fromkeys(outcomes["outcome"]))
    for name in names:
        series = outcomes[outcomes["outcome"] == name]
        events, trials = (series[column].to_numpy(float, na_value=np.nan) for column in ("events", "trials"))
        found = find_change(events, trials, seed=seed)
        place = None if found.position is None else str(series["label"].iloc[found.position])
        yield {
            "subject": name,
            "kind": "change_point",
            "value": found.statistic,
            "threshold": found.critical_value,
            "p_value": found.p_value,
            "p_value_corrected": min(1.0, found.p_value * len(names)) if found.p_value >= 0 else np.nan,
            "n": found.n,
            "rows_before": found.position,
            "rows": len(series),
            "place": place,
            **_rate("rate_before", found.rate_before),
            **_rate("rate_after", found.rate_after),
            "is_drifting": found.is_change,
            "finding": _change_in_words(found, len(series), place, are_repeated=are_repeated),
        }


def _rate(name: str, rate: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), rate, strict=True))


def _shift_in_words(row: Mapping[str, Any], fit: ReferenceFit) -> str:
    if np.isnan(row["psi"]):
        return "No customers to compare."
    if fit.is_of_today:
        return f"Nothing to compare yet: version {fit.model_version} was fitted on these very customers."
    compared = (
        f"since version {fit.model_version} (PSI {row['psi']:.3f}, drift above {row['psi_threshold']:.3f})"
    )
    return f"{'Drift' if row['is_drifting'] else 'No drift'} in {row['feature']} {compared}."


def _test_in_words(row: Mapping[str, Any], differs: bool) -> str:
    if np.isnan(row["p_value"]):
        return "Too few values to compare."
    what = "differ beyond chance" if differs else "don't differ beyond chance"
    return f"The customers of today and of the reference {what} in {row['feature']}."


def _change_in_words(found: ChangePoint, rows: int, place: str | None, *, are_repeated: bool) -> str:
    if np.isnan(found.statistic):
        return f"Not judged: {found.n:,} outcomes are too few, or lie too close together in time."
    if found.position is None:
        return "No change: all outcomes are the same."
    if not found.is_change:
        return "The rate doesn't change beyond chance along the order of arrival."
    before, after = (
        f"{rate:.3f} ({low:.3f} to {high:.3f})" for rate, low, high in (found.rate_before, found.rate_after)
    )
    return (
        f"The rate changes from {before} to {after} after {found.position:,} of {rows:,} rows"
        f" ({found.position / rows:.1%}), at {place}."
        + (" A change in the mix of customers may do that, too." if are_repeated else "")
    )
