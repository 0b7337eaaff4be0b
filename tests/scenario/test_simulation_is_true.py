"""The simulated API server says what the real one says: each script below is run on both, and they
tell the same."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.api.approval import Agreement
from flink_workspace_operator.api.names import API_VERSION
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote
from flink_workspace_operator.api.order_states import MOVES, OrderState
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance, OrderSummary
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.config_map import ConfigMap, Content, Reference
from flink_workspace_operator.core.facts.failures import ClusterRefused
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from flink_workspace_operator.core.orders.ledger import moved
from flink_workspace_operator.settings import Settings
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.sides import RealPeople, ServerSide, SimulatedPeople, told
from tests.scenario.test_cluster_port import spec_for
from tests.scenario.world import configuration_in
from tests.simulation.clock import Clock
from tests.simulation.cluster import SimulatedCluster
from tests.simulation.gate import Gate
from tests.simulation.server import ApiServer
from tests.simulation.user import User

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUOTE = Quote(basis="Hour", quoted_at=NOW)
COMPLETE: dict[str, Any] = {
    "quote": QUOTE,
    "intent_time": NOW,
    "nonce": "n" * 32,
    "intent_mark": "m" * 32,
    "settled_not_before": NOW,
    "approval": Agreement(required=False),
    "instance_id": "f-1",
}
Script = Callable[[ServerSide], Awaitable[list[str]]]


@pytest.fixture
async def real(cluster: Cluster, namespace: str) -> AsyncIterator[ServerSide]:
    """The real one."""
    async with client.ApiClient(await configuration_in(cluster.kubeconfig)) as api:
        yield ServerSide(
            KubernetesCluster(api, Settings()), namespace, RealPeople(cluster, namespace)
        )


@pytest.fixture
def simulated(namespace: str) -> ServerSide:
    """The simulated one."""
    server = ApiServer(Clock())
    return ServerSide(
        SimulatedCluster(server, Gate()), namespace, SimulatedPeople(User(server), namespace)
    )


async def applied(side: ServerSide, name: str = "w", **spec: object) -> FlinkWorkspace:
    """A resource as it was just applied."""
    side.people.apply(pay_as_you_go(name, **spec))
    return await read(side, name)


async def read(side: ServerSide, name: str = "w") -> FlinkWorkspace:
    """A resource as it is."""
    found = await side.port.read_workspace(side.key(name))
    assert found is not None
    return found


async def order_in(
    side: ServerSide, workspace: FlinkWorkspace, number: int, state: OrderState | None
) -> Any:  # noqa: ANN401 - an order
    """An order that was brought into a state on the shortest way."""
    order = await side.port.create_order(side.key(), number, spec_for(workspace))
    for step in way_to(state):
        order = await side.port.move_order(
            order, moved(order.status, step, NOW, "test", **COMPLETE)
        )
    return order


def way_to(state: OrderState | None) -> list[OrderState]:
    """The shortest way from no status to a state."""
    ways: dict[OrderState | None, list[OrderState]] = {None: []}
    for _ in MOVES:
        for source, way in list(ways.items()):
            for target in MOVES[source]:
                ways.setdefault(target, [*way, target])
    return ways[state]


async def all_moves(side: ServerSide) -> list[str]:
    """From every state of an order to every state."""
    workspace, outcomes, number = await applied(side), [], 0
    for source in MOVES:
        order = None
        for target in get_args(OrderState):
            if order is None:
                number += 1
                order = await order_in(side, workspace, number, source)
            status = moved(order.status, target, NOW, "another word", **COMPLETE)
            outcome = await told(side.port.move_order(order, status))
            outcomes.append(f"{source} to {target}: {outcome}")
            order = None if outcome == "done" else order
    return outcomes


async def needed_and_frozen(side: ServerSide) -> list[str]:
    """Fields that a state needs, and fields that must not change from the intent on."""
    workspace, outcomes = await applied(side), []
    fields = {**COMPLETE, "digest": "sha256:1"}
    later = NOW.replace(year=2027)
    others = {
        "quote": QUOTE.model_copy(update={"currency": "CNY"}),
        "intent_time": later,
        "settled_not_before": later,
        "approval": Agreement(required=True),
    }
    quoted: FlinkWorkspaceOrder = await order_in(side, workspace, 1, "Quoted")
    for state, field in [("Placing", each) for each in COMPLETE] + [("Placed", "instance_id")]:
        status = moved(quoted.status, state, NOW, "", **{**COMPLETE, field: None})  # type: ignore[arg-type]  # a state
        outcomes.append(
            f"{state} without {field}: {await told(side.port.move_order(quoted, status))}"
        )
        if outcomes[-1].endswith("done"):
            quoted = await order_in(side, workspace, len(outcomes) + 1, "Quoted")
    placed = await order_in(side, workspace, 50, "Placed")
    for field, value in fields.items():
        for other in (None, others.get(field, f"{value}2")):
            status = moved(placed.status, "Placed", NOW, "", **{**COMPLETE, field: other})
            outcomes.append(
                f"{field} changed to {other}: {await told(side.port.move_order(placed, status))}"
            )
    return outcomes


async def stale_writes(side: ServerSide) -> list[str]:
    """Every write names the version that it is about; a write that changes nothing makes none."""
    old = await applied(side)
    await side.port.add_purchase_finalizer(old)
    held = await read(side)
    await side.port.add_purchase_finalizer(held)
    same = (await read(side)).metadata.resource_version == held.metadata.resource_version
    order = await order_in(side, old, 1, "Quoted")
    await side.port.release_order(order)
    return [
        f"a write of the same: {same}",
        await told(side.port.remove_purchase_finalizer(old)),
        await told(side.port.write_status(old, old.status.model_copy(update={"account_id": "1"}))),
        await told(side.port.release_order(order)),
        await told(side.port.move_order(order, moved(order.status, "Superseded", NOW, ""))),
        await told(side.port.create_order(side.key(), 1, spec_for(old))),
        str((await side.port.reread_order(order)).metadata.finalizers),
    ]


async def generations(side: ServerSide) -> list[str]:
    """What counts as another generation, and what becomes of a resource that is held while it is
    deleted."""
    outcomes = []

    async def note(what: str) -> None:
        found = await side.port.read_workspace(side.key())
        if found is None:
            outcomes.append(f"{what}: gone")
            return
        deleted = found.metadata.deletion_timestamp is not None
        outcomes.append(
            f"{what}: {found.metadata.generation}, {found.metadata.finalizers}, deleted {deleted}"
        )

    await applied(side)
    await note("applied")
    side.people.apply(pay_as_you_go("w", monitoring="CloudMonitor"))
    await note("edited")
    side.people.annotate("w", "flink.alicloud.dev/suspend", "true")
    await note("annotated")
    side.people.finalizers("w", ["example.com/held"])
    await note("held")
    found = await read(side)
    await side.port.write_status(found, found.status.model_copy(update={"account_id": "1"}))
    await note("told")
    side.people.delete("w")
    await note("deleted")
    outcomes.append(await told(side.port.add_purchase_finalizer(await read(side))))
    side.people.finalizers("w", [])
    await note("let go")
    return outcomes


async def order_deletion(side: ServerSide) -> list[str]:
    """An order stays while our finalizer is on it, and can be moved; released, it goes."""
    workspace = await applied(side)
    order = await order_in(side, workspace, 1, "Quoted")
    side.people.delete_order("w-1")
    outcomes = [await told(side.port.move_order(order, moved(order.status, "Canceled", NOW, "")))]
    kept = await side.port.reread_order(order)
    outcomes.append(await told(side.port.move_order(kept, moved(kept.status, "Canceled", NOW, ""))))
    outcomes.append(await told(side.port.release_order(await side.port.reread_order(order))))
    outcomes.append(await told(side.port.reread_order(order)))
    outcomes.append(
        await told(side.port.move_order(kept, moved(kept.status, "Placed", NOW, "", **COMPLETE)))
    )
    return [*outcomes, str(await side.port.read_orders(side.key()))]


async def claims(side: ServerSide) -> list[str]:
    """Taken once; dead when the holder wants another name or is gone, unless an order of it is
    open."""
    target, outcomes = PurchaseTarget(side.namespace, "cn-hangzhou", "w"), []

    async def note(what: str) -> None:
        claim = await side.port.read_claim(target, side.key("late"))
        outcomes.append(
            f"{what}: {claim and (claim.holder == side.key(), claim.alive, claim.target == target)}"
        )

    workspace = await applied(side)
    await applied(side, "v")
    await note("free")
    await side.port.take_claim(target, side.key(), "uid-1", None)
    await note("taken")
    outcomes.append(await told(side.port.take_claim(target, side.key("v"), "uid-1", None)))
    order = await order_in(side, workspace, 1, "Quoted")
    side.people.delete("w")
    await note("holder gone, order open")
    await side.port.move_order(order, moved(order.status, "Canceled", NOW, ""))
    await note("holder gone")
    dead = await side.port.read_claim(target, side.key("late"))
    assert dead is not None
    outcomes.append(await told(side.port.take_claim(target, side.key("v"), "uid-1", dead)))
    await note("of one that wants another name")
    outcomes.append(await told(side.port.take_claim(target, side.key("late"), "uid-1", dead)))
    outcomes.append(await told(side.port.give_back_claim(dead)))
    outcomes.append(str(len(await side.port.read_claims_of(side.key("v")))))
    (mine,) = await side.port.read_claims_of(side.key("v"))
    outcomes.append(await told(side.port.give_back_claim(mine)))
    outcomes.append(await told(side.port.give_back_claim(mine)))
    await note("given back")
    return outcomes


async def config_maps(side: ServerSide) -> list[str]:
    """Created once; written and deleted only as they were read."""
    outcomes, owner = (
        [],
        Reference(API_VERSION, "FlinkWorkspace", "w", (await applied(side)).metadata.uid),
    )
    content = Content({"a": "1"}, {"b": "2"}, (owner,))
    port, key = side.port, side.key()

    async def note(what: str) -> ConfigMap | None:
        found = await port.read_outputs(key, "ids")
        outcomes.append(f"{what}: {found and (found.name, found.content == content)}")
        return found

    await note("none")
    outcomes.append(await told(port.write_outputs(key, "ids", content, None)))
    first = await note("created")
    assert first is not None
    outcomes.append(await told(port.write_outputs(key, "ids", content, None)))
    outcomes.append(await told(port.write_outputs(key, "ids", replace(content, data={}), first)))
    second = await note("written")
    assert second is not None
    outcomes.append(
        f"the same one: {first.uid == second.uid}, {first.resource_version == second.resource_version}"
    )
    outcomes.append(await told(port.write_outputs(key, "ids", content, first)))
    outcomes.append(await told(port.delete_outputs(key, first)))
    outcomes.append(await told(port.delete_outputs(key, replace(second, uid="another"))))
    outcomes.append(await told(port.delete_outputs(key, second)))
    outcomes.append(await told(port.delete_outputs(key, second)))
    outcomes.append(await told(port.write_outputs(key, "ids", content, second)))
    await note("deleted")
    return outcomes


async def edits(side: ServerSide) -> list[str]:
    """What of a spec may be changed before the purchase is under way, and after."""
    outcomes = []

    def edit(what: str, **spec: object) -> None:
        try:
            side.people.apply(pay_as_you_go("w", **spec))
            outcomes.append(f"{what}: done")
        except ClusterRefused:
            outcomes.append(f"{what}: refused")

    await applied(side)
    edit("region", region="cn-shanghai")
    edit("name", workspaceName="other")
    edit("same name, spelled out", workspaceName="w")
    edit("bucket", storage={"oss": {"bucket": "bucket-2"}})
    for state in ("Quoted", "NotPlaced", "Placing", "Fulfilled"):
        found = await read(side)
        summary = OrderSummary(name="w-1", state=state)
        await side.port.write_status(found, found.status.model_copy(update={"order": summary}))
        edit(f"bucket while {state}", storage={"oss": {"bucket": f"bucket-{state.lower()}"}})
    edit("suspend", storage={"oss": {"bucket": "bucket-notplaced"}}, suspend=True)
    return outcomes


SHOWN = Instance(
    instance_id="f-1",
    zone_id="cn-hangzhou-i",
    charge_type="Subscription",
    cu=20,
    vpc_id="vpc-2",
    v_switch_ids=("vsw-2", "vsw-3"),
    bucket="bucket-2",
    monitoring="CloudMonitor",
)
MONTH = {"initialTerm": {"count": 1, "unit": "Month"}}
FOLLOWING: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "zone": ({"zoneId": "cn-hangzhou-i"}, {"zoneId": "cn-hangzhou-j"}),
    "bucket": (
        {"storage": {"oss": {"bucket": "bucket-2"}}},
        {"storage": {"oss": {"bucket": "bucket-3"}}},
    ),
    "monitoring": ({"monitoring": "CloudMonitor"}, {"architecture": "ARM"}),
    "network": (
        {"network": {"vpcId": "vpc-2", "vSwitchIds": ["vsw-3", "vsw-2"]}},
        {"network": {"vpcId": "vpc-2", "vSwitchIds": ["vsw-2"]}},
    ),
    "conversion": (
        {"chargeType": "Subscription", "subscription": MONTH, "resources": {"cu": 20}},
        {"chargeType": "Subscription", "subscription": MONTH, "resources": {"cu": 30}},
    ),
}
"""Changes of what is bought: to what the cloud shows, and to something else."""


async def following(side: ServerSide) -> list[str]:
    """The spec may follow what the cloud shows, unless it is lost, or another call may still be
    executed."""
    settled = OrderSummary(name="w-1", state="Fulfilled")
    whole = FlinkWorkspaceStatus(order=settled, instance=SHOWN)
    called = whole.model_copy(update={"order": settled.model_copy(update={"state": "Uncertain"})})
    lost = whole.model_copy(update={"instance": SHOWN.model_copy(update={"lost_since": NOW})})
    tried = [(whole, what) for what in FOLLOWING] + [(called, "bucket"), (lost, "bucket")]
    outcomes = []
    for number, (status, what) in enumerate(tried):
        for which, spec in zip(("shown", "other"), FOLLOWING[what], strict=True):
            name = f"{which}-{number}"
            await side.port.write_status(await applied(side, name), status)
            try:
                side.people.apply(pay_as_you_go(name, **spec))
                outcomes.append(f"{name} {what}: done")
            except ClusterRefused:
                outcomes.append(f"{name} {what}: refused")
    assert [each for each in outcomes if each.endswith("done")] == [
        f"shown-{at} {what}: done" for at, what in enumerate(FOLLOWING)
    ]
    return outcomes


SCRIPTS: tuple[Script, ...] = (
    all_moves,
    needed_and_frozen,
    stale_writes,
    generations,
    order_deletion,
    claims,
    config_maps,
    edits,
    following,
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
async def test_both_tell_the_same(real: ServerSide, simulated: ServerSide, script: Script) -> None:
    """To the letter, call by call."""
    assert await script(simulated) == await script(real)
