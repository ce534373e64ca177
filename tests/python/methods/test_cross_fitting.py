from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import StratifiedKFold
from sklearn.tree import DecisionTreeClassifier

from bank_marketing.methods import cross_fitting
from bank_marketing.methods.cross_fitting import (
    CrossFit,
    cross_fit,
    cross_validation_metrics,
    forward_metrics,
    scoring_models,
    without_pairs,
)
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.effects import permutation_importance, standardised_log_odds
from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.metrics import (
    average_precision_rarer_class,
    brier_score,
    log_loss,
    roc_auc,
    roc_auc_interval,
)
from bank_marketing.methods.propensity import (
    default_candidates,
    fit_candidate,
    fit_propensity,
    predict_propensity,
    prepare_features,
)

pytestmark = pytest.mark.slow

RANKINGS = (roc_auc, average_precision_rarer_class)
DEPTH = replace(DEPTHS["quick"], repeats=2, folds=4, inner_folds=2, permutations=2, resamples=50)
CANDIDATES = {
    name: pipeline
    for name, pipeline in default_candidates(["x", "noise"], [], seed=1).items()
    if name == "logistic_regression"
}


@pytest.fixture(scope="module")
def rows() -> tuple[pd.DataFrame, np.ndarray]:
    random = np.random.default_rng(1)
    features = pd.DataFrame(random.normal(size=(1200, 2)), columns=["x", "noise"])
    probability = 1 / (1 + np.exp(-1.5 * features["x"]))
    return features, (random.uniform(size=1200) < probability).to_numpy(dtype=int)


@pytest.fixture(scope="module")
def crossed(rows) -> CrossFit:
    return cross_fit(*rows, CANDIDATES, depth=DEPTH, seed=1)


def test_rows_of_the_fit_are_scored_by_the_model_of_their_fold_and_others_by_the_final_one():
    parts = scoring_models(
        [7, 1, 2, 3], seen_keys=[3, 2, 1], folds=[0, 1, 0], fold_models=["first", "second"], final_model="all"
    )

    assert [(model, rows.tolist(), was_in_fit) for model, rows, was_in_fit in parts] == [
        ("all", [True, False, False, False], False),
        ("first", [False, True, False, True], True),
        ("second", [False, False, True, False], True),
    ]


def test_every_row_is_left_out_once_in_every_repeat(crossed):
    assert crossed.fold.shape == (1200, 2)
    assert np.bincount(crossed.fold[:, 0]).tolist() == [300] * 4
    assert (crossed.fold[:, 0] != crossed.fold[:, 1]).any()


def test_probabilities_are_those_of_the_model_that_left_the_row_out(rows, crossed):
    features, _ = rows
    for fold, model in enumerate(crossed.models):
        left_out = crossed.fold[:, 0] == fold
        assert np.array_equal(predict_propensity(model, features[left_out]), crossed.probability[left_out, 0])


def test_outcomes_of_a_fold_change_nothing_that_its_rows_are_told(rows, monkeypatch):
    features, outcome = rows
    folds = np.arange(len(outcome)) % DEPTH.folds
    monkeypatch.setattr(cross_fitting, "stratified_folds", lambda outcome, count, seed: folds)
    out = folds == 1
    others = np.where(out, 1 - outcome, outcome)
    before, after = (
        cross_fit(features, of_rows, CANDIDATES, depth=DEPTH, seed=1).probability
        for of_rows in (outcome, others)
    )

    assert np.array_equal(before[out], after[out])
    assert not (before[~out] == after[~out]).any()


def test_what_a_choice_rests_on_has_seen_neither_of_two_folds(rows):
    features, outcome = rows
    folds = np.arange(len(outcome)) % 3
    (candidate,) = CANDIDATES.values()
    found = without_pairs(candidate, features, outcome, folds)

    alone = fit_candidate(candidate, features[folds == 2], outcome[folds == 2])
    expected = alone.predict_proba(features)[:, 1]
    assert np.allclose(found[folds == 0, 1], expected[folds == 0])
    assert np.allclose(found[folds == 1, 0], expected[folds == 1])
    assert np.isnan(found[np.arange(len(outcome)), folds]).all() and np.isnan(found).sum() == len(outcome)


