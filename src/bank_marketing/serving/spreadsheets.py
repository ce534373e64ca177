"""Texts that a spreadsheet would run as a formula, made harmless."""

import re

from bank_marketing.sql_text import sql_text

# = + - @ and their wide forms, which some Asian versions take for them; as DuckDB and Python both read them.
WIDE = "".join(map(chr, (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20)))
RUNS = rf"[=+\-@{WIDE}]"
# At the beginning, blanks or not; and in the middle after a separator, a quote or a line break, since a
# program that splits lines elsewhere than at the comma begins a cell there.
AT_THE_BEGINNING = rf"\A(\s*{RUNS}|[\t\r\n])"
IN_THE_MIDDLE = rf'([,;|"\t\r\n])({RUNS})'
MARKED = r"\1'\2"


def harmless(column: str) -> str:
    """Return a text with a single quote before each place where a spreadsheet would begin a formula.

    The quote makes it take the rest for a text.

    Parameters
    ----------
    column : str
        SQL of a text.

    Returns
    -------
    str
        SQL.
    """
    beginning, middle, marked = map(sql_text, (AT_THE_BEGINNING, IN_THE_MIDDLE, MARKED))
    return (
        f"(case when regexp_matches({column}, {beginning}) then '''' else '' end"
        f" || regexp_replace({column}, {middle}, {marked}, 'g'))"
    )


def harmless_text(text: str) -> str:
    """Return what the SQL of `harmless` makes of a text."""
    marked = re.sub(IN_THE_MIDDLE, MARKED, text, flags=re.ASCII)
    return f"'{marked}" if re.match(AT_THE_BEGINNING, text, flags=re.ASCII) else marked
