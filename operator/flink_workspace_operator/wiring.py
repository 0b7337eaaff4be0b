"""The one place where real adapters are built and put together."""

import asyncio
import random
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from kubernetes.aio import client

from flink_workspace_operator.adapters.alibaba.calls import CallObserver, unobserved
from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.adapters.alibaba.own_calls import OwnCalls
from flink_workspace_operator.adapters.kubernetes.claim_watch import ClaimWatch
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.adapters.kubernetes.collection import (
    PAGE_OF_USERS,
    Collection,
    OwnWrites,
)
from flink_workspace_operator.adapters.kubernetes.connection import load_configuration
from flink_workspace_operator.adapters.kubernetes.definitions import check_definitions
from flink_workspace_operator.adapters.kubernetes.election_lease import (
    ELECTION_LEASE,
    ElectionLease,
)
from flink_workspace_operator.adapters.kubernetes.neighbours import Neighbours
from flink_workspace_operator.adapters.kubernetes.report_map import ReportMap
from flink_workspace_operator.adapters.kubernetes.rights import Rights
from flink_workspace_operator.api.names import GROUP, ORDERS, VERSION, WORKSPACES
from flink_workspace_operator.confirmation import Confirmation, SharedAnswers
from flink_workspace_operator.ports import Cloud, Cluster
from flink_workspace_operator.reconcile import Reconciler
from flink_workspace_operator.runtime import kinds
from flink_workspace_operator.runtime.creation_watch import CreationWatch
from flink_workspace_operator.runtime.election import Election
from flink_workspace_operator.runtime.health import Health
from flink_workspace_operator.runtime.metrics.registry import Metrics
from flink_workspace_operator.runtime.operator import Operator
from flink_workspace_operator.runtime.orphan_watch import OrphanWatch
from flink_workspace_operator.runtime.publishing import Publishing, facts_of, process_of
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.resync import Kind, Resync
from flink_workspace_operator.runtime.rounds import Round
from flink_workspace_operator.runtime.scope import Scope
from flink_workspace_operator.runtime.triggers import Triggers
from flink_workspace_operator.runtime.turns import Lane, Share
from flink_workspace_operator.runtime.watches import Watches
from flink_workspace_operator.runtime.workers import Workers
from flink_workspace_operator.settings import Settings
from flink_workspace_operator.survey import survey

CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Advances while the machine sleeps: on Linux by its own clock, else by the monotonic one."""


class WatchedCluster(Cluster, Protocol):
    """A cluster that knows the echoes of its own writes."""

    def is_own_write(self, resource_version: str) -> bool:
        """True if we wrote this version of an object."""
        ...


@dataclass(frozen=True)
class ClusterSide:
    """The adapters that share one client of the API server."""

    cluster: WatchedCluster
    cluster_id: str
    workspaces: Collection
    orders: Collection
    claims: Collection
    claim_watch: ClaimWatch
    election_lease: ElectionLease
    rights: Rights
    report_map: ReportMap
    neighbours: Neighbours


@asynccontextmanager
async def connect(settings: Settings, lease_name: str = ELECTION_LEASE) -> AsyncIterator[Operator]:
    """The operator between the real cloud and the real cluster. Raises ClusterFailure."""
    metrics = Metrics(asyncio.get_running_loop().time)
    own_calls = OwnCalls(_now)
    async with (
        connect_cluster(settings, lease_name) as cluster_side,
        connect_cloud(settings, metrics.calls, own_calls) as cloud,
    ):
        yield assemble(settings, cloud, cluster_side, metrics, own_calls)


@asynccontextmanager
async def connect_cluster(
    settings: Settings, lease_name: str = ELECTION_LEASE
) -> AsyncIterator[ClusterSide]:
    """The cluster that the process runs in, or that KUBECONFIG names. Raises ClusterFailure."""
    async with client.ApiClient(await load_configuration()) as api_client:
        cluster = KubernetesCluster(api_client, settings)
        await check_definitions(api_client)  # also shows that the API server answers
        custom = client.CustomObjectsApi(api_client)
        leases = Collection(custom, "coordination.k8s.io", "v1", "leases", OwnWrites())
        yield ClusterSide(
            cluster=cluster,
            cluster_id=settings.cluster_id or await cluster.cluster_id(),
            workspaces=Collection(custom, GROUP, VERSION, WORKSPACES, OwnWrites(), PAGE_OF_USERS),
            orders=Collection(custom, GROUP, VERSION, ORDERS, OwnWrites()),
            claims=leases,
            claim_watch=ClaimWatch(custom, settings.namespace),
            election_lease=ElectionLease(leases, settings.namespace, lease_name),
            rights=Rights(client.AuthorizationV1Api(api_client)),
            report_map=ReportMap(client.CoreV1Api(api_client), settings.namespace),
            neighbours=cluster.neighbours,
        )


@asynccontextmanager
async def connect_cloud(
    settings: Settings, calls: CallObserver = unobserved, only_own: CallObserver = unobserved
) -> AsyncIterator[AlibabaCloud]:
    """The cloud, or its emulator, as the settings and the environment's credentials say."""
    cloud = AlibabaCloud(settings, calls=calls, only_own=only_own)
    try:
        yield cloud
    finally:
        await cloud.close()


