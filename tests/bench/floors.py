"""What the same costs bare: the floors under the operator's figures, measured in the same run on
the same machine."""

import os
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psutil

from flink_local.emulator import ACCESS_KEY_ID, ACCESS_KEY_SECRET
from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.adapters.alibaba.connections import Connections
from flink_workspace_operator.adapters.alibaba.credentials import Keys, static_credentials
from flink_workspace_operator.adapters.alibaba.inventory import look
from flink_workspace_operator.adapters.alibaba.session import Session
from flink_workspace_operator.api.names import GROUP, VERSION, WORKSPACES
from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderSpec,
    FlinkWorkspaceOrderStatus,
)
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.identity import Key, Owner, PurchaseTarget
from flink_workspace_operator.core.facts.observed import Bought
from flink_workspace_operator.core.facts.secret import AccessKey
from flink_workspace_operator.core.orders.calls import PaidCall
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.settings import Settings
from tests.bench.planting import Copy, Template
from tests.bench.stage import BARE, Stage
from tests.bench.wanted import apply, clear, side_by_side


@dataclass(frozen=True)
class Floor:
    """So many of one thing, done bare."""

    what: str
    number: int
    seconds: float
    own: float
    """Seconds of this process's processor time: what the client alone costs."""
    server: float
    """The same of the API server and etcd, or of the emulator."""

    @property
    def rate(self) -> float:
        """How many in a second."""
        return self.number / self.seconds

    @property
    def own_each(self) -> float:
        return self.own / self.number

    @property
    def server_each(self) -> float:
        return self.server / self.number


async def timed(
    stage: Stage, what: str, number: int, servers: Iterable[str], work: Awaitable[Any]
) -> Floor:
    """Do it, and tell what it took."""
    own = psutil.Process().cpu_times()
    before, began = await stage.usage(), time.monotonic()
    await work
    took, used, own_now = (
        time.monotonic() - began,
        (await stage.usage()).since(before),
        psutil.Process().cpu_times(),
    )
    mine = own_now.user + own_now.system - own.user - own.system
    return Floor(what, number, took, mine, sum(used.cpu[name] for name in servers))


KEY = AccessKey(ACCESS_KEY_ID, ACCESS_KEY_SECRET, None)
CLUSTER = ("kube-apiserver", "etcd")


async def writes_of_a_cluster(stage: Stage, number: int) -> list[Floor]:
    """Create, patch the status, get: the API server alone."""
    places: list[tuple[str, str]] = []

    async def create() -> None:
        places.extend(await apply(stage, "floor", number, (BARE,)))

    floors = [await timed(stage, "create a workspace", number, CLUSTER, create())]
    read: list[FlinkWorkspace] = []

    async def get(place: tuple[str, str]) -> None:
        found = await stage.admin.read_workspace(Key(*place))
        assert found is not None
        read.append(found)

    floors.append(await timed(stage, "get it", number, CLUSTER, side_by_side(get, places)))
    status = FlinkWorkspaceStatus(observed_generation=1)
    patch = side_by_side(lambda each: stage.admin.write_status(each, status), read)
    floors.append(await timed(stage, "patch its status", number, CLUSTER, patch))
    await clear(stage, BARE)
    return floors


def settings_for(stage: Stage) -> Settings:
    """The operator's settings for this emulator."""
    os.environ |= stage.emulator.settings()
    return Settings()


def open_cloud(stage: Stage) -> AlibabaCloud:
    """The operator's own adapter on the emulator."""
    return AlibabaCloud(settings_for(stage), static_credentials(KEY))


async def signed_calls(stage: Stage, number: int) -> Floor:
    """Questions about a role that does not exist: sign, send, read."""
    cloud = open_cloud(stage)
    await cloud.identify()
    work = side_by_side(lambda each: cloud.find_role(f"no-such-role-{each}"), range(number))
    try:
        return await timed(stage, "signed call of the cloud", number, ("emulator",), work)
    finally:
        await cloud.close()


