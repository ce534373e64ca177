import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods.fairness import fairness_by_group, list_fairness
from bank_marketing.methods.intervals import wilson_interval


def people(size: int, seed: int = 1) -> pd.DataFrame:
    """Return people in three groups of different rates, with exactly right probabilities."""
    random = np.random.default_rng(seed)
    group = random.choice(["a", "b", "c"], size)
    probability = np.clip(
        random.uniform(0, 0.6, size) + pd.Series(group).map({"a": 0.0, "b": 0.1, "c": 0.4}).to_numpy(), 0, 1
    )
    return pd.DataFrame(
        {
            "group": group,
            "probability": probability,
            "outcome": (random.uniform(size=size) < probability).astype(int),
            "is_selected": probability > 0.5,
        }
    )


def compare(frame: pd.DataFrame) -> pd.DataFrame:
    table = fairness_by_group(
        frame["outcome"],
        frame["probability"],
        traits={"group_name": frame["group"]},
        selections={"rule": frame["is_selected"]},
    )
    return table.set_index(["group_value", "measure"])


def test_figures_are_those_counted_by_hand():
    frame = people(3000)
    a, rest = frame[frame["group"] == "a"], frame[frame["group"] != "a"]
    table = compare(frame).loc["a"]

    assert table.loc["calibration", "value"] == pytest.approx((a["outcome"] - a["probability"]).mean())
    assert table.loc["selection_rate", "value"] == pytest.approx(a["is_selected"].mean())
    assert table.loc["selection_rate", "rest_value"] == pytest.approx(rest["is_selected"].mean())
    low, high = wilson_interval(a["is_selected"].sum(), len(a))
    assert table.loc["selection_rate", ["value_low", "value_high"]].tolist() == pytest.approx([low, high])
    hits = a[a["outcome"] == 1]
    assert table.loc["true_positive_rate", "n"] == len(hits)
    assert table.loc["true_positive_rate", "value"] == pytest.approx(hits["is_selected"].mean())
    assert table.loc["true_positive_rate", "difference"] == pytest.approx(
        hits["is_selected"].mean() - rest.loc[rest["outcome"] == 1, "is_selected"].mean()
    )


def test_right_probabilities_are_calibrated_in_every_group_though_selection_differs():
    table = compare(people(6000))

    assert not table.xs("calibration", level="measure")["is_distinguishable"].any()
    assert table.loc[("c", "selection_rate"), "difference_low"] > 0.2
    assert table.loc[("a", "selection_rate"), "difference_high"] < -0.1


def test_scores_too_low_for_a_group_are_found():
    frame = people(6000)
    wronged = frame["group"] == "b"
    table = compare(frame.assign(probability=frame["probability"] - 0.1 * wronged))

    assert table.loc[("b", "calibration"), "value"] == pytest.approx(0.1, abs=0.03)
    assert table.loc[("b", "calibration"), "is_distinguishable"]


@pytest.mark.slow
def test_groups_of_chance_are_called_different_as_seldom_as_promised():
    found = 0
    for seed in range(200):
        frame = people(400, seed)
        by_chance = frame.assign(group=np.random.default_rng(seed + 1000).choice(["x", "y", "z"], len(frame)))
        found += compare(by_chance)["is_distinguishable"].any()

    assert found <= 20


def test_missing_group_is_unknown_and_a_small_one_has_no_figures():
    frame = people(1000)
    frame.loc[:99, "group"] = None
    frame.loc[100:110, "group"] = "few"
    table = compare(frame)

    assert table.loc[("unknown", "calibration"), "n"] == 100
    assert np.isfinite(table.loc[("unknown", "selection_rate"), "value"])
    assert table.loc[("few", "selection_rate"), "n"] == 11
    figures = ["value", "value_low", "value_high", "rest_value", "difference", "is_distinguishable"]
    assert table.loc["few", figures].isna().all(axis=None)


def test_one_group_alone_has_figures_but_no_difference():
    table = compare(people(500).assign(group="all"))

    assert table["value"].notna().all()
    assert table[["rest_value", "difference", "is_distinguishable"]].isna().all(axis=None)


@pytest.mark.parametrize("selected", [True, False])
def test_rule_that_selects_everybody_or_nobody_keeps_figures_inside_their_intervals(selected):
    table = compare(people(500).assign(is_selected=selected))

    assert (table["value_low"] <= table["value"]).all()
    assert (table["difference_low"] <= table["difference"]).all()
    assert (table["difference"] <= table["difference_high"]).all()
    assert not table.xs("selection_rate", level="measure")["is_distinguishable"].any()


@pytest.mark.slow
def test_intervals_of_a_difference_hold_the_truth():
    # One trait of two groups and three measures: the joint interval may miss in 5 % of the tables.
    held = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        is_small = random.uniform(size=600) < 0.2
        chosen = random.uniform(size=600) < np.where(is_small, 0.05, 0.15)
        table = fairness_by_group(
            np.ones(600),
            np.ones(600),
            traits={"group_name": np.where(is_small, "small", "large")},
            selections={"rule": chosen},
        ).set_index(["group_value", "measure"])
        row = table.loc[("small", "selection_rate")]
        held += row["difference_low"] <= -0.1 <= row["difference_high"]

    assert held >= 188


def test_a_list_is_compared_with_each_action_and_with_any():
    random = np.random.default_rng(1)
    group = random.choice(["a", "b"], 4_000)
    is_listed = random.random(4_000) < np.where(group == "a", 0.3, 0.1)
    action = np.where(is_listed, np.where(random.random(4_000) < 0.5, "call", "bonus"), None)
    table = list_fairness(action, traits={"group_name": group}, list_name="calls")
    of_a = table[table["group_value"] == "a"].set_index("selection_rule")

    assert set(of_a.index) == {"any", "call", "bonus"} and set(table["list_name"]) == {"calls"}
    assert (
        (of_a["ratio_low"] > 1.25).all() and (of_a["ratio_low"] < 3).all() and (of_a["ratio_high"] > 3).all()
    )


def test_an_empty_list_treats_nobody_otherwise():
    table = list_fairness([None] * 80, traits={"group_name": ["a", "b"] * 40}, list_name="calls")

    assert table["value"].tolist() == [0, 0] and table["ratio"].isna().all()
