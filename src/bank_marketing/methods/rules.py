"""Segments by rules: customers above or below stored cuts, in words that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

# With as many customers, 19 times in 20 a median parts off 40 to 60 % of those who will come; a cut learned
# from one customer is that customer's own value.
LEAST_TO_CUT = 100
# A segment of fewer is no group that anybody plans for; profiles test no mean of fewer either.
LEAST_OF_A_SEGMENT = 20
ALL_CUSTOMERS = "all customers"


@dataclass(frozen=True)
class Rule:
    """One segment and who is in it.

    Parameters
    ----------
    name : str
        Name of the segment; several rules may share one.
    is_above : mapping of str to bool
        For each trait that counts, whether its value must lie above the trait's cut or not.
    """

    name: str
    is_above: Mapping[str, bool]


RuleSet = tuple[Rule, ...]


def split(behaviours: Iterable[tuple[str, Mapping[str, bool]]], trait: str, high: str, low: str) -> RuleSet:
    """Part each behaviour into customers with much and with little of a further trait.

    Parameters
    ----------
    behaviours : iterable of (str, mapping of str to bool)
        Name and conditions of each, as for `Rule`.
    trait : str
        Trait whose cut parts them.
    high, low : str
        What the names of the two end with.

    Returns
    -------
    tuple of Rule
        Two for each behaviour.
    """
    return tuple(
        Rule(name + ending, {**conditions, trait: is_high})
        for name, conditions in behaviours
        for ending, is_high in ((high, True), (low, False))
    )


def traits_of(rules: RuleSet) -> set[str]:
    """Return the traits that some rule looks at."""
    return {trait for rule in rules for trait in rule.is_above}


def parting_traits(frame: pd.DataFrame, quantiles: Mapping[str, float]) -> set[str]:
    """Return the traits that part customers at their cuts.

    Parameters
    ----------
    frame : DataFrame of shape (n, ...)
        A row a customer with all the traits.
    quantiles : mapping of str to float
        As for `learn_cuts`.

    Returns
    -------
    set of str
        Those known of `LEAST_TO_CUT` customers or more, `LEAST_OF_A_SEGMENT` of whom lie above the cut. What
        nobody has, or nearly all have alike, makes no customer one of much or of little.
    """
    cuts = learn_cuts(frame, quantiles)
    numbers = {trait: frame[trait].to_numpy(dtype=float, na_value=np.nan) for trait in quantiles}
    return {
        trait
        for trait, values in numbers.items()
        if np.sum(~np.isnan(values)) >= LEAST_TO_CUT and np.sum(values > cuts[trait]) >= LEAST_OF_A_SEGMENT
    }


def learn_cuts(frame: pd.DataFrame, quantiles: Mapping[str, float]) -> dict[str, float]:
    """Learn where each trait parts customers.

    Parameters
    ----------
    frame : DataFrame of shape (n, ...)
        A row a customer with all the traits; missing values are left out.
    quantiles : mapping of str to float
        Share of customers up to the cut, for each trait.

    Returns
    -------
    dict of str to float
        Cut of each trait: a value that a customer has, and nan if none has any.
    """
    cuts = {}
    for trait, quantile in quantiles.items():
        known = frame[trait].to_numpy(dtype=float, na_value=np.nan)
        known = known[~np.isnan(known)]
        cuts[trait] = float(np.quantile(known, quantile, method="inverted_cdf")) if len(known) else np.nan
    return cuts


def apply_rules(frame: pd.DataFrame, rules: Sequence[Rule], cuts: Mapping[str, float]) -> np.ndarray:
    """Return the first rule that holds for each customer.

    Parameters
    ----------
    frame : DataFrame of shape (n, ...)
        A row a customer with the traits.
    rules : sequence of Rule
        In the order in which they count; one of them must hold for everybody whose traits are known.
    cuts : mapping of str to float
        What `learn_cuts` returned.

    Returns
    -------
    ndarray of int, shape (n,)
        Number of the rule, from 0; -1 where a missing value leaves open which rule is the first.

    Raises
    ------
    ValueError
        If no rule holds for some customer.
    """
    fails = np.zeros((len(rules), len(frame)), dtype=bool)
    is_open = np.zeros_like(fails)
    values = {trait: frame[trait].to_numpy(dtype=float, na_value=np.nan) for trait in traits_of(tuple(rules))}
    for number, rule in enumerate(rules):
        for trait, wanted in rule.is_above.items():
            is_unknown = np.isnan(values[trait]) | np.isnan(cuts[trait])
            fails[number] |= ~is_unknown & ((values[trait] > cuts[trait]) != wanted)
            is_open[number] |= is_unknown
    if fails.all(axis=0).any():
        raise ValueError(f"No rule holds for {int(fails.all(axis=0).sum())} customers; add one for them.")
    first = np.argmin(fails, axis=0)
    return np.where(np.take_along_axis(is_open, first[np.newaxis], axis=0)[0], -1, first)


def join_small_segments(rules: Sequence[Rule], customers: Sequence[int] | np.ndarray) -> tuple[Rule, ...]:
    """Give rules that hold for few customers one name with the rules nearest to them.

    Nearest is the segment of the same behaviour (what a name says before its first comma), then the one with
    the fewest conditions that differ.

    Parameters
    ----------
    rules : sequence of Rule
        The segments, conditions and names.
    customers : sequence of int
        For how many customers each of them is the first rule that holds.

    Returns
    -------
    tuple of Rule
        The same conditions in the same order. Names that two rules share are a segment of both: 'regulars' of
        'regulars, high value' and 'regulars, standard value', else 'one or other'. If there is one segment
        left, a single rule without conditions. No segment has fewer than `LEAST_OF_A_SEGMENT` customers,
        unless all are.
    """
    names = [rule.name for rule in rules]
    while len(set(names)) > 1:
        sizes = {
            name: sum(int(n) for own, n in zip(names, customers, strict=True) if own == name)
            for name in names
        }
        few = min(sizes, key=lambda name: sizes[name])
        if sizes[few] >= LEAST_OF_A_SEGMENT:
            break
        members = {
            name: [rule for rule, own in zip(rules, names, strict=True) if own == name] for name in sizes
        }
        nearest = min(
            (name for name in sizes if name != few),
            key=lambda name: (_behaviour(name) != _behaviour(few), _distance(members[few], members[name])),
        )
        pair = [name for name in sizes if name in (few, nearest)]
        joined = _behaviour(few) if _behaviour(few) == _behaviour(nearest) else " or ".join(pair)
        names = [joined if name in pair else name for name in names]
    if len(set(names)) == 1:
        return (Rule(ALL_CUSTOMERS, {}),)
    return tuple(replace(rule, name=name) for rule, name in zip(rules, names, strict=True))


def _behaviour(name: str) -> str:
    return name.split(", ")[0]


def _distance(some: Sequence[Rule], others: Sequence[Rule]) -> int:
    """Count the conditions in which the two rules differ that are most alike."""
    return min(len(dict(one.is_above.items() ^ other.is_above.items())) for one in some for other in others)


def rule_stability(
    frame: pd.DataFrame, rules: Sequence[Rule], quantiles: Mapping[str, float], *, seed: int, draws: int
) -> np.ndarray:
    """Return how many customers keep their segment when cuts are learned from other customers.

    Parameters
    ----------
    frame : DataFrame of shape (n, ...)
        A row a customer with the traits.
    rules : sequence of Rule
        The segments.
    quantiles : mapping of str to float
        As for `learn_cuts`.
    seed : int
        Draws the resamples.
    draws : int
        How many times customers are drawn with replacement.

    Returns
    -------
    ndarray of shape (draws,)
        Share of the customers in the same segment, 0 to 1.
    """
    rng = np.random.default_rng(seed)
    # The last is of those whom no rule holds for, since something isn't known.
    names = np.array([*(rule.name for rule in rules), ""])
    now = names[apply_rules(frame, rules, learn_cuts(frame, quantiles))]
    shares = []
    for _ in range(draws):
        drawn = frame.iloc[rng.integers(0, len(frame), len(frame))]
        shares.append((names[apply_rules(frame, rules, learn_cuts(drawn, quantiles))] == now).mean())
    return np.array(shares)
