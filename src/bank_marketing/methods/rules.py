"""Segments by rules: customers above or below stored cuts, in words that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Rule:
    """One segment and who is in it.

    Parameters
    ----------
    name : str
        Name of the segment.
    is_above : mapping of str to bool
        For each trait that counts, whether its value must lie above the trait's cut or not.
    """

    name: str
    is_above: Mapping[str, bool]


def split_by_value(behaviours: Iterable[tuple[str, Mapping[str, bool]]], value: str) -> tuple[Rule, ...]:
    """Part each behaviour into customers of high and of standard value.

    Parameters
    ----------
    behaviours : iterable of (str, mapping of str to bool)
        Name and conditions of each, as for `Rule`.
    value : str
        Trait whose cut parts them.

    Returns
    -------
    tuple of Rule
        Two for each behaviour.
    """
    return tuple(
        Rule(f"{behaviour}, {tier}", {**conditions, value: is_high})
        for behaviour, conditions in behaviours
        for tier, is_high in (("high value", True), ("standard value", False))
    )


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
        Cut of each trait: a value that a customer has, and 0 if none has any.
    """
    cuts = {}
    for trait, quantile in quantiles.items():
        known = frame[trait].to_numpy(dtype=float, na_value=np.nan)
        known = known[~np.isnan(known)]
        cuts[trait] = float(np.quantile(known, quantile, method="inverted_cdf")) if len(known) else 0.0
    return cuts


def apply_rules(frame: pd.DataFrame, rules: Sequence[Rule], cuts: Mapping[str, float]) -> np.ndarray:
    """Return the first rule that holds for each customer.

    Parameters
    ----------
    frame : DataFrame of shape (n, ...)
        A row a customer with the traits; a missing value is not above its cut.
    rules : sequence of Rule
        In the order in which they count; one of them must hold for everybody.
    cuts : mapping of str to float
        What `learn_cuts` returned.

    Returns
    -------
    ndarray of int, shape (n,)
        Number of the rule, from 0.

    Raises
    ------
    ValueError
        If no rule holds for some customer.
    """
    above = {trait: frame[trait].to_numpy(dtype=float, na_value=np.nan) > cut for trait, cut in cuts.items()}
    holds = np.array(
        [
            np.all([above[trait] == wanted for trait, wanted in rule.is_above.items()], axis=0)
            & np.ones(len(frame), dtype=bool)
            for rule in rules
        ]
    )
    if not holds.any(axis=0).all():
        raise ValueError(f"No rule holds for {int((~holds.any(axis=0)).sum())} customers; add one for them.")
    return holds.argmax(axis=0)


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
    now = apply_rules(frame, rules, learn_cuts(frame, quantiles))
    shares = []
    for _ in range(draws):
        drawn = frame.iloc[rng.integers(0, len(frame), len(frame))]
        shares.append((apply_rules(frame, rules, learn_cuts(drawn, quantiles)) == now).mean())
    return np.array(shares)
