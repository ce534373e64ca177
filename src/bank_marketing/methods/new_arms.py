"""Arms that a policy may choose: what holds back new ones, and "no contact"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class NewArms:
    """What holds back arms of which few outcomes are known.

    Until `needed` outcomes are known of an arm, only a random share of customers may get it, and its chance
    is drawn towards a stated one: wholly without outcomes, half-way with half of those needed.

    Parameters
    ----------
    outcomes : numpy.ndarray of shape (arms,)
        How many are known of each; infinite for no contact.
    needed : int
        From how many on an arm isn't new.
    largest_share : float
        Of customers who may get a new arm, each arm by itself.
    chance : float
        Of a yes, stated before any outcome.
    has_no_contact : bool
        Whether the last arm is no contact, which is always there and so leaves nobody something.
    """

    outcomes: FloatArray
    needed: int
    largest_share: float
    chance: float
    has_no_contact: bool = False

    def drawn_towards_start(self, chances: FloatArray) -> FloatArray:
        """Return chances of shape (..., arms), those of new arms drawn towards the stated one."""
        known = np.minimum(1, self.outcomes / self.needed)
        drawn: FloatArray = known * chances + (1 - known) * self.chance
        return drawn

    def may_be_chosen(self, shape: tuple[int, ...], rng: np.random.Generator) -> BoolArray:
        """Draw which arms may be chosen, the last axis being that of the arms."""
        may: BoolArray = (self.outcomes >= self.needed) | (rng.random(shape) < self.largest_share)
        return may

    def left(self, of_customer: BoolArray, rng: np.random.Generator) -> BoolArray:
        """Return what may be chosen of what customers may get; who may get new arms alone gets them.

        Parameters
        ----------
        of_customer : numpy.ndarray of bool, shape (..., arms)
            What they may get.
        rng : numpy.random.Generator
            For the draws.

        Returns
        -------
        numpy.ndarray of bool
            Of the same shape.
        """
        may = of_customer & self.may_be_chosen(of_customer.shape, rng)
        contacts = may[..., :-1] if self.has_no_contact else may
        return np.where(contacts.any(axis=-1, keepdims=True), may, of_customer)


def with_no_contact(
    arms: FloatArray, value: FloatArray, cost: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Add "no contact" as the last arm, which is chosen where each other arm costs more than it brings.

    Parameters
    ----------
    arms : numpy.ndarray of shape (customers, arms, terms)
        Design of the others.
    value, cost : numpy.ndarray of shape (..., arms)
        What a yes brings and what an arm costs.

    Returns
    -------
    arms, value, cost : numpy.ndarray
        With one arm more: it brings and costs nothing, and of its terms, which are 0, nothing is learned.
    """
    silent = np.zeros((len(arms), 1, arms.shape[2]))
    return np.concatenate([arms, silent], axis=1), _and_zero(value), _and_zero(cost)


def _and_zero(amount: FloatArray) -> FloatArray:
    return np.concatenate([amount, np.zeros((*amount.shape[:-1], 1))], axis=-1)
