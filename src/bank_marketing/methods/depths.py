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
        Folds within a training set in which candidate and calibration are chosen, where folds of a
        cross-validation can't serve: in the forward split.
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
    list_resamples : int
        Resampled rows on which the models behind a list are refitted, to tell how much of it stays.
    restarts, draws : int
        Starts of k-means; and draws (null data, resamples) behind the figures of segments.
    value_folds, value_repeats, value_resamples, value_draws : int
        Folds and their repeats in which candidates for customer value are judged, resamples of their metrics,
        and draws of the parameters behind expected orders.
    mix_resamples, mix_moves, mix_simulations : int
        Resamples of the marketing mix, moves of its spend in time, and simulations of each experiment.
    policy_draws : int
        Draws of the posterior behind the chances of Thompson sampling where it is judged; full as in service.
    policy_runs, policy_decisions : int
        Runs of each simulated policy, and decisions in each.
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
    list_resamples: int
    restarts: int
    draws: int
    value_folds: int
    value_repeats: int
    value_resamples: int
    value_draws: int
    mix_resamples: int
    mix_moves: int
    mix_simulations: int
    policy_draws: int
    policy_runs: int
    policy_decisions: int


# With five folds alone the interval of an importance rests on four degrees of freedom, and strong drivers
# planted in the sample are called noise in every third fit; with three repeats, hardly ever
# (docs/studies/noise_drivers.md).
IMPORTANCE_REPEATS = 3
# What more shuffles add to the spread over folds is in the interval, and small beside it.
IMPORTANCE_PERMUTATIONS = 2

DEPTHS = {
    "quick": Depth(
        repeats=1,
        folds=3,
        inner_folds=2,
        permutations=2,
        resamples=100,
        has_slow_candidates=False,
        importance_repeats=IMPORTANCE_REPEATS,
        importance_permutations=IMPORTANCE_PERMUTATIONS,
        contrast_repeats=1,
        list_resamples=0,
        restarts=5,
        draws=8,
        value_folds=3,
        value_repeats=1,
        value_resamples=50,
        value_draws=20,
        mix_resamples=40,
        mix_moves=39,
        mix_simulations=40,
        policy_draws=50,
        policy_runs=4,
        policy_decisions=200,
    ),
    "full": Depth(
        # Other folds move the area under the ROC curve by .002, and its interval reaches .017 to either side.
        repeats=1,
        folds=5,
        inner_folds=5,
        permutations=4,
        # Chance moves the width of an interval by 3 %.
        resamples=500,
        has_slow_candidates=True,
        importance_repeats=IMPORTANCE_REPEATS,
        importance_permutations=IMPORTANCE_PERMUTATIONS,
        contrast_repeats=5,
        list_resamples=10,
        restarts=10,
        draws=20,
        value_folds=5,
        # Of one repeat, chance moves a metric by at most a quarter of its interval (the Gini of boosting).
        value_repeats=2,
        value_resamples=500,
        value_draws=100,
        mix_resamples=200,
        mix_moves=199,
        mix_simulations=100,
        policy_draws=200,
        policy_runs=10,
        policy_decisions=10_000,
    ),
}
