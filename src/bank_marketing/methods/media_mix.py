"""Marketing mix: what two channels' spend adds to a daily outcome, with carry-over and saturation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

FloatArray = npt.NDArray[np.float64]

CHANNELS = 2
# Where the search begins: every pair of these for each channel at once. A half-saturation is a multiple of
# the channel's mean adstock, so that it means the same whatever the decay and the currency.
DECAYS = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9])
HALVES = np.array([0.1, 0.25, 0.6, 1.2, 2.5, 5.0, 10.0])
# Then off the grid: five by five around the best, three times, each half as wide as the last.
ZOOM = np.array([-0.75, -0.375, 0.0, 0.375, 0.75])
ZOOMS = 5
SHRINK = 0.5
MOST_DECAY = 0.95
BLOCK_DAYS = 14
# A share of what is left: less than this is rounding.
NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class LiftTests:
    """Experiments: by how much a change of spend changed the outcome.

    Attributes
    ----------
    channel : numpy.ndarray of int, shape (tests,)
        Whose spend was changed, 0 or 1.
    days : numpy.ndarray of bool, shape (tests, days)
        On which days.
    change : numpy.ndarray of shape (tests,)
        Change of the spend over all those days, in the series already (negative: less was spent).
    lift, error : numpy.ndarray of shape (tests,)
        Change of the outcome over the days from the first on, and its standard error.
    """

    channel: npt.NDArray[np.int64]
    days: npt.NDArray[np.bool_]
    change: FloatArray
    lift: FloatArray
    error: FloatArray

    def without(self, spend: FloatArray, test: int) -> FloatArray:
        """Return the spend of the test's channel as it would have been without the test, never below 0."""
        on = self.days[test]
        return np.maximum(spend[:, self.channel[test]] - on * self.change[test] / max(on.sum(), 1), 0.0)


@dataclass(frozen=True)
class Mix:
    """A fitted mix.

    Attributes
    ----------
    decay, half, effect : numpy.ndarray of shape (2,)
        By channel: share of the adstock carried to the next day, adstock at which half of the most is
        reached, the most that the channel brings a day (0 or more).
    base : numpy.ndarray of shape (columns,)
        Coefficients of the base.
    fitted : numpy.ndarray of shape (days,)
        Base and channels together.
    explained : float
        Share of what the base leaves that the channels explain.
    """

    decay: FloatArray
    half: FloatArray
    effect: FloatArray
    base: FloatArray
    fitted: FloatArray
    explained: float


def adstock(spend: npt.ArrayLike, decay: float, before: float = 0.0) -> FloatArray:
    """Return geometric adstock: a day's spend plus `decay` times the adstock of the day before.

    Parameters
    ----------
    spend : array_like of shape (days, ...)
        Money a day, days first.
    decay : float
        Share carried over, from 0 to below 1.
    before : float
        Adstock of the day before the first.

    Returns
    -------
    numpy.ndarray
        In money, not normalised; of the shape of spend.
    """
    values = np.asarray(spend, dtype=float)
    state = np.full((1, *values.shape[1:]), decay * before)
    carried: FloatArray = lfilter([1.0], [1.0, -decay], values, axis=0, zi=state)[0]
    return carried


def saturate(carried: npt.ArrayLike, half: npt.ArrayLike) -> FloatArray:
    """Return adstock over adstock plus half-saturation: from 0 to below 1, half at `half`."""
    values = np.asarray(carried, dtype=float)
    return values / (values + np.asarray(half, dtype=float))


def contributions(mix: Mix, spend: npt.ArrayLike, before: npt.ArrayLike = (0.0, 0.0)) -> FloatArray:
    """Return what each channel brings each day.

    Parameters
    ----------
    mix : Mix
        Only decay, half and effect are read.
    spend : array_like of shape (days, 2)
        Money a day and channel.
    before : array_like of shape (2,)
        Adstock of the day before.

    Returns
    -------
    numpy.ndarray of shape (days, 2)
        In units of the outcome.
    """
    values, carry = np.asarray(spend, dtype=float), np.asarray(before, dtype=float)
    return np.column_stack(
        [
            mix.effect[c] * saturate(adstock(values[:, c], mix.decay[c], carry[c]), mix.half[c])
            for c in range(CHANNELS)
        ]
    )


