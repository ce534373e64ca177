import numpy as np
import pytest

from bank_marketing.methods.deciles import assign_deciles, decile_cuts, lift_by_decile, lift_groups

pytestmark = pytest.mark.slow


def test_decile_one_holds_the_highest_tenth():
    scores = np.random.default_rng(1).permutation(1000) / 1000

    decile = assign_deciles(scores, decile_cuts(scores))

    assert np.bincount(decile).tolist() == [0, *[100] * 10]
    assert scores[decile == 1].min() > scores[decile == 2].max()


def test_one_row_alone_gets_the_decile_it_has_among_all():
    scores = np.random.default_rng(1).uniform(size=1000)
    cuts = decile_cuts(scores)

    together = assign_deciles(scores, cuts)

    assert [assign_deciles([score], cuts)[0] for score in scores[:50]] == together[:50].tolist()


def test_scores_beyond_the_fit_get_the_outer_deciles():
    cuts = decile_cuts(np.linspace(0.2, 0.8, 100))

    assert assign_deciles([0.0, 1.0], cuts).tolist() == [10, 1]


def test_score_that_equals_a_cut_belongs_to_the_higher_group():
    cuts = np.arange(1, 10) / 10

    assert assign_deciles([0.1, 0.5, 0.9], cuts).tolist() == [9, 5, 1]
    assert assign_deciles(np.nextafter([0.1, 0.5, 0.9], 0), cuts).tolist() == [10, 6, 2]


def test_no_score_has_no_decile():
    decile = assign_deciles([np.nan, 0.95], np.arange(1, 10) / 10)

    assert decile.isna().tolist() == [True, False]
    assert decile[1] == 1


def test_lift_by_hand():
    scores = np.arange(100)
    outcome = (scores >= 85).astype(int)

    lift = lift_by_decile(outcome, scores, decile_cuts(scores))

    assert lift["decile"].tolist() == list(range(1, 11))
    assert lift["events"].tolist() == [10, 5, 0, 0, 0, 0, 0, 0, 0, 0]
    assert np.allclose(lift["lift"][:2], [1 / 0.15, 0.5 / 0.15])
    assert np.allclose(lift["cumulative_gain"][:3], [2 / 3, 1, 1])
    assert (lift["rate_low"] <= lift["rate"]).all()
    assert (lift["rate"] <= lift["rate_high"]).all()


def test_empty_decile_has_no_rate():
    lift = lift_by_decile([0, 1, 1], [0.5, 0.5, 0.9], decile_cuts(np.linspace(0, 1, 100)))

    assert lift["customers"].sum() == 3
    assert lift.loc[lift["customers"] == 0, ["rate", "rate_low", "lift"]].isna().all(axis=None)


def test_deciles_are_one_group_until_the_higher_is_better():
    # The deciles of the real campaign file, in campaign (the fourth is empty) and before contact.
    in_campaign = (
        [732, 926, 845, 0, 637, 936, 324, 639, 549, 22],
        [768, 971, 884, 0, 665, 974, 341, 679, 579, 539],
    )
    before_contact = (
        [718, 545, 957, 463, 470, 436, 910, 453, 231, 427],
        [766, 576, 1004, 483, 539, 504, 1038, 515, 337, 638],
    )

    assert lift_groups(*in_campaign) == ["1 to 9"] * 9 + ["10"]
    assert lift_groups(*before_contact) == ["1 to 4"] * 4 + ["5 to 8"] * 4 + ["9 to 10"] * 2


def test_deciles_that_fall_far_are_groups_of_their_own_and_those_that_rise_are_none():
    customers = [400] * 10

    assert lift_groups([380, 320, 260, 200, 150, 100, 60, 30, 10, 0], customers) == [
        str(decile) for decile in range(1, 11)
    ]
    assert lift_groups([0, 10, 30, 60, 100, 150, 200, 260, 320, 380], customers) == ["1 to 10"] * 10


def test_noise_makes_groups_in_one_table_of_twenty_at_most():
    random = np.random.default_rng(1)
    tables = random.binomial(200, 0.2, size=(80, 10))

    found = sum(len(set(lift_groups(events, [200] * 10))) > 1 for events in tables)

    assert found <= 4


def test_empty_deciles_belong_to_the_group_above_and_the_first_to_the_one_below():
    assert lift_groups([0, 90, 0, 10], [0, 100, 0, 100]) == ["1 to 3", "1 to 3", "1 to 3", "4"]
    assert lift_groups([0] * 10, [0] * 10) == ["1 to 10"] * 10
