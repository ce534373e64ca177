"""A figure in large, with what it was before, how sure and how good it is."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose
from typing import Any

from bank_marketing.web.evidence import Evidence
from bank_marketing.web.limits import NONE, Judgement
from bank_marketing.web.words import said


@dataclass(frozen=True)
class Card:
    """A headline metric.

    Parameters
    ----------
    label : str
        What it is.
    value : any
        The figure.
    kind : str
        As `words.said` wants it.
    interval : str
        In words; empty for none.
    note : str
        A line below.
    before : any
        The figure of the last publication; None where there is none to compare.
    currency : str or None
        Of money.
    evidence : Evidence or None
        How sure it is.
    judgement : Judgement
        How good it is.
    link : str
        Where more is said.
    """

    label: str
    value: Any
    kind: str = "number"
    interval: str = ""
    note: str = ""
    before: Any = None
    currency: str | None = "USD"
    evidence: Evidence | None = None
    judgement: Judgement = NONE
    link: str = ""

    @property
    def said(self) -> str:
        """The figure for people."""
        return said(self.value, self.kind, self.currency)

    @property
    def change(self) -> str:
        """What changed since the last publication, in words."""
        if self.before is None or self.value is None:
            return ""
        difference = self.value - self.before
        # Sums differ in their last digits by the order of what is added.
        if isclose(self.value, self.before, rel_tol=1e-9):
            return "as in the last publication"
        way = "more" if difference > 0 else "less"
        return f"{said(abs(difference), self.kind, self.currency)} {way} than last time"
