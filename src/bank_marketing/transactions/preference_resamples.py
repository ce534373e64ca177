"""Preferences of resampled clients: the same candidate, had other clients been seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from bank_marketing.methods.clustered import draw_half
from bank_marketing.transactions.preference_candidates import CANDIDATES, fit_habits
from bank_marketing.transactions.preference_pairs import Pairs


def resampled_models(
    pairs: Pairs, candidate: str, *, like: dict[str, Any], resamples: int, seed: int
) -> list[dict[str, Any]]:
    """Fit a candidate on halves of the clients, each client with all cut-offs.

    Parameters
    ----------
    pairs : Pairs
        With outcomes.
    candidate : str
        Which of `CANDIDATES`.
    like : dict
        The habits of all clients, from which those of the drawn begin to be fitted.
    resamples : int
        How many models.
    seed : int
        Draws the clients, and seeds the trees.

    Returns
    -------
    list of dict
        `model` and `habits`, as in the artefact of `preferences.fit`, and a `seed` that draws the clients by
        whose bands a cold start is told.
    """
    random = np.random.default_rng(seed)
    clients, client = np.unique(pairs.client_id, return_inverse=True)
    models = []
    for _ in range(resamples):
        drawn = pairs.of(np.isin(client, draw_half(len(clients), random)))
        models.append(
            {
                "model": CANDIDATES[candidate].fit(drawn, seed),
                "habits": fit_habits(drawn, like=like),
                "seed": int(random.integers(2**31)),
            }
        )
    return models
