"""What `quick` and `full` mean, for everything that is fitted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Depth:
    """How much is computed: enough to show the shape, or enough for figures to be quoted.

    Parameters
    ----------
    repeats, folds : int
        Repeats and folds of the stratified cross-validation of a classifier.
    inner_folds : int
        Folds within a training set, in which candidate and calibration are chosen.
    permutations : int
        How often each feature of a classifier is shuffled in each held-out fold.
    resamples : int
        Bootstrap resamples.
    has_slow_candidates : bool
        Whether candidates compete that take long to fit.
    importance_repeats, importance_permutations : int
        Repeats of the cross-validation that tells what drives an outcome, and how often each feature is
        shuffled in it.
    contrast_repeats : int
        Over how many divisions into folds contrasts of campaigns are averaged.
    restarts, draws : int
        Starts of k-means; and draws (null data, resamples) behind the figures of segments.
    """

    repeats: int
    folds: int
    inner_folds: int
    permutations: int
    resamples: int
    has_slow_candidates: bool
    importance_repeats: int
    importance_permutations: int
    contrast_repeats: int
    restarts: int
    draws: int


# With five folds alone the interval of an importance rests on four degrees of freedom, and strong drivers
# planted in the sample are called noise in every third fit; with three repeats, hardly ever
# (docs/studies/noise_drivers.md).
IMPORTANCE_REPEATS = 3

DEPTHS = {
    "quick": Depth(
        repeats=1,
        folds=3,
        inner_folds=2,
        permutations=2,
        resamples=100,
        has_slow_candidates=False,
        importance_repeats=IMPORTANCE_REPEATS,
        importance_permutations=2,
        contrast_repeats=1,
        restarts=5,
        draws=8,
    ),
    "full": Depth(
        repeats=2,
        folds=5,
        inner_folds=5,
        permutations=10,
        resamples=1_000,
        has_slow_candidates=True,
        importance_repeats=IMPORTANCE_REPEATS,
        importance_permutations=5,
        contrast_repeats=5,
        restarts=10,
        draws=20,
    ),
}
