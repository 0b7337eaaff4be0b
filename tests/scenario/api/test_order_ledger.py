"""An order is a ledger entry: the API server lets it take legal steps only, and forget nothing."""

from typing import Any, get_args

import pytest

from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus
from flink_workspace_operator.api.order_states import MOVES, OrderState
from tests.scenario.api.samples import ORDER, PLACED, PLACING, QUOTED
from tests.scenario.api.server import REMOVED, Kind, Refused, Wire, accepted, changed, refused

STATES: tuple[OrderState, ...] = get_args(OrderState)
ILLEGAL = "`status.state` must follow the legal moves of an order"

# The shortest way into each state.
WAYS: dict[OrderState | None, tuple[OrderState, ...]] = {
    None: (),
    "Quoted": ("Quoted",),
    "AwaitingApproval": ("Quoted", "AwaitingApproval"),
    "Placing": ("Quoted", "Placing"),
    "Uncertain": ("Quoted", "Placing", "Uncertain"),
    "Placed": ("Placed",),
    "Fulfilled": ("Placed", "Fulfilled"),
    "Rejected": ("Quoted", "Placing", "Rejected"),
    "NotPlaced": ("Quoted", "Placing", "Uncertain", "NotPlaced"),
    "Superseded": ("Superseded",),
    "Canceled": ("Quoted", "Canceled"),
    "Declined": ("Quoted", "AwaitingApproval", "Declined"),
    "Lost": ("Placed", "Lost"),
}


def _status(before: Wire, state: OrderState) -> Wire:
    """The status before, with the next state and what that state needs."""
    needed = {"Quoted": QUOTED, "Placing": PLACING, "Placed": {"instanceId": "f-cn-1"}}.get(
        state, {}
    )
    return {**needed, **before, "state": state}


def _order_in(orders: Kind, state: OrderState | None) -> Wire:
    order = accepted(
        orders.create(
            changed(ORDER, "metadata.name", f"realtime-prod-{list(WAYS).index(state) + 1}")
        )
    )
    for step in WAYS[state]:
        order = accepted(orders.replace_status(order, _status(order.get("status", {}), step)))
    return order


def test_an_order_is_born_without_status(orders: Kind) -> None:
    """Also if one is sent along: the first state is a write of its own."""
    assert "status" not in accepted(orders.create({**ORDER, "status": PLACED}))


@pytest.mark.parametrize("state", [None, *STATES])
def test_only_the_moves_of_the_table_are_accepted(orders: Kind, state: OrderState | None) -> None:
    """Every pair of states: legal moves pass with what they need, all others are refused, staying
    is no move."""
    order = _order_in(orders, state)
    status = order.get("status", {})

    for target in STATES:
        answer = orders.replace_status(order, _status(status, target), dry_run=True)
        if target == state or target in MOVES[state]:
            accepted(answer)
        else:
            assert refused(answer).says("status.state", ILLEGAL), (state, target, answer)


def test_a_status_can_be_neither_removed_nor_emptied(orders: Kind) -> None:
    """In no state: back to "no status yet" would open the way to a second purchase."""
    for state in STATES:
        order = _order_in(orders, state)
        assert (
            "`status` must not be removed"
            in refused(orders.replace_status(order, None, dry_run=True)).message
        )
        assert refused(orders.replace_status(order, {}, dry_run=True)).says("status.state", ILLEGAL)
        assert (
            accepted(orders.replace(changed(order, "status", REMOVED)))["status"] == order["status"]
        )


def test_placed_needs_an_instance_whatever_was_believed_before(orders: Kind) -> None:
    """Evidence beats every state, but it has to be there."""
    without_one = (
        state for state, targets in MOVES.items() if "Placed" in targets and state != "Lost"
    )
    for state in without_one:
        order = _order_in(orders, state)
        placed = {**order.get("status", {}), "state": "Placed"}
        empty = {**placed, "instanceId": ""}

        assert refused(orders.replace_status(order, placed, dry_run=True)).says(
            "status.instanceId", "must be set"
        )
        assert refused(orders.replace_status(order, empty, dry_run=True)).says(
            "status.instanceId", "at least 1 chars"
        )
        accepted(orders.replace_status(order, {**placed, "instanceId": "f-cn-1"}, dry_run=True))


def test_placing_needs_what_the_call_is_made_from(orders: Kind) -> None:
    """Date and nonce stand on the order before the call."""
    order = _order_in(orders, "Quoted")

    for field in ("quote", "intentTime", "nonce"):
        answer = refused(
            orders.replace_status(order, changed(PLACING, field, REMOVED), dry_run=True)
        )
        assert answer.says(f"status.{field}", f"`status.{field}` must be set in state 'Placing'")


