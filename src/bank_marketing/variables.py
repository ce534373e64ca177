"""What the vars of dbt_project.yml state, as Python wants it: the same for a model and for a command."""

from typing import Any

from bank_marketing.errors import UserError


def stated_list(value: Any, name: str) -> list[str]:
    """Read a list as a var of dbt states it.

    Parameters
    ----------
    value : any
        A list of words, or a text with commas between them; nothing or an empty text for an empty list.
    name : str
        The var's name.

    Returns
    -------
    list of str
        The words, without blanks around them.

    Raises
    ------
    UserError
        If it is something else.
    """
    words = value.split(",") if isinstance(value, str) else [] if value is None else value
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise UserError(f"var {name} is {value!r}, expected a list of words, such as [gender, age].")
    return [word.strip() for word in words if word.strip()]
