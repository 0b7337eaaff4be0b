"""How one FlinkWorkspace stands, as values. Pure: the only clock is the time that it is given."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from kubectl_flink import names
from kubectl_flink.words import moment
from kubectl_flink.workspace import Condition, Workspace, time_of


class Standing(StrEnum):
    """The state in one word."""

    READY = "Ready"
    WORKING = "Reconciling"
    SUSPENDED = "Suspended"
    STALLED = "Stalled"
    DELETING = "Deleting"
    NOT_SEEN = "NotSeen"
    UNKNOWN = "Unknown"


class Mark(StrEnum):
    """How one fact is: as it should be, not so, or not known."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Aspect:
    """One fact with the operator's words."""

    name: str
    mark: Mark
    message: str


@dataclass(frozen=True)
class Bought:
    """What was ordered, and what came of it."""

    mark: Mark
    words: str
    order: str | None = None
    state: str | None = None
    price: str | None = None
    at: datetime | None = None
    decided_not_before: datetime | None = None


@dataclass(frozen=True)
class Paid:
    """Until when it is paid, and who renews it."""

    mark: Mark
    charge: str
    until: datetime | None
    days_left: int | None
    renewal: str | None


@dataclass(frozen=True)
class Next:
    """What is asked of a person, and the command for it."""

    words: str
    command: str | None = None


@dataclass(frozen=True)
class Report:
    """All that `status` shows of one FlinkWorkspace."""

    namespace: str
    name: str
    standing: Standing
    runs: bool
    reason: str
    message: str
    since: datetime | None
    zone: str
    cu: int | None
    account: str | None
    instance_id: str | None
    bought: Bought
    paid: Paid
    needs: tuple[Aspect, ...]
    drift: Aspect
    cloud: Aspect
    next: Next


_NEEDS: Final = (
    ("role", "RamRoleReady"),
    ("network", "NetworkReady"),
    ("bucket", "OssDirectoriesReady"),
)
_DECIDING: Final = (
    ("Stalled", Standing.STALLED),
    ("Suspended", Standing.SUSPENDED),
    ("Ready", Standing.READY),
    ("Reconciling", Standing.WORKING),
)
"""The first condition that is True gives the state."""


def report_of(found: Workspace, now: datetime) -> Report:
    """The report of a FlinkWorkspace at a time."""
    standing = standing_of(found)
    deciding = deciding_condition(found, standing)
    return Report(
        namespace=found.namespace,
        name=found.name,
        standing=standing,
        runs=found.condition("Ready").is_true,
        reason=deciding.reason,
        message=deciding.message,
        since=deciding.since,
        zone=found.instance.get("zoneId") or found.spec.get("region", ""),
        cu=found.instance.get("cu") or found.spec.get("resources", {}).get("cu"),
        account=found.status.get("accountId"),
        instance_id=found.instance.get("instanceId"),
        bought=bought(found),
        paid=paid(found, now),
        needs=tuple(_aspect(found, name, type_) for name, type_ in _NEEDS),
        drift=_aspect(found, "drift", "InSync"),
        cloud=_aspect(found, "cloud", "CloudReachable"),
        next=next_of(found, standing),
    )


def standing_of(found: Workspace) -> Standing:
    """The state in one word. A verdict on an older spec is none."""
    if found.deleting_since:
        return Standing.DELETING
    if not found.is_seen:
        return Standing.NOT_SEEN
    for type_, standing in _DECIDING:
        if found.condition(type_).is_true:
            return standing
    return Standing.UNKNOWN


def deciding_condition(found: Workspace, standing: Standing) -> Condition:
    """The condition whose message explains the state."""
    if standing is Standing.NOT_SEEN:
        generation = found.wire["metadata"].get("generation")
        words = (
            f"the operator has not reconciled it since its spec changed (generation {generation})"
        )
        return Condition("Unknown", standing, words, None)
    if standing is Standing.DELETING:
        return _deleting(found)
    return found.condition("Ready" if standing is Standing.UNKNOWN else standing)


def _deleting(found: Workspace) -> Condition:
    told = found.condition("Reconciling")
    words = told.message if told.reason == "Deleting" else "it is released; the workspace stays"
    return Condition("True", Standing.DELETING, words, found.deleting_since)