FROZEN: dict[str, Any] = {
    "quote": {**QUOTED["quote"], "tradeAmount": "1.00"},
    "digest": "sha256:2",
    "intentTime": "2026-11-23T11:00:00Z",
    "nonce": "nonce-2",
    "intentMark": "mark2" * 4,
    "settledNotBefore": "2026-11-23T11:00:00Z",
}


def _frozen_cases() -> list[tuple[OrderState, str, Any, OrderState]]:
    """State, field, its new value, and the state that is written with it: the same one, or a legal
    next one."""
    states: tuple[OrderState, ...] = ("Placing", "Uncertain", "Rejected", "NotPlaced")
    values = [(field, value) for field, other in FROZEN.items() for value in (other, REMOVED)]
    return [
        (state, *change, target)
        for state in states
        for change in values
        for target in (state, "Placed")
    ]


def test_what_was_announced_is_frozen_from_placing_on(orders: Kind) -> None:
    """Neither another value nor none; also not together with a legal move."""
    found = {state: _order_in(orders, state) for state in {state for state, *_ in _frozen_cases()}}
    for state, field, value, target in _frozen_cases():
        status = changed(_status(found[state]["status"], target), field, value)
        answer = refused(orders.replace_status(found[state], status, dry_run=True))
        assert answer.says(
            f"status.{field}", f"`status.{field}` must not change from 'Placing' on"
        ), (state, answer)


def test_what_was_missing_at_the_call_cannot_be_added_after_it(orders: Kind) -> None:
    """A digest that was not there when the call was made proves nothing."""
    order = accepted(orders.create(ORDER))
    for status in (changed(QUOTED, "digest", REMOVED), changed(PLACING, "digest", REMOVED)):
        order = accepted(orders.replace_status(order, status))

    answer = refused(
        orders.replace_status(order, {**order["status"], "digest": "sha256:1"}, dry_run=True)
    )
    assert answer.says("status.digest", "must not change from 'Placing' on")


def test_all_of_it_is_free_again_once_the_order_is_quoted_again(orders: Kind) -> None:
    """Nothing was sent; the next attempt has its own price, date and nonce. The way back itself
    changes nothing."""
    order = _order_in(orders, "Placing")
    back = {**order["status"], "state": "Quoted"}
    assert refused(orders.replace_status(order, {**back, "nonce": "nonce-2"}, dry_run=True)).says(
        "status.nonce", "must not change"
    )

    order = accepted(orders.replace_status(order, back))
    order = accepted(orders.replace_status(order, {**back, **FROZEN, "state": "Placing"}))
    assert order["status"]["nonce"] == "nonce-2"


MAXIMUM = {"amount": "1200.00", "currency": "CNY"}


TOO_DEAR: list[tuple[str, Any]] = [
    ("maximumPrice.amount", "1199.99"),
    ("maximumPrice.amount", "999.00"),
    ("maximumPrice", {"amount": "9999.00", "currency": "USD"}),
    ("quote.tradeAmount", "1200.000001"),
    ("quote.tradeAmount", "free"),
    ("quote.tradeAmount", REMOVED),
    ("quote.currency", REMOVED),
]


def test_nothing_is_announced_above_its_maximum(orders: Kind) -> None:
    """Whoever writes it; what can't be compared is refused too. At the maximum it is accepted, and
    so without one."""
    order = _order_in(orders, "Quoted")
    placing = {**PLACING, "maximumPrice": MAXIMUM}
    accepted(orders.replace_status(order, placing, dry_run=True))
    accepted(orders.replace_status(order, PLACING, dry_run=True))
    for path, value in TOO_DEAR:
        answer = refused(orders.replace_status(order, changed(placing, path, value), dry_run=True))
        assert answer.says(
            "status.maximumPrice", "must not be above `status.maximumPrice` in state 'Placing'"
        ), answer


def test_what_was_allowed_is_a_record(orders: Kind) -> None:
    """It is neither raised nor added later. An older version, which does not know it, may drop
    it."""
    without = _order_in(orders, "Placing")
    answer = refused(
        orders.replace_status(without, {**without["status"], "maximumPrice": MAXIMUM}, dry_run=True)
    )
    assert answer.says(
        "status.maximumPrice", "`status.maximumPrice` must not change from 'Placing' on"
    )
    order = accepted(orders.create(changed(ORDER, "metadata.name", "realtime-prod-99")))
    for status in (QUOTED, {**PLACING, "maximumPrice": MAXIMUM}):
        order = accepted(orders.replace_status(order, status))
    for state in ("Placing", "Uncertain", "Quoted"):
        raised = {
            **order["status"],
            "state": state,
            "maximumPrice": {**MAXIMUM, "amount": "1300.00"},
        }
        answer = refused(orders.replace_status(order, raised, dry_run=True))
        assert answer.says(
            "status.maximumPrice", "`status.maximumPrice` must not change from 'Placing' on"
        )
        kept = {**order["status"], "state": state}
        accepted(orders.replace_status(order, kept, dry_run=True))
        accepted(orders.replace_status(order, changed(kept, "maximumPrice", REMOVED), dry_run=True))


