"""Events: one for each thing that happened, and none for a state that lasts."""

from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.order_states import Reported
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.core.plan import (
    AdoptInstance,
    AttachPolicy,
    CreateDirectory,
    CreateRole,
    DeleteOutputs,
    Event,
    RestoreTags,
    ToldStep,
    WriteOutputs,
)

Ledger = tuple[FlinkWorkspaceOrder, ...]


def events_of(
    made: tuple[ToldStep, ...],
    orders: tuple[Ledger, Ledger],
    status: tuple[FlinkWorkspaceStatus, FlinkWorkspaceStatus],
) -> tuple[Event, ...]:
    """The events of a pass, from its steps, and from ledger and status before and after it."""
    return (*_of_steps(made), *_of_orders(*orders), *_of_status(*status))


def _of_steps(made: tuple[ToldStep, ...]) -> tuple[Event, ...]:
    """The things that were made beside the workspace and the ledger."""
    told: list[Event] = []
    for step in made:
        match step:
            case CreateRole(name=name):
                told.append(Event("Normal", "RoleCreated", f"created RAM role '{name}'"))
            case AttachPolicy(role=role, policy=policy):
                told.append(
                    Event(
                        "Normal", "PolicyAttached", f"attached '{policy.name}' to RAM role '{role}'"
                    )
                )
            case CreateDirectory(bucket=bucket, key=key):
                told.append(
                    Event("Normal", "DirectoryCreated", f"created {key} in bucket '{bucket}'")
                )
            case AdoptInstance(instance_id=instance_id):
                told.append(
                    Event(
                        "Normal",
                        "WorkspaceAdopted",
                        f"{instance_id} belongs to this resource from now on",
                    )
                )
            case RestoreTags(instance_id=instance_id, tags=tags):
                told.append(
                    Event(
                        "Normal", "MarksPutBack", f"{instance_id} has {', '.join(dict(tags))} again"
                    )
                )
            case WriteOutputs() | DeleteOutputs():
                told.append(_of_outputs(step))
    return tuple(told)


def _of_outputs(step: WriteOutputs | DeleteOutputs) -> Event:
    if isinstance(step, DeleteOutputs):
        return Event(
            "Normal",
            "OutputsDeleted",
            f"deleted ConfigMap '{step.former.name}', which is not wanted any more",
        )
    if step.corrects:
        return Event(
            "Normal",
            "OutputsCorrected",
            f"ConfigMap '{step.name}' was changed or deleted, and is right again",
        )
    return Event("Normal", "OutputsWritten", f"ConfigMap '{step.name}' has the workspace's ids")


def _of_orders(before: Ledger, after: Ledger) -> tuple[Event, ...]:
    """Orders that entered another state in this pass."""
    states = {order.metadata.uid: order.state for order in before}
    moved = (order for order in after if states.get(order.metadata.uid) != order.state)
    return tuple(
        _event(order, order.facts.event) for order in moved if order.facts.event is not None
    )


def _event(order: FlinkWorkspaceOrder, reported: Reported) -> Event:
    message = f"{order.metadata.name}: {order.status.message}"
    return Event("Warning" if reported.is_warning else "Normal", reported.reason, message)


def _of_status(before: FlinkWorkspaceStatus, after: FlinkWorkspaceStatus) -> tuple[Event, ...]:
    """Turning points of the resource itself."""
    was = {condition.type: condition for condition in before.conditions}
    now = {condition.type: condition for condition in after.conditions}
    ready = (
        [Event("Normal", "WorkspaceReady", now["Ready"].message)]
        if _turned(was, now, "Ready") and not _is_true(was, "Ready")
        else []
    )
    stopped = [
        Event("Warning", now[type_].reason, now[type_].message)
        for type_ in ("Stalled", "Suspended")
        if _turned(was, now, type_)
    ]
    return (*ready, *stopped)


def _is_true(conditions: dict[str, Condition], type_: str) -> bool:
    return type_ in conditions and conditions[type_].status == "True"


def _turned(was: dict[str, Condition], now: dict[str, Condition], type_: str) -> bool:
    """True if the condition became True, or is True for another reason than before."""
    if type_ not in now or now[type_].status != "True":
        return False
    return type_ not in was or (was[type_].status, was[type_].reason) != ("True", now[type_].reason)