def assemble(
    settings: Settings,
    cloud: Cloud,
    cluster_side: ClusterSide,
    metrics: Metrics,
    own_calls: OwnCalls,
) -> Operator:
    """The operator between any cloud and any cluster, not started. Call it on the running loop."""
    loop = asyncio.get_running_loop()
    queue = WorkQueue(loop, Share.of(settings.workers))
    watches = Watches.every(settings.resync_seconds, loop.time)
    health = Health(queue, loop.time, watches)
    election = Election(
        lease=cluster_side.election_lease,
        identity=f"{socket.gethostname()}-{secrets.token_hex(4)}",
        seconds=settings.lease_seconds,
        clock=lambda: time.clock_gettime(CLOCK),
        heard=health.heard,
    )
    reconciler = _reconciler(settings, cloud, cluster_side, election, metrics)
    metrics.ask(election.leads, queue)
    metrics.tell_endpoint(settings.endpoint is not None, settings.emulated)
    triggers = Triggers(
        queue, cluster_side.cluster.is_own_write, lambda key, version: resync.wait_for(key, version)
    )
    orphan_watch = _orphan_watch(settings, cloud, cluster_side, metrics)
    resync = Resync(
        kinds=_kinds(watches, cluster_side, triggers, metrics, orphan_watch),
        begin_round=_rounds(settings, cloud, cluster_side, queue, reconciler),
        queue=queue,
        seconds=settings.resync_seconds,
        random=random.random,
        clock=loop.time,
        ended=partial(_ended, cluster_side, metrics),
    )
    process = process_of(settings, election.identity, cluster_side.cluster_id)
    run_pass = metrics.workspaces.corrected(metrics.passes.counted(reconciler.run_pass))
    return Operator(
        scope=Scope(settings.namespaces, cluster_side.rights.missing),
        triggers=triggers,
        workers=Workers(queue, run_pass, settings.workers, random.random, reconciler.has_announced),
        watches=watches,
        resync=resync,
        health=health,
        claim_watch=cluster_side.claim_watch,
        election=election,
        metrics=metrics,
        neighbours=cluster_side.neighbours,
        orphan_watch=orphan_watch,
        publishing=Publishing(
            partial(facts_of, process, orphan_watch, own_calls), cluster_side.report_map.write
        ),
        creation_watch=CreationWatch(cloud.list_instances, queue),
        drain_seconds=settings.drain_seconds,
    )


def _orphan_watch(
    settings: Settings, cloud: Cloud, cluster_side: ClusterSide, metrics: Metrics
) -> OrphanWatch:
    cluster, cluster_id = cluster_side.cluster, cluster_side.cluster_id
    return OrphanWatch(
        survey=lambda: survey(cloud, cluster, cluster_id, settings.namespaces),
        tell=cluster.post_notice,
        metrics=metrics.orphans,
        seconds=settings.survey_seconds,
        clock=_now,
    )


def _reconciler(
    settings: Settings,
    cloud: Cloud,
    cluster_side: ClusterSide,
    election: Election,
    metrics: Metrics,
) -> Reconciler:
    return Reconciler(
        cloud=cloud,
        cluster=cluster_side.cluster,
        settings=settings,
        cluster_id=cluster_side.cluster_id,
        clock=_now,
        random_token=lambda: secrets.token_hex(16),
        leads=election.leads,
        observer=metrics.workspaces.looked,
    )


def _kinds(
    watches: Watches,
    cluster_side: ClusterSide,
    triggers: Triggers,
    metrics: Metrics,
    orphan_watch: OrphanWatch,
) -> tuple[Kind, ...]:
    """All that a resync lists: orders first, as a round needs them to judge workspaces."""
    return (
        kinds.orders(watches.orders, cluster_side.orders.list, triggers, metrics),
        kinds.workspaces(
            watches.workspaces,
            cluster_side.workspaces.list,
            triggers,
            metrics,
            cluster_side.neighbours,
            orphan_watch,
        ),
    )


def _rounds(
    settings: Settings,
    cloud: Cloud,
    cluster_side: ClusterSide,
    queue: WorkQueue,
    reconciler: Reconciler,
) -> Callable[[], Awaitable[Round]]:
    confirmation = Confirmation(
        cluster_id=reconciler.cluster_id,
        settings=settings,
        memory=reconciler.memory,
        clock=reconciler.clock,
        observer=reconciler.observer,
    )
    max_age = timedelta(seconds=settings.listing_max_age_seconds)

    async def begin() -> Round:
        """A round with all claims. Raises `ClusterFailure`."""
        round_ = Round(
            confirmation,
            SharedAnswers(cloud, max_age),
            settings,
            doubt=partial(queue.add, lane=Lane.ROUTINE),
        )
        async for wire in cluster_side.claims.list(settings.namespace):
            round_.lists.take_claim(wire)
        return round_

    return begin


def _now() -> datetime:
    return datetime.now(UTC)


def _ended(cluster_side: ClusterSide, metrics: Metrics, confirmed: int) -> None:
    """A round listed everything."""
    cluster_side.neighbours.all_listed()
    metrics.passes.confirmed(confirmed)
