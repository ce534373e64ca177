"""Names say what distinguishes a segment, and stay with it."""

import numpy as np
import pytest

from bank_marketing.segments.names import carry_names, derive_names

WORDS = [("much a", "little a"), ("much b", "little b"), ("much c", "little c")]


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([[2, -1, 0.1], [-2, 1, 0.1]], ["much a, little b", "little a, much b"]),
        ([[2, 1, 0.5], [2, 1, -0.5]], ["much a, much b, much c", "much a, much b, little c"]),
        (
            [[2, 1, 0.5], [2, 1, -0.5], [-2, 1, 0.5]],
            ["much a, much b, much c", "much a, much b, little c", "little a, much b"],
        ),
        ([[0.79, -0.78, 0.69], [-2, 1.5, 1.7]], ["much a, little b, much c", "little a, much c"]),
        ([[2, 1, 0.5], [3, 1, 0.5]], ["much a, much b, much c (1)", "much a, much b, much c (2)"]),
    ],
)
def test_names_take_the_strongest_traits_and_as_many_as_tell_segments_apart(differences, expected):
    assert derive_names(np.array(differences), WORDS) == expected


def test_a_segment_keeps_its_name_whatever_its_number_and_new_name():
    before = np.repeat([0, 1, 2], [50, 30, 20])
    now = np.repeat([2, 0, 1], [48, 34, 18])

    names = carry_names(["x", "y", "z"], now, ["first", "second", "third"], before)

    assert names == ["second", "third", "first"]


def test_matches_are_made_one_to_one_so_that_most_customers_are_in_one():
    # Both new segments are most like the first earlier one.
    before = np.repeat([0, 1], [70, 30])
    now = np.repeat([0, 1, 1], [40, 30, 30])

    assert carry_names(["x", "y"], now, ["first", "second"], before) == ["first", "second"]


def test_a_segment_that_shares_too_few_customers_gets_a_name_of_its_own():
    before = np.repeat([0, 1], [50, 50])
    now = np.repeat([0, 0, 1], [50, 48, 2])

    assert carry_names(["x", "y"], now, ["first", "second"], before) == ["first", "y"]


def test_more_or_fewer_segments_than_before_are_no_obstacle():
    before, now = np.repeat([0, 1], [40, 40]), np.repeat([0, 1, 2], [40, 20, 20])

    assert carry_names(["x", "y", "z"], now, ["first", "second"], before)[:2] == ["first", "second"]
    assert carry_names(["a", "b"], before, ["first", "second", "third"], now) == ["first", "second"]


def test_a_new_name_that_another_segment_carries_gets_a_number():
    before = np.repeat([0, 1], [50, 50])
    now = np.repeat([0, 0, 1], [50, 48, 2])

    assert carry_names(["x", "first"], now, ["first", "second"], before) == ["first", "first (2)"]
