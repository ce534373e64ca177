"""Drift monitor: the customers of today against those of a fit, and outcomes along the order of arrival."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from bank_marketing.fitting.artefacts import load_artefact
from bank_marketing.fitting.fits import Task, data_fingerprint
from bank_marketing.methods import drift
from bank_marketing.methods.change_point import ChangePoint, find_change

# Under these names an artefact holds what `drift.reference` says of the customers of the fit, and of their
# segments (of a frame with the one column segment_id, as text).
REFERENCE = "reference"
SEGMENT_REFERENCE = "segment_reference"

SEGMENT_SHARES = "segment_share_shift"
# How messages call what differs; the feature itself where it isn't said.
WHAT_DIFFERS = {drift.MISSING: "missing values of {}", SEGMENT_SHARES: "the shares of the segments"}
# What `drift.judge` says of a comparison, and nobody can say of customers compared with themselves.
COMPARED = (
    "distance",
    "visible_distance",
    "psi",
    "p_value",
    "p_value_corrected",
    "is_changed",
    "needs_action",
)

# Domains whose customers have many outcomes each; the test for a change takes them for independent.
DOMAINS_OF_REPEATED_OUTCOMES = ("transactions", "sales")

ROW_TYPES = {
    "domain": "string",
    "subject": "string",
    "kind": "string",
    "value": "float64",
    "threshold": "float64",
    "visible_distance": "float64",
    "psi": "float64",
    "p_value": "float64",
    "p_value_corrected": "float64",
    "n_reference": "Int64",
    "n": "Int64",
    "rows_before": "Int64",
    "rows_in_order": "Int64",
    "change_at": "string",
    "rate_before": "float64",
    "rate_before_low": "float64",
    "rate_before_high": "float64",
    "rate_after": "float64",
    "rate_after_low": "float64",
    "rate_after_high": "float64",
    "is_changed": "boolean",
    "needs_action": "boolean",
    "is_drifting": "boolean",
    "message": "string",
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
    task: Task,
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
        `find_change` takes them. No rows where the domain has no outcome.
    task : Task
        What was fitted.
    domain : str
        Of which domain.
    seed : int
        Draws the series behind the critical values.

    Returns
    -------
    DataFrame
        Columns `ROW_TYPES`: for each feature the distance of its values and of its missing values,
        segment_share_shift where there are segments, and change_point for each outcome. A comparison of the
        customers of the fit with themselves has no figures.
    """
    found = reference_fit(fits, features)
    rows = [
        *(_rows_without_fit(features) if found is None else _reference_rows(found, features, task)),
        *_outcome_rows(outcomes, seed, are_repeated=domain in DOMAINS_OF_REPEATED_OUTCOMES),
    ]
    frame = pd.DataFrame(rows, columns=list(ROW_TYPES))
    return frame.assign(
        domain=domain,
        model_name=task.name,
        threshold=drift.LEAST_DISTANCE,
        is_drifting=frame["needs_action"],
    ).astype(ROW_TYPES)


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
        None if no version has a reference of features that there are.
    """
    columns = "model_version, fitted_at, data_fingerprint, artefact"
    newest_first = fits.filter("status = 'fitted'").project(columns).order("model_version desc").fetchall()
    today = data_fingerprint(features)
    of_today = None
    for version, fitted_at, fingerprint, data in newest_first:
        if fingerprint == today and of_today is not None:
            continue
        # Read back from a published file, older versions have none.
        artefact = load_artefact(data) if data else {}
        # A version of an earlier release may know its features by other names.
        if REFERENCE not in artefact or not set(artefact[REFERENCE]) <= set(features.columns):
            continue
        fit = ReferenceFit(version, pd.Timestamp(fitted_at), fingerprint == today, artefact)
        if not fit.is_of_today:
            return fit
        of_today = fit
    return of_today


def _active(features: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Return the customers that segments are learned from: those without activity are in no reference."""
    return features[task.is_active(features)] if task.is_active else features


def _rows_without_fit(features: pd.DataFrame) -> Iterator[dict[str, Any]]:
    yield {
        "subject": "all features",
        "kind": drift.NUMBERS,
        "n": len(features),
        "message": "No customers to compare with: no fit yet, or insufficient data for one.",
    }


