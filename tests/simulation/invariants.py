"""What must hold whatever happens. Each check raises `Broken` with what it found."""

from collections import Counter, defaultdict

from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.names import ABANDON_ORDER, ORDER_TAG, PURCHASE_FINALIZER, SUSPEND
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.boundary import Boundary
from flink_workspace_operator.core.facts.identity import Key
from tests.gitops.truth import judge, judge_conditions, judge_line
from tests.rules_of_messages import untrue_of_an_open_order
from tests.simulation.account import Account
from tests.simulation.grow import growth_of, price_of, target_of
from tests.simulation.rules import is_approved, is_within
from tests.simulation.server import ApiServer, Change
from tests.simulation.user import USER


class Broken(AssertionError):
    """A promise was broken."""


def check_purchases(account: Account, allowed: int = 1) -> None:
    """One name is bought at most once by our doing, and only with an order that was announced
    before."""
    ours = [booking for booking in account.all_bookings if booking.token is not None]
    most = (
        max(Counter((booking.region, booking.name) for booking in ours).values())
        if len(ours) > allowed
        else 0
    )
    if most > allowed:
        raise Broken(f"one name was bought {most} times: {ours}")
    for booking in ours:
        if not booking.announced:
            raise Broken(f"bought without an announced order: {booking}")


def check_moves(account: Account, allowed: int = 1) -> None:
    """One starting point of an instance's CU is paid for at most once, and only with an announced
    order."""
    ours = [move for move in account.books.moves if move.token is not None]
    most = Counter((move.instance_id, move.start) for move in ours).most_common(1)
    if most and most[0][1] > allowed:
        raise Broken(f"one starting point was paid for {most[0][1]} times: {ours}")
    for move in ours:
        if not move.announced:
            raise Broken(f"moved without an announced order: {move}")


def check_tokens(account: Account) -> None:
    """An instance keeps the token of the order that bought it, whatever is paid for it later."""
    for booking in account.books.bookings:
        instance = account.books.instances.get(booking.instance_id)
        if instance is not None and instance.tags.get(ORDER_TAG, booking.token) != booking.token:
            raise Broken(f"{booking} carries another token: {instance.tags}")


def check_hand_over(key: Key, answers: list[object]) -> None:
    """A pass reads the ledger and then the resource last before it hands a purchase over, and no
    brake is on it.

    So whatever was acknowledged before that read holds, and nothing slow lies between it and the
    call."""
    orders, workspace = answers[-2:]
    if not isinstance(orders, tuple) or not isinstance(workspace, FlinkWorkspace):
        raise Broken(
            f"handed over after something else than a last look at the resource: {workspace}"
        )
    announced = [order for order in orders if order.state == "Placing"]
    wanted = [
        order.spec.workspace_ref.uid for order in announced if _is_asked_for(workspace, order)
    ]
    dear = [order for order in announced if _is_too_dear(workspace, order)]
    if _is_braked(workspace) or dear or len(announced) != 1 or wanted != [workspace.metadata.uid]:
        raise Broken(f"handed over in spite of a brake: {workspace} {announced}")
    if any(not _is_allowed(workspace, order, answers) for order in announced):
        raise Broken(f"handed over without an approval, or in spite of a freeze: {announced}")
    if (workspace.metadata.namespace, workspace.metadata.name) != (key.namespace, key.name):
        raise Broken(f"handed over after a look at {workspace.metadata.name}")


def _is_asked_for(workspace: FlinkWorkspace, order: FlinkWorkspaceOrder) -> bool:
    """The resource describes what the order pays for."""
    growth = growth_of(order)
    return (
        order.spec.block == workspace.parameters
        if growth is None
        else growth.to_cu == target_of(workspace)
    )


def _is_braked(workspace: FlinkWorkspace) -> bool:
    metadata = workspace.metadata
    stopped = workspace.spec.suspend or metadata.annotations.get(SUSPEND) not in (None, "false")
    return stopped or metadata.deletion_timestamp is not None


def _is_too_dear(workspace: FlinkWorkspace, order: FlinkWorkspaceOrder) -> bool:
    """What was announced costs more than the resource allows."""
    return workspace.spec.purchase is not None and not is_within(
        order.status.quote, workspace.spec.purchase.maximum_price
    )


