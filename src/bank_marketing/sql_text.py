"""Text inside SQL statements that Python puts together."""


def sql_text(value: str) -> str:
    """Return a text as an SQL literal.

    Parameters
    ----------
    value : str
        Any text, such as a path.

    Returns
    -------
    str
        The text in single quotes, those within it doubled.
    """
    return "'" + value.replace("'", "''") + "'"
