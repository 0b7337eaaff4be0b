"""Every reason that a FlinkWorkspace can show, with its meaning and advice.

The only source of the page `docs/reference/reasons.md`. A reason that is missing here fails the
tests. Failures of the cloud describe themselves (`core/facts/failures.py`).
"""

from collections.abc import Mapping
from typing import Final

from flink_workspace_operator.core.facts.failure_kinds import KINDS, meaning_of, page_advice_of
from flink_workspace_operator.core.facts.failures import CloudFailure, Turn
from flink_workspace_operator.core.facts.key_failures import CredentialsUnusable
from flink_workspace_operator.core.reporting.catalogue_of_limits import LIMITS
from flink_workspace_operator.core.reporting.entry import BY_ITSELF, Entry

_ON_ITS_WAY: Final = "Reconciling, then Stalled"
"""In progress for FLINK_OPERATOR_PREREQUISITE_GRACE_SECONDS, then stalled."""
_ON_ITS_SIDE: Final = "Reconciling; Suspended beside a workspace that runs"
"""A reason about the operator, not about the workspace."""


_TURNS: Final[Mapping[Turn, str]] = {
    "Nobody": "Reconciling",
    "Outside": "Suspended",
    "Spec": "Stalled",
    "Prerequisite": _ON_ITS_WAY,
}


def _entry_of(kind: type[CloudFailure]) -> Entry:
    """The entry of a failure. Once something may be bought, no edit of the spec ends a lack of
    credentials: see `verdicts.could_not_read_owned`."""
    status, meaning = _TURNS[kind.turn], meaning_of(kind)
    if issubclass(kind, CredentialsUnusable) and status != "Suspended":
        status += "; Suspended once something may be bought"
    return Entry(status, meaning[:1].lower() + meaning[1:], page_advice_of(kind))


_FAILURES: Final = {
    name: _entry_of(kind)
    for name, kind in KINDS.items()
    if kind.turn != "Nobody" or name in ("KeyUnavailable", "Throttled")
}
"""The failures that are reasons. Others that end by themselves are CloudUnreachable."""

