"""How sure a figure is: one look for it on every page, told by shape and word before colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bank_marketing.web.words import counted

UNKNOWN = "can't be told"
# What the interval of a sum over customers is.
SUMMED = "the range takes a bad and a good case for all customers at once"


@dataclass(frozen=True)
class Evidence:
    """A kind of evidence.

    Parameters
    ----------
    word : str
        As it is shown.
    look : str
        Class of the stylesheet.
    sign : str
        A shape, so that nobody needs colours.
    meaning : str
        In a sentence.
    """

    word: str
    look: str
    sign: str
    meaning: str


KINDS = {
    one.word: one
    for one in (
        Evidence(
            "randomised", "randomised", "◆", "Chance decided who got it, so the difference is its effect."
        ),
        Evidence(
            "adjusted",
            "adjusted",
            "◈",
            "Compared among alike customers; what isn't in the files may still matter.",
        ),
        Evidence(
            "descriptive", "descriptive", "◇", "What was seen. It doesn't say what would happen otherwise."
        ),
        Evidence(
            "chance, not gain",
            "descriptive",
            "◇",
            "The chance that it happens, not what contacting somebody would change.",
        ),
        Evidence("assumed", "descriptive", "◇", "An assumption of ours; put your own figure in its place."),
        Evidence(
            UNKNOWN,
            "unknown",
            "?",
            "Chance may explain it, which isn't the same as nothing; the text says how it was looked at.",
        ),
    )
}


def evidence(word: str | None, is_distinguishable: bool | None = True) -> Evidence:
    """Return the evidence of a figure.

    Parameters
    ----------
    word : str or None
        As the table has it.
    is_distinguishable : bool or None
        Whether it can be told from chance; if it can't, or wasn't asked, that is what is shown.

    Returns
    -------
    Evidence
        One that nobody has described yet is shown with its word.
    """
    if not is_distinguishable:
        return KINDS[UNKNOWN]
    known = KINDS.get(word or "descriptive")
    return known or Evidence(str(word), "descriptive", "◇", "See the table it comes from.")


def and_others(first: Mapping[str, Any], rows: Iterable[Mapping[str, Any]], name: str, it: str = "it") -> str:
    """Say how many rows the highest one can't be told from, since their intervals reach its own.

    Parameters
    ----------
    first : mapping
        The row with the highest figure.
    rows : iterable of mapping
        Further rows, and `first`, which doesn't count.
    name : str
        Of the figure, with _low and _high behind it that of its interval.
    it : str
        What the first row is called.

    Returns
    -------
    str
        The end of a sentence about the first row; empty where it stands alone.
    """
    low, high = first[f"{name}_low"], f"{name}_high"
    alike = sum(None not in (low, row[high]) and row[high] >= low for row in rows if row is not first)
    return f"; {it} can't be told from {counted(alike, 'other')}" if alike else ""
