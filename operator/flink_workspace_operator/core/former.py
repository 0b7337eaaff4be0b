"""Calls that may still be executed though the ledger does not wait for them any more: no order is opened before."""

from collections.abc import Mapping
from typing import Final, get_args

from flink_workspace_operator.api.order import Evidence
from flink_workspace_operator.api.status import OrderState
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.pace import OUTSIDE
from flink_workspace_operator.core.plan import Plan, Verdict

NOTHING_SENT: Final[frozenset[Evidence | None]] = frozenset({"NothingSent", "SpecChanged", "Deleted"})
EVIDENCE: Final[frozenset[Evidence | None]] = frozenset({None, *get_args(Evidence)})
CLOSED_BY: Final[Mapping[OrderState | None, frozenset[Evidence | None]]] = {
    "Lost": frozenset({"GivenUp"}),
    "Superseded": NOTHING_SENT,
    "Canceled": NOTHING_SENT,
}
"""What these states rest on where the operator wrote them. A hand that edits the state leaves other evidence."""


def wait_for_what_left_the_ledger(case: Case) -> Plan | None:
    """The order that may have been sent is gone from the ledger, by force: its call may still be executed."""
    last = case.left_the_ledger
    if last is None or last.intent_time is None:
        return None
    over = last.intent_time + case.settings.settle_window
    message = (
        f"order {last.name} was deleted while it was not known whether it bought anything: if nothing shows up until"
        f" {over:%Y-%m-%d %H:%M} UTC, another one is opened"
    )
    return Plan(verdict=Verdict("Progressing", "PurchaseUncertain", message), next_look=OUTSIDE)


def wait_for_what_a_hand_closed(case: Case) -> Plan | None:
    """An order that was sent, or may have been, and was closed by hand: its call may still be executed or shown."""
    window = case.settings.settle_window
    ends = {
        order.metadata.name: order.status.intent_time + window
        for order in case.orders
        if order.status.intent_time is not None and order.status.evidence not in CLOSED_BY.get(order.state, EVIDENCE)
    }
    name, over = max(ends.items(), key=lambda each: each[1], default=("", case.cloud_time - window))
    if case.cloud_time > over:
        return None
    message = (
        f"order {name} was closed by hand, and that does not undo its call: if nothing shows up until"
        f" {over:%Y-%m-%d %H:%M} UTC, another one is opened"
    )
    return Plan(verdict=Verdict("Progressing", "PurchaseUncertain", message), next_look=OUTSIDE)


def wait_for_what_was_restored(case: Case) -> Plan | None:
    """A backup brought an order back without its status, for another resource than it was opened for.

    It may have been sent in its former life, at the latest right before it came back. Not so an order of this very
    resource: that one was given no status because its process stopped before.
    """
    uid = case.workspace.metadata.uid
    found = [order for order in case.orders if order.state == "Superseded" and order.status.quote is None]
    restored = [order for order in found if order.spec.workspace_ref.uid != uid]
    if not restored:
        return None
    last = max(restored, key=lambda order: order.metadata.creation_timestamp)
    over = last.metadata.creation_timestamp + case.settings.settle_window
    if case.cloud_time > over:
        return None
    message = (
        f"order {last.metadata.name} came back without its status, so it may have been sent before: if nothing shows up"
        f" until {over:%Y-%m-%d %H:%M} UTC, another one is opened"
    )
    return Plan(verdict=Verdict("Progressing", "PurchaseUncertain", message), next_look=OUTSIDE)
