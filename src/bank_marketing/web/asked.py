"""What the query string of a page asks for; whatever makes no sense counts as not asked."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

LONGEST = 200
# Dollars as people type them: thousands stand apart by commas or spaces, cents after a point.
AMOUNT = re.compile(
    r"(?P<minus>[-\N{MINUS SIGN}]?)\s*(USD|\$)?\s*"
    r"(?P<digits>([0-9]{1,3}([,\s][0-9]{3})+|[0-9]+)(\.[0-9]{1,2})?(e\+?[0-9]{1,3})?)\s*(USD|\$)?",
    re.IGNORECASE,
)
# Of customers' numbers, as DuckDB and the log hold them.
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Asked:
    """The query string.

    Parameters
    ----------
    values : mapping of str to str
        By name.
    """

    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return a text, cut to a length that nobody exceeds by hand."""
        return self.values.get(name, default).strip()[:LONGEST]

    def choice(self, name: str, among: Sequence[str], default: str = "") -> str:
        """Return one of some words."""
        stated = self.values.get(name, default)
        return stated if stated in among else default

    def amount(self, name: str, *, most: float) -> tuple[float | None, str]:
        """Return dollars that somebody typed, or what is wrong with them; neither where nothing was typed."""
        typed = self.text(name)
        if not typed:
            return None, ""
        found = AMOUNT.fullmatch(typed)
        if not found:
            return None, f"“{typed}” can't be read, expected US dollars, such as 900,000."
        value = float(re.sub(r"[,\s]", "", found["digits"]))
        if value and found["minus"]:
            return None, f"“{typed}” is below 0, expected US dollars from 0 on."
        if value > most:
            return None, f"“{typed}” is too much, expected US dollars from 0 to {most:,.0f}."
        return value, ""

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        """Return a number, at most and at least; commas between thousands are left out."""
        try:
            stated = float(self.values.get(name, "").replace(",", ""))
        except ValueError:
            return default
        return min(max(stated, least), most) if math.isfinite(stated) else default

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number."""
        return int(self.number(name, default, least=least, most=most))

    def link(self, **changed: object) -> str:
        """Return the query string with some values changed; None leaves one out."""
        values = {**self.values, **{name: value for name, value in changed.items() if value is not None}}
        kept = {name: value for name, value in values.items() if changed.get(name, "") is not None}
        return f"?{urlencode(kept)}"


def customer_number(stated: str) -> int | None:
    """Return a customer's number, written in digits alone; None for anything else."""
    number = int(stated) if stated.isascii() and stated.isdecimal() else None
    return number if number is not None and number <= LARGEST else None
