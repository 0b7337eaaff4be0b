"""Sends what the OSS SDK has signed."""

import os
from typing import Any

from alibabacloud_oss_v2.aio.transport import AioHttpClient

from flink_workspace_operator.adapters.alibaba.proxy import proxy_for_url
from flink_workspace_operator.adapters.alibaba.transport import open_session


class OssSender:
    """What the SDK takes as its `http_client`: its own client, one for each proxy.

    Each bucket is a host of its own, so each request may take another way. The SDK's client follows no redirect; its
    session repeats nothing.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._clients: dict[str | None, AioHttpClient] = {}

    async def open(self) -> None:
        """Nothing to do: a client opens itself when it sends."""

    async def send(self, request: Any, **options: Any) -> Any:  # noqa: ANN401 - the SDK is untyped
        """Send it once. Raises the SDK's exceptions, and `UnusableProxy` or `UnusableAuthorities`."""
        proxy = proxy_for_url(request.url, os.environ)
        if proxy not in self._clients:
            self._clients[proxy] = self._open(proxy)
        return await self._clients[proxy].send(request, **options)

    async def close(self) -> None:
        """Close the connections."""
        while self._clients:
            _, client = self._clients.popitem()
            await client.close()

    def _open(self, proxy: str | None) -> AioHttpClient:
        session, waits = open_session(), {"connect_timeout": self._seconds, "readwrite_timeout": self._seconds}
        client = AioHttpClient(session=session, proxy_host=proxy, **waits)
        client.session_owner = True  # both close together
        return client
