"""What policies learn by: the terms of each campaign for a customer, and where learning starts.

An arm is a campaign type by a channel, types first. Its log-odds of a conversion are what all arms share,
plus what its type adds, plus what its channel adds; each has an intercept and a slope for each number of the
customer and its square. Gender is left out: nobody is treated otherwise for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from bank_marketing.campaigns.columns import CHANNEL, CUSTOMER_NUMBERS, TARGET, TYPE
from bank_marketing.methods.bayesian_logistic import Posterior, prior
from bank_marketing.methods.learned_prior import FREE, learn_prior

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Variance of each term, on the log-odds, when all outcomes are forgotten: wider than what a log teaches, so
# that a policy with a memory follows a world in which other traits matter.
FORGOTTEN = 1.0
# As how many outcomes one counts, of a log in which newer ones let older ones be forgotten.
COUNTS = "counts"


@dataclass(frozen=True)
class Design:
    """How a customer becomes terms; plain values, so that it goes into JSON (`to_json`) and artefacts.

    Parameters
    ----------
    numbers : tuple of str
        Columns of the customer, none for policies that know nothing of customers.
    means, deviations : tuple of float
        Of each number in the log.
    square_deviations : tuple of float
        Of the square of each standardised number.
    types, channels : tuple of str
        Levels; the arms are all pairs, channels within types.
    """

    numbers: tuple[str, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    square_deviations: tuple[float, ...]
    types: tuple[str, ...]
    channels: tuple[str, ...]

    @property
    def arms(self) -> list[tuple[str, str]]:
        """Return type and channel of each arm."""
        return [(kind, channel) for kind in self.types for channel in self.channels]

    @property
    def terms(self) -> int:
        """Return the number of terms."""
        return self.levels.shape[1] * self._columns

    @cached_property
    def group(self) -> IntArray:
        """Return which terms share a variance: those of a trait that are shared, by type or by channel."""
        of_column = np.concatenate([[0], np.repeat(np.arange(len(self.numbers)) + 1, 2)]).astype(np.int64)
        part = np.repeat([0, 1, 2], [1, len(self.types), len(self.channels)])
        group = (part[:, None] * (1 + len(self.numbers)) + of_column).ravel() - 1
        return np.asarray(group, dtype=np.int64)

    def known(self, customers: pd.DataFrame) -> FloatArray:
        """Return the numbers of customers, nan for missing: shape (customers, numbers)."""
        return customers[list(self.numbers)].to_numpy(dtype=np.float64, na_value=np.nan)

    def design(self, known: FloatArray) -> FloatArray:
        """Return the terms of each arm for each customer.

        Parameters
        ----------
        known : numpy.ndarray of shape (customers, numbers)
            As `known` returns; a missing number counts as that of the average customer.

        Returns
        -------
        numpy.ndarray of shape (customers, arms, terms)
            For `methods.policies`.
        """
        own = self.own(known)
        arms: FloatArray = (self.levels[None, :, :, None] * own[:, None, None, :]).reshape(
            len(own), len(self.levels), self.terms
        )
        return arms

    def arm_of(self, campaigns: pd.DataFrame) -> IntArray:
        """Return the arm that each row of a log got, -1 for one that isn't among the arms."""
        kind = pd.Index(self.types).get_indexer(campaigns[TYPE])
        channel = pd.Index(self.channels).get_indexer(campaigns[CHANNEL])
        return np.where((kind < 0) | (channel < 0), -1, kind * len(self.channels) + channel).astype(np.int64)

    def rows(self, known: FloatArray, arm: IntArray) -> FloatArray:
        """Return the terms of one arm for each customer, as `update` of a posterior takes them.

        Parameters
        ----------
        known : numpy.ndarray of shape (customers, numbers)
            As `known` returns.
        arm : numpy.ndarray of shape (customers,)
            From 0.

        Returns
        -------
        numpy.ndarray of shape (customers, terms)
            Rows of `design`.
        """
        rows: FloatArray = self.levels[arm][:, :, None] * self.own(known)[:, None, :]
        return rows.reshape(len(rows), self.terms)

    def own(self, known: FloatArray) -> FloatArray:
        """Return what is known of customers, whatever the arm: intercept, standardised numbers, squares.

        Parameters
        ----------
        known : numpy.ndarray of shape (customers, numbers)
            As `known` returns.

        Returns
        -------
        numpy.ndarray of shape (customers, columns)
        """
        means, deviations, square_deviations = self._scales
        own = np.ones((len(known), self._columns))
        number = (known - means) / deviations
        own[:, 1::2] = number
        own[:, 2::2] = (number**2 - 1) / square_deviations
        np.copyto(own, 0, where=np.isnan(own))
        return own

    def by_arm(self, coefficients: FloatArray) -> FloatArray:
        """Return what each column of `own` counts for each arm.

        Parameters
        ----------
        coefficients : numpy.ndarray of shape (..., terms)
            Of the terms.

        Returns
        -------
        numpy.ndarray of shape (..., arms, columns)
        """
        blocks = coefficients.reshape(*coefficients.shape[:-1], -1, self._columns)
        return np.asarray(self.levels @ blocks)

    def to_json(self) -> dict[str, Any]:
        """Return the declaration as plain values."""
        return {name: list(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, declared: Mapping[str, Any]) -> Design:
        """Return the design that was declared."""
        return cls(**{name: tuple(value) for name, value in declared.items()})

    @property
    def _columns(self) -> int:
        return 1 + 2 * len(self.numbers)

    @cached_property
    def levels(self) -> FloatArray:
        """Return which blocks of terms an arm has: the shared one, its type's and its channel's."""
        kinds, channels = len(self.types), len(self.channels)
        return np.hstack(
            [
                np.ones((kinds * channels, 1)),
                np.repeat(np.eye(kinds), channels, axis=0),
                np.tile(np.eye(channels), (kinds, 1)),
            ]
        )

    @cached_property
    def _scales(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        return np.array(self.means), np.array(self.deviations), np.array(self.square_deviations)


@dataclass(frozen=True)
class Start:
    """Where a policy starts to learn.

    Parameters
    ----------
    design : Design
        Of its terms.
    prior : Posterior
        What is believed before any outcome.
    posterior : Posterior
        What the log has taught.
    """

    design: Design
    prior: Posterior
    posterior: Posterior

    @property
    def chance(self) -> float:
        """Return the chance of a conversion by what all arms share, of the average customer."""
        return float(expit(self.posterior.mean[0]))

    @property
    def forgotten(self) -> Posterior:
        """Return what is left when all is forgotten, for `bayesian_logistic.forget`."""
        return prior(np.where(self.design.group < 0, FREE, FORGOTTEN))


def declare(
    frame: pd.DataFrame,
    *,
    numbers: Sequence[str] = CUSTOMER_NUMBERS,
    types: Sequence[str] | None = None,
    channels: Sequence[str] | None = None,
) -> Design:
    """Return the design for the customers of a log.

    Parameters
    ----------
    frame : pandas.DataFrame
        Customers with their numbers and `campaign_type` and `campaign_channel`.
    numbers : sequence of str
        What a policy may know; one that doesn't vary is left out.
    types, channels : sequence of str, optional
        The levels, also those that nobody had yet; by default those of the frame.

    Returns
    -------
    Design
        The same for every order of the rows.
    """
    kept, means, deviations, square_deviations = [], [], [], []
    for name in numbers:
        number = np.sort(frame[name].dropna().to_numpy(dtype=float))
        if len(np.unique(number)) < 2:
            continue
        square = ((number - number.mean()) / number.std()) ** 2
        kept.append(name)
        means.append(float(number.mean()))
        deviations.append(float(number.std()))
        # The square of what has two values of equal weight is constant.
        square_deviations.append(float(square.std()) if square.std() > 1e-9 else 1.0)
    return Design(
        tuple(kept),
        tuple(means),
        tuple(deviations),
        tuple(square_deviations),
        tuple(sorted(frame[TYPE].dropna().unique()) if types is None else types),
        tuple(sorted(frame[CHANNEL].dropna().unique()) if channels is None else channels),
    )


def warm_start(frame: pd.DataFrame, design: Design) -> Start:
    """Learn from a log at once: mode and covariance there, with variances that the log itself tells.

    Parameters
    ----------
    frame : pandas.DataFrame
        A log: rows of `features_conversion_before_contact`. Rows without outcome, or of other arms, are left
        out. As how many outcomes each counts is in column `COUNTS`, where there is one.
    design : Design
        From `declare`.

    Returns
    -------
    Start
        The same for every order of the rows, to the last digits.
    """
    arm = design.arm_of(frame)
    is_used = frame[TARGET].notna().to_numpy() & (arm >= 0)
    rows = design.rows(design.known(frame)[is_used], arm[is_used])
    outcome = frame.loc[is_used, TARGET].to_numpy(dtype=float)
    counts = frame.loc[is_used, COUNTS].to_numpy(dtype=float) if COUNTS in frame else None
    return Start(design, *learn_prior(rows, outcome, design.group, counts))
