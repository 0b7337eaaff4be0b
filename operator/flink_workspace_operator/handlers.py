"""The index of triggers, and the process around them. Everything that needs kopf, and no logic.

kopf lists, watches and reconnects. It writes nothing to any object.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import kopf

from flink_workspace_operator.adapters.kubernetes.collection import PAGE_OF_USERS
from flink_workspace_operator.adapters.kubernetes.connection import log_in
from flink_workspace_operator.api.names import APPROVALS, GROUP, ORDERS, VERSION, WORKSPACES
from flink_workspace_operator.core.facts.failures import ClusterFailure
from flink_workspace_operator.runtime.operator import Operator
from flink_workspace_operator.runtime.probes import CannotListen, Probes
from flink_workspace_operator.settings import Settings

log = logging.getLogger(__name__)

LOGIN_LASTS = timedelta(minutes=5)
"""Below the shortest life of a Pod's token: a refused token that is still the newest one would end
the process."""

FORGETS_AFTER_SECONDS = 0.1
"""kopf keeps the last version of each object for this time. Its default of 5 s is longer than a
whole list takes: all objects of the cluster would be in memory at once."""

IDENTITY = cast(Any, "flink-workspace-operator")
"""For peering only; without it kopf looks up the system's user, and crashes if the uid has none."""


class NoDifferences(kopf.AnnotationsDiffBaseStorage):
    """Keeps nothing of an object. We have no handler of differences, and by default kopf copies
    each object of each event for one: with 300 of 500 KB that was a quarter of all it costs."""

    def build(self, **_: object) -> kopf.BodyEssence:
        """Nothing."""
        return cast(kopf.BodyEssence, {})

    def fetch(self, **_: object) -> kopf.BodyEssence | None:
        """Nothing was ever kept."""
        return None


Connect = Callable[[Settings], AbstractAsyncContextManager[Operator]]


async def serve(settings: Settings, connect: Connect) -> int:
    """Stand by, then lead. Returns the process's exit code: 0 after SIGTERM or SIGINT.

    Passes under way end before the Lease is released to the next process.
    """
    _leave_on_signals()
    try:
        async with connect(settings) as operator:
            probes = Probes(operator.health, operator.election, operator.metrics)
            answering = probes.answering(settings.health_port, settings.health_address)
            async with answering, operator.leading(), operator.at_work() as served:
                log.info("at work with %d workers", settings.workers)
                await _watch(settings, operator, served)
            return 1 if operator.election.lost.is_set() else 0
    except asyncio.CancelledError:  # stopped while standing by
        return 0
    except (ClusterFailure, CannotListen) as failure:
        log.error("cannot start: %s", failure)
        return 1
    except Exception:  # a watch broke for good: only a new process can begin one again
        log.exception("the watches ended; the process ends, to be started anew")
        return 1


def _leave_on_signals() -> None:
    """Stop on signals until kopf replaces these handlers by its own."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        if task is not None:
            loop.add_signal_handler(signum, task.cancel)


async def _watch(
    settings: Settings, operator: Operator, namespaces: tuple[str, ...] | None
) -> None:
    """Run kopf until a signal, a lost election, or a change of the namespaces to watch."""
    await kopf.operator(
        registry=build_registry(operator),
        settings=kopf_settings(settings),
        clusterwide=namespaces is None,
        namespaces=namespaces or (),
        standalone=True,  # no peering: it overlaps at hand-over, and two processes must not buy
        identity=IDENTITY,
        stop_flag=operator.ending,
    )


def kopf_settings(settings: Settings) -> kopf.OperatorSettings:
    """kopf's settings: the differences from its defaults, with reasons."""
    ours = kopf.OperatorSettings()
    ours.posting.enabled = False  # events are posted by the pass, once for each thing that happened
    ours.watching.chunk_size = PAGE_OF_USERS
    ours.persistence.diffbase_storage = NoDifferences()
    ours.queueing.idle_timeout = FORGETS_AFTER_SECONDS
    ours.watching.server_timeout = (
        300  # reconnect while the last version seen is still in the server's memory
    )
    ours.networking.connect_timeout = 5
    ours.networking.request_timeout = 30
    # No scan for new namespaces and CRDs: it would need rights on the whole cluster.
    ours.scanning.disabled = settings.namespaces is not None
    ours.process.ultimate_exiting_timeout = (
        settings.drain_seconds + 60
    )  # else it kills a pass that is being finished
    return ours


def build_registry(operator: Operator) -> kopf.OperatorRegistry:
    """All triggers, for one operator."""
    registry = kopf.OperatorRegistry()

    @kopf.on.login(registry=registry, id="login")
    async def login(**_: object) -> kopf.ConnectionInfo:
        known = await log_in()
        scheme, _space, token = (known.authorization or "").partition(" ")
        return kopf.ConnectionInfo(
            server=known.server,
            ca_path=known.ca_path,
            insecure=not known.verify,
            scheme=scheme.capitalize() or None,
            token=token.strip() or None,
            certificate_path=known.certificate_path,
            private_key_path=known.key_path,
            proxy_url=known.proxy,
            expiration=datetime.now(UTC) + LOGIN_LASTS,
        )

    @kopf.on.event(GROUP, VERSION, WORKSPACES, registry=registry, id="workspace")
    async def workspace_changed(event: kopf.RawEvent, **_: object) -> None:
        operator.watches.workspaces.seen(event["type"], event["object"])
        operator.triggers.workspace_seen(event["type"], dict(event["object"]))
        operator.metrics.workspaces.seen(event["type"], event["object"])
        operator.neighbours.seen(event["type"], event["object"])
        operator.orphan_watch.seen(event["type"], event["object"])
        operator.creation_watch.seen(event["type"], event["object"])

    @kopf.on.event(GROUP, VERSION, ORDERS, registry=registry, id="order")
    async def order_changed(event: kopf.RawEvent, **_: object) -> None:
        operator.watches.orders.seen(event["type"], event["object"])
        operator.triggers.order_seen(event["type"], dict(event["object"]))
        operator.metrics.orders.seen(event["type"], event["object"])

    @kopf.on.event(GROUP, VERSION, APPROVALS, registry=registry, id="approval")
    async def approval_changed(event: kopf.RawEvent, **_: object) -> None:
        operator.triggers.approval_seen(event["type"], dict(event["object"]))

    @kopf.on.cleanup(
        registry=registry, id="drain"
    )  # not later: kopf cancels whatever tasks are left after this
    async def stop(**_: object) -> None:
        await operator.drain()

    return registry