def fit_mix(
    outcome: npt.ArrayLike,
    spend: npt.ArrayLike,
    base: npt.ArrayLike,
    *,
    penalty: npt.ArrayLike | None = None,
    lifts: LiftTests | None = None,
) -> Mix:
    """Fit the mix by least squares.

    For given decays and half-saturations the coefficients have a closed form, with the base projected out;
    none of a channel is below 0. All pairs of a grid are tried at once, then finer ones around the best.

    Parameters
    ----------
    outcome : array_like of shape (days,)
        Say, net revenue.
    spend : array_like of shape (days, 2)
        Money a day and channel.
    base : array_like of shape (days, columns)
        What else moves the outcome, the constant included.
    penalty : array_like of shape (columns,), optional
        What the square of a column's coefficient costs, for a column scaled to standard deviation 1.
    lifts : LiftTests, optional
        Experiments, which count as further observations.

    Returns
    -------
    Mix
        The best fit.

    References
    ----------
    Jin, Y., Wang, Y., Sun, Y., Chan, D. and Koehler, J. (2017). Bayesian methods for media mix modeling with
    carryover and shape effects. Google. (The model; there with priors.)
    """
    return MixFitter(spend, base, penalty=penalty, lifts=lifts).fit(outcome)


class MixFitter:
    """Fits the mix to several outcomes of the same days, spend and base, such as resamples.

    Parameters
    ----------
    spend : array_like of shape (days, 2)
        Money a day and channel.
    base : array_like of shape (days, columns)
        What else moves the outcome, the constant included.
    penalty : array_like of shape (columns,), optional
        As in `fit_mix`; a season seen once must not be carried beyond what was seen.
    lifts : LiftTests, optional
        Experiments.
    """

    def __init__(
        self,
        spend: npt.ArrayLike,
        base: npt.ArrayLike,
        *,
        penalty: npt.ArrayLike | None = None,
        lifts: LiftTests | None = None,
    ) -> None:
        self.spend = np.asarray(spend, dtype=float)
        self.base = np.asarray(base, dtype=float)
        self.lifts = lifts if lifts is not None and len(lifts.lift) else None
        costs = np.zeros(self.base.shape[1]) if penalty is None else np.asarray(penalty, dtype=float)
        rows = np.diag(np.sqrt(costs) * self.base.std(axis=0))[costs > 0]
        # A penalty is a few further days, of which every column but one is 0 and the outcome too.
        self._design: FloatArray = np.vstack([self.base, rows])
        left, sizes, right = np.linalg.svd(self._design, full_matrices=False)
        is_free = sizes > sizes.max() * 1e-10
        self._basis: FloatArray = left[:, is_free]
        self._inverse: FloatArray = right[is_free].T / sizes[is_free] @ self._basis.T
        self._weight = np.zeros(0) if self.lifts is None else 1.0 / self.lifts.error
        self._scale = np.maximum(self.spend.mean(axis=0), NEGLIGIBLE)
        self._grid = [(np.asarray(DECAYS, dtype=float), np.asarray(HALVES, dtype=float))] * CHANNELS
        self._curves = [self._of_channel(c, *self._grid[c]) for c in range(CHANNELS)]

    @property
    def free(self) -> int:
        """Days less columns of the base and parameters of the channels."""
        return int(len(self.base) - self._basis.shape[1] - 3 * CHANNELS)

    def fit(
        self, outcome: npt.ArrayLike, lift: npt.ArrayLike | None = None, noise: float | None = None
    ) -> Mix:
        """Fit to one outcome; resamples bring their own results of the experiments and noise of a day."""
        y = np.asarray(outcome, dtype=float)
        if self.lifts is None:
            return self._fit_weighted(y, np.zeros(0), 1.0)
        measured = self.lifts.lift if lift is None else np.asarray(lift, dtype=float)
        if noise is None:
            alone = self._fit_weighted(y, measured, 0.0)
            noise = float(np.sqrt(np.sum((y - alone.fitted) ** 2) / max(self.free, 1)))
        return self._fit_weighted(y, measured, noise)

    def _fit_weighted(self, y: FloatArray, lift: FloatArray, noise: float) -> Mix:
        """Fit with experiments weighed by the noise of a day over their standard errors."""
        left = self._less_base(y)
        weight = noise * self._weight
        left = np.concatenate([left, weight * lift])
        curves, points, width = self._curves, self._grid, np.array([0.15, 0.9])
        best = self._best(curves, left, weight)
        for _ in range(ZOOMS):
            points = [_around(*_at(points[c], best[0][c]), width) for c in range(CHANNELS)]
            curves = [self._of_channel(c, *points[c]) for c in range(CHANNELS)]
            best = self._best(curves, left, weight)
            width = width * SHRINK
        chosen, effect, gain = best
        decay, half = np.array([_at(points[c], chosen[c]) for c in range(CHANNELS)]).T
        half = half * self._scale / (1 - decay)
        brought = sum(
            effect[c] * saturate(adstock(self.spend[:, c], decay[c]), half[c]) for c in range(CHANNELS)
        )
        rest = np.concatenate([y - brought, np.zeros(len(self._design) - len(y))])
        coefficients = self._inverse @ rest
        total = float(left @ left)
        return Mix(
            decay,
            half,
            effect,
            coefficients,
            self.base @ coefficients + brought,
            gain / total if total > 0 else 0.0,
        )

    def _of_channel(self, channel: int, decay: FloatArray, half: FloatArray) -> FloatArray:
        """Return curves of a channel for all pairs of decay and half-saturation, decay by decay.

        The base is projected out of them, and below stands what tests would see of them.
        """
        values = self._saturated(self.spend[:, channel], channel, decay, half)
        values_left = self._less_base(values)
        if self.lifts is None:
            return values_left
        seen = np.zeros((len(self.lifts.lift), values.shape[1]))
        for test in np.flatnonzero(self.lifts.channel == channel):
            first = int(np.argmax(self.lifts.days[test]))
            without = self._saturated(self.lifts.without(self.spend, int(test)), channel, decay, half)
            seen[test] = (values - without)[first:].sum(axis=0)
        return np.vstack([values_left, seen])

    def _less_base(self, values: FloatArray) -> FloatArray:
        """Return what the base leaves of columns, with the days that stand for the penalty below."""
        longer = np.zeros((len(self._design), *values.shape[1:]))
        longer[: len(values)] = values
        rest: FloatArray = longer - self._basis @ (self._basis.T @ longer)
        return rest

    def _saturated(self, spend: FloatArray, channel: int, decay: FloatArray, half: FloatArray) -> FloatArray:
        reached = np.maximum(half * self._scale[channel] / (1 - decay[:, None]), NEGLIGIBLE)
        carried = np.stack([adstock(spend, share) for share in decay.tolist()])
        return saturate(carried[:, None], reached[:, :, None]).reshape(-1, len(spend)).T

    def _best(
        self, curves: list[FloatArray], left: FloatArray, weight: FloatArray
    ) -> tuple[tuple[int, int], FloatArray, float]:
        """Return the best pair of curves, its coefficients and the squares that it explains."""
        if len(weight):
            scale = np.concatenate([np.ones(len(left) - len(weight)), weight])[:, None]
            curves = [curve * scale for curve in curves]
        one, other = curves
        a = np.maximum(np.einsum("ij,ij->j", one, one), NEGLIGIBLE)[:, None]
        b = np.maximum(np.einsum("ij,ij->j", other, other), NEGLIGIBLE)[None, :]
        c = one.T @ other
        u, v = (one.T @ left)[:, None], (other.T @ left)[None, :]
        determinant = np.maximum(a * b - c**2, NEGLIGIBLE * a * b)
        first, second = (u * b - v * c) / determinant, (v * a - u * c) / determinant
        is_inside = (first >= 0) & (second >= 0)
        only_one, only_other = np.maximum(u, 0) ** 2 / a, np.maximum(v, 0) ** 2 / b
        gain = np.where(is_inside, u * first + v * second, np.maximum(only_one, only_other))
        i, j = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if is_inside[i, j]:
            effect = np.array([first[i, j], second[i, j]])
        elif only_one[i, 0] >= only_other[0, j]:
            effect = np.array([max(u[i, 0], 0) / a[i, 0], 0.0])
        else:
            effect = np.array([0.0, max(v[0, j], 0) / b[0, j]])
        return (int(i), int(j)), effect, float(gain[i, j])


