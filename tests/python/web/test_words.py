"""Figures as people read them, and judgements by the stated limits."""

import pytest

from bank_marketing.web import words
from bank_marketing.web.cards import Card
from bank_marketing.web.evidence import and_others, evidence
from bank_marketing.web.limits import Limit, judged

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (1733741.68, "money", "$1.73 m"),
        (-2032.2, "money", f"{MINUS}$2,032"),
        (0.0, "money", "$0"),
        (2e-7, "money", "less than $0.01"),
        (-2e-7, "money", f"more than {MINUS}$0.01"),
        (1e12, "money", "$1 tn"),
        (2.355, "money", "$2.35"),
        (95311.0, "money", "$95.3 k"),
        (999999.0, "money", "$1 m"),
        (0.8832, "percent", "88.3 %"),
        (471, "number", "471"),
        (1234567, "number", "1,234,567"),
        (0.00012, "number", "0.0001"),
        (-0.25, "number", f"{MINUS}0.25"),
        ("2026-11-30T03:48:16", "date", "30 Nov 2026"),
        (16011806, "id", "16011806"),
        ("second_product_offer", "text", "second product offer"),
        (True, "truth", "yes"),
        *(
            (None, kind, words.NOTHING)
            for kind in ("money", "percent", "number", "date", "id", "text", "truth")
        ),
    ],
)
def test_a_value_is_said_as_its_kind_wants_it(value, kind, said):
    assert words.said(value, kind) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (64.97, 1627.2, "$65 to $1,627"),
        (7768, 168_900, "$8 k to $169 k"),
        (-21_700, 3_810_000, f"{MINUS}$0.02 m to $3.81 m"),
        (0, 474_000, "$0 to $474 k"),
        (0.8, 4.77, "$0.80 to $4.77"),
        # That it is above nothing stays visible.
        (2_107, 3_840_000, "$2,107 to $3.84 m"),
    ],
)
def test_both_ends_of_an_interval_have_the_unit_and_digits_of_the_larger(low, high, said):
    assert words.between(low, high, "money") == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ad_spend_usd", "ad spend (USD)"),
        ("baseline_usd_a_day", "baseline USD a day"),
        ("roc_auc", "ROC AUC"),
        ("held_out_r2_gained", "held out R² gained"),
        ("age_years", "age (years)"),
    ],
)
def test_names_are_spelled_for_people(name, said):
    assert words.text(name) == said


def test_thresholds_have_three_digits_and_figures_keep_their_unit():
    assert words.said("at least 0.0984874", "rounded") == "at least 0.0985"
    assert words.said("below 4989.27 and 3", "rounded") == "below 4,989 and 3"
    assert words.unbroken("88 % of 3 kinds, 2 k") == "88\xa0% of 3 kinds, 2\xa0k"
    assert words.unbroken(f"by {MINUS}$2 k") == f"by {MINUS}\u2060$2\xa0k"


def test_an_unknown_currency_has_no_sign():
    assert words.money(95311.4, "unknown") == "95.3 k"
    assert words.between(1, None) == ""


def test_a_card_says_what_changed():
    assert Card("x", 120.0, "money", before=100.0).change == "$20 more than last time"
    assert Card("x", 0.1, "percent", before=0.125).change == "2.5 % less than last time"
    assert Card("x", 5, before=5).change == "as in the last publication"
    assert Card("x", 0.1 + 0.2, "money", before=0.3).change == "as in the last publication"
    assert Card("x", 5).change == ""


LIMITS = [
    Limit("roc_auc%", 0.55, 0.70, 0.98, "assumption"),
    Limit("brier_score%", 0.20, 0.10, 0.005, "assumption"),
    Limit("roc_auc_of_%", None, None, None, "no scale"),
    Limit("customers", 200, 1000, None, "assumption"),
]


@pytest.mark.parametrize(
    ("metric", "value", "word"),
    [
        ("roc_auc", 0.54, "poor"),
        ("roc_auc", 0.55, "fair"),
        ("roc_auc", 0.70, "good"),
        ("roc_auc", 0.98, "suspicious"),
        ("brier_score", 0.21, "poor"),
        ("brier_score", 0.15, "fair"),
        ("brier_score", 0.09, "good"),
        ("brier_score", 0.004, "suspicious"),
        ("roc_auc_of_something", 0.99, ""),
        ("customers", 5000, "good"),
        ("customersX", 5000, ""),
        ("roc_auc", None, ""),
        ("unheard_of", 1.0, ""),
    ],
)
def test_a_metric_is_judged_by_the_longest_pattern_that_fits(metric, value, word):
    assert judged(metric, value, LIMITS).word == word


def test_the_highest_is_told_only_from_what_its_interval_leaves_out():
    rows = [{"a": a, "a_low": a - 1, "a_high": a + 1} for a in (9, 8, 7.5, 3)] + [
        {"a": 1, "a_low": None, "a_high": None}
    ]
    assert and_others(rows[0], rows, "a") == "; it can't be told from 2 others"
    assert and_others(rows[0], rows[3:], "a") == ""
    assert and_others(rows[-1], rows, "a") == ""


def test_what_chance_alone_explains_cant_be_told():
    assert evidence("adjusted").word == "adjusted"
    assert evidence("adjusted", False).word == "can't be told"
    assert evidence("a new kind").word == "a new kind"
