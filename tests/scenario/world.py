"""Passes of the real code against the real API server and the emulated cloud, without the process
around them.

    async def test_it(world: World) -> None:
        await world.apply(a_manifest("w"))
        await world.settle("w")            # pass after pass, as the queue would run them
        assert world.ready("w")

Between passes that would wait, the emulator's clock is moved instead: nothing here sleeps.
"""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config as CredentialsConfig
from kubernetes.aio import client, config

from flink_local.cluster import Cluster as LocalCluster
from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.failures import CloudFailure, ClusterFailure
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.reconcile import Reconciler
from flink_workspace_operator.runtime.backoff import wait_after
from flink_workspace_operator.settings import Settings
from tests.allowed import ALLOWED
from tests.emulator_fixture import EmulatedAccount
from tests.objects import Objects
from tests.scenario.recording import RecordingCluster

PATIENCE = 150
"""Passes after which a test gives up: far more than any way to an end takes."""
STRIDE = 30
"""Seconds that pass at least where a pass would wait: what the cloud takes is not looked at every
second."""

PATIENT_GATEWAY = {"signatureValiditySeconds": 24 * 3600}
"""A cloud that takes signed calls for longer than the operator assumes, which is the harder case.
The emulator moves its clock at once then: it need not tell by whole seconds of the machine's what
was signed before."""

SHORT_WINDOWS: dict[str, float] = {
    "signature_validity_seconds": 60,
    "longest_commit_seconds": 30,
    "longest_visibility_seconds": 60,
    "nonce_memory_seconds": 120,
    "refusal_backoff_seconds": 10,
}
"""Settings under which an open outcome is settled after minutes of the moved clock, not after half
an hour of it."""


@dataclass
class World:
    """One account, one namespace, and an operator's mind; `restart` gives it a fresh one."""

    local: LocalCluster
    account: EmulatedAccount
    namespace: str
    settings: Settings
    cloud: AlibabaCloud
    cluster: RecordingCluster
    cluster_id: str
    reconciler: Reconciler = field(init=False)
    history: list[FlinkWorkspace] = field(default_factory=list)
    """The resource as every pass left it."""
    others: tuple[EmulatedAccount, ...] = ()
    """Accounts whose clocks are moved with that of `account`: otherwise what they make would take
    its time, and pass after pass would look at it."""

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget everything that a process forgets when it is killed."""
        self.reconciler = self.another_operator()

    def another_operator(self) -> Reconciler:
        """A second operator on the same resources, with a memory of its own."""
        return Reconciler(
            cloud=self.cloud,
            cluster=self.cluster,
            settings=self.settings,
            cluster_id=self.cluster_id,
            clock=lambda: datetime.now(UTC),
            random_token=lambda: secrets.token_hex(16),
        )

    @property
    def objects(self) -> Objects:
        """What is in the namespace, for its user and for whoever looks after the cluster."""
        return Objects.of(self.local, self.namespace)

    async def apply(self, manifest: dict[str, Any]) -> None:
        """Apply a manifest as a user does."""
        self.objects.apply(manifest)

    def key(self, name: str) -> Key:
        return Key(self.namespace, name)

    async def workspace(self, name: str) -> FlinkWorkspace:
        """The resource as it is."""
        found = await self.cluster.read_workspace(self.key(name))
        assert found is not None, f"{name} is gone"
        return found

    async def orders(self, name: str) -> tuple[FlinkWorkspaceOrder, ...]:
        """The ledger as it is."""
        return await self.cluster.read_orders(self.key(name))

    async def one_pass(self, name: str, by: Reconciler | None = None) -> float | None:
        """Run one pass; seconds until the next one is due, None if there is none."""
        after, _ = await self._pass(name, by or self.reconciler)
        return after

    async def _pass(self, name: str, by: Reconciler) -> tuple[float | None, FlinkWorkspace | None]:
        """The same, and the resource as it was left."""
        try:
            look = await by.run_pass(self.key(name))
            after = None if look.after is None else look.after.total_seconds()
        except CloudFailure:
            after = 5.0
        except ClusterFailure as failure:
            after = wait_after(failure, 0)
        found = await self.cluster.read_workspace(self.key(name))
        if found is not None:
            self.history.append(found)
        return after, found

    async def settle(
        self,
        name: str,
        until: Callable[[FlinkWorkspace], bool] | None = None,
        stride: float = STRIDE,
    ) -> FlinkWorkspace:
        """Run passes until the resource is Ready, or `until` holds.

        Where a pass would wait, the clock is moved by what it would wait, and by at least `stride`
        seconds."""
        reached = until or is_ready
        for _ in range(PATIENCE):
            after, workspace = await self._pass(name, self.reconciler)
            assert workspace is not None, f"{name} is gone"
            if reached(workspace):
                return workspace
            if after:
                for each in (self.account, *self.others):
                    each.control.advance(max(after, stride))
        told = conditions(self.history[-1])
        raise AssertionError(f"not reached; conditions: {told}; orders: {await self.orders(name)}")


def conditions(workspace: FlinkWorkspace) -> dict[str, Condition]:
    """Conditions by type."""
    return {condition.type: condition for condition in workspace.status.conditions}


def is_ready(workspace: FlinkWorkspace) -> bool:
    """Whether Ready is True."""
    ready = conditions(workspace).get("Ready")
    return ready is not None and ready.status == "True"


def has_reason(reason: str) -> Callable[[FlinkWorkspace], bool]:
    """Whether Ready has this reason."""
    return lambda workspace: (
        (found := conditions(workspace).get("Ready")) is not None and found.reason == reason
    )


async def configuration_in(kubeconfig: Path) -> client.Configuration:
    """The way to the API server that a kubeconfig tells."""
    configuration = client.Configuration()
    await config.load_kube_config(str(kubeconfig), client_configuration=configuration)  # type: ignore[no-untyped-call]  # its own gap
    return configuration


@asynccontextmanager
async def a_world(
    local: LocalCluster,
    account: EmulatedAccount,
    namespace: str,
    keys: object = None,
    **settings: object,
) -> AsyncIterator[World]:
    """Everything that passes need, with settings as short as they may be; no shared listing
    outlives a moved clock.

    `keys` is where the operator's own key comes from, by default the account's key pair.

    Afterwards every status that was written is judged: no tool that waits was told what was not the
    case."""
    chosen = Settings.model_validate(
        {
            **ALLOWED,
            "endpoint": account.url,
            "cluster_id": f"cluster-{namespace}",
            "purchase_timeout_seconds": 5,
            "drain_seconds": 10,
            "read_timeout_seconds": 5,
            "listing_max_age_seconds": 0.001,
            **settings,
        }
    )
    configuration = await configuration_in(local.kubeconfig)
    async with client.ApiClient(configuration) as api:
        cloud, cluster = (
            AlibabaCloud(chosen, keys or credentials_of(account)),
            RecordingCluster(api, chosen),
        )
        try:
            made = World(local, account, namespace, chosen, cloud, cluster, f"cluster-{namespace}")
            yield made
            made.cluster.judge_all()
        finally:
            await cloud.close()


def credentials_of(account: EmulatedAccount) -> Credentials:
    """The account's key pair, as the official credentials client."""
    return Credentials(
        CredentialsConfig(
            type="access_key",
            access_key_id=account.access_key_id,
            access_key_secret=account.access_key_secret,
        )
    )
