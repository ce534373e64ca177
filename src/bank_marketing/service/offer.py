"""What there is to choose from, and how the log has it: one text of JSON, whose numbers one format writes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bank_marketing.service.statements import as_json

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Offer:
    """The arms to choose from, the last of which is no contact.

    Parameters
    ----------
    arms : list of tuple
        Type and channel, None for no contact.
    is_offered : list of bool
        Whether there is a value and a cost, for each arm but the last.
    value, cost : numpy.ndarray of shape (arms,)
        0 where there is none.
    """

    arms: list[tuple[str | None, str | None]]
    is_offered: list[bool]
    value: FloatArray
    cost: FloatArray

    @cached_property
    def single(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Value and cost in single precision, as `Belief.away` has draws."""
        return self.value.astype(np.float32), self.cost.astype(np.float32)

    @cached_property
    def lacking(self) -> tuple[str, ...]:
        """The stage of arms that aren't offered, empty for the others."""
        return tuple("" if is_offered else "not_offered" for is_offered in self.is_offered)

    def text(
        self,
        chance: Sequence[float],
        expected: Sequence[float],
        shares: Sequence[float],
        rank: Sequence[int],
        stages: str,
        shadows: Mapping[str, Any],
    ) -> str:
        """Return the candidates of one customer as the log has them: a list for each column.

        Parameters
        ----------
        chance, expected, shares, rank : sequence of float or int
            Of each arm, the last being no contact.
        stages : str
            As `Left.text`.
        shadows : mapping
            What shadow policies would have chosen.

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If a number isn't finite.
        """
        if not math.isfinite(sum(expected) + sum(shares)):
            raise ValueError("An expected profit or a share isn't finite.")
        return self._form % (*chance[:-1], *expected, *shares, *rank, stages, as_json(shadows))

    @cached_property
    def _form(self) -> str:
        """What is the same for all customers, and the form of the rest."""
        count = len(self.arms)
        same = {
            "campaign_type": [kind for kind, _ in self.arms],
            "campaign_channel": [channel for _, channel in self.arms],
            "value_usd": self.value.tolist(),
            "cost_usd": self.cost.tolist(),
        }
        varying = {
            "chance": _list("%.6f", count - 1),
            "expected_profit_usd": _list("%.4f", count),
            "probability": _list("%r", count),
            "rank": _list("%d", count),
            "stage": "%s",
            "shadows": "%s",
        }
        forms = ",".join(f'"{name}":{form}' for name, form in varying.items())
        return f"{as_json(same)[:-1].replace('%', '%%')},{forms}}}"


@dataclass(frozen=True)
class Left:
    """What is left of the arms for a customer.

    Parameters
    ----------
    stages : list of str
        Where each arm but the last fell, empty where it didn't.
    allowed : numpy.ndarray of bool, shape (arms,)
        Which arms they may get; no contact always.
    text : str
        The stages as the log has them, with that of no contact.
    """

    stages: list[str]
    allowed: npt.NDArray[np.bool_]
    text: str


@lru_cache(maxsize=1024)
def left(fallen: tuple[str, ...], lacking: tuple[str, ...]) -> Left:
    """Return what is left where channels fell at these stages; most customers have that in common."""
    each = fallen * (len(lacking) // max(len(fallen), 1))
    stages = [stage or lack for stage, lack in zip(each, lacking, strict=True)]
    allowed = np.array([*(not stage for stage in stages), True])
    return Left(stages, allowed, as_json([*stages, ""]))


def _list(form: str, entries: int) -> str:
    return f"[{','.join([form] * entries)}]"
