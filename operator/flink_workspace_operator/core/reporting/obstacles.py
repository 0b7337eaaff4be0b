"""Reports on a pass that an obstacle ended early: the API server, an object, a fault of ours.

The report is a write that needs nothing of what the pass could not read.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.names import ABANDON_ORDER
from flink_workspace_operator.api.workspace import PartialWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.commands import annotate
from flink_workspace_operator.core.facts.failures import (
    ClusterFailure,
    ClusterUnreachable,
    Conflict,
    Vanished,
)
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.observed import Bought
from flink_workspace_operator.core.facts.snapshot import Answered
from flink_workspace_operator.core.plan import Event, Verdict
from flink_workspace_operator.core.reporting.catalogue_of_aspects import ASPECTS
from flink_workspace_operator.core.reporting.conditions import ConditionDraft
from flink_workspace_operator.core.reporting.report import dated
from flink_workspace_operator.core.reporting.summary import obstructed
from flink_workspace_operator.core.verdicts import verdict_on_cluster

PATIENCE: Final = 3
"""Consecutive failures from which on one that may be transient is reported: after seconds."""


def is_reported(failure: BaseException, in_a_row: int) -> bool:
    """True if the failure is reported. A race, or a moment without an API server, is not."""
    passing = isinstance(failure, Conflict | Vanished | ClusterUnreachable)
    return in_a_row >= PATIENCE or not passing


def verdict_on_obstacle(failure: BaseException) -> Verdict:
    """The verdict on an obstacle. A fault of ours is only named: its text may contain secrets."""
    if isinstance(failure, ClusterFailure):
        return verdict_on_cluster(failure)
    message = (
        f"a fault of the operator ended the pass ({type(failure).__name__}): its log has the"
        " details, please report them. It tries again within a minute"
    )
    return Verdict("Progressing", "OperatorFault", message, beside=True)


def unrecorded(answers: Iterable[Answered], case: Case) -> tuple[Answered, ...]:
    """The answers that the ledger lacks. One whose order is gone, as after a restore of etcd, can
    never be recorded: it counts until an order or the status names what it bought."""
    here = {order.metadata.uid for order in case.seen.orders}
    return tuple(
        each
        for each in answers
        if each.order_uid in here
        or not isinstance(each.answer, Bought)
        or each.answer.instance_id not in case.recorded_ids
    )


def with_unrecorded(verdict: Verdict, answers: Iterable[Answered]) -> Verdict:
    """The verdict, led by purchases that the ledger lacks: only this process knows of them."""
    bought = [each.answer.instance_id for each in answers if isinstance(each.answer, Bought)]
    if not bought:
        return verdict
    told = f"{' and '.join(bought)} is paid for, and the ledger does not say so yet"
    return replace(verdict, message=f"{told}. {verdict.message[:1].upper()}{verdict.message[1:]}")


def conditions_under(
    verdict: Verdict, partial: PartialWorkspace, now: datetime
) -> tuple[Condition, ...]:
    """All conditions. Those that the pass could not check stay as they were, or are Unknown."""
    previous = {condition.type: condition for condition in partial.conditions}
    summary = obstructed(verdict, previous, partial.deleting)
    drafts = (_unchecked(type_, previous.get(type_)) for type_ in ASPECTS)
    return dated((*summary, *drafts), previous, partial.metadata.generation, now)


def _unchecked(type_: str, was: Condition | None) -> ConditionDraft:
    """The condition as it was. But "not purchased" ends if the ledger could not be read."""
    reason = "NotAsked" if type_ == "CloudReachable" else "NotChecked"
    unsure = type_ == "Purchased" and was is not None and was.status == "False"
    return ConditionDraft(
        type_,
        "Unknown",
        reason,
        "not checked in the last pass, which failed",
        keeps_previous=not unsure,
    )


def event_of(verdict: Verdict, previous: Iterable[Condition]) -> Event | None:
    """An event for a new obstacle; None for one that the resource shows already."""
    known = any((each.status, each.reason) == ("True", verdict.reason) for each in previous)
    return None if known else Event("Warning", verdict.reason, verdict.message)


def holding(partial: PartialWorkspace, open_orders: Iterable[str]) -> tuple[str, ...]:
    """The open orders that block a deletion: all but the one that a person abandons by name."""
    abandoned = partial.metadata.annotations.get(ABANDON_ORDER)
    return tuple(name for name in open_orders if name != abandoned)


def with_way_out(verdict: Verdict, key: Key, held_by: tuple[str, ...]) -> Verdict:
    """The verdict on a resource that is being deleted, with a person's way to release it."""
    way = (
        f"Order {held_by[0]} is not settled; to let the resource go before,"
        f" {annotate(key, ABANDON_ORDER, held_by[0])}"
    )
    return replace(verdict, message=f"{verdict.message}. {way}")
