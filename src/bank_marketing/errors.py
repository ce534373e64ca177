"""The errors that a user can mend."""


class UserError(Exception):
    """Something the user can mend; the message says what was found, what was expected and what to do."""
