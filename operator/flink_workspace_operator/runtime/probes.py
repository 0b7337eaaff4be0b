"""The HTTP server for the kubelet and Prometheus. It answers from the start, also on standby."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from flink_workspace_operator.runtime.election import Election
from flink_workspace_operator.runtime.health import Health, Unhealthy
from flink_workspace_operator.runtime.metrics.registry import Metrics


class CannotListen(Exception):
    """The port is in use, or not permitted."""


@dataclass(frozen=True)
class Probes:
    """Answers /healthz, /readyz and /metrics."""

    health: Health
    election: Election
    metrics: Metrics

    @asynccontextmanager
    async def answering(self, port: int, address: str | None = None) -> AsyncIterator[None]:
        """Answer inside, on one address or on all (None); port 0: not at all. Raises
        CannotListen."""
        if not port:
            yield
            return
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await _listen(runner, port, address)
            yield
        finally:
            await runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/healthz", self.healthz)
        application.router.add_get("/readyz", self.readyz)
        application.router.add_get("/metrics", self.metricsz)
        return application

    async def healthz(self, _: web.Request) -> web.Response:
        """200, or 500 with the reason why the process should be restarted."""
        try:
            return _closing(web.json_response(self.health.check()))
        except Unhealthy as unhealthy:
            return _closing(web.json_response({"reason": str(unhealthy)}, status=500))

    async def readyz(self, _: web.Request) -> web.Response:
        """200 for a leader and a standby, with its role and the reason."""
        election = self.election
        told = {
            "leader": election.leads(),
            "holder": election.holder,
            "obstacle": election.obstacle,
        }
        return _closing(web.json_response(told))

    async def metricsz(self, _: web.Request) -> web.Response:
        """Metrics in Prometheus' text format."""
        return _closing(
            web.Response(
                body=await self.metrics.as_text(), headers={"Content-Type": CONTENT_TYPE_LATEST}
            )
        )


async def _listen(runner: web.AppRunner, port: int, address: str | None) -> None:
    try:
        await web.TCPSite(runner, host=address, port=port).start()
    except OSError as taken:
        raise CannotListen(f"no server can be opened on port {port} ({taken.strerror})") from taken


def _closing(response: web.Response) -> web.Response:
    """Close the connection after the answer: kopf waits for open ones when it ends."""
    response.force_close()
    return response
