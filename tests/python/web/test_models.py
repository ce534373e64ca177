"""Models: metrics beside the simplest candidate, judged by the stated limits, and cards in readable parts."""

import pytest

from bank_marketing.web.asked import Asked
from bank_marketing.web.pages import models

NEVER = Asked()


def test_metrics_stand_beside_the_simplest_candidate(opened):
    rows = {
        (row["metric"], row["split"]): row
        for row in models.metrics(opened, Asked({"model": "retention"})).rows
    }
    auc = rows["roc_auc", "cross_validation"]

    assert auc["baseline"] == "logistic_regression"
    assert auc["baseline_value"] < auc["value"]
    assert not [metric for metric, _ in rows if "_of_logistic_regression" in metric]


def test_metrics_are_judged_by_the_published_limits(opened, altered):
    asked = Asked({"model": "retention"})
    judged = {row["metric"]: row["judgement"] for row in models.metrics(opened, asked).rows}
    assert judged["roc_auc"] == "good"

    strict = altered(
        "update campaigns.metric_limits set minimal = 0.99, good = 0.999 where metric = 'roc_auc%'"
    )
    assert {card.judgement.word for card in models.health(strict, NEVER) if "ROC AUC" in card.label} == {
        "poor"
    }


def test_the_newest_customers_are_in_the_title_and_on_the_card(altered):
    """A model may hold by cross-validation and fail on whoever came last."""
    opened = altered(
        "update evaluation.calibration_curves set predicted = 0.5, observed_low = split = 'forward'"
        ", observed_high = 1 where model_name = 'retention'",
        "update evaluation.model_metrics set value = 0.6, value_low = 0.58, value_high = 0.62"
        " where model_name = 'retention' and metric = 'roc_auc' and split = 'forward'",
    )
    figure = models.calibration(opened, Asked({"model": "retention"}))
    (card,) = [one for one in models.health(opened, NEVER) if one.label.startswith("Retention")]
    own, newest = (
        sum(row["split"] == split for row in figure.rows) for split in ("cross_validation", "forward")
    )

    assert f"by cross-validation in {own} of {own} group" in figure.finding
    assert f"of the newest customers in 0 of {newest} group" in figure.finding
    assert card.judgement.word == "good"
    assert card.note.endswith("; of the newest 0.600 (0.580 to 0.620), fair")


def test_every_model_can_be_chosen(client, opened):
    known = models.names(opened, NEVER)
    assert len(known) > 5
    for name in known:
        assert client.get(f"/models?model={name}").status_code == 200


def test_groups_that_chance_explains_are_not_counted(opened):
    figure = models.fairness(opened, Asked({"model": "retention"}))
    told = [row for row in figure.rows if row["difference_low"] > 0 or row["difference_high"] < 0]

    assert figure.rows
    assert figure.finding.startswith(f"{len(told)} of {len(figure.rows)} group")


@pytest.mark.parametrize(
    ("card", "parts"),
    [
        (
            "# A\n\n- one\n- two\n\nSaid\nso.",
            [("heading", ["A"]), ("points", ["one", "two"]), ("text", ["Said", "so."])],
        ),
        ("Lead:\n- one", [("text", ["Lead:"]), ("points", ["one"])]),
        ("\n\n", []),
    ],
)
def test_a_card_is_laid_out(card, parts):
    assert models.blocks(card) == parts


def test_drift_that_wants_an_action_comes_first(altered):
    opened = altered("update operations.drift_monitor set needs_action = true where subject = 'balance'")

    assert models.drift(opened, NEVER).rows[0]["subject"] == "balance"
