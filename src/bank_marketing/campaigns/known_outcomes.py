"""Which outcomes of decisions a policy was learned from, so that the service doesn't learn them again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.campaigns.columns import DECISION, TARGET


def decision_key(decision_id: str) -> int:
    """Return the digest of a decision's name by which artefacts know it, an integer of 64 bits."""
    digest = hashlib.blake2b(decision_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def kept_outcomes(log: pd.DataFrame) -> dict[str, Any]:
    """Return the outcomes of a log as an artefact keeps them.

    Parameters
    ----------
    log : pandas.DataFrame
        Rows of `policy_log.judged_log` with an outcome; those of the campaign file name no decision.

    Returns
    -------
    dict of str to numpy.ndarray
        ``decisions``, `decision_key` of each, ascending; and whether it has_converted.
    """
    told = log.dropna(subset=[DECISION])
    keys = np.array([decision_key(name) for name in told[DECISION]], dtype=np.int64)
    order = keys.argsort()
    return {"decisions": keys[order], "has_converted": told[TARGET].to_numpy(dtype=bool)[order]}


def read_outcomes(kept: Mapping[str, Any]) -> dict[int, bool]:
    """Return what `kept_outcomes` kept: whether a decision has converted, by its key."""
    return dict(zip(kept["decisions"].tolist(), kept["has_converted"].tolist(), strict=True))
