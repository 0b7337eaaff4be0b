"""The rules that hold once everything that was begun has ended."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from flink_workspace_operator.adapters.kubernetes.claims import lease_name
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.identity import Key, PurchaseTarget, WantedName
from flink_workspace_operator.core.facts.observed import Listing, SeenInstance
from flink_workspace_operator.core.orphans import find_orphans
from tests.simulation.account import Booking
from tests.simulation.invariants import Broken
from tests.simulation.server import Change, key_of
from tests.simulation.stateful.judge import BINDING, Judge, owner_of
from tests.simulation.task import Task
from tests.simulation.world import SimulatedWorld, Stuck, condition_of

PATIENCE: Final = 800
"""Passes after which a world counts as stuck: more than an hour, which a clock may be wrong by."""
A_SECOND: Final = 20
"""Passes that take one."""
LONG_ENOUGH: Final = timedelta(seconds=60)
"""To find out that something is gone, and for the cloud to show all that was bought."""


def come_to_rest(world: SimulatedWorld, judge: Judge) -> None:
    """Pass after pass until nothing is left to do; then everything must be as it was promised."""
    finish(world, judge)
    for task in world.tasks.values():
        # A resting resource is looked at again at the latest when its price is a day old.
        task.progress = replace(
            task.progress, remembered=replace(task.progress.remembered, rests_as="")
        )
        task.wake()  # as the regular look at everything does, or a restart
    for number in range(PATIENCE):
        following = world.next_task()
        if following is None or is_at_rest(world):
            break
        run(world, judge, following)
        if number % A_SECOND == 0:
            world.clock.advance(1)  # two that wake each other take time, too
    else:
        raise Stuck(f"does not come to rest: {world.told()}")
    check_quiet(world, judge)
    check_rest(world, judge)


def settle_elsewhere(world: SimulatedWorld, judge: Judge) -> None:
    """What was begun in an account whose credentials are not in use at the end comes to its end
    before."""
    end = world.clock.now + timedelta(seconds=600)
    finish(world, judge)
    for _ in range(PATIENCE):
        task = world.next_task()
        if task is None or (task.progress.due or end) >= end:
            break
        run(world, judge, task)


def finish(world: SimulatedWorld, judge: Judge) -> None:
    """The rest of all passes that stand in the middle."""
    for task in world.tasks.values():
        while task.running:
            task.step()
            judge.look()


def run(world: SimulatedWorld, judge: Judge, task: Task) -> None:
    """A pass of whoever is next."""
    judge.happened["passes"] += 1
    world.run_pass(task)
    judge.look()


def is_at_rest(world: SimulatedWorld) -> bool:
    """Whether every outcome is known, every process has seen how it is, and nothing is to come by
    itself."""
    stored, since = world.server.stored, world.clock.now - LONG_ENOUGH
    return (
        not world.account.books.late
        and all(order.settled or _is_kept_open(world, order) for order in stored.orders.values())
        and all(_waits(world, workspace) for workspace in stored.workspaces.values())
        and all(
            task.progress.is_quiet(world.around.version, since) for task in world.tasks.values()
        )
    )


def _is_kept_open(world: SimulatedWorld, order: FlinkWorkspaceOrder) -> bool:
    """Whether a person must do something first, and is told so.

    Nothing was sent for a quoted order, and whoever it is for says what it waits for. What the bill
    names, and no look explains, only a person can explain."""
    if order.state == "Quoted":
        return owner_of(order) in world.server.stored.workspaces
    return order.state == "Uncertain" and "billing order" in (order.status.message or "")


def _waits(world: SimulatedWorld, workspace: FlinkWorkspace) -> bool:
    """Whether a resource is ready, or waits for a person."""
    true = {
        condition.type for condition in workspace.status.conditions if condition.status == "True"
    }
    if any(condition.reason == "Outstanding" for condition in workspace.status.conditions):
        return False  # whatever else is the matter: the end of that wait is still to be reported
    if "Reconciling" not in true:
        return bool(true & {"Ready", "Stalled", "Suspended"})
    return _is_gone_unseen(world, workspace) or _is_held(world, workspace)


def _is_held(world: SimulatedWorld, workspace: FlinkWorkspace) -> bool:
    """A deleted one whose order only a person can explain, as its message says."""
    orders = [
        order
        for order in world.server.stored.orders.values()
        if owner_of(order) == key_of(workspace)
    ]
    open_ones = [order for order in orders if not order.settled]
    deleted = workspace.metadata.deletion_timestamp is not None
    return deleted and bool(open_ones) and all(_is_kept_open(world, order) for order in open_ones)


def _is_gone_unseen(world: SimulatedWorld, workspace: FlinkWorkspace) -> bool:
    """Accepted: what was bought and released before any look showed it is waited for without end.

    Nothing tells it from what the cloud is slow to show, and that must not be called lost.
    """
    told = workspace.status.instance
    if (
        told is None
        or told.cluster_status is not None
        or told.instance_id in world.account.books.instances
    ):
        return False
    ran = [
        each.status.instance_id
        for each in world.server.stored.orders.values()
        if each.state == "Fulfilled"
    ]
    return told.instance_id not in ran


def check_quiet(world: SimulatedWorld, judge: Judge) -> None:
    """Two further rounds change nothing."""
    changes: list[Change] = []
    world.server.watchers.append(changes.append)
    before = world.around.version
    for _ in range(2):
        for task in [each for each in world.tasks.values() if each.progress.due is not None]:
            run(world, judge, task)
    world.server.watchers.remove(changes.append)
    if changes or world.around.version != before:
        raise Broken(f"does not keep quiet: {_difference(changes)} {world.told()}")


def _difference(changes: list[Change]) -> list[str]:
    """What changed, in the fields that changed."""
    told: list[str] = []
    for change in changes:
        if not isinstance(change.before, FlinkWorkspace) or not isinstance(
            change.after, FlinkWorkspace
        ):
            told.append(str(change))
            continue
        before, after = change.before.status.as_wire(), change.after.status.as_wire()
        told += [
            f"{field}: {before.get(field)} -> {after[field]}"
            for field in after
            if after[field] != before.get(field)
        ]
    return told


def check_rest(world: SimulatedWorld, judge: Judge) -> None:
    """Nothing that was bought is forgotten; the ledger agrees with the cloud; one holder for each
    claim."""
    for workspace in world.server.stored.workspaces.values():
        _check_ready(world, workspace)
        _check_claim(world, workspace)
    _check_bound_once(world)
    for booking in world.purchases:
        instance = world.account.books.instances.get(booking.instance_id)
        if instance is not None:
            _check_ledger(world, judge, booking)
            _check_known(world, judge, instance)


def _check_ready(world: SimulatedWorld, workspace: FlinkWorkspace) -> None:
    ready, told = condition_of(workspace.status, "Ready"), workspace.status.instance
    if ready is None or ready.status != "True":
        return
    there = world.account.books.instances.get(told.instance_id or "") if told else None
    if there is None or (there.region, there.name) != (
        workspace.spec.region,
        workspace.workspace_name,
    ):
        raise Broken(f"ready without what it wants: {told}, the cloud has {there}")


def _check_claim(world: SimulatedWorld, workspace: FlinkWorkspace) -> None:
    """What is ready is claimed, by a resource that wants it."""
    ready = condition_of(workspace.status, "Ready")
    if ready is None or ready.status != "True" or workspace.metadata.deletion_timestamp is not None:
        return
    target = PurchaseTarget(world.account.id, workspace.spec.region, workspace.workspace_name)
    lease = world.server.stored.leases.get(lease_name(target))
    holder = (
        world.workspace(lease.holder) if lease is not None and lease.holder is not None else None
    )
    if holder is None or (holder.spec.region, holder.workspace_name) != (
        target.region,
        target.workspace_name,
    ):
        raise Broken(f"{target} is claimed by nobody who wants it: {lease}")


def _check_bound_once(world: SimulatedWorld) -> None:
    """No two resources are ready by the same instance."""
    bound: dict[str, Key] = {}
    for key, workspace in world.server.stored.workspaces.items():
        told = workspace.status.instance
        if told is None or told.instance_id is None or not world.is_ready(key):
            continue
        if told.instance_id in bound:
            raise Broken(f"{told.instance_id} is bound by {bound[told.instance_id]} and {key}")
        bound[told.instance_id] = key


def _check_ledger(world: SimulatedWorld, judge: Judge, booking: Booking) -> None:
    """The order that bought something says so, unless a hand took its token off that, or wrote that
    it is lost; or it says that nobody could look."""
    if booking.instance_id in judge.touched:
        return
    for order in world.server.stored.orders.values():
        right = order.state in BINDING and order.status.instance_id == booking.instance_id
        called_lost = order.state == "Lost" and order.status.evidence != "GivenUp"
        excused = called_lost or "No complete list of account" in (order.status.message or "")
        if order.spec.token == booking.token and not right and not excused:
            raise Broken(
                f"{order.metadata.name} bought {booking.instance_id}, the ledger says {order.state}"
            )


def _check_known(world: SimulatedWorld, judge: Judge, instance: SeenInstance) -> None:
    """What exists is bound or named by a resource, or listed as nobody's."""
    for workspace in world.server.stored.workspaces.values():
        told, ready = workspace.status.instance, condition_of(workspace.status, "Ready")
        if told is not None and told.instance_id == instance.instance_id:
            return
        if ready is not None and (
            instance.instance_id in ready.message or ready.reason == "AccountChanged"
        ):
            return
    listing = {
        (world.account.id, instance.region): Listing(
            world.account.look(instance.region), world.clock.second
        )
    }
    resources = world.server.stored.workspaces.values()
    wanted = tuple(
        WantedName(key_of(each), each.spec.region, each.workspace_name) for each in resources
    )
    orphans = find_orphans(listing, (), wanted, world.around.cluster_id)
    if any(instance.instance_id in orphan.instance_ids for orphan in orphans):
        return
    if instance.instance_id not in judge.touched:
        raise Broken(f"bought and forgotten: {instance} {world.told()}")