def _is_allowed(
    workspace: FlinkWorkspace, order: FlinkWorkspaceOrder, answers: list[object]
) -> bool:
    """What this pass read of policies freezes nothing; and where the resource asks for an approval,
    it read one of the order at its price, and no denial."""
    boundaries = [each for each in answers if isinstance(each, Boundary)]
    freezes = (each.spec.freeze for boundary in boundaries for each in boundary.policies)
    if any(freeze is not None and freeze.enabled for freeze in freezes):
        return False
    purchase = workspace.spec.purchase
    if purchase is None or purchase.approval != "Manual":
        return True
    read = [each for answer in answers if isinstance(answer, tuple) for each in answer]
    words = {
        each.spec.decision
        for each in read
        if isinstance(each, FlinkPurchaseApproval)
        and (each.spec.order.name, each.spec.order.digest)
        == (order.metadata.name, order.status.digest)
    }
    return words == {"Approved"} and is_approved(order.status)


def check_change(server: ApiServer, change: Change) -> None:
    """What no write of ours may do."""
    if change.writer == USER:
        return
    if isinstance(change.before, FlinkWorkspace):
        _check_letting_go(server, change.before, change.after)
    if isinstance(change.after, FlinkWorkspace):
        _check_told(server, change.before, change.after)
        _check_handed_over(server, change.after)
        _check_tools(server, change.before, change.after)
    if isinstance(change.after, FlinkWorkspaceOrder):
        _check_words(change.after)


def _check_words(order: FlinkWorkspaceOrder) -> None:
    """What an order says keeps the rules, and its outcome is not tried again while it is open."""
    message = order.status.message or ""
    judge_line(message)
    wrong = untrue_of_an_open_order(message) if order.facts.awaits_evidence else None
    if wrong is not None:
        raise Broken(f"{wrong}: {message}")


def _check_letting_go(server: ApiServer, before: FlinkWorkspace, after: object) -> None:
    """A resource is let go only when the outcome of all its orders is known, or its open one is
    abandoned."""
    held = isinstance(after, FlinkWorkspace) and PURCHASE_FINALIZER in after.metadata.finalizers
    if held or PURCHASE_FINALIZER not in before.metadata.finalizers:
        return
    abandoned = before.metadata.annotations.get(ABANDON_ORDER)
    for order in _orders_of(server, before):
        if not order.settled and order.metadata.name != abandoned:
            raise Broken(f"let go while {order.metadata.name} is {order.state}")


def _check_told(server: ApiServer, before: object, workspace: FlinkWorkspace) -> None:
    """Not ready is said of what once ran, or has to be changed by hand; never of what is being
    created."""
    # what was said is kept then
    if not _is_not_ready(workspace) or workspace.metadata.deletion_timestamp is not None:
        return
    ran = any(order.state in ("Fulfilled", "Lost") for order in _orders_of(server, workspace))
    if isinstance(before, FlinkWorkspace):
        told = {condition.type: condition for condition in before.status.conditions}
        ran = (
            ran
            or "True" in (_status(told, "Ready"), _status(told, "WorkspaceRunning"))
            or _is_not_ready(before)
        )
    if not ran:
        raise Broken(
            f"said to be not ready while it is being created: {workspace.status.conditions[0]}"
        )


def _check_handed_over(server: ApiServer, workspace: FlinkWorkspace) -> None:
    """Ready is True only while the ConfigMap that the resource wants is there, with its ids."""
    outputs, told = (
        workspace.spec.outputs,
        {condition.type: condition for condition in workspace.status.conditions},
    )
    going = workspace.metadata.deletion_timestamp is not None  # what was said is kept then
    if (
        outputs is None
        or going
        or _status(told, "Ready") != "True"
        or workspace.status.instance is None
    ):
        return
    found = server.stored.config_maps.get(
        Key(workspace.metadata.namespace, outputs.config_map_name)
    )
    if found is None or found.content.data["instanceId"] != workspace.status.instance.instance_id:
        raise Broken(f"Ready before its outputs are written: {found}")
    if workspace.metadata.uid not in {owner.uid for owner in found.content.owners}:
        raise Broken(f"Ready with another's outputs: {found}")


