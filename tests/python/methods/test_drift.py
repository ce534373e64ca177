"""Drift between two populations: seen where there is one, not where there is none, nor in few rows."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
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
    assert (comparison["distance"] == 0).all()
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
    assert found["distance"] == pytest.approx(exact.statistic, abs=0.01)
    assert found["distance"] <= exact.statistic + 1e-12
    table = pd.crosstab(
        [0] * 3_000 + [1] * 2_000, pd.concat([earlier["channel"], later["channel"]]).to_numpy()
    )
    channel, member = row(comparison, "channel"), row(comparison, "is_member")
    assert channel["p_value"] == pytest.approx(stats.chi2_contingency(table).pvalue)
    shares = table.div(table.sum(axis=1), axis=0)
    assert channel["distance"] == pytest.approx((shares.loc[0] - shares.loc[1]).abs().sum() / 2)
    members = [[frame["is_member"].sum(), (~frame["is_member"]).sum()] for frame in (earlier, later)]
    assert member["p_value"] == pytest.approx(stats.fisher_exact(members).pvalue)
    assert (found["n_reference"], found["n"]) == (3_000, 2_000)


@pytest.mark.slow
def test_stable_halves_hardly_ever_act():
    """Of 100 whole tables at most 1; 3 may look changed, which is chance at a level of 1 %."""
    changed = acting = 0
    for seed in range(100):
        n = (100, 400, 4_000)[seed % 3]
        whole = population(n, seed)
        whole["income"] = whole["income"].where(whole["purchases"] > 0)
        # Names so rare that each half has some that the other hasn't.
        whole["city"] = np.random.default_rng(seed).geometric(0.04, n).astype(str)
        comparison = drift.compare(drift.reference(whole[: n // 2]), whole[n // 2 :])
        changed += bool(comparison["is_changed"].any())
        acting += drift.needs_refit(comparison)

    assert acting <= 1
    assert changed <= 3


def verdicts(earlier: pd.Series, later: pd.Series) -> dict[str, tuple[bool, bool]]:
    comparison = drift.compare(drift.reference(earlier.to_frame("it")), later.to_frame("it"))
    return {
        row.kind: (bool(row.is_changed), bool(row.needs_action)) for row in comparison.itertuples(index=False)
    }


def test_two_in_a_hundred_newly_missing_are_a_change_and_no_reason_to_act():
    incomes = population(6_000, 1)["income"]

    found = verdicts(incomes, population(6_000, 2)["income"].where(np.arange(6_000) >= 120))

    assert found == {"kolmogorov_smirnov": (False, False), "missing_share": (True, False)}


def test_twenty_in_a_hundred_newly_missing_are_a_reason_to_act():
    incomes = population(1_000, 1)["income"]

    assert verdicts(incomes, incomes.where(np.arange(1_000) >= 200)) == {
        "kolmogorov_smirnov": (False, False),
        "missing_share": (True, True),
    }


@pytest.mark.parametrize("kind", [bool, str, float])
def test_a_share_that_falls_from_50_to_36_percent_is_a_reason_to_act(kind):
    earlier, later = (pd.Series(np.arange(2_000) % 100 < share).astype(kind) for share in (50, 36))

    (found,) = verdicts(earlier, later).values()

    assert found == (True, True)


def test_ages_that_rise_by_ten_years_in_30_percent_are_a_reason_to_act():
    """Ages as the file of churn customers has them: mean 39, standard deviation 10.5."""
    random = np.random.default_rng(3)
    earlier, later = (pd.Series(random.gamma(13.8, 2.826, n).round()) for n in (8_000, 4_000))
    older = later + 10 * (np.arange(4_000) % 10 < 3)

    assert verdicts(earlier, later) == {"kolmogorov_smirnov": (False, False)}
    assert verdicts(earlier, older) == {"kolmogorov_smirnov": (True, True)}


def test_what_could_have_been_seen_is_said():
    """A share that differs by the visible distance is told from chance, at half of it it isn't."""
    earlier = pd.Series(np.arange(400) < 200).to_frame("it")
    known = drift.reference(earlier)
    (visible,) = drift.compare(known, earlier)["visible_distance"]

    for part, is_seen in ((1, True), (0.5, False)):
        later = pd.Series(np.arange(400) < 200 + round(400 * part * visible)).to_frame("it")
        assert drift.compare(known, later)["is_changed"].tolist() == [is_seen]


def test_five_in_a_hundred_strangers_are_no_drift_but_thirty_are():
    earlier, strangers = population(6_000, 1), population(1_800, 2, shift=3)
    known = drift.reference(earlier)

    few = drift.compare(known, pd.concat([earlier, strangers[:300]]))
    many = drift.compare(known, pd.concat([earlier, strangers]))

    assert not drift.needs_refit(few)
    assert drift.needs_refit(many)
    assert many.loc[many["needs_action"], "feature"].tolist() == ["income"]
    assert drift.explain(many).startswith("Drift in income (distance 0.")


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_shift_of_a_constant_is_seen_in_both_directions(value):
    known = drift.reference(pd.DataFrame({"flag": np.full(500, value)}))

    for other in (value - 1, value + 1):
        comparison = drift.compare(known, pd.DataFrame({"flag": np.full(500, other)}))
        assert drift.needs_refit(comparison)
        assert row(comparison, "flag")["distance"] == 1


def test_shift_of_a_frequent_value_is_seen():
    """Nineteen in twenty have the highest value: all tenths of the values are the same."""
    known = drift.reference(pd.DataFrame({"flag": [0.0] * 50 + [1.0] * 950}))

    assert drift.needs_refit(drift.compare(known, pd.DataFrame({"flag": [0.0] * 300 + [1.0] * 700})))


def test_levels_never_seen_before_are_drift():
    earlier = population(1_000, 1)

    comparison = drift.compare(drift.reference(earlier), earlier.assign(channel="Carrier pigeon"))

    assert row(comparison, "channel")["needs_action"]


@pytest.mark.parametrize("n_earlier, n_later", [(0, 100), (100, 0), (0, 0)])
def test_no_rows_are_no_drift(n_earlier, n_later):
    comparison = drift.compare(drift.reference(population(n_earlier, 1)), population(n_later, 2))

    figures = ["distance", "psi", "p_value", "p_value_corrected", "is_changed", "needs_action"]
    assert comparison[figures].isna().all(axis=None)
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
