"""A design in which each arm has an intercept and a slope for each trait, for tests."""

import numpy as np
import numpy.typing as npt


def known_of(traits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return what is known of customers: 1 for the intercept, and their traits."""
    return np.column_stack([np.ones(len(traits)), traits])


def terms_by_arm(traits: npt.NDArray[np.float64], arms: int) -> npt.NDArray[np.float64]:
    """Return the terms of each arm: shape (customers, arms, arms * (1 + traits))."""
    known = known_of(traits)
    return (np.eye(arms)[None, :, :, None] * known[:, None, None, :]).reshape(len(traits), arms, -1)
