"""Events of what a pass did: one for each thing that happened, and none for a state that lasts."""

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.order_states import Reported
from flink_workspace_operator.core.plan import (
    AdoptInstance,
    AttachPolicy,
    CreateDirectory,
    CreateRole,
    DeleteOutputs,
    Event,
    RemoveFinalizer,
    RestoreTags,
    ToldStep,
    WriteOutputs,
)

Ledger = tuple[FlinkWorkspaceOrder, ...]


def events_of_steps(made: tuple[ToldStep, ...]) -> tuple[Event, ...]:
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
            case RemoveFinalizer(stays=stays):
                told.append(Event("Warning", "WorkspaceKept", stays))
    return tuple(told)


def _of_outputs(step: WriteOutputs | DeleteOutputs) -> Event:
    if isinstance(step, DeleteOutputs):
        return Event(
            "Normal",
            "OutputsDeleted",
            f"deleted ConfigMap '{step.former.name}', which is no longer wanted",
        )
    if step.corrects:
        return Event(
            "Normal",
            "OutputsCorrected",
            f"ConfigMap '{step.name}' was changed or deleted, and is restored",
        )
    return Event("Normal", "OutputsWritten", f"ConfigMap '{step.name}' has the workspace's ids")


def events_of_orders(
    before: Ledger, after: Ledger
) -> tuple[tuple[FlinkWorkspaceOrder, Event], ...]:
    """Orders that entered another state in this pass, or whose price somebody must approve anew."""
    was = {order.metadata.uid: order for order in before}
    told = ((order, _news(was.get(order.metadata.uid), order)) for order in after)
    return tuple((order, _event(order, news)) for order, news in told if news is not None)


def _news(was: FlinkWorkspaceOrder | None, now: FlinkWorkspaceOrder) -> Reported | None:
    state = None if was is None else was.state
    if state == now.state:
        is_dearer = was is not None and was.status.asked != now.status.asked
        return Reported("PriceChanged", is_warning=True) if is_dearer else None
    approval = now.status.approval
    if now.facts.is_announced and approval is not None and approval.required:
        return Reported("Approved")
    return now.facts.event


def _event(order: FlinkWorkspaceOrder, reported: Reported) -> Event:
    message = f"{order.metadata.name}: {order.status.message}"
    return Event("Warning" if reported.is_warning else "Normal", reported.reason, message)
