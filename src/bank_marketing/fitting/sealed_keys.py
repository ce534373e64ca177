"""Who was in a fit, as an artefact keeps it: keyed hashes, which only the key of the warehouse compares."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bank_marketing import subject_keys
from bank_marketing.fitting.artefacts import load_artefact

Keys = npt.NDArray[Any]


def seal_keys(artefact: Mapping[str, Any]) -> dict[str, Any]:
    """Put keyed hashes in the place of the customers' numbers.

    Parameters
    ----------
    artefact : mapping
        What a fit leaves, perhaps with the numbers of its customers under keys.

    Returns
    -------
    dict of str to any
        The same, with hashed_keys instead.
    """
    sealed = dict(artefact)
    if "keys" in sealed:
        keys = np.asarray(sealed.pop("keys")).tolist()
        sealed["hashed_keys"] = np.array(subject_keys.hashed_subjects(keys), dtype=np.int64)
    return sealed


def open_artefact(data: bytes, subject_key: bytes | None) -> dict[str, Any]:
    """Read an artefact for scoring, with the key that tells which customers were in the fit.

    Parameters
    ----------
    data : bytes
        What a fit table holds.
    subject_key : bytes or None
        That of the warehouse; None if it isn't at hand.

    Returns
    -------
    dict of str to any
        The artefact, with subject_key where it has hashed_keys.
    """
    artefact = load_artefact(data)
    return {**artefact, "subject_key": subject_key} if "hashed_keys" in artefact else artefact


def comparable_keys(artefact: Mapping[str, Any], keys: npt.ArrayLike) -> tuple[Keys, Keys, Keys]:
    """Return keys to score beside those of the fit, both hashed where the fit's are.

    Parameters
    ----------
    artefact : mapping
        With keys, or hashed_keys and subject_key, and folds.
    keys : array_like of shape (rows,)
        Numbers of customers to score.

    Returns
    -------
    keys : numpy.ndarray of shape (rows,)
        Those to score.
    seen_keys, folds : numpy.ndarray of shape (rows of the fit,)
        Those of the fit, and their folds; none without the key, so that nobody counts as seen.
    """
    numbers, folds = np.asarray(keys), np.asarray(artefact["folds"], dtype=np.int64)
    if "hashed_keys" not in artefact:
        return numbers, np.asarray(artefact["keys"]), folds
    if artefact["subject_key"] is None:
        nobody = np.empty(0, dtype=np.int64)
        return numbers, nobody, nobody
    hashed = _hashed(numbers.astype(np.int64).tobytes(), artefact["subject_key"])
    return hashed, np.asarray(artefact["hashed_keys"]), folds


@lru_cache(maxsize=2)
def _hashed(numbers: bytes, key: bytes) -> Keys:
    """Hash numbers once for all that is scored of the same rows."""
    hashed = subject_keys.hashed_subjects(np.frombuffer(numbers, dtype=np.int64).tolist(), key)
    return np.array(hashed, dtype=np.int64)