def bought(found: Workspace) -> Bought:
    """The newest order; else how it came here without one."""
    order, purchased = found.order, found.condition("Purchased")
    if not order:
        words = purchased.message or "nothing is known yet"
        return Bought(_mark(purchased), words, price=found.price)
    state = order.get("state")
    mark, words = _of_state(state)
    if gone := time_of(found.instance.get("lostSince")):
        mark, words = Mark.BAD, f"bought, and gone from the cloud since {moment(gone)}"
    return Bought(
        mark,
        words,
        order=order["name"],
        state=state,
        price=found.price,
        at=time_of(order.get("intentTime")),
        decided_not_before=time_of(order.get("settledNotBefore")),
    )


def _of_state(state: str | None) -> tuple[Mark, str]:
    if state in names.PAID:
        return Mark.GOOD, "bought"
    if state in names.FRUITLESS:
        return Mark.BAD, "nothing was bought"
    if state in names.PREPARING:
        return Mark.UNKNOWN, "nothing has been sent yet"
    return Mark.UNKNOWN, "not known yet whether it was bought"


def paid(found: Workspace, now: datetime) -> Paid:
    """Until when it is paid."""
    charge = str(found.spec.get("chargeType", ""))
    until = time_of(found.instance.get("expireTime"))
    renewal = found.spec.get("subscription", {}).get("renewal", {}).get("mode")
    expiry = found.condition("ExpiryHealthy")
    return Paid(_mark(expiry), charge, until, (until - now).days if until else None, renewal)


def next_of(found: Workspace, standing: Standing) -> Next:
    """The next step of a person."""
    if (asked := _asked_for(found, standing)) is not None:
        return asked
    match standing:
        case Standing.STALLED:
            return Next("change what the message names; the operator checks again by itself")
        case Standing.SUSPENDED:
            return Next("do what the message says, then", _command(found, "reconcile"))
        case Standing.READY:
            return _of_running(found)
        case _:
            return Next("wait: it continues by itself", _command(found, "wait"))


def _asked_for(found: Workspace, standing: Standing) -> Next | None:
    """The step that a reason asks for, whatever the state is."""
    reason = deciding_condition(found, standing).reason
    if standing is Standing.DELETING:
        return _of_deleting(found)
    if reason == "Lost":
        return Next("to have another one bought", _command(found, "replace-lost"))
    if reason == "SuspendedByUser":
        if found.spec.get("suspend"):
            return Next("set spec.suspend to false in its manifest; then it may be bought")
        return Next("to let the operator continue", _command(found, "resume"))
    if reason in ("ApprovalPending", "ApprovalExpired"):
        return Next("to approve it, for those who may", _command(found, "approve"))
    if reason in ("WaitingToRetry", "WaitingForChange"):
        return Next("to retry", _command(found, "reconcile"))
    return None


def _of_deleting(found: Workspace) -> Next:
    if is_open(found.order):
        return Next("wait; to release it before that", _command(found, "abandon"))
    return Next("nothing to do; what was bought stays, and is billed")


def _of_running(found: Workspace) -> Next:
    if found.condition("InSync").status == "False":
        return Next("see drift; then change the spec or the workspace")
    if found.condition("ExpiryHealthy").status == "False":
        return Next("renew it in the cloud's console")
    return Next("nothing to do")


def is_open(order: Any) -> bool:  # noqa: ANN401 - as it was read
    """There is an order, and its outcome is not known, or its state is of a newer version."""
    return bool(order) and order.get("state") not in names.PAID | names.FRUITLESS


def _command(found: Workspace, verb: str) -> str:
    return f"kubectl flink {verb} {found.name} -n {found.namespace}"


def _aspect(found: Workspace, name: str, type_: str) -> Aspect:
    condition = found.condition(type_)
    return Aspect(name, _mark(condition), condition.message or "nothing is known yet")


def _mark(condition: Condition) -> Mark:
    return {"True": Mark.GOOD, "False": Mark.BAD}.get(condition.status, Mark.UNKNOWN)
