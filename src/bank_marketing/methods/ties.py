"""Ties: an order among equals that favours nobody."""

import hashlib

import numpy as np
import numpy.typing as npt


def tie_break(ids: npt.ArrayLike, publication: int) -> npt.NDArray[np.str_]:
    """Return what to sort those by whom nothing else tells apart.

    In the order of their ids the same people would always come first; by a hash of id and publication chance
    decides, anew for each publication and the same each time it is built.

    Parameters
    ----------
    ids : array_like of shape (rows,)
        Keys, as numbers or text.
    publication : int
        Number of the publication that is being made.

    Returns
    -------
    numpy.ndarray of str, shape (rows,)
        Hexadecimal digits; in SQL ``md5(publication || ':' || id)``.
    """
    return np.array(
        [
            hashlib.md5(f"{publication}:{key}".encode(), usedforsecurity=False).hexdigest()
            for key in np.asarray(ids).tolist()
        ],
        dtype=np.str_,
    )
