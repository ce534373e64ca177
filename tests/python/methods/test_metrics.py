import numpy as np
import pytest
from sklearn import metrics as known

from bank_marketing.methods.metrics import (
    average_precision_interval,
    average_precision_rarer_class,
    brier_score,
    log_loss,
    roc_auc,
    roc_auc_interval,
)


@pytest.fixture(params=[0.1, 0.9])
def rows(request) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes and probabilities with ties."""
    random = np.random.default_rng(1)
    outcome = (random.uniform(size=500) < request.param).astype(int)
    return outcome, np.round(np.clip(outcome * 0.2 + random.uniform(size=500) * 0.8, 0.01, 0.99), 1)


def test_figures_are_those_of_scikit_learn(rows):
    assert roc_auc(*rows) == pytest.approx(known.roc_auc_score(*rows))
    assert log_loss(*rows) == pytest.approx(known.log_loss(*rows))
    assert brier_score(*rows) == pytest.approx(known.brier_score_loss(*rows))


def test_average_precision_is_of_the_rarer_class(rows):
    outcome, probability = rows
    if outcome.mean() > 0.5:
        outcome, probability = 1 - outcome, 1 - probability

    assert average_precision_rarer_class(*rows) == pytest.approx(
        known.average_precision_score(outcome, probability)
    )


def test_wrong_certainty_is_expensive_but_finite():
    assert 30 < log_loss(np.array([1]), np.array([0.0])) < 40


def test_ranking_of_one_class_is_unknown():
    assert np.isnan(roc_auc(np.ones(5), np.linspace(0, 1, 5)))
    assert np.isnan(average_precision_rarer_class(np.zeros(5), np.linspace(0, 1, 5)))


def test_interval_of_roc_auc_is_that_of_delong(rows):
    outcome, probability = rows
    events, others = probability[outcome == 1], probability[outcome == 0]
    # By the definition: what share of the other class each row is ranked right against, ties half.
    right = (events[:, None] > others) + 0.5 * (events[:, None] == others)
    error = np.sqrt(sum(right.mean(axis=axis).var(ddof=1) / right.shape[1 - axis] for axis in (0, 1)))

    value, low, high = roc_auc_interval(outcome, probability)

    assert value == pytest.approx(right.mean()) == pytest.approx(roc_auc(outcome, probability))
    assert (low, high) == pytest.approx((value - 1.959964 * error, value + 1.959964 * error))


@pytest.mark.slow
def test_interval_of_average_precision_is_as_wide_as_resampled_rows_of_scikit_learn_make_it(rows):
    outcome, probability = rows
    random = np.random.default_rng(3)
    drawn = [
        average_precision_rarer_class(outcome[some], probability[some])
        for some in (random.integers(0, 500, 500) for _ in range(1_000))
    ]

    value, low, high = average_precision_interval(
        outcome, probability, resamples=1_000, random=np.random.default_rng(1)
    )

    assert value == average_precision_rarer_class(outcome, probability)
    assert (high - low) / 2 == pytest.approx(1.96 * np.std(drawn), rel=0.1)


def test_interval_of_average_precision_is_the_same_for_any_order_of_rows(rows):
    outcome, probability = rows
    mixed = np.random.default_rng(4).permutation(500)
    found = [
        average_precision_interval(*some, resamples=20, random=np.random.default_rng(1))
        for some in (rows, (outcome[mixed], probability[mixed]))
    ]

    assert found[0] == found[1]


@pytest.mark.parametrize("kind", [0, 1])
def test_a_perfect_ranking_of_few_rows_is_not_certain(kind):
    outcome = np.repeat([0, 1], [30, 10])

    value, low, high = roc_auc_interval(outcome, np.abs(1 - kind - outcome.astype(float)))

    assert value == kind
    assert high - low == pytest.approx(0.278, abs=0.001)


def test_what_an_interval_cannot_be_reckoned_from_has_none():
    assert np.isnan(roc_auc_interval(np.ones(5, dtype=int), np.linspace(0, 1, 5))).all()
    value, *ends = roc_auc_interval(np.array([0, 0, 1, 0]), np.array([0.1, 0.5, 0.4, 0.2]))
    assert value == pytest.approx(2 / 3)
    assert np.isnan(ends).all()
    nothing = average_precision_interval(
        np.zeros(5, dtype=int), np.linspace(0, 1, 5), resamples=9, random=np.random.default_rng(1)
    )
    assert np.isnan(nothing).all()


def test_a_perfect_ranking_of_few_rows_is_not_certain_to_stay_perfect():
    rows = np.array([0, 0, 0, 0, 1, 1, 1]), np.linspace(0, 1, 7)

    by_area = roc_auc_interval(*rows)
    by_precision = average_precision_interval(*rows, resamples=9, random=np.random.default_rng(1))

    # Three of three: Wilson's interval begins at 3 / (3 + 1.96^2).
    assert by_precision == by_area == pytest.approx((1, 0.438, 1), abs=0.001)