def _reference_rows(fit: ReferenceFit, features: pd.DataFrame, task: Task) -> Iterator[dict[str, Any]]:
    measured = [drift.measure(fit.artefact[REFERENCE], _active(features, task))]
    if SEGMENT_REFERENCE in fit.artefact:
        # By the model of the reference: a refit moves borders, and that is no shift of the customers.
        segments = task.score(features, fit.artefact)[["segment_id"]].astype("Int64").astype("string")
        shares = drift.measure(fit.artefact[SEGMENT_REFERENCE], segments)
        measured.append(shares[shares["kind"] == drift.NAMES].assign(kind=SEGMENT_SHARES))
    # One family of comparisons: what is judged together is corrected together.
    judged = drift.judge(pd.concat(measured, ignore_index=True))
    if fit.is_of_today:
        judged = judged.assign(**dict.fromkeys(COMPARED, None))
    for row in judged.to_dict("records"):
        yield {
            "subject": row["feature"],
            "value": row["distance"],
            **{name: row[name] for name in ("kind", "n_reference", "n", *COMPARED) if name != "distance"},
            "message": _distance_in_words(row, fit),
            "model_version": fit.model_version,
            "reference_at": fit.fitted_at,
        }


def _outcome_rows(outcomes: pd.DataFrame, seed: int, *, are_repeated: bool) -> Iterator[dict[str, Any]]:
    changes = {}
    for name, series in outcomes.groupby("outcome", sort=False):
        events, trials = (series[column].to_numpy(float, na_value=np.nan) for column in ("events", "trials"))
        changes[name] = find_change(events, trials, seed=seed), series["label"].to_list()
    measured = [
        {
            "feature": name,
            "distance": abs(found.rate_after[0] - found.rate_before[0]),
            "p_value": found.p_value,
            "n": found.n,
        }
        for name, (found, _) in changes.items()
    ]
    for row in drift.judge(pd.DataFrame(measured, columns=list(drift.MEASURE_COLUMNS))).to_dict("records"):
        found, labels = changes[row["feature"]]
        change_at = None if found.position is None else str(labels[found.position])
        yield {
            "subject": row["feature"],
            "kind": "change_point",
            "value": row["distance"],
            **{name: row[name] for name in ("n", *COMPARED) if name != "distance"},
            "rows_before": found.position,
            "rows_in_order": len(labels),
            "change_at": change_at,
            **_rate("rate_before", found.rate_before),
            **_rate("rate_after", found.rate_after),
            "message": _change_in_words(row, found, len(labels), change_at, are_repeated=are_repeated),
        }


def _rate(name: str, rate: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), rate, strict=True))


def _distance_in_words(row: Mapping[str, Any], fit: ReferenceFit) -> str:
    if fit.is_of_today:
        return f"Nothing to compare yet: version {fit.model_version} was fitted on these very customers."
    what = WHAT_DIFFERS.get(row["kind"], "{}").format(row["feature"])
    if pd.isna(row["p_value"]):
        return f"No customers to compare in {what}."
    figures = f"distance {row['distance']:.3f} since version {fit.model_version}"
    if row["is_changed"]:
        verdict = "Changed, and needs action" if row["needs_action"] else "Changed, too little to act on"
        return f"{verdict}: {what} ({figures}, action from {drift.LEAST_DISTANCE:.2f} on)."
    return (
        f"Can't be told from chance: {what} ({figures}; from {row['visible_distance']:.3f} on it could be)."
    )


def _change_in_words(
    row: Mapping[str, Any], found: ChangePoint, rows: int, change_at: str | None, *, are_repeated: bool
) -> str:
    if not found.n:
        return "Not judged: of no row the outcome is known."
    if np.isnan(found.statistic):
        return f"Not judged: {found.n:,} outcomes are too few, or lie too close together in time."
    if found.position is None:
        return "No change: all outcomes are the same."
    if not row["is_changed"]:
        return "No change of the rate along the order of arrival can be told from chance."
    before, after = (
        f"{rate:.3f} ({low:.3f} to {high:.3f})" for rate, low, high in (found.rate_before, found.rate_after)
    )
    return (
        f"The rate changes from {before} to {after} after {found.position:,} of {rows:,} rows"
        f" ({found.position / rows:.1%}), at {change_at}."
        + (" A change in the mix of customers may do that, too." if are_repeated else "")
    )
