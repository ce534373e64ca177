"""A design in which each arm has an intercept and a slope for each trait, for tests."""

import numpy as np
import numpy.typing as npt


def terms_by_arm(traits: npt.NDArray[np.float64], arms: int) -> npt.NDArray[np.float64]:
    """Return the terms of each arm: shape (customers, arms, arms * (1 + traits))."""
    known = np.column_stack([np.ones(len(traits)), traits])
    return (np.eye(arms)[None, :, :, None] * known[:, None, None, :]).reshape(len(traits), arms, -1)
