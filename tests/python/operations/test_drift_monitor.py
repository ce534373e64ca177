"""The drift monitor: against which customers it compares, and what it says."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from bank_marketing.fitting.artefacts import dump_artefact
from bank_marketing.fitting.fits import Fit, Task, data_fingerprint
from bank_marketing.methods import drift
from bank_marketing.operations.drift_monitor import ROW_TYPES, monitor

NO_OUTCOMES = pd.DataFrame({"outcome": [], "label": [], "events": [], "trials": []})


def score(features: pd.DataFrame, artefact: dict) -> pd.DataFrame:
    return pd.DataFrame({"segment_id": np.where(features["income"] > artefact["border"], 1, 2)})


TASK = Task(
    "some_segments",
    version=1,
    fit=lambda frame, *, depth, seed: Fit("fitted"),
    score=score,
    is_active=lambda features: (features["income"] > 0).to_numpy(),
)


def customers(n: int, seed: int, mean: float = 50_000) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame({"customer_id": range(n), "income": random.normal(mean, 10_000, n)})


def fit_of(features: pd.DataFrame, border: float = 50_000) -> tuple[str, dict]:
    artefact = {"border": border, "reference": drift.reference(features[["income"]])}
    segments = score(features, artefact).astype("string")
    return data_fingerprint(features), {**artefact, "segment_reference": drift.reference(segments)}


def fits(*versions: tuple[str, dict], status: str = "fitted") -> duckdb.DuckDBPyRelation:
    frame = pd.DataFrame(
        [
            (number, pd.Timestamp(2026, 1, number), status, fingerprint, dump_artefact(artefact))
            for number, (fingerprint, artefact) in enumerate(versions, start=1)
        ],
        columns=["model_version", "fitted_at", "status", "data_fingerprint", "artefact"],
    )
    connection = duckdb.connect()
    connection.register("fits", frame)
    return connection.sql("select * from fits")


def rows_of(
    found_fits: duckdb.DuckDBPyRelation, features: pd.DataFrame, outcomes: pd.DataFrame = NO_OUTCOMES
) -> pd.DataFrame:
    found = monitor(found_fits, features, outcomes, TASK, domain="campaigns", seed=1)
    assert {name: str(kind) for name, kind in found.dtypes.items()} == ROW_TYPES
    return found.set_index("kind")


def outcomes(*labels: list[int]) -> pd.DataFrame:
    return pd.concat(
        pd.DataFrame(
            {
                "outcome": f"outcome_{number}",
                "label": [f"line {line}" for line in range(2, 2 + len(events))],
                "events": events,
                "trials": 1,
            }
        )
        for number, events in enumerate(labels)
    )


def test_first_fit_has_nothing_to_be_compared_with():
    features = customers(1_000, 1)

    found = rows_of(fits(fit_of(features)), features)

    assert found.index.tolist() == ["kolmogorov_smirnov", "segment_share_shift"]
    figures = ["value", "visible_distance", "psi", "p_value", "p_value_corrected"]
    assert found[[*figures, "is_changed", "needs_action", "is_drifting"]].isna().all(axis=None)
    assert found["message"].str.startswith("Nothing to compare yet: version 1 was fitted on these").all()


def test_shifted_customers_drift_in_features_tests_and_segments():
    found = rows_of(fits(fit_of(customers(1_000, 1))), customers(1_500, 2, mean=58_000))

    verdicts = ["is_changed", "needs_action", "is_drifting"]
    assert found[verdicts].all(axis=None)
    assert found.index.tolist() == ["kolmogorov_smirnov", "segment_share_shift"]
    income = found.loc["kolmogorov_smirnov"]
    assert income["message"].startswith("Changed, and needs action: income (distance 0.")
    assert (income["n_reference"], income["n"]) == (1_000, 1_500)


def test_values_newly_missing_change_without_a_call_to_act():
    today = customers(2_000, 2)
    today.loc[:39, "income"] = np.nan
    task = Task("some_model", version=1, fit=TASK.fit, score=score)

    found = monitor(fits(fit_of(customers(2_000, 1))), today, NO_OUTCOMES, task, domain="churn", seed=1)

    missing = found.set_index("kind").loc["missing_share"]
    assert missing["value"] == pytest.approx(0.02)
    assert missing["is_changed"] and not missing["needs_action"]
    assert missing["message"].startswith("Changed, too little to act on: missing values of income (distance")
    assert not found["is_drifting"].any()


def test_customers_without_activity_are_in_no_comparison_of_features():
    earlier = customers(1_000, 1)
    idle = customers(500, 2).assign(income=0)

    found = rows_of(fits(fit_of(earlier)), pd.concat([earlier, idle]))

    assert found.loc["kolmogorov_smirnov", "value"] == 0
    assert found.loc["segment_share_shift", "n"] == 1_500


def test_drift_that_made_a_refit_stays_visible():
    earlier, today = customers(1_000, 1), customers(1_500, 2, mean=58_000)

    found = rows_of(fits(fit_of(earlier), fit_of(today), fit_of(today)), today)

    assert (found["model_version"] == 1).all()
    assert found.loc["kolmogorov_smirnov", "needs_action"]


def test_customers_of_the_next_day_are_held_against_the_newest_fit():
    found = rows_of(
        fits(fit_of(customers(1_000, 1)), fit_of(customers(1_000, 2, mean=58_000))),
        customers(1_000, 3, mean=58_000),
    )

    assert (found["model_version"] == 2).all()
    assert not found["is_drifting"].any()


def test_a_fit_of_other_features_is_no_reference():
    today = customers(1_000, 2)
    renamed = customers(1_000, 1).rename(columns={"income": "earnings"})
    of_earlier_release = data_fingerprint(renamed), {"reference": drift.reference(renamed[["earnings"]])}

    found = rows_of(fits(of_earlier_release, fit_of(today)), today)

    assert (found["model_version"] == 2).all()
    assert not found["is_drifting"].any()


def test_borders_of_segments_that_a_refit_moved_are_no_shift_of_customers():
    earlier, today = customers(1_000, 1), customers(1_000, 2)

    found = rows_of(fits(fit_of(earlier), fit_of(today, border=60_000)), today)

    assert not found.loc["segment_share_shift", "is_changed"]


@pytest.mark.parametrize("found_fits", [fits(), fits(fit_of(customers(9, 1)), status="insufficient_data")])
def test_without_a_fit_one_row_says_so(found_fits):
    found = rows_of(found_fits, customers(100, 1))

    assert found.index.tolist() == ["kolmogorov_smirnov"]
    assert "No customers to compare with" in found["message"].item()
    assert found["needs_action"].isna().all()


def test_no_customers_today_are_no_drift():
    """As `dbt build --empty` shows them."""
    found = rows_of(fits(fit_of(customers(1_000, 1))), customers(0, 1))

    assert found["needs_action"].isna().all()
    assert found.loc["kolmogorov_smirnov", "message"] == "No customers to compare in income."


def test_change_of_an_outcome_is_placed_by_row_and_line():
    found = rows_of(fits(), customers(10, 1), outcomes([1] * 700 + [0] * 300, [0, 1] * 500))

    changed = found.loc["change_point"].set_index("subject").loc["outcome_0"]
    assert (changed["rows_before"], changed["rows_in_order"], changed["change_at"]) == (
        700,
        1_000,
        "line 702",
    )
    assert changed["is_changed"] and changed["needs_action"] and changed["value"] == 1
    assert "after 700 of 1,000 rows (70.0%), at line 702." in changed["message"]
    assert changed["p_value_corrected"] == pytest.approx(2 * changed["p_value"])
    steady = found.loc["change_point"].set_index("subject").loc["outcome_1"]
    assert not steady["is_changed"]
    assert "can be told from chance" in steady["message"]


def test_a_rate_that_changes_by_less_than_a_tenth_is_said_to():
    found = rows_of(fits(), customers(10, 1), outcomes(([1] + [0] * 49) * 100 + ([1] + [0] * 13) * 300))

    change = found.loc["change_point"]
    assert change["is_changed"] and not change["needs_action"]
    assert change["message"].startswith("The rate changes from 0.0")


@pytest.mark.parametrize(
    "events, message", [([1] * 20, "Not judged"), ([0] * 500, "all outcomes are the same")]
)
def test_outcomes_that_tell_nothing_are_said_to(events, message):
    found = rows_of(fits(), customers(10, 1), outcomes(events))

    assert message in found.loc["change_point", "message"]
    assert not found["needs_action"].eq(True).any()


@pytest.mark.parametrize(
    ("domain", "is_said"), [("transactions", True), ("sales", True), ("campaigns", False), ("churn", False)]
)
def test_where_customers_have_many_outcomes_a_change_may_be_their_mix(domain, is_said):
    features = customers(1_000, 1)

    found = monitor(
        fits(fit_of(features)), features, outcomes([0] * 300 + [1] * 300), TASK, domain=domain, seed=1
    )

    change = found.set_index("kind").loc["change_point"]
    assert change["is_drifting"]
    assert ("A change in the mix of customers may do that, too." in change["message"]) == is_said


def test_monitor_watches_every_domain(built_sample):
    kinds = built_sample.query("select distinct domain, kind from operations.drift_monitor")

    for domain in ("campaigns", "transactions", "sales", "churn"):
        assert {(domain, "kolmogorov_smirnov"), (domain, "change_point")} <= set(kinds)
    for domain in ("campaigns", "transactions", "sales"):
        assert (domain, "segment_share_shift") in kinds
    assert built_sample.query("select * from operations.drift_monitor where is_changed") == []
    assert built_sample.query(
        "select distinct split_part(message, ':', 1), is_drifting from operations.drift_monitor"
        " where kind <> 'change_point'"
    ) == [("Nothing to compare yet", None)]
