"""Drift between two populations: seen where there is one, not where there is none, nor in few rows."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bank_marketing.artefacts import dump_artefact, load_artefact
from bank_marketing.methods import drift


def population(n: int, seed: int, *, shift: float = 0.0) -> pd.DataFrame:
    """Return a normal, a zero-inflated, a counted, a binary and a categorical feature."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "income": random.normal(60_000 + shift * 10_000, 10_000, n),
            "share": np.where(random.random(n) < 0.6, 0.0, random.random(n)),
            "purchases": random.integers(0, 10, n),
            "is_member": random.random(n) < 0.95,
            "channel": random.choice(["Email", "PPC", "SEO"], n, p=[0.5, 0.3, 0.2]),
        }
    )


def row(comparison: pd.DataFrame, feature: str) -> pd.Series:
    return comparison.set_index("feature").loc[feature]


def test_the_same_rows_do_not_differ():
    frame = population(2_000, 1)

    comparison = drift.compare(drift.reference(frame), frame)

    assert (comparison["psi"] == 0).all()
    assert (comparison["statistic"] == 0).all()
    assert (comparison["p_value"] == 1).all()
    assert not drift.needs_refit(comparison)
    assert drift.explain(comparison) == "No feature drifts."


def test_index_is_what_its_formula_says():
    expected = (0.55 - 0.5) * np.log(0.55 / 0.5) + (0.45 - 0.5) * np.log(0.45 / 0.5)

    assert drift.stability_index([5e6, 5e6], [5.5e6, 4.5e6]) == pytest.approx(expected, rel=1e-4)


def test_tests_are_those_of_scipy():
    earlier, later = population(3_000, 1), population(2_000, 2, shift=0.2)

    comparison = drift.compare(drift.reference(earlier), later)

    exact = stats.ks_2samp(earlier["income"], later["income"])
    found = row(comparison, "income")
    assert found["statistic"] == pytest.approx(exact.statistic, abs=0.01)
    assert found["statistic"] <= exact.statistic + 1e-12
    table = pd.crosstab(
        [0] * 3_000 + [1] * 2_000, pd.concat([earlier["channel"], later["channel"]]).to_numpy()
    )
    assert row(comparison, "channel")["p_value"] == pytest.approx(stats.chi2_contingency(table).pvalue)
    assert (found["n_reference"], found["n"]) == (3_000, 2_000)


@pytest.mark.parametrize("n", [30, 300, 3_000])
def test_new_customers_from_the_same_population_are_no_drift(n):
    """At a level of 1 %, more than 6 alarms in 200 happen less than once in a hundred tests."""
    alarms = 0
    for seed in range(200):
        comparison = drift.compare(drift.reference(population(n, seed)), population(n, 1_000 + seed))
        alarms += drift.needs_refit(comparison)

    assert alarms <= 6


def test_five_in_a_hundred_strangers_are_no_drift_but_thirty_are():
    earlier, strangers = population(6_000, 1), population(1_800, 2, shift=3)
    known = drift.reference(earlier)

    few = drift.compare(known, pd.concat([earlier, strangers[:300]]))
    many = drift.compare(known, pd.concat([earlier, strangers]))

    assert not drift.needs_refit(few)
    assert drift.needs_refit(many)
    assert many.loc[many["is_drifting"], "feature"].tolist() == ["income"]
    assert drift.explain(many).startswith("Drift in income (PSI 0.")


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_shift_of_a_constant_is_seen_in_both_directions(value):
    known = drift.reference(pd.DataFrame({"flag": np.full(500, value)}))

    for other in (value - 1, value + 1):
        comparison = drift.compare(known, pd.DataFrame({"flag": np.full(500, other)}))
        assert drift.needs_refit(comparison)
        assert row(comparison, "flag")["statistic"] == 1


def test_shift_of_a_frequent_value_is_seen():
    """Nineteen in twenty have the highest value: all tenths of the values are the same."""
    known = drift.reference(pd.DataFrame({"flag": [0.0] * 50 + [1.0] * 950}))

    assert drift.needs_refit(drift.compare(known, pd.DataFrame({"flag": [0.0] * 300 + [1.0] * 700})))


def test_values_that_go_missing_are_drift():
    earlier = population(1_000, 1)
    later = earlier.assign(income=earlier["income"].where(earlier.index >= 500))

    found = row(drift.compare(drift.reference(earlier), later), "income")

    assert found["is_drifting"]
    assert (found["n_reference"], found["n"]) == (1_000, 500)


def test_levels_never_seen_before_are_drift():
    earlier = population(1_000, 1)

    comparison = drift.compare(drift.reference(earlier), earlier.assign(channel="Carrier pigeon"))

    assert row(comparison, "channel")["is_drifting"]


@pytest.mark.parametrize("n_earlier, n_later", [(0, 100), (100, 0), (0, 0)])
def test_no_rows_are_no_drift(n_earlier, n_later):
    comparison = drift.compare(drift.reference(population(n_earlier, 1)), population(n_later, 2))

    assert comparison["psi"].isna().all()
    assert not drift.needs_refit(comparison)


def test_reference_survives_an_artefact_and_holds_no_rows():
    frame = population(5_000, 1)
    known = drift.reference(frame)

    assert load_artefact(dump_artefact(known)) == known
    assert len(json.dumps(known)) < 20_000
    assert drift.reference(frame.sample(frac=1, random_state=1)) == known


def test_missing_column_and_times_are_refused():
    known = drift.reference(population(10, 1))

    with pytest.raises(ValueError, match="'income'"):
        drift.compare(known, population(10, 1).drop(columns="income"))
    with pytest.raises(TypeError, match="day holds times"):
        drift.reference(pd.DataFrame({"day": pd.to_datetime(["2026-01-01"])}))