def _check_tools(server: ApiServer, before: object, workspace: FlinkWorkspace) -> None:
    """Flux, Helm and kubectl are told what is the case."""
    if isinstance(before, FlinkWorkspace) and before.status is workspace.status:
        return
    wire = {"metadata": workspace.metadata.as_wire(), "status": workspace.status.as_wire()}
    told = {condition.type: condition for condition in workspace.status.conditions}
    is_further = target_of(workspace) is not None or any(
        map(growth_of, _orders_of(server, workspace))
    )
    if is_further and (_status(told, "Ready"), _status(told, "Reconciling")) == ("True", "True"):
        # it runs, and more is on its way: kstatus has no word for that, and waits
        judge_conditions(wire)
    else:
        judge(wire)


def _is_not_ready(workspace: FlinkWorkspace) -> bool:
    """Whether Ready is False for no reason that a person has to do away with."""
    told = {condition.type: condition for condition in workspace.status.conditions}
    return _status(told, "Ready") == "False" and _status(told, "Stalled") != "True"


def check_at_rest(server: ApiServer, account: Account) -> None:
    """Nothing is open any more: the ledger says of every purchase that it happened, and of no
    other."""
    bought = defaultdict[str, list[str]](list)
    """By token; two where the cloud did twice what was sent once."""
    for booking in account.all_bookings:
        if booking.token is not None:
            bought[booking.token].append(booking.instance_id)
    known = {order.spec.token for order in server.stored.orders.values()}
    orphaned = {
        instance_id for token, ids in bought.items() if token not in known for instance_id in ids
    }
    """Their orders were lost; another one may stand for each of them."""
    for order in server.stored.orders.values():
        if not order.spec.makes_instance:
            _check_moved(order, account)
            continue
        spec, status = order.spec, order.status
        placed = order.state in ("Placed", "Fulfilled", "Lost")
        if spec.token in bought and (not placed or status.instance_id not in bought[spec.token]):
            ids = " ".join(bought[spec.token])
            raise Broken(f"{order.metadata.name} bought {ids}, the ledger says {order.state}")
        if spec.token not in bought and placed and status.instance_id not in orphaned:
            raise Broken(
                f"{order.metadata.name} bought nothing, the ledger says {order.state} {status.instance_id}"
            )
    shown = {
        each.status.instance.instance_id
        for each in server.stored.workspaces.values()
        if each.status.instance
    }
    if lost := {
        token for token, ids in bought.items() if token not in known and not shown.issuperset(ids)
    }:
        raise Broken(f"bought and forgotten: {lost}")


def _check_moved(order: FlinkWorkspaceOrder, account: Account) -> None:
    """What moved a number is known as paid. Not where somebody moved it on before a list showed it:
    nobody saw it."""
    growth, moves = growth_of(order), account.books.moves
    if growth is None:
        raise Broken(f"{order.metadata.name} is of no action that the tests know")
    of_it = [move for move in moves if move.instance_id == growth.instance_id]
    is_executed = any(move.token == order.spec.token for move in of_it)
    is_seen = (
        bool(of_it)
        and of_it[-1].cu == growth.to_cu
        and growth.instance_id in account.books.instances
    )
    if is_executed and is_seen and not order.facts.was_paid:
        raise Broken(f"{order.metadata.name} moved {growth}, the ledger says {order.state}")
    if order.facts.was_paid and growth.to_cu not in {move.cu for move in of_it}:
        raise Broken(f"{order.metadata.name} moved nothing, the ledger says {order.state}")
    if order.status.quote is not None and order.status.quote.trade_amount != price_of(growth):
        raise Broken(f"{order.metadata.name} has the price of something else: {order.status.quote}")


def _orders_of(server: ApiServer, workspace: FlinkWorkspace) -> list[FlinkWorkspaceOrder]:
    metadata = workspace.metadata
    return [
        order
        for order in server.stored.orders.values()
        if (order.metadata.namespace, order.spec.workspace_ref.name)
        == (metadata.namespace, metadata.name)
    ]


def _status(told: dict[str, Condition], type_: str) -> str | None:
    return told[type_].status if type_ in told else None
