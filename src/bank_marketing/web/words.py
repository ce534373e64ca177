"""Figures for people: short, with their unit, and nothing where nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

NOTHING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
# Largest first.
STEPS = ((1e9, "bn"), (1e6, "m"), (1e4, "k"))
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def number(value: Any, digits: int = 2) -> str:
    """Return a number with thousands apart: whole as it is, else with digits that mean something."""
    if value is None:
        return NOTHING
    value = float(value)
    if value.is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", MINUS)
    if abs(value) < 10**-digits:
        return f"{value:.1g}".replace("-", MINUS)
    return f"{value:,.{digits}f}".replace("-", MINUS)


def short(value: Any) -> str:
    """Return a number in three figures: 12.3 k, 4.56 m."""
    if value is None:
        return NOTHING
    rounded = float(f"{value:.3g}")
    for step, word in STEPS:
        if abs(rounded) >= step:
            return f"{rounded / (1e3 if word == 'k' else step):g} {word}".replace("-", MINUS)
    return number(value, 0 if abs(value) >= 100 else 2)


def money(value: Any, currency: str | None = "USD") -> str:
    """Return an amount in three figures; of an unknown currency the number alone."""
    if value is None:
        return NOTHING
    sign = MINUS if value < 0 else ""
    return f"{sign}{SIGNS.get(currency or '', '')}{short(abs(value))}"


def percent(value: Any, digits: int = 1) -> str:
    """Return a share as per cent."""
    return NOTHING if value is None else f"{100 * value:.{digits}f} %".replace("-", MINUS)


def day(value: Any) -> str:
    """Return a date, or the date of a moment."""
    if value in (None, ""):
        return NOTHING
    found = value if isinstance(value, date | datetime) else datetime.fromisoformat(str(value))
    return f"{found.day} {found:%b %Y}"


def truth(value: Any) -> str:
    """Return yes or no."""
    return NOTHING if value is None else "yes" if value else "no"


def text(value: Any) -> str:
    """Return a text; names of columns and products without underscores."""
    if value in (None, ""):
        return NOTHING
    said = str(value)
    return said if " " in said else said.replace("roc_auc", "ROC AUC").replace("_", " ")


def metric(value: Any) -> str:
    """Return a figure of a model, which differ from each other in the third digit."""
    return number(value, 3)


KINDS: dict[str, Callable[[Any], str]] = {
    "metric": metric,
    "number": number,
    "percent": percent,
    "date": day,
    "truth": truth,
}


def said(value: Any, kind: str, currency: str | None = "USD") -> str:
    """Return a value as its kind wants it.

    Parameters
    ----------
    value : any
        As JSON has it.
    kind : str
        text, number, metric, money, percent, date, truth or id.
    currency : str, optional
        Of money.

    Returns
    -------
    str
    """
    if kind == "money":
        return money(value, currency)
    if kind == "id":
        return NOTHING if value is None else str(value)
    return KINDS.get(kind, text)(value)


def between(low: Any, high: Any, kind: str = "number", currency: str | None = "USD") -> str:
    """Return an interval; nothing where there is none."""
    if low is None or high is None:
        return ""
    return f"{said(low, kind, currency)} to {said(high, kind, currency)}"


def counted(many: int, one: str, several: str = "") -> str:
    """Return a number with its noun."""
    return f"{many:,} {one if many == 1 else several or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
