"""What the service refuses, in the one shape that all refusals have."""


class RefusedError(Exception):
    """A request that makes no sense as things stand.

    Parameters
    ----------
    status : int
        Of HTTP.
    code : str
        For programs.
    message : str
        For people: what was found, what was expected.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