def test_an_instance_id_is_set_once(orders: Kind) -> None:
    """It is what was paid for."""
    order = _order_in(orders, "Placed")
    for value in ("f-cn-2", REMOVED):
        answer = refused(
            orders.replace_status(
                order, changed(order["status"], "instanceId", value), dry_run=True
            )
        )
        assert answer.says(
            "status.instanceId", "`status.instanceId` must not change: it is set once"
        )


def test_what_is_ordered_never_changes(orders: Kind) -> None:
    """Not one field of the spec, in no state."""
    order = accepted(orders.create(ORDER))
    others: dict[str, Any] = {
        "workspaceRef.uid": "other",
        "accountId": "2",
        "region": "cn-beijing",
        "workspaceName": "other",
        "create.resources.cu": 20,
        "create.zoneId": "cn-hangzhou-i",
        "token": "f" * 16,
    }
    for path, value in others.items():
        answer = refused(orders.replace(changed(order, f"spec.{path}", value), dry_run=True))
        assert answer.says("spec", "`spec` must not change: an order is a record"), path
    assert refused(orders.replace(changed(order, "spec", REMOVED), dry_run=True)).says(
        "spec", "Required value"
    )


BAD: list[tuple[str, Any, str, str]] = [
    ("workspaceRef", REMOVED, "workspaceRef", "Required value"),
    ("workspaceRef.name", "", "workspaceRef.name", "at least 1 chars"),
    ("workspaceRef.name", "a" * 61, "workspaceRef.name", "may not be more than 60"),
    ("workspaceRef.uid", "", "workspaceRef.uid", "at least 1 chars"),
    ("workspaceRef.uid", "u" * 65, "workspaceRef.uid", "may not be more than 64"),
    ("workspaceRef.generation", -1, "workspaceRef.generation", "greater than or equal to 0"),
    ("accountId", "", "accountId", "at least 1 chars"),
    ("accountId", "1" * 41, "accountId", "may not be more than 40"),
    ("region", "", "region", "at least 1 chars"),
    ("region", "r" * 41, "region", "may not be more than 40"),
    ("workspaceName", "", "workspaceName", "at least 1 chars"),
    ("workspaceName", "a" * 61, "workspaceName", "may not be more than 60"),
    ("action", "Release", "action", 'supported values: "Create"'),
    ("create.resources.cu", 0, "create.resources.cu", "greater than or equal to 1"),
    ("token", REMOVED, "token", "Required value"),
    ("token", "f" * 15, "token", "at least 16 chars"),
    ("token", "f" * 65, "token", "may not be more than 64"),
    ("token", "F" * 16, "token", "must be a random word of lower case letters and digits"),
]


@pytest.mark.parametrize(("path", "value", "field", "text"), BAD)
def test_what_is_out_of_range_is_refused(
    asked_orders: Kind,
    path: str,
    value: Any,  # noqa: ANN401 - any value
    field: str,
    text: str,
) -> None:
    """An entry that the operator could not read again is never written."""
    answer = refused(asked_orders.create(changed(ORDER, f"spec.{path}", value), dry_run=True))

    assert answer.says(f"spec.{field}", text), answer


def test_an_order_has_one_block(asked_orders: Kind) -> None:
    """Not none, and not two; `parameters` is how versions before 0.2 wrote it."""
    old = changed(
        changed(ORDER, "spec.parameters", ORDER["spec"]["create"]), "spec.create", REMOVED
    )
    assert not isinstance(asked_orders.create(old, dry_run=True), Refused)
    for odd in (
        changed(ORDER, "spec.create", REMOVED),
        changed(ORDER, "spec.parameters", ORDER["spec"]["create"]),
    ):
        assert refused(asked_orders.create(odd, dry_run=True)).says("spec", "exactly one block")


@pytest.mark.parametrize(
    "name", ["realtime-prod", "realtime-prod-0", "realtime-prod-01", "realtime-prod-x", "other-1"]
)
def test_an_order_has_a_name_out_of_its_sequence(asked_orders: Kind, name: str) -> None:
    """What does not fit would stand in the way of the operator's own orders, or not be found by
    it."""
    answer = refused(asked_orders.create(changed(ORDER, "metadata.name", name), dry_run=True))

    assert answer.says("metadata", "must be the workspace's name, '-' and a number"), answer


def test_what_the_operator_writes_is_stored_as_it_is(orders: Kind) -> None:
    """Spec and status survive the way to the server and back."""
    read = FlinkWorkspaceOrder.of(_order_in(orders, "Fulfilled"))
    stored = orders.read(read.metadata.name)

    assert read.spec.as_wire() == stored["spec"]
    assert FlinkWorkspaceOrderStatus.model_validate(stored["status"]).as_wire() == stored["status"]
