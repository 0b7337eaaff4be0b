"""Free ports of the loopback interface, and whether a server answers there."""

import contextlib
import http.client
import socket
import ssl

TIMEOUT_SECONDS = 5


def free_ports(count: int) -> list[int]:
    """Ports that nobody has right now; somebody may take one before its server does."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def is_listened_to(port: int) -> bool | None:
    """True if somebody takes connections there, None if not (yet)."""
    try:
        socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS).close()
    except OSError:
        return None
    return True


def answers_ok(port: int, path: str, trust: ssl.SSLContext | None = None) -> bool | None:
    """True if GET gives 200, None if not (yet). With `trust` over TLS."""
    address = ("127.0.0.1", port)
    connection = (
        http.client.HTTPSConnection(*address, timeout=TIMEOUT_SECONDS, context=trust)
        if trust
        else http.client.HTTPConnection(*address, timeout=TIMEOUT_SECONDS)
    )
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK or None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
