"""The grammar of values: how a text must be written to be a value of a kind, and the SQL that reads it.

Loader, importers and `score` ask here; what casts take beside it (4_5, 0x2A, epoch, a zone that is
dropped) is refused.
"""

from bank_marketing.seeds.formats import ColumnFormat

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
DAY = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
TIME = "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"


def value_kind(column: ColumnFormat) -> str:
    """Return what kind of value a column holds.

    Parameters
    ----------
    column : ColumnFormat
        A column of a raw file.

    Returns
    -------
    str
        A name of `value_pattern`, ``text`` or ``month_name``.
    """
    if column.text_format:
        return column.text_format
    if column.data_type in ("integer", "bigint"):
        return "whole"
    if column.data_type.startswith("decimal"):
        return "decimal"
    return "text" if column.data_type == "varchar" else column.data_type


def decimal_places(column: ColumnFormat) -> int | None:
    """Return how many decimals a column holds.

    Parameters
    ----------
    column : ColumnFormat
        A column of a raw file.

    Returns
    -------
    int or None
        2 of decimal(18, 2); None where their number isn't fixed.
    """
    is_decimal = column.data_type.startswith("decimal")
    return int(column.data_type.split(",")[-1].strip(" )")) if is_decimal else None


def value_pattern(kind: str, places: int | None = None) -> str:
    """Return how a text must be written, blanks at its ends aside, to be a value of a kind.

    DuckDB and Python read it alike: no backslash, no look-around.

    Parameters
    ----------
    kind : str
        See `value_kind`; ``zoned`` is a moment with a time zone, ``true`` and ``false`` are in lower case.
    places : int, optional
        How many decimals may differ from zero; any number by default. Past six more of nothing but 0 or 9
        they are the noise of binary fractions.

    Returns
    -------
    str
        A regular expression over the whole text.
    """
    fraction = "[0-9]*"
    if places is not None:
        fraction = f"([0-9]{{0,{places}}}0*|[0-9]{{{places}}}(0{{6,}}|9{{6,}})[0-9]*)"
    number = f"([0-9]+([.]{fraction})?|[.]{fraction})"
    dollars = f"([0-9]+|[1-9][0-9]{{0,2}}(,[0-9]{{3}})+|)([.]{fraction})?"
    return {
        "whole": "[-+]?[0-9]+([.]0*)?",
        "decimal": f"[-+]?{number}",
        "double": f"[-+]?{number}([eE][-+]?[0-9]{{1,3}})?",
        "money": f"([-+]?[$]? ?|[$] ?[-+]?){dollars}",
        "date": DAY,
        "timestamp": f"{DAY}([ T]{TIME})?",
        "zoned": f"{DAY}[ T]{TIME} ?([-+][0-9]{{1,2}}(:?[0-9]{{2}})?|[A-Za-z].*)",
        "us_date": "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}",
        "month_year": "[0-9]{1,2}/[0-9]{4}",
        "zip": "[0-9]{1,5}([.]0*)?",
        "true": "1|1[.]0|t|true|y|yes",
        "false": "0|0[.]0|f|false|n|no",
    }[kind]


def is_written(text: str, kind: str, places: int | None = None) -> str:
    """Return the condition that a text is written as a value of a kind.

    Parameters
    ----------
    text : str
        SQL of a text.
    kind, places
        See `value_pattern`.

    Returns
    -------
    str
        SQL of a boolean.
    """
    return f"regexp_full_match({text}, '{value_pattern(kind, places)}')"


def value_sql(column: ColumnFormat, text: str) -> str:
    """Return a text as the value of a column, null where it is no such value.

    Parameters
    ----------
    column : ColumnFormat
        A column of a raw file.
    text : str
        SQL of a text.

    Returns
    -------
    str
        SQL of a value of the column's type.
    """
    kind, trimmed = value_kind(column), f"trim({text})"

    def part(number: int, sign: str = "/") -> str:
        return f"split_part({trimmed}, '{sign}', {number})"

    if kind == "text":
        return text
    if kind == "month_name":
        written = {word: n for n, month in enumerate(MONTHS, 1) for word in (month[:3], month)}
        branches = " ".join(f"when '{word}' then {n}" for word, n in written.items())
        return f"case lower({trimmed}) {branches} end"
    if kind == "boolean":
        branches = " ".join(f"when {is_written(f'lower({trimmed})', v)} then {v}" for v in ("true", "false"))
        return f"case {branches} end"
    if kind == "zip":
        return f"case when {is_written(trimmed, kind)} then lpad({part(1, '.')}, 5, '0') end"
    digits = {
        "whole": part(1, "."),
        "money": f"trim(replace(replace({text}, '$', ''), ',', ''))",
        "us_date": f"{part(3)} || '-' || {part(1)} || '-' || {part(2)}",
        "month_year": f"{part(2)} || '-' || {part(1)} || '-01'",
    }.get(kind, trimmed)
    return (
        f"case when {is_written(trimmed, kind, decimal_places(column))}"
        f" then try_cast({digits} as {column.data_type}) end"
    )
