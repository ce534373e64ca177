"""What the vars of dbt_project.yml state, as Python wants it: the same for a model and for a command."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
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


def stated_limit(value: Any, name: str) -> float | None:
    """Read a limit as a var of dbt states it.

    Parameters
    ----------
    value : any
        A number, as such or as text; nothing or an empty text for no limit. 0 is one: nothing may be done.
    name : str
        The var's name.

    Returns
    -------
    float or None
        The limit, None for none.

    Raises
    ------
    UserError
        If it is no number, or below 0.
    """
    text = "" if value is None else str(value).strip()
    if text in ("", "None"):
        return None
    try:
        limit = float(text)
    except ValueError:
        limit = math.nan
    if not 0 <= limit < math.inf:
        raise UserError(f"var {name} is {text!r}, expected a number of 0 or more, or nothing for no limit.")
    return limit


def stated_share(value: Any, name: str) -> float:
    """Read a share below 1 as a var of dbt states it.

    Parameters
    ----------
    value : any
        A number, as such or as text.
    name : str
        The var's name.

    Returns
    -------
    float
        The share.

    Raises
    ------
    UserError
        If it is no number, or not from 0 to below 1.
    """
    share = stated_limit(value, name)
    if share is None or share >= 1:
        raise UserError(f"var {name} is {str(value)!r}, expected a share from 0 to below 1.")
    return share


def positive_number(stated: Any, name: str) -> float:
    """Read a var of dbt that is a number above 0.

    Parameters
    ----------
    stated : any
        A number, as such or as text.
    name : str
        The var's name.

    Returns
    -------
    float
        The number.

    Raises
    ------
    UserError
        If it is something else.
    """
    try:
        number = float(str(stated).strip())
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise UserError(f"var {name} is {str(stated)!r}, expected a number above 0.")
    return number


def stated_mapping(value: Any) -> Mapping[str, Any]:
    """Read several vars that dbt hands over together.

    Parameters
    ----------
    value : str or mapping
        As JSON, or read already.

    Returns
    -------
    mapping of str to any
        What the vars hold, by the names that they were given.
    """
    read: Mapping[str, Any] = json.loads(value) if isinstance(value, str) else value
    return read


def stated_day(value: Any) -> date:
    """Read the var as_of; that it is a day, the macro as_of_date holds.

    Parameters
    ----------
    value : any
        A day as YYYY-MM-DD; nothing or an empty text for today (UTC).

    Returns
    -------
    datetime.date
    """
    text = "" if value is None else str(value).strip()
    return datetime.now(UTC).date() if text in ("", "None") else date.fromisoformat(text)
