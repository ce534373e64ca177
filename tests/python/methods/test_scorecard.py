import numpy as np
import pandas as pd
import pytest

from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.methods.scorecard import PointsScorecard, in_words


def by_hand() -> tuple[pd.DataFrame, np.ndarray]:
    """Return 400 rows: spend above 20, age up to 40 and channel b or c earn a point, and points decide."""
    spend, age, channel = (
        values.ravel() for values in np.meshgrid([10, 20, 30, 40], [30, 40, 50, 60, 70], list("abcd"))
    )
    frame = pd.DataFrame({"spend": spend.astype(float), "age": age.astype(float), "channel": channel})
    frame = pd.concat([frame] * 5, ignore_index=True).astype({"channel": object})
    points = (
        (frame["spend"] > 20).astype(int)
        + (frame["age"] <= 40).astype(int)
        + frame["channel"].isin(["b", "c"])
    )
    return frame, (points >= 2).to_numpy(dtype=int)


def test_scorecard_of_a_hand_made_frame():
    frame, outcome = by_hand()

    card = PointsScorecard().fit(frame, outcome)

    assert [in_words(cut) for cut in card.cuts_] == [
        "spend above 20",
        "age at most 40",
        "channel is b or c",
    ]
    # Of 4 x 5 x 4 kinds of rows, 2 x 3 x 2 earn nothing and 2 x 2 x 2 everything.
    assert card.rows_.tolist() == [60, 160, 140, 40]
    assert card.probability_ == pytest.approx([0.5 / 400, 0.5 / 400, 1 - 0.5 / 400, 1 - 0.5 / 400])
    assert card.predict_proba(frame)[:, 1] == pytest.approx(outcome, abs=0.01)


def test_missing_value_and_unseen_level_earn_no_point():
    card = PointsScorecard().fit(*by_hand())
    odd = pd.DataFrame({"spend": [np.nan, 50], "age": [35, np.nan], "channel": ["never seen", "b"]})

    assert card.points(odd).tolist() == [1, 2]


def test_missing_values_in_training_tell_nothing_of_the_cut():
    frame, outcome = by_hand()
    lacking = pd.concat([frame, frame.assign(spend=np.nan)], ignore_index=True)

    card = PointsScorecard().fit(lacking, np.concatenate([outcome, 1 - outcome]))

    assert in_words(next(cut for cut in card.cuts_ if cut["feature"] == "spend")) == "spend above 20"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(999.6, 1003.2, "1000"), (0.0923, 0.0931, "0.093"), (1.0, 2.0, "1"), (-7.0, 3.0, "0")],
)
def test_cut_is_the_roundest_number_that_parts_the_same_rows(low, high, said):
    frame = pd.DataFrame({"x": np.repeat([low, high], 50)})

    card = PointsScorecard().fit(frame, np.repeat([0, 1], 50))

    assert in_words(card.cuts_[0]) == f"x above {said}"


@pytest.mark.slow
def test_noise_earns_points_as_seldom_as_promised():
    random = np.random.default_rng(1)
    with_points = 0
    for _ in range(200):
        frame = pd.DataFrame(random.uniform(size=(400, 6)), columns=list("abcdef"))
        frame["kind"] = random.choice(list("pqrs"), 400).astype(object)
        card = PointsScorecard().fit(frame, (random.uniform(size=400) < 0.2).astype(int))
        with_points += len(card.cuts_) > 0

    assert with_points <= 20


@pytest.mark.parametrize("outcome", [np.zeros(100), np.ones(100), np.arange(100) % 2])
def test_without_a_signal_everybody_has_the_share_of_events(outcome):
    frame = pd.DataFrame(
        {"constant": np.ones(100), "empty": np.nan, "level": np.full(100, "a", dtype=object)}
    )

    card = PointsScorecard().fit(frame, outcome)

    assert card.cuts_ == []
    assert card.predict_proba(frame)[:, 1] == pytest.approx(np.clip(outcome.mean(), 0.005, 0.995))


def test_probability_rises_with_the_points():
    random = np.random.default_rng(3)
    frame = pd.DataFrame(random.uniform(size=(3000, 6)), columns=list("abcdef"))
    outcome = random.uniform(size=3000) < 0.1 + 0.12 * (frame > 0.5).sum(axis=1)

    card = PointsScorecard().fit(frame, outcome)

    assert len(card.cuts_) == 6
    assert (np.diff(card.probability_) >= 0).all()


def test_stored_scorecard_scores_the_same():
    frame, outcome = by_hand()
    card = PointsScorecard().fit(frame, outcome)

    stored = load_artefact(dump_artefact({"card": card}))["card"]

    assert np.array_equal(stored.predict_proba(frame), card.predict_proba(frame))
