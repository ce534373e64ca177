import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods.shared_terms import (
    fit_shared_terms,
    log_odds,
    log_odds_errors,
    without_errors,
)


def logged(rows: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, np.ndarray]:
    """Return traits, arms, whether much was spent, and the true log-odds of what was given."""
    random = np.random.default_rng(seed)
    traits = pd.DataFrame({"age": random.uniform(20, 70, rows), "gender": random.choice(["F", "M"], rows)})
    arms = pd.DataFrame(
        {"type": random.choice(["a", "b"], rows), "channel": random.choice(["x", "y", "z"], rows)}
    )
    is_above = random.random(rows) < 0.5
    suits = (arms["type"] == "b") & (traits["age"] > 45)
    return traits, arms, is_above, (0.3 + suits - (arms["channel"] == "x") + 0.5 * is_above).to_numpy()


@pytest.fixture(scope="module")
def fitted() -> tuple[dict, pd.DataFrame]:
    traits, arms, is_above, truth = logged(8_000)
    outcome = np.random.default_rng(2).random(8_000) < 1 / (1 + np.exp(-truth))
    return fit_shared_terms(traits, arms, is_above, outcome), traits


def test_what_suits_whom_is_found(fitted):
    model, _ = fitted
    two = pd.DataFrame({"age": [25.0, 65.0], "gender": ["F", "F"]})
    odds, error = log_odds(model, two), log_odds_errors(model, two)

    truth = np.full((2, 2, 3, 2), 0.3)
    truth[1, 1] += 1
    truth[:, :, 0] -= 1
    truth[..., 1] += 0.5
    assert np.abs(odds - truth).max() < 0.45
    assert (np.abs(odds - truth) < 1.96 * error).mean() > 0.9


def test_errors_are_those_of_the_whole_design(fitted):
    """By laying out one combination, column by column, and multiplying with the covariance."""
    model, traits = fitted
    some = traits.head(3)
    base, *_ = np.split(np.arange(model["ends"][-1]), model["ends"][:-1])
    assert len(base) == 1 + 9 + 1
    cuts = model["basis"]["cuts"]["age"]
    values = np.column_stack([*(some["age"] >= cut for cut in cuts), some["gender"] == "M"]).astype(float)
    shared = np.hstack([np.ones((3, 1)), values - model["basis"]["centre"]])
    design = np.zeros((3, int(model["ends"][-1])))
    # Type b, channel x, above the step; the blocks are: traits, step, types a and b, channels x, y and z.
    starts = [0, *model["ends"]]
    for block, columns in ((0, shared), (1, np.ones((3, 1))), (3, shared), (4, shared)):
        design[:, starts[block] : starts[block + 1]] = columns
    covariance = model["root"] @ model["root"].T

    expected = np.sqrt(np.einsum("ij,jk,ik->i", design, covariance, design))
    assert log_odds_errors(model, some)[:, 1, 0, 1] == pytest.approx(expected)
    assert log_odds(model, some)[:, 1, 0, 1] == pytest.approx(design @ model["coefficients"])


def test_an_arm_that_two_customers_had_is_known_worse_than_others():
    traits, arms, is_above, truth = logged(400)
    arms.loc[[0, 1], "channel"] = "rare"
    outcome = np.random.default_rng(3).random(400) < 1 / (1 + np.exp(-truth))
    model = fit_shared_terms(traits, arms, is_above, outcome)

    of_rare = log_odds_errors(model, traits)[:, 0, 0, 0]
    assert of_rare.mean() > 1.2 * log_odds_errors(model, traits)[:, 0, 1, 0].mean()


def test_an_unknown_word_counts_as_the_first_and_a_missing_number_as_average(fitted):
    model, _ = fitted
    strangers = pd.DataFrame({"age": [np.nan], "gender": ["M"]})
    odds = log_odds(without_errors(model), strangers)

    assert np.isfinite(odds).all()
    assert log_odds(model, strangers.assign(gender="?")) == pytest.approx(
        log_odds(model, pd.DataFrame({"age": [np.nan], "gender": ["F"]}))
    )


def test_nobody_is_scored_as_nobody(fitted):
    model, traits = fitted

    assert log_odds(model, traits.head(0)).shape == (0, 2, 3, 2)
    assert log_odds_errors(model, traits.head(0)).shape == (0, 2, 3, 2)
