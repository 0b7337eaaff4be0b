"""Every reason that a FlinkWorkspace can show, with its meaning and advice.

The only source of the page `docs/reference/reasons.md`. A reason that is missing here fails the
tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_NOTHING: Final = "nothing"
BY_ITSELF: Final = "wait: it continues by itself"
SEE_READY: Final = "what Ready's message says"
_ON_ITS_WAY: Final = "Reconciling, then Stalled"
"""In progress for FLINK_OPERATOR_PREREQUISITE_GRACE_SECONDS, then stalled."""


_ON_ITS_SIDE: Final = "Reconciling; Suspended beside a workspace that runs"
"""A reason about the operator, not about the workspace."""


@dataclass(frozen=True)
class Entry:
    """One reason. `status`: that of the condition, or the condition that turns True beside
    Ready."""

    status: str
    meaning: str
    advice: str = _NOTHING


DECIDING: Final[Mapping[str, Entry]] = {
    "Running": Entry("Ready", "the workspace exists, is this resource's, and runs"),
    "Purchasing": Entry("Reconciling", "an order is being opened", "wait"),
    "Provisioning": Entry(
        "Reconciling",
        "an order is announced, or the workspace that it bought is being created. If another"
        " process announced it, the message says that it is not known whether the call was sent",
        "wait: real clouds take 5 to 10 minutes",
    ),
    "PurchaseUncertain": Entry(
        "Reconciling",
        "a purchase was or may have been sent, and its outcome is not known. Nothing else is bought"
        " before the time that the message names",
        "wait: evidence decides, usually by that time",
    ),
    "WaitingToRetry": Entry(
        "Reconciling",
        "the last order came to nothing. The next order waits until the call of the last one can no"
        " longer be executed, and until the back-off is over",
        "wait. Only the back-off can be skipped: change the spec, or set the annotation"
        " `flink.alicloud.dev/reconcile-requested-at` to any new value",
    ),
    "WaitingForChange": Entry(
        "Suspended",
        "the last order ended in a state after which no other order for the same follows by itself."
        " The message has its last word",
        "if it is wanted all the same: change the spec, or set the annotation"
        " `flink.alicloud.dev/reconcile-requested-at` to any new value",
    ),
    "CloudUnreachable": Entry(
        "Reconciling",
        "the cloud did not answer, or not in a usable way, so nothing is decided",
        "wait; the condition `CloudReachable` says how it failed",
    ),
    "ClusterUnavailable": Entry(
        _ON_ITS_SIDE,
        "the API server failed, had no time, or somebody else wrote the same object again and"
        " again. The message has the API server's own sentence",
        "wait; if it lasts, see the webhook that the message names, or the API server's health",
    ),
    "OperatorFault": Entry(
        _ON_ITS_SIDE,
        "a fault of the operator ended the pass. What is known stays as it is, and nothing is"
        " bought by such a pass",
        "see the operator's log, and report it",
    ),
    "KeyUnavailable": Entry(
        "Reconciling",
        "the operator's access key could not be fetched: STS or the metadata service did not"
        " answer, or a file is missing. So nothing was sent. The key in hand is used until it ends",
        "wait: it is tried again. If it lasts, do what the message says; [a network without a way"
        " out](../credentials.md#where-keys-come-from) needs the VPC endpoint of STS",
    ),
    "Adopting": Entry(
        "Reconciling",
        "what exists agrees with the spec, and is being tagged as this resource's",
        "wait; by name it takes five minutes from the instance's creation",
    ),
    "Deleting": Entry(
        "Reconciling",
        "the resource is being deleted. The workspace stays",
        "wait, or set the annotation that the message names",
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
    "ListIncomplete": Entry(
        "Suspended",
        "the list of instances lacks one that another resource of this cluster owns. So it is not"
        " complete, and nothing is bought",
        "let the operator's identity see all instances. If the instance that the message names is"
        " gone, delete its resource, or [give the instance"
        " up](../ownership.md#replace-a-workspace-that-is-gone)",
    ),
    "BalanceTooLow": Entry(
        "Suspended", "the cloud wants more money in the account first", "top up the account"
    ),
    "UnpaidOrder": Entry(
        "Suspended",
        "an unpaid order blocks the purchase, or may be this purchase",
        "pay or cancel it in the console; the operator continues by itself",
    ),
    "BillUnexplained": Entry(
        "Suspended",
        "a paid order may be this purchase, and no list shows what it bought",
        "see the console; if it is something else, set the annotation that the message names",
    ),
    "SecretMissing": Entry(
        f"{_ON_ITS_WAY}; Suspended once something may be bought",
        "the Secret of `spec.credentials` does not exist, or is being deleted",
        "create it, with the keys `accessKeyId` and `accessKeySecret`, or correct `secretName`",
    ),
    "SecretIncomplete": Entry(
        f"{_ON_ITS_WAY}; Suspended once something may be bought",
        "that Secret lacks a part of the access key",
        "put `accessKeyId` and `accessKeySecret` into it, both of one line and not empty",
    ),
    "SecretRefused": Entry(
        "Suspended",
        "the operator may not read that Secret, or not put its finalizer on it",
        "[let it](../credentials.md#the-right-to-read-it) read that Secret",
    ),
    "IdentityNotAllowed": Entry(
        "Stalled; Suspended once something may be bought",
        "the operator's own identity does not buy for resources of this namespace",
        "one of two: name a Secret with keys in `spec.credentials.secretName`, or have the"
        " namespace put on the list `FLINK_OPERATOR_IDENTITY_NAMESPACES` of the operator",
    ),
    "AccountNotAllowed": Entry(
        "Suspended",
        "the operator's own access key is of another account than `FLINK_OPERATOR_ACCOUNT_ID` says."
        " Nothing is bought",
        "give the operator a key of that account, or correct the setting; or name a Secret with"
        " keys in `spec.credentials.secretName`",
    ),
    "CredentialsRefused": Entry(
        "Suspended",
        "the cloud does not take the access key, or there is none",
        "put a valid one into the Secret of `spec.credentials`; without one, give it to the"
        " operator",
    ),
    "KeyRefused": Entry(
        "Suspended",
        "STS, or who else gives out access keys, was asked for the operator's and gave none",
        "check the role: its name or ARN, what it trusts, and that it exists",
    ),
    "PermissionMissing": Entry(
        "Suspended",
        "the operator's identity may not do this",
        "grant the RAM action that the message names",
    ),
    "RoleNotAuthorised": Entry(
        "Suspended", "Flink may not work in the account yet", "authorise Flink once in its console"
    ),
    "ServiceNotActivated": Entry(
        "Suspended",
        "a service was never opened in this account",
        "open the service that the message names",
    ),
    "NotFound": Entry(
        "Suspended",
        "the cloud does not find something that was named",
        "create it, or correct its name in the spec or in the operator's settings",
    ),
    "Unexplained": Entry(
        "Suspended",
        "the cloud refused with a code that the operator does not know",
        "look for the code in the console, or ask the cloud's support",
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
        " does not know. Nothing is bought without what it asks for",
        "run a version that knows it, or correct the field that the message names",
    ),
    "ParametersRefused": Entry(
        "Stalled", "the cloud does not sell what is described", "change the spec"
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
        " `adoption.instanceId` names such a one",
        "use a resource whose `workspaceName` is that name",
    ),
    "AdoptionDiffers": Entry(
        "Stalled",
        "what is to be adopted is not as the spec says",
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
        "there is no instance of the id in `adoption.instanceId`",
        "correct it, or remove `adoption` to buy a workspace",
    ),
    "AccountChanged": Entry(
        "Stalled",
        "the access key in use belongs to another account than this resource",
        "put one of the former account into the Secret of `spec.credentials`; without one, give it"
        " to the operator",
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
        "the workspace vanished from the cloud. Nothing is bought in its place",
        "[name it](../ownership.md#replace-a-workspace-that-is-gone) to have another one bought",
    ),
    "ReplaceLostTooEarly": Entry(
        "Stalled",
        "the same, and the annotation `replace-lost` is older than that",
        "remove the annotation, and set it again",
    ),
    "Released": Entry(
        "Stalled",
        "somebody released the workspace. Nothing is bought in its place",
        "see the console for who did",
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
        "it is bought, and the cloud could not create it",
        "ask the cloud's support; the message has its words",
    ),
    "OutputsTaken": Entry(
        "Stalled",
        "the ConfigMap of `spec.outputs` exists and is somebody else's",
        "choose another name, or delete that ConfigMap ([more](../outputs.md#what-is-not-touched))",
    ),
}
"""Reasons of Ready, and of the one of Reconciling, Stalled and Suspended that is True."""
