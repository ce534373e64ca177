"""The errors that a user can mend."""

import re


class UserError(Exception):
    """Something the user can mend; the message says what was found, what was expected and what to do."""


def without_folders(said: object) -> str:
    """Return what an error says without the names of folders here, which are nobody's business elsewhere."""
    return re.sub(r"/\S*/", "", str(said))
