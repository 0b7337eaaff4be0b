"""The plan of a pass as a value: steps in order, the verdict, the time of the next pass.

A step describes one write; `execution.py` executes them in order, up to the first that fails.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderSpec,
    FlinkWorkspaceOrderStatus,
)
from flink_workspace_operator.api.policy import FlinkPurchasePolicy, FlinkPurchasePolicyStatus
from flink_workspace_operator.core.facts.config_map import ConfigMap, Content
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.identity import Claim, PurchaseTarget
from flink_workspace_operator.core.facts.observed import Policy
from flink_workspace_operator.core.facts.secret import Secret
from flink_workspace_operator.core.facts.snapshot import Answered
from flink_workspace_operator.core.orders.calls import PaidCall


@dataclass(frozen=True)
class AddFinalizer:
    """Keep the workspace resource until everything that was asked for is settled."""


@dataclass(frozen=True)
class RemoveFinalizer:
    """Release the workspace resource, so that it can be deleted.

    `stays`: what the deletion leaves in the cloud, for people; empty if nothing is known to be
    there.
    """

    stays: str = ""


@dataclass(frozen=True)
class TakeClaim:
    """Claim the target for this uid: if free, or held by the dead or by a former resource."""

    target: PurchaseTarget
    over: Claim | None
    uid: str


@dataclass(frozen=True)
class GiveBackClaim:
    """Delete a claim of this key."""

    claim: Claim


@dataclass(frozen=True)
class HoldSecret:
    """Put a finalizer on the Secret of an order, until the outcome of the order is known."""

    secret: Secret


@dataclass(frozen=True)
class ReleaseSecret:
    """Remove the finalizer from a Secret."""

    secret: Secret


@dataclass(frozen=True)
class CreateRole:
    """Create the RAM role that Flink works through."""

    name: str
    trusted_service: str


@dataclass(frozen=True)
class AttachPolicy:
    """Attach a policy to that role."""

    role: str
    policy: Policy


@dataclass(frozen=True)
class CreateDirectory:
    """Write the zero-byte object that stands for a directory."""

    region: str
    bucket: str
    key: str


@dataclass(frozen=True)
class AdoptInstance:
    """Put ownership tags on an instance that is adopted by them."""

    region: str
    instance_id: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RestoreTags:
    """Put missing ownership tags back on an owned instance; a refusal does not end the pass."""

    region: str
    instance_id: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OpenOrder:
    """Write a new order, and its first status."""

    number: int
    spec: FlinkWorkspaceOrderSpec
    status: FlinkWorkspaceOrderStatus


@dataclass(frozen=True)
class MoveOrder:
    """Write an order's status; Conflict unless it is as it was read."""

    order: FlinkWorkspaceOrder
    status: FlinkWorkspaceOrderStatus


@dataclass(frozen=True)
class ReserveRoom:
    """Write the room that is taken under a policy; Conflict unless the policy is as it was read."""

    policy: FlinkPurchasePolicy
    status: FlinkPurchasePolicyStatus


@dataclass(frozen=True)
class WriteIntent:
    """Move an order to Placing, and remember in this process that nothing was sent for it yet.

    `mark` is also in the new status; `generation` is that of the resource as it was read.
    """

    order: FlinkWorkspaceOrder
    status: FlinkWorkspaceOrderStatus
    mark: str
    generation: int


@dataclass(frozen=True)
class PlaceOrder:
    """SPENDS MONEY. Send the call once, and record its answer."""

    order: FlinkWorkspaceOrder
    call: PaidCall


@dataclass(frozen=True)
class RecordAnswer:
    """Record an answer that could not be recorded before."""

    order: FlinkWorkspaceOrder
    answered: Answered


@dataclass(frozen=True)
class ReleaseOrder:
    """Remove our finalizer from an order, so that it can be deleted."""

    order: FlinkWorkspaceOrder


@dataclass(frozen=True)
class WriteOutputs:
    """Create or repair the ConfigMap with the workspace's ids; Conflict unless as it was read.

    `corrects`: it had been written before, and was changed since.
    """

    name: str
    content: Content
    over: ConfigMap | None
    corrects: bool


@dataclass(frozen=True)
class DeleteOutputs:
    """Delete an owned ConfigMap that is not wanted any more; Conflict unless as it was read."""

    former: ConfigMap


OutputsStep = WriteOutputs | DeleteOutputs
CloudStep = CreateRole | AttachPolicy | CreateDirectory | AdoptInstance | RestoreTags
FreeStep = (
    RemoveFinalizer
    | TakeClaim
    | GiveBackClaim
    | HoldSecret
    | ReleaseSecret
    | ReserveRoom
    | CloudStep
    | OpenOrder
    | MoveOrder
    | WriteIntent
    | RecordAnswer
    | ReleaseOrder
    | OutputsStep
)
Step = FreeStep | AddFinalizer | PlaceOrder
ToldStep = CloudStep | OutputsStep | RemoveFinalizer
"""Steps that an event reports, if they changed anything."""

VerdictKind = Literal["Running", "Progressing", "Missing", "Suspended", "Stalled", "Deleting"]


@dataclass(frozen=True)
class Verdict:
    """The state of a workspace, in one word for programs and one line for people.

    Missing: a prerequisite (`about`, its condition's type) is missing; progress at first, stalled
    if it stays so. `keeps_previous`: nothing new is known; if Ready was True or False, the last
    report stays. `beside`: about the operator's own side. A workspace that was Ready stays so, and
    this is reported beside it. `while_running`: about a further order of a running workspace. Ready
    stays True, with this message.
    """

    kind: VerdictKind
    reason: str
    message: str
    about: str | None = None
    keeps_previous: bool = False
    beside: bool = False
    while_running: str = ""


@dataclass(frozen=True)
class Requeue:
    """The time until the next pass; None: never, as nothing is left to manage."""

    after: timedelta | None


AT_ONCE = Requeue(timedelta(0))


@dataclass(frozen=True)
class Plan:
    """The work of one pass. Without a verdict nothing is reported: another pass follows at once."""

    steps: tuple[Step, ...] = ()
    verdict: Verdict | None = None
    requeue: Requeue = AT_ONCE
    missing_since: datetime | None = None
    """Time of the first list without a workspace that was seen before; the cloud's clock."""
    retry: CloudFailure | None = None
    """The cloud did not answer: retry with back-off instead of at `requeue`."""


@dataclass(frozen=True)
class Event:
    """A Kubernetes event: something that happened once."""

    type: Literal["Normal", "Warning"]
    reason: str
    message: str