@dataclass(frozen=True)
class Protocol:
    """What a purchase must write, in its order, and nothing else: no second read, no queue, no
    decision."""

    stage: Stage
    template: Template
    cloud: AlibabaCloud
    statuses: int
    """Of the workspace; as many as the operator writes."""
    events: int

    async def buy(self, place: tuple[str, str]) -> None:
        """One purchase."""
        admin, key = self.stage.admin, Key(*place)
        workspace = await admin.read_workspace(key)
        assert workspace is not None
        copy = Copy.at(self.template, key, uuid.uuid4().hex)
        spec = FlinkWorkspaceOrderSpec.model_validate(
            copy.copied(self.template.order["spec"], workspace.metadata.uid)
        )
        target = PurchaseTarget(spec.account_id, spec.region, key.name)
        await admin.add_purchase_finalizer(workspace)
        await admin.take_claim(target, key, workspace.metadata.uid, None)
        order = await self._announce(key, spec, copy)
        tags = Owner(self.template.cluster_id, key).tags(spec.token)
        call = PaidCall(target, spec.block, tags, datetime.now(UTC), copy.token)
        assert isinstance(await self.cloud.place(call), Bought)
        await self._move(await self._move(order, copy, "Placed"), copy, "Fulfilled")
        await self._tell(key, workspace, copy)

    async def _announce(
        self, key: Key, spec: FlinkWorkspaceOrderSpec, copy: Copy
    ) -> FlinkWorkspaceOrder:
        order = await self.stage.admin.create_order(key, 1, spec)
        return await self._move(await self._move(order, copy, "Quoted"), copy, "Placing")

    async def _move(
        self, order: FlinkWorkspaceOrder, copy: Copy, state: str
    ) -> FlinkWorkspaceOrder:
        told = copy.copied(self.template.order["status"], order.metadata.uid)
        return await self.stage.admin.move_order(
            order, FlinkWorkspaceOrderStatus.model_validate({**told, "state": state})
        )

    async def _tell(self, key: Key, workspace: FlinkWorkspace, copy: Copy) -> None:
        """Without the version that the operator names, which would have to be read first."""
        told = copy.copied(self.template.workspace["status"], workspace.metadata.uid)
        where = (GROUP, VERSION, key.namespace, WORKSPACES, key.name)
        for number in range(self.statuses):
            body = {"status": {**told, "lastHandledReconcileAt": f"{number}"}}
            await self.stage.custom.patch_namespaced_custom_object_status(
                *where, body, _content_type="application/merge-patch+json"
            )
        for number in range(self.events):
            await self.stage.admin.post_event(
                workspace, Event("Normal", "OrderPlaced", f"{number}")
            )


async def purchases(stage: Stage, template: Template, number: int, wrote: Counter[str]) -> Floor:
    """The writes of so many purchases, and their calls; of statuses and events as many as the
    operator wrote."""
    statuses, events = (
        round(wrote[what] / number) for what in ("PATCH flinkworkspaces/status", "POST events")
    )
    cloud = open_cloud(stage)
    await cloud.identify()
    places = await apply(stage, f"bare-{time.monotonic_ns()}", number, (BARE,))
    protocol = Protocol(stage, template, cloud, statuses, events)
    try:
        return await timed(
            stage,
            "the protocol's writes and calls",
            number,
            CLUSTER,
            side_by_side(protocol.buy, places),
        )
    finally:
        await cloud.close()
        bought = stage.ask("PUT", "state", {})["workspaces"]
        names = {name for _, name in places}
        stage.ask(
            "PUT",
            "state",
            {"removeWorkspaces": [each["instanceId"] for each in bought if each["name"] in names]},
        )
        await clear(stage, BARE)


async def peer(stage: Stage, template: Template, number: int) -> Floor:
    """A controller that reads each resource and asks the cloud for it by name, and does nothing
    else."""
    connections, keys = Connections(), Keys(static_credentials(KEY))
    session = Session(settings_for(stage), keys, connections)
    region = template.order["spec"]["region"]
    places = [
        (stage.namespaces[each % len(stage.namespaces)], f"planted-{each:05}")
        for each in range(number)
    ]

    async def ask(place: tuple[str, str]) -> None:
        await stage.admin.read_workspace(Key(*place))
        await look(session, region, {"InstanceName": place[1]})

    try:
        return await timed(
            stage, "peer: read each, ask for each", number, CLUSTER, side_by_side(ask, places, 16)
        )
    finally:
        await connections.close()
