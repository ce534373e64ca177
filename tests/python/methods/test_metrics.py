import numpy as np
import pytest
from sklearn import metrics as known

from bank_marketing.methods.metrics import average_precision_rarer_class, brier_score, log_loss, roc_auc


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
