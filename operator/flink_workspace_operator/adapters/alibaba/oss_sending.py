"""Sends what the OSS SDK has signed."""

import os
from typing import Any

from alibabacloud_oss_v2.aio.transport import AioHttpClient

from flink_workspace_operator.adapters.alibaba.connections import Connections
from flink_workspace_operator.adapters.alibaba.proxy import proxy_for_url


class OssSender:
    """What the SDK takes as its `http_client`: its own client, on the connections of the identity.

    Each bucket is a host of its own, so each request may take another proxy. The SDK's client follows no redirect; the
    session repeats nothing.
    """

    def __init__(self, connections: Connections, seconds: float) -> None:
        self._connections = connections
        self._waits = {"connect_timeout": seconds, "readwrite_timeout": seconds}

    async def open(self) -> None:
        """Nothing to do: connections are opened when something is sent."""

    async def send(self, request: Any, **options: Any) -> Any:  # noqa: ANN401 - the SDK is untyped
        """Send it once. Raises the SDK's exceptions, and `UnusableProxy` or `UnusableAuthorities`."""
        proxy = proxy_for_url(request.url, os.environ)
        client = AioHttpClient(session=self._connections.session, proxy_host=proxy, **self._waits)
        return await client.send(request, **options)

    async def close(self) -> None:
        """Nothing to do: they are not ours."""
