"""The one place where real adapters are built and put together."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from kubernetes.aio import client

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.adapters.kubernetes.claim_watch import ClaimWatch
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.adapters.kubernetes.connection import load_configuration
from flink_workspace_operator.ports import Cloud, Cluster
from flink_workspace_operator.reconcile import Reconciler
from flink_workspace_operator.runtime.health import Health
from flink_workspace_operator.runtime.operator import Operator
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.triggers import Triggers
from flink_workspace_operator.runtime.workers import Workers
from flink_workspace_operator.settings import Settings


class WatchedCluster(Cluster, Protocol):
    """A cluster that knows the echoes of its own writes."""

    def is_own_write(self, resource_version: str) -> bool:
        """Whether an object's version came from a write of ours."""
        ...


@dataclass(frozen=True)
class ClusterSide:
    """All that goes through one client of the API server."""

    cluster: WatchedCluster
    cluster_id: str
    claim_watch: ClaimWatch


@asynccontextmanager
async def connect(settings: Settings) -> AsyncIterator[Operator]:
    """The operator between the real cloud and the real cluster. Raises ClusterFailure."""
    async with connect_cluster(settings) as cluster_side, connect_cloud(settings) as cloud:
        yield assemble(settings, cloud, cluster_side)


@asynccontextmanager
async def connect_cluster(settings: Settings) -> AsyncIterator[ClusterSide]:
    """The cluster that the process runs in, or that KUBECONFIG names. Raises ClusterFailure."""
    async with client.ApiClient(await load_configuration()) as api_client:
        cluster = KubernetesCluster(api_client, settings)
        own_id = await cluster.cluster_id()  # always asked for: it shows at the start whether the API server answers
        claim_watch = ClaimWatch(client.CustomObjectsApi(api_client), settings.namespace)
        yield ClusterSide(cluster, settings.cluster_id or own_id, claim_watch)


@asynccontextmanager
async def connect_cloud(settings: Settings) -> AsyncIterator[AlibabaCloud]:
    """The cloud, or its emulator, as the settings and the environment's credentials say."""
    cloud = AlibabaCloud(settings)
    try:
        yield cloud
    finally:
        await cloud.close()


def assemble(settings: Settings, cloud: Cloud, cluster_side: ClusterSide) -> Operator:
    """The operator between any cloud and any cluster, not yet at work. To be called on the loop that it will run on."""
    reconciler = Reconciler(
        cloud=cloud,
        cluster=cluster_side.cluster,
        settings=settings,
        cluster_id=cluster_side.cluster_id,
        clock=lambda: datetime.now(UTC),
        random_token=lambda: secrets.token_hex(16),
    )
    loop = asyncio.get_running_loop()
    queue = WorkQueue(loop)
    return Operator(
        triggers=Triggers(queue, cluster_side.cluster.is_own_write),
        workers=Workers(queue, reconciler.run_pass, settings.workers, random.random),
        health=Health(queue, loop.time),
        claim_watch=cluster_side.claim_watch,
        drain_seconds=settings.drain_seconds,
    )