def test_intervals_of_a_cross_validation_hold_the_truth_as_often_as_they_say():
    # Few events and a weak signal: most of what differs between files is the share of events, which
    # stratified folds hold fixed.
    random = np.random.default_rng(1)
    depth = replace(DEPTHS["quick"], repeats=1, folds=5, inner_folds=2, permutations=1, resamples=2)

    def draw(size: int) -> tuple[np.ndarray, np.ndarray]:
        probability = 1 / (1 + np.exp(2.2 - 0.6 * random.normal(size=size)))
        return (random.uniform(size=size) < probability).astype(int), probability

    population = draw(500_000)
    truth = pd.Series(
        {
            "log_loss": log_loss(*population),
            "brier_score": brier_score(*population),
            "roc_auc": roc_auc(*population),
        }
    )
    held = []
    for repeat in range(80):
        outcome, probability = draw(500)
        fold = np.empty(500, dtype=int)
        splitter = StratifiedKFold(5, shuffle=True, random_state=repeat)
        for number, (_, test) in enumerate(splitter.split(outcome, outcome)):
            fold[test] = number
        crossed = CrossFit(probability[:, None], fold[:, None], models=[])
        metrics = cross_validation_metrics(outcome, crossed, depth=depth, seed=1)
        metrics = metrics.set_index("metric").loc[truth.index]
        held.append((metrics["value_low"] <= truth) & (truth <= metrics["value_high"]))

    assert (pd.concat(held, axis=1).mean(axis=1) > 0.9).all()


def test_intervals_of_rankings_are_as_wide_as_files_differ_whatever_the_folds():
    random = np.random.default_rng(1)

    def draw() -> tuple[np.ndarray, np.ndarray]:
        probability = 1 / (1 + np.exp(2.2 - 1.1 * random.normal(size=2_000)))
        return (random.uniform(size=2_000) < probability).astype(int), probability

    files = [draw() for _ in range(200)]
    right = {metric.__name__: 1.96 * np.std([metric(*file) for file in files]) for metric in RANKINGS}
    outcome, probability = draw()
    depth = replace(DEPTHS["quick"], repeats=2, folds=3, inner_folds=2, permutations=1, resamples=200)
    for seed in range(4):
        fold = np.column_stack([stratified_folds(outcome, 3, seed=2 * seed + repeat) for repeat in (0, 1)])
        crossed = CrossFit(np.column_stack([probability] * 2), fold, models=[])
        metrics = cross_validation_metrics(outcome, crossed, depth=depth, seed=seed).set_index("metric")
        half = (metrics["value_high"] - metrics["value_low"]) / 2
        assert half[list(right)].to_dict() == pytest.approx(right, rel=0.2)


def test_rankings_are_of_predictions_averaged_over_the_repeats(rows, crossed):
    _, outcome = rows
    metrics = cross_validation_metrics(outcome, crossed, depth=DEPTH, seed=1).set_index("metric")

    assert tuple(metrics.loc["roc_auc", ["value", "value_low", "value_high"]]) == pytest.approx(
        roc_auc_interval(outcome, crossed.probability.mean(axis=1))
    )


def test_metrics_are_means_over_folds(rows, crossed):
    _, outcome = rows
    metrics = cross_validation_metrics(outcome, crossed, depth=DEPTH, seed=1).set_index("metric")
    by_fold = [
        np.mean((crossed.probability[part, repeat] - outcome[part]) ** 2)
        for repeat in range(2)
        for part in (crossed.fold[:, repeat] == fold for fold in range(4))
    ]

    assert metrics.loc["brier_score", "value"] == pytest.approx(np.mean(by_fold))
    assert (metrics["n"] == 1200).all()
    assert (metrics["value_low"] <= metrics["value"]).all()
    assert (metrics["value"] <= metrics["value_high"]).all()


def test_every_candidate_is_judged_on_the_same_held_out_rows(rows, crossed):
    _, outcome = rows
    metrics = cross_validation_metrics(outcome, crossed, depth=DEPTH, seed=1).set_index("metric")["value"]

    assert set(crossed.by_candidate) == set(CANDIDATES)
    for name, probability in crossed.by_candidate.items():
        assert metrics[f"log_loss_of_{name}"] == pytest.approx(
            np.mean([log_loss(outcome, column) for column in probability.T])
        )
        # The winner of each fold is one of them: none can be much worse than the winner's figure.
        assert (np.isclose(probability, crossed.probability)).any() or len(CANDIDATES) > 1


def test_noise_is_no_better_than_chance(rows):
    features, outcome = rows
    shuffled = np.random.default_rng(2).permutation(outcome)
    crossed = cross_fit(features, shuffled, CANDIDATES, depth=DEPTH, seed=1)
    auc = cross_validation_metrics(shuffled, crossed, depth=DEPTH, seed=1).set_index("metric").loc["roc_auc"]

    assert auc["value"] == pytest.approx(0.5, abs=0.05)


def test_forward_split_shows_a_relation_that_ended(rows):
    features, outcome = rows
    order = np.random.default_rng(3).permutation(len(outcome))
    late = order >= 0.8 * len(outcome)
    ended = np.where(late, np.random.default_rng(4).integers(0, 2, len(outcome)), outcome)

    figures = {
        name: forward_metrics(features, labels, order, CANDIDATES, depth=DEPTH, seed=1)[0].set_index("metric")
        for name, labels in {"goes on": outcome, "ended": ended}.items()
    }

    assert figures["goes on"].loc["roc_auc", "value"] > 0.75
    assert figures["ended"].loc["roc_auc", "value_low"] < 0.5
    assert (figures["ended"]["n"] == 240).all()