DECIDING: Final[Mapping[str, Entry]] = {
    **_FAILURES,
    "Running": Entry("Ready", "the workspace exists, is this resource's, and runs"),
    "Purchasing": Entry("Reconciling", "an order is being opened", "wait"),
    "Provisioning": Entry(
        "Reconciling",
        "an order is announced, or the workspace that it bought is being created. If another"
        " process announced it, the message says that it is not known whether the call was sent",
        "wait: real clouds take 5 to 10 minutes",
    ),
    "NotVisible": Entry(
        "Ready, as it was; else Reconciling",
        "the last list lacks the workspace, which was seen before; a second one decides",
        "wait until the time that the message names",
    ),
    "PurchaseUncertain": Entry(
        "Reconciling",
        "a purchase was or may have been sent, and its outcome is not known. Nothing else is bought"
        " before the time that the message names",
        "wait: evidence decides, usually by that time",
    ),
    "WaitingToRetry": Entry(
        "Reconciling",
        "the last order bought nothing. The next order waits until the call of the last one can no"
        " longer be executed, and until the back-off is over",
        "wait. Only the back-off can be skipped, by a change of the spec or by the command in the"
        " message",
    ),
    "WaitingForChange": Entry(
        "Suspended",
        "the last order ended in a state after which no other order for the same spec follows by"
        " itself. The message says how it ended",
        "if the workspace is still wanted: change the spec, or run the command in the message",
    ),
    "CloudUnreachable": Entry(
        "Reconciling",
        "the cloud did not answer, or not in a usable way, so nothing is decided",
        "wait; the condition `CloudReachable` says how it failed",
    ),
    "ClusterUnavailable": Entry(
        _ON_ITS_SIDE,
        "the API server failed or was overloaded, or somebody else wrote the same object again"
        " and again. The message has the API server's own sentence",
        "wait; if it lasts, see the webhook that the message names, or the API server's health",
    ),
    "OperatorFault": Entry(
        _ON_ITS_SIDE,
        "a fault of the operator ended the pass. What is known stays as it is, and such a pass"
        " buys nothing",
        "see the operator's log, and report the fault",
    ),
    "Adopting": Entry(
        "Reconciling",
        "what exists agrees with the spec, and is being tagged as this resource's",
        "wait; adoption by name waits until five minutes after the instance's creation",
    ),
    "Deleting": Entry(
        "Reconciling",
        "the resource is being deleted. The workspace stays",
        "wait, or run the command in the message",
    ),
    "RoleMissing": Entry(
        _ON_ITS_WAY,
        "the RAM role that Flink works through does not exist",
        "with `ramRole.management: Ensure` wait; with `Require` authorise Flink once in its"
        " console",
    ),
    "PolicyMissing": Entry(
        _ON_ITS_WAY, "that role lacks a policy", "the same; the message names the policy"
    ),
    "VpcNotFound": Entry(_ON_ITS_WAY, "no such VPC in the region", "create it, or correct `vpcId`"),
    "VSwitchNotFound": Entry(
        _ON_ITS_WAY, "no such vSwitch in the region", "create it, or correct `vSwitchIds`"
    ),
    "VSwitchInOtherVpc": Entry(
        _ON_ITS_WAY, "a vSwitch belongs to another VPC", "correct `vSwitchIds` or `vpcId`"
    ),
    "ZonesDiffer": Entry(
        _ON_ITS_WAY, "the vSwitches lie in more than one zone", "name vSwitches of one zone"
    ),
    "ZoneMismatch": Entry(
        _ON_ITS_WAY, "the vSwitches do not lie in `zoneId`", "correct `zoneId` or `vSwitchIds`"
    ),
    "ZoneNotSupported": Entry(
        _ON_ITS_WAY,
        "workspaces are not sold in that zone",
        "name vSwitches in one of the zones that the message lists",
    ),
    "AddressesExhausted": Entry(
        _ON_ITS_WAY,
        "no vSwitch has a free address",
        "add a vSwitch, or free addresses; every JobManager and TaskManager takes one",
    ),
    "OssNotActivated": Entry(
        _ON_ITS_WAY, "OSS was never opened in this account", "open it in the OSS console"
    ),
    "BucketNotFound": Entry(_ON_ITS_WAY, "no such bucket", "create it in the workspace's region"),
    "BucketInOtherRegion": Entry(
        _ON_ITS_WAY, "the bucket lies in another region", "name a bucket in the workspace's region"
    ),
    "DirectoriesMissing": Entry(
        _ON_ITS_WAY, "the bucket lacks directories that Flink keeps its files in", BY_ITSELF
    ),
    "SuspendedByUser": Entry(
        "Suspended",
        "a person stopped all writes to the cloud",
        "remove `spec.suspend`, and the annotation `flink.alicloud.dev/suspend` if its value is not"
        " `false`",
    ),
    **LIMITS,
    "ListIncomplete": Entry(
        "Suspended",
        "the list of instances lacks one that another resource of this cluster owns. So it is not"
        " complete, and nothing is bought",
        "let the operator's identity see all instances. If the instance that the message names is"
        " gone, delete its resource, or [give the instance"
        " up](../ownership.md#replace-a-workspace-that-is-gone)",
    ),
    "BillUnexplained": Entry(
        "Suspended",
        "a paid order may be this purchase, and no list shows what it bought",
        "see the console; if it is something else, run the command in the message",
    ),
    "OutputsRefused": Entry(
        "Suspended",
        "the API server does not let the operator read or write the ConfigMap of `spec.outputs`",
        "bind the ClusterRole `flink-workspace-operator-outputs` to the operator in that namespace"
        " ([how](../outputs.md#the-right-to-write-it)), or choose another name",
    ),
    "ClusterRefused": Entry(
        "Suspended",
        "the API server refuses a read or write of the operator, for a quota, a policy, a webhook"
        " or a missing right. The message has its own sentence",
        "change what the message names",
    ),
    "NewerVersion": Entry(
        "Stalled; Suspended beside a workspace that runs",
        "the resource, or an order of it, has a value or field that this version of the operator"
        " does not know. Nothing is bought as long as it is there",
        "run a version that knows it, or correct the field that the message names",
    ),
    "NameTaken": Entry(
        "Stalled",
        "a workspace, or another resource of this cluster, has this name",
        "choose another `workspaceName`, or [adopt](../ownership.md#adopt-a-workspace-that-exists)"
        " what exists",
    ),
    "OwnedElsewhere": Entry(
        "Stalled",
        "the workspace of this name carries another cluster's ownership tags",
        "choose another `workspaceName`, or [move it"
        " here](../ownership.md#move-a-workspace-to-another-cluster)",
    ),
    "NameMismatch": Entry(
        "Stalled",
        "this resource's ownership tags are on a workspace of another name, or"
        " `adoption.instanceId` names such a workspace",
        "use a resource whose `workspaceName` is that name",
    ),
    "AdoptionDiffers": Entry(
        "Stalled",
        "the instance to adopt differs from the spec",
        "correct the fields that the message lists",
    ),
    "AdoptionNotAllowed": Entry(
        "Stalled",
        "`adoption.policy: ByInstanceId` is not for this namespace. Nothing is adopted or bought",
        "have the namespace put on the list `FLINK_OPERATOR_ADOPTION_NAMESPACES` of the operator,"
        " or choose another policy",
    ),
    "NothingToAdopt": Entry(
        "Stalled",
        "no instance has the id that `adoption.instanceId` names",
        "correct it, or remove `adoption` to buy a workspace",
    ),
    "AccountChanged": Entry(
        "Stalled",
        "the access key in use belongs to another account than this resource",
        "put a key of the former account into the Secret of `spec.credentials`; without such a"
        " Secret, give it to the operator",
    ),
    "RegionNotSupported": Entry(
        "Stalled",
        "workspaces are not sold in that region",
        "create a resource with one of the regions that the message lists",
    ),
    "DuplicateInstance": Entry(
        "Stalled",
        "two instances may be this resource's. Nothing more is bought, and nothing is deleted",
        "release the wrong one in the console",
    ),
    "Lost": Entry(
        "Stalled",
        "the workspace is gone from the cloud. Nothing is bought in its place",
        "[confirm by its id](../ownership.md#replace-a-workspace-that-is-gone) that another one may"
        " be bought",
    ),
    "ReplaceLostTooEarly": Entry(
        "Stalled",
        "the same, and the annotation `replace-lost` was set before the loss was known",
        "remove the annotation, and set it again",
    ),
    "Released": Entry(
        "Stalled",
        "somebody released the workspace. Nothing is bought in its place",
        "see in the console who did it",
    ),
    "Expired": Entry(
        "Stalled",
        "the paid time is over, and the cloud stopped the workspace. It keeps the data for 15 days",
        "renew it in the console",
    ),
    "Overdue": Entry(
        "Stalled",
        "the account can't pay for the workspace, and the cloud stopped it. It keeps the data for"
        " 15 days",
        "top up the account",
    ),
    "Disabled": Entry(
        "Stalled", "the cloud disabled the workspace", "see its console, or ask the cloud's support"
    ),
    "CreationFailed": Entry(
        "Stalled",
        "it is bought, and the cloud could not create it. It may be billed",
        "ask the cloud's support about the quoted words, or release it in the console",
    ),
    "OutputsTaken": Entry(
        "Stalled",
        "the ConfigMap of `spec.outputs` exists and is somebody else's",
        "choose another name, or delete that ConfigMap ([more](../outputs.md#what-is-not-touched))",
    ),
}
"""Reasons of Ready, and of the one of Reconciling, Stalled and Suspended that is True."""
