"""What to do, as a value: steps in order, the verdict on the resource, and when to look again.

A step is one write, described and not yet done; `execution.py` does them in order, up to the first that fails.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderSpec, FlinkWorkspaceOrderStatus
from flink_workspace_operator.core.facts.config_map import ConfigMap, Content
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.identity import Claim, Subject
from flink_workspace_operator.core.facts.observed import Policy
from flink_workspace_operator.core.facts.secret import Secret
from flink_workspace_operator.core.facts.snapshot import Answered
from flink_workspace_operator.core.orders.calls import PaidCall


@dataclass(frozen=True)
class AddFinalizer:
    """Keep the workspace resource until everything that was asked for is settled."""


@dataclass(frozen=True)
class RemoveFinalizer:
    """Let the workspace resource go."""


@dataclass(frozen=True)
class TakeClaim:
    """Claim the subject for the resource with this uid, if it is free, over a dead claim, or over a former life's."""

    subject: Subject
    over: Claim | None
    uid: str


@dataclass(frozen=True)
class GiveBackClaim:
    """Give a claim of this key back."""

    claim: Claim


@dataclass(frozen=True)
class HoldSecret:
    """Keep the Secret that an order is bought with, until it is known what became of the order."""

    secret: Secret


@dataclass(frozen=True)
class ReleaseSecret:
    """Let a Secret go."""

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
class TagInstance:
    """Put our marks on an instance: to adopt it, or because they are missing, where a refusal is no reason to stop."""

    region: str
    instance_id: str
    tags: tuple[tuple[str, str], ...]
    adopts: bool


@dataclass(frozen=True)
class OpenOrder:
    """Write a new order, and its first status."""

    number: int
    spec: FlinkWorkspaceOrderSpec
    status: FlinkWorkspaceOrderStatus


@dataclass(frozen=True)
class MoveOrder:
    """Give an order a new status, if it is still as it was read."""

    order: FlinkWorkspaceOrder
    status: FlinkWorkspaceOrderStatus


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
    """Let an order be deleted by whoever wants to."""

    order: FlinkWorkspaceOrder


@dataclass(frozen=True)
class WriteOutputs:
    """Create the ConfigMap with the workspace's ids, or put it right, if it is still as it was read.

    `corrects`: it had been written before, and is not as it was.
    """

    name: str
    content: Content
    over: ConfigMap | None
    corrects: bool


@dataclass(frozen=True)
class DeleteOutputs:
    """Delete a ConfigMap of ours that is not wanted any more, if it is still as it was read."""

    former: ConfigMap


OutputsStep = WriteOutputs | DeleteOutputs
CloudStep = CreateRole | AttachPolicy | CreateDirectory | TagInstance
FreeStep = (
    AddFinalizer
    | RemoveFinalizer
    | TakeClaim
    | GiveBackClaim
    | HoldSecret
    | ReleaseSecret
    | CloudStep
    | OpenOrder
    | MoveOrder
    | WriteIntent
    | RecordAnswer
    | ReleaseOrder
    | OutputsStep
)
Step = FreeStep | PlaceOrder
ToldStep = CloudStep | OutputsStep
"""Steps that an event tells of, if they changed anything."""

VerdictKind = Literal["Running", "Progressing", "Missing", "Suspended", "Stalled", "Deleting"]


@dataclass(frozen=True)
class Verdict:
    """How things stand with a workspace, in one word for programs and one line for people.

    Missing: a prerequisite (`about`, its condition's type) is not there; progress at first, stalled if it stays so.
    `keeps`: nothing new could be learned; where Ready was True or False, what was said before stands.
    `beside`: it is about the operator's own side. A workspace that was Ready stays so, and this is told beside it.
    `while_running`: it is about a further order of a workspace that runs. Ready stays True, and has this message.
    """

    kind: VerdictKind
    reason: str
    message: str
    about: str | None = None
    keeps: bool = False
    beside: bool = False
    while_running: str = ""


@dataclass(frozen=True)
class Requeue:
    """When to look again: after this long, or never (None: nothing is left to look after)."""

    after: timedelta | None


AT_ONCE = Requeue(timedelta(0))


@dataclass(frozen=True)
class Plan:
    """What one pass does. Without a verdict nothing is said: another pass follows at once and knows better."""

    steps: tuple[Step, ...] = ()
    verdict: Verdict | None = None
    requeue: Requeue = AT_ONCE
    missing_since: datetime | None = None
    """When a workspace that was seen before was first found absent; the cloud's clock."""
    retry: CloudFailure | None = None
    """The cloud could not be asked: try again with back-off instead of at `requeue`."""


@dataclass(frozen=True)
class Event:
    """Something that happened, once, for `kubectl describe`."""

    type: Literal["Normal", "Warning"]
    reason: str
    message: str