def test_forward_split_with_one_class_in_the_last_part_has_no_ranking(rows):
    features, outcome = rows
    order = np.argsort(np.argsort(outcome, kind="stable"), kind="stable")
    metrics, last, _ = forward_metrics(features, outcome, order, CANDIDATES, depth=DEPTH, seed=1)

    assert set(last) == {1}
    assert metrics.set_index("metric").loc["roc_auc", ["value", "value_low", "value_high"]].isna().all()


def test_forward_split_without_enough_early_rows_is_left_out(rows):
    features, outcome = rows
    metrics, last, probability = forward_metrics(
        features[:110], outcome[:110], np.arange(110), CANDIDATES, depth=DEPTH, seed=1
    )

    assert len(metrics) == len(last) == len(probability) == 0
    assert list(metrics.columns) == ["split", "metric", "value", "value_low", "value_high", "n"]


def test_importance_tells_the_planted_feature_from_noise(rows, crossed):
    features, outcome = rows
    importance = permutation_importance(features, outcome, crossed, depth=DEPTH, seed=1).set_index("feature")

    assert importance.loc["x", "value_low"] > 0.1
    assert importance.loc["noise", "value_low"] <= 0 <= importance.loc["noise", "value_high"]


def test_importance_of_what_was_only_learned_by_heart_is_none():
    # Trees that know their training rows by heart lean on noise: shuffling it there costs much, and elsewhere
    # nothing.
    random = np.random.default_rng(1)
    features = pd.DataFrame(random.normal(size=(1000, 2)), columns=["noise", "more_noise"])
    outcome = random.integers(0, 2, 1000)
    fold = np.arange(1000) % DEPTH.folds
    models, probability = [], np.empty(1000)
    for number in range(DEPTH.folds):
        seen = fold != number
        tree = DecisionTreeClassifier(random_state=1).fit(features[seen], outcome[seen])
        models.append({"models": [tree], "calibrator": {"kind": "none"}})
        probability[~seen] = predict_propensity(models[-1], features[~seen])
    crossed = CrossFit(probability[:, None], fold[:, None], models)

    importance = permutation_importance(features, outcome, crossed, depth=DEPTH, seed=1)

    assert ((importance["value_low"] <= 0) & (importance["value_high"] >= 0)).all()


def levels(
    size: int, shares: dict[str, float], log_odds: dict[str, float]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a feature of levels and outcomes with the planted log-odds of each level."""
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"kind": random.choice(list(shares), size, p=list(shares.values()))})
    probability = 1 / (1 + np.exp(-frame["kind"].map(log_odds)))
    return prepare_features(frame, [], ["kind"]), (random.uniform(size=size) < probability).to_numpy(int)


def test_log_odds_of_a_level_are_against_the_largest_one_as_exact_as_the_data_tell():
    features, outcome = levels(8000, {"a": 0.3, "b": 0.5, "c": 0.2}, {"a": 1, "b": -1, "c": -1})
    candidates = default_candidates([], ["kind"], seed=1)
    model = fit_propensity(
        features,
        outcome,
        {"logistic_regression": candidates["logistic_regression"]},
        inner_folds=2,
        seed=1,
    )

    effects = standardised_log_odds(model, features).set_index("feature")

    table = pd.crosstab(features["kind"], outcome)
    raw = np.log(table[1] / table[0])
    error = np.sqrt((1 / table).sum(axis=1))
    assert list(effects.index) == ["kind: a against b", "kind: c against b"]
    for level in "ac":
        effect = effects.loc[f"kind: {level} against b"]
        # Two intervals hold together, hence 2.24 standard errors and not 1.96.
        half = 2.2414 * np.hypot(error[level], error["b"])
        assert effect["value"] == pytest.approx(raw[level] - raw["b"], abs=0.01)
        assert effect["value_high"] - effect["value"] == pytest.approx(half, rel=0.02)


def test_log_odds_hold_the_planted_one(rows):
    features, outcome = rows
    model = fit_propensity(features, outcome, CANDIDATES, inner_folds=2, seed=1)
    effects = standardised_log_odds(model, features).set_index("feature")

    planted = 1.5 * features["x"].std()
    assert effects.loc["x", "value_low"] < planted < effects.loc["x", "value_high"]
    assert effects.loc["noise", "value_low"] < 0 < effects.loc["noise", "value_high"]
    assert (effects["kind"] == "standardised_log_odds").all()
