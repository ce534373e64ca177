"""What leaving a trait out costs: a planted need is found, a trait without one is nearly free."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from bank_marketing.fitting.trait_costs import classifier_trait_costs, is_top
from bank_marketing.methods.cross_fitting import cross_fit
from bank_marketing.methods.depths import DEPTHS

DEPTH = replace(DEPTHS["full"], folds=3, inner_folds=2)
COLUMNS = ["gender", "age_years", "products"]


class Unfittable(LogisticRegression):
    def fit(self, *_):
        raise AssertionError("What no fold chose was fitted.")


class OfProducts(LogisticRegression):
    """Sees one column, and says too little of it, so that a calibration is chosen."""

    def fit(self, features, outcome):
        return super().fit(features[["products"]], outcome)

    def predict_proba(self, features):
        return 0.25 + super().predict_proba(features[["products"]]) / 2


def costs(depth=DEPTH) -> pd.DataFrame:
    """Return the costs for an outcome that follows age most, products, and gender not at all."""
    random = np.random.default_rng(1)
    features = pd.DataFrame(random.normal(size=(3_000, 3)), columns=COLUMNS)
    chance = 1 / (1 + np.exp(2 - 1.5 * features["age_years"] - 0.5 * features["products"]))
    outcome = (random.random(3_000) < chance).astype(np.int64).to_numpy()
    candidates = {"logistic_regression": LogisticRegression()}
    crossed = cross_fit(features, outcome, candidates, depth=depth, seed=1)
    costs = classifier_trait_costs(
        lambda names: (features.drop(columns=list(names)), candidates | {"lost": Unfittable()}),
        COLUMNS,
        outcome,
        crossed,
        depth=depth,
    )
    return costs.set_index("left_out")


@pytest.mark.slow
def test_a_trait_that_tells_the_outcome_costs_and_one_that_does_not_is_free():
    found = costs()

    assert (
        list(found.index) == ["gender", "age", "all"] and found.loc["all", "made_of"] == "gender, age_years"
    )
    assert found.loc["age", "log_loss_increase_low"] > 0.05 and found.loc["age", "events_lost_low"] > 10
    assert found.loc["gender", "log_loss_increase_high"] < 0.002
    assert found.loc["all", "log_loss_increase"] == pytest.approx(
        found.loc["age", "log_loss_increase"], abs=0.003
    )


def test_a_trait_that_the_model_does_not_use_costs_nothing_at_all():
    random = np.random.default_rng(2)
    features = pd.DataFrame(random.normal(size=(600, 3)), columns=COLUMNS)
    outcome = (
        (random.random(600) < 1 / (1 + np.exp(1 - 3 * features["products"]))).astype(np.int64).to_numpy()
    )
    candidates = {"of_products": OfProducts()}
    crossed = cross_fit(features, outcome, candidates, depth=DEPTH, seed=1)
    assert {model["calibration"] for model in crossed.models} != {"none"}

    found = classifier_trait_costs(
        lambda names: (features.drop(columns=list(names)), candidates),
        COLUMNS,
        outcome,
        crossed,
        depth=DEPTH,
    )

    assert found[["log_loss_increase", "log_loss_increase_high", "events_lost"]].eq(0).all(axis=None)


def test_at_quick_depth_nothing_is_refitted_and_that_is_said():
    found = costs(replace(DEPTH, has_slow_candidates=False, repeats=1))

    assert found.filter(like="lo").drop(columns="log_loss").isna().all(axis=None)
    assert found["log_loss"].notna().all() and found["message"].str.contains("depth full").all()


def test_a_tenth_is_a_tenth_whatever_the_ties():
    random = np.random.default_rng(1)
    for probability in (random.random(995), random.integers(0, 4, 995) / 4, np.full(7, 0.2)):
        top = is_top(probability)
        assert top.sum() == pytest.approx(len(probability) / 10)
        assert top[probability == probability.max()].min() > 0
