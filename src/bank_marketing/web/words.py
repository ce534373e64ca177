"""Figures for people: short, with their unit, and nothing where nothing is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

NOTHING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
# From which amount on, by what it is divided, and the word; largest first.
STEPS = ((1e12, 1e12, "tn"), (1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e4, 1e3, "k"))
CENT = 0.01
# Words of names that aren't spelled as in names, and units at the end of one.
SPELLED = {
    "auc": "AUC",
    "brier": "Brier",
    "cox": "Cox",
    "gini": "Gini",
    "kpis": "KPIs",
    "r2": "R²",
    "roc": "ROC",
}
UNITS = {"usd": "USD", "years": "years", "minutes": "minutes"}
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
    for least, divisor, word in STEPS:
        if abs(rounded) >= least:
            return f"{rounded / divisor:g} {word}".replace("-", MINUS)
    return number(value, 0 if abs(value) >= 100 else 2)


def money(value: Any, currency: str | None = "USD") -> str:
    """Return an amount in three figures; of an unknown currency the number alone."""
    if value is None:
        return NOTHING
    sign = MINUS if value < 0 else ""
    if 0 < abs(value) < CENT:
        return f"{'more' if sign else 'less'} than {sign}{SIGNS.get(currency or '', '')}{CENT}"
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
    if "_" not in said:
        return SPELLED.get(said, said)
    *first, last = said.split("_")
    unit = f"({UNITS[last]})" if last in UNITS else SPELLED.get(last, last)
    return " ".join([*(SPELLED.get(word, UNITS.get(word, word)) for word in first), unit])


def capital(said: str) -> str:
    """Return a text as a sentence begins."""
    return said[:1].upper() + said[1:]


def with_round_figures(value: Any) -> str:
    """Return a text with its figures in three digits, whole from 1,000 on."""
    return re.sub(r"\d+\.\d+", lambda found: _round(float(found[0])), text(value))


def _round(value: float) -> str:
    return number(value) if value >= 1000 else f"{value:.3g}"


def unbroken(said: str) -> str:
    """Return a text in which no figure is parted from its unit or its sign at the end of a line."""
    said = re.sub(f"{MINUS}(?=[$€£])", f"{MINUS}\N{WORD JOINER}", said)
    return re.sub(r"(?<=\d) (?=(?:%|k|m|bn|tn)(?!\w))", "\N{NO-BREAK SPACE}", said)


def metric(value: Any) -> str:
    """Return a figure of a model, which differ from each other in the third digit."""
    return number(value, 3)


KINDS: dict[str, Callable[[Any], str]] = {
    "metric": metric,
    "number": number,
    "percent": percent,
    "date": day,
    "truth": truth,
    "rounded": with_round_figures,
}


def said(value: Any, kind: str, currency: str | None = "USD") -> str:
    """Return a value as its kind wants it.

    Parameters
    ----------
    value : any
        As JSON has it.
    kind : str
        text, rounded, number, metric, money, percent, date, truth or id.
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
    largest = max(abs(low), abs(high)) if kind in ("money", "number") else 0
    if largest < 100:
        return f"{said(low, kind, currency)} to {said(high, kind, currency)}"
    return " to ".join(_alike(end, largest, kind, currency) for end in (low, high))


def _alike(value: float, largest: float, kind: str, currency: str | None) -> str:
    """Return an end of an interval in the unit and with the digits of its larger end."""
    divisor, word = 1.0, ""
    if kind == "money":
        steps = ((divisor, f" {word}") for least, divisor, word in STEPS if float(f"{largest:.3g}") >= least)
        divisor, word = next(steps, (divisor, word))
    digits = len(f"{largest / divisor:.3g}".partition(".")[2]) if word else 0
    shown = f"{abs(value) / divisor:,.{digits}f}"
    if not float(shown.replace(",", "")):
        return said(value, kind, currency)
    sign = SIGNS.get(currency or "", "") if kind == "money" else ""
    return f"{MINUS if value < 0 else ''}{sign}{shown}{word}"


def counted(many: int, one: str, several: str = "") -> str:
    """Return a number with its noun."""
    return f"{many:,} {one if many == 1 else several or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def without_customers(message: str) -> str:
    """Return a message without the customer at whom a change was found: pages and mails name nobody."""
    return re.sub(r",? at customer [^\s,;]+?(?=[.,;]?(\s|$))", "", message)
