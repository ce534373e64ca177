"""Names of segments: what distinguishes a group, and how a group keeps its name when it is fitted anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

LEAST_TRAITS, MOST_TRAITS = 2, 3
# A trait this near the strongest one of its segment says as much of it, and is named too.
NEAR_STRONGEST = 0.8
# Two groups are the same if they share this much of the customers who are in either.
SAME_GROUP = 1 / 3


def derive_names(differences: np.ndarray, words: Sequence[tuple[str, str]]) -> list[str]:
    """Name segments by the traits in which they differ most from the average customer.

    Each name holds the two strongest traits, and the third if it is within 20 % of the strongest; where two
    segments share a name, as many more as it takes to tell them apart. If all traits don't, a number does.

    Parameters
    ----------
    differences : ndarray of shape (k, n_traits)
        Standardised difference of each segment from the average.
    words : sequence of (str, str), length n_traits
        What much and what little of each trait is called.

    Returns
    -------
    list of str, length k
        Different names.
    """
    strength = np.abs(differences)
    strongest = np.argsort(-strength, axis=1, kind="stable")
    near = (strength >= NEAR_STRONGEST * strength.max(axis=1, keepdims=True)).sum(axis=1)
    lengths = np.clip(near, LEAST_TRAITS, MOST_TRAITS)
    while True:
        names = pd.Series(
            [
                ", ".join(words[trait][0 if segment[trait] > 0 else 1] for trait in sorted(order[:length]))
                for segment, order, length in zip(differences, strongest, lengths, strict=True)
            ]
        )
        can_be_longer = names.duplicated(keep=False).to_numpy() & (lengths < len(words))
        if not can_be_longer.any():
            return _number_equal(names.tolist(), [])
        lengths = lengths + can_be_longer


def carry_names(
    new: Sequence[str], number: np.ndarray, earlier: Sequence[str], earlier_number: np.ndarray
) -> list[str]:
    """Give segments the names that they had in an earlier version, by the customers whom both were made of.

    Segments are matched one to one so that as many customers as possible are in matched ones (Kuhn 1955, the
    Hungarian method). A match counts if the two share a third of the customers who are in either.

    Parameters
    ----------
    new : sequence of str, length k
        Names that the segments would have by themselves.
    number : ndarray of int, shape (n,)
        Segment of each customer, from 0.
    earlier : sequence of str
        Names in the earlier version.
    earlier_number : ndarray of int, shape (n,)
        Segment of the same customers by the earlier version.

    Returns
    -------
    list of str, length k
        Earlier names where a match counts, else the new ones, numbered where an earlier one is the same.
    """
    both = np.zeros((len(new), len(earlier)))
    np.add.at(both, (number, earlier_number), 1)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
    carried = {
        int(row): earlier[column]
        for row, column in zip(*linear_sum_assignment(-both), strict=True)
        if both[row, column] >= SAME_GROUP * max(either[row, column], 1)
    }
    fresh = iter(
        _number_equal([name for place, name in enumerate(new) if place not in carried], list(earlier))
    )
    return [carried[place] if place in carried else next(fresh) for place in range(len(new))]


def _number_equal(names: list[str], taken: list[str]) -> list[str]:
    """Add numbers to names that are taken or that others have, too."""
    used, numbered = set(taken), []
    for name in names:
        count, free = 1, f"{name} (1)" if names.count(name) > 1 else name
        while free in used:
            count += 1
            free = f"{name} ({count})"
        used.add(free)
        numbered.append(free)
    return numbered
