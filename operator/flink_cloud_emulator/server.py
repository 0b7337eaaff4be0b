"""The HTTP server: the control interface under ``/_emulator/``, the emulated cloud everywhere
else.
"""

import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from flink_cloud_emulator import control
from flink_cloud_emulator.dispatch import Dispatcher
from flink_cloud_emulator.seed import open_cloud

_LARGEST_BODY = 16 * 1024 * 1024
_LONGEST_LINE = 64 * 1024
"""Tokens of up to 20,000 characters travel in the query of AssumeRoleWithOIDC."""
_SHUTDOWN_SECONDS = 1.0


@dataclass(frozen=True)
class Running:
    """A started emulator."""

    url: str
    """``http://host:port``, without a slash at the end."""
    tls_url: str | None
    """The same by TLS, on a port of its own; None where it is not wanted."""
    stop: Callable[[], Coroutine[Any, Any, None]]
    """Stop listening and cut all connections, hanging ones included."""


async def start(
    port: int = 0, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Running:
    """Start an emulator with the default account in this event loop. Port 0 takes a free one.

    With `tls` it answers by TLS as well. Raises OSError where the port is taken.
    """
    cloud = open_cloud()
    dispatcher = Dispatcher(cloud)
    app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[control.explain_errors])
    control.add_routes(app, cloud)
    app.router.add_route("*", "/{path:.*}", dispatcher.handle)
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=_SHUTDOWN_SECONDS,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
    )
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    if tls is not None:
        await web.TCPSite(runner, host, 0, ssl_context=tls).start()
    plain, *by_tls = [f"{host}:{address[1]}" for address in runner.addresses]

    async def stop() -> None:
        dispatcher.stopping.set()
        await runner.cleanup()

    return Running(f"http://{plain}", f"https://{by_tls[0]}" if by_tls else None, stop)
