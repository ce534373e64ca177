"""Where a server listens, looked at before it says so."""

import errno
import socket

from bank_marketing.errors import UserError


def check_address(host: str, port: int) -> None:
    """Refuse an address at which nothing can listen now.

    Parameters
    ----------
    host : str
        By ``--host``.
    port : int
        By ``--port``.

    Raises
    ------
    UserError
        If the port is none or in use, or the host isn't one of this machine.
    """
    if not 0 < port < 2**16:
        raise UserError(f"--port {port}: expected one from 1 to {2**16 - 1}.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as one:
            # As the server does: a port that was left a moment ago is free.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UserError(f"--port {port}: in use at {host}. Name another one.") from error
        raise UserError(
            f"--host {host} --port {port}: nothing can listen there ({error.strerror})."
        ) from error