def _at(points: tuple[FloatArray, FloatArray], place: int) -> tuple[float, float]:
    """Return the pair of decay and half-saturation of a curve."""
    decays, halves = points
    return float(decays[place // len(halves)]), float(halves[place % len(halves)])


def _around(decay: float, half: float, width: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return values around a pair, all inside the bounds; the half-saturation moves by its logarithm."""
    decays = np.unique(np.clip(decay + ZOOM * width[0], 0.0, MOST_DECAY))
    halves = np.unique(np.clip(half * np.exp(ZOOM * width[1]), HALVES[0], HALVES[-1]))
    return decays, halves


def resample_mix(
    fitter: MixFitter, mix: Mix, outcome: npt.ArrayLike, *, resamples: int, seed: int
) -> list[Mix]:
    """Fit the mix again to outcomes whose errors are drawn anew in blocks of days.

    Spend and base stay; blocks keep what errors of neighbouring days have in common. Errors are enlarged to
    make up for the parameters that were fitted. Decay and half-saturation are found anew each time.

    Parameters
    ----------
    fitter : MixFitter
        Of the same days.
    mix : Mix
        Its fit to the outcome.
    outcome : array_like of shape (days,)
        What was observed.
    resamples : int
        How many.
    seed : int
        Of the draws.

    Returns
    -------
    list of Mix
        One a resample.

    References
    ----------
    Kuensch, H. R. (1989). The jackknife and the bootstrap for general stationary observations. Annals of
    Statistics 17, 1217-1241.
    """
    random = np.random.default_rng(seed)
    days = len(mix.fitted)
    error = np.asarray(outcome, dtype=float) - mix.fitted
    error = (error - error.mean()) * np.sqrt(days / max(fitter.free, 1))
    noise = float(np.sqrt(np.mean(error**2)))
    lifts = fitter.lifts
    expected = None if lifts is None else expected_lifts(mix, fitter.spend, lifts)
    drawn = []
    for _ in range(resamples):
        starts = random.integers(0, days, -(-days // BLOCK_DAYS))
        rows = ((starts[:, None] + np.arange(BLOCK_DAYS)) % days).ravel()[:days]
        sign = random.choice([-1.0, 1.0], size=len(starts)).repeat(BLOCK_DAYS)[:days]
        lift = None
        if lifts is not None and expected is not None:
            lift = expected + random.normal(0, lifts.error)
        drawn.append(fitter.fit(mix.fitted + sign * error[rows], lift, noise))
    return drawn


def expected_lifts(mix: Mix, spend: npt.ArrayLike, lifts: LiftTests) -> FloatArray:
    """Return what the mix says each experiment should have found, shape (tests,)."""
    values = np.asarray(spend, dtype=float)
    found = np.zeros(len(lifts.lift))
    for test, channel in enumerate(lifts.channel):
        pair = adstock(np.column_stack([values[:, channel], lifts.without(values, test)]), mix.decay[channel])
        difference = saturate(pair[:, 0], mix.half[channel]) - saturate(pair[:, 1], mix.half[channel])
        found[test] = mix.effect[channel] * difference[int(np.argmax(lifts.days[test])) :].sum()
    return found
