"""The reasons of the conditions that state one aspect each. `core/reporting/catalogue.py` has those
of the others."""

from collections.abc import Mapping
from typing import Final

from flink_workspace_operator.core.reporting.entry import BY_ITSELF, SEE_READY, Entry

_NOT_YET: Final = Entry("Unknown", "there is no workspace yet")
_NOT_VISIBLE: Final = Entry("Unknown", "the cloud does not show the workspace", SEE_READY)
_NOT_OURS: Final = Entry(
    "Unknown", "the cloud shows the workspace, but not as this resource's alone", SEE_READY
)
_NOT_CHECKED: Final = Entry(
    "Unknown", "not checked yet, or the last pass failed before it could check", SEE_READY
)
_AS_IT_SAYS: Final = "do what the message says"
_NOBODY: Final = Entry(
    "Unknown", "the cloud could not be asked: see the same reason of Ready", _AS_IT_SAYS
)
_LACKING: Final = Entry("False", "see the same reason of Ready", SEE_READY)

ASPECTS: Final[Mapping[str, Mapping[str, Entry]]] = {
    "RamRoleReady": {
        "Authorised": Entry("True", "the role exists with its policies"),
        **dict.fromkeys(("RoleMissing", "PolicyMissing"), _LACKING),
        "NotChecked": _NOT_CHECKED,
    },
    "NetworkReady": {
        "Usable": Entry(
            "True",
            "VPC and vSwitches exist, in one zone. The message names those with few addresses",
        ),
        **dict.fromkeys(
            ("VpcNotFound", "VSwitchNotFound", "VSwitchInOtherVpc", "AddressesExhausted"), _LACKING
        ),
        **dict.fromkeys(("ZonesDiffer", "ZoneMismatch", "ZoneNotSupported"), _LACKING),
        "NotChecked": _NOT_CHECKED,
    },
    "OssDirectoriesReady": {
        "Present": Entry("True", "the bucket has the four directories"),
        **dict.fromkeys(("OssNotActivated", "BucketNotFound", "BucketInOtherRegion"), _LACKING),
        "DirectoriesMissing": _LACKING,
        "NotChecked": _NOT_CHECKED,
    },
    "Purchased": {
        "Bound": Entry("True", "an instance belongs to this resource"),
        "BoundBefore": Entry(
            "True", "an instance was bound; its tags name another cluster now", SEE_READY
        ),
        "Placing": Entry("Unknown", "an order is announced, and may have been sent", "wait"),
        "PurchaseUncertain": Entry(
            "Unknown", "an order's outcome is not known", "wait: evidence decides"
        ),
        "Outstanding": Entry(
            "Unknown",
            "the last order bought nothing, or is missing, and its call, or a copy of it, may"
            " still be executed",
            "wait: Ready's message says until when, unless something else comes first",
        ),
        "NotPurchased": Entry("False", "nothing was bought for this resource"),
        "NotChecked": _NOT_CHECKED,
    },
    "WorkspaceRunning": {
        "Running": Entry("True", "the cloud reports RUNNING"),
        "NotRunning": Entry(
            "False", "the cloud reports another state, which the message quotes", SEE_READY
        ),
        "NotTold": Entry("Unknown", "the cloud does not report its state", "look in the console"),
        "NotPurchased": Entry("False", "there is no workspace yet"),
        "NotVisible": _NOT_VISIBLE,
        "NotChecked": _NOT_CHECKED,
    },
    "InSync": {
        "InSync": Entry("True", "spec and cloud agree"),
        "Drifted": Entry(
            "False",
            "somebody changed the workspace, or the spec just before the purchase. This is"
            " reported, not corrected",
            "set the spec to what the cloud has (this buys nothing), or change the workspace back;"
            " the message lists what differs, field by field",
        ),
        "MarksMissing": Entry(
            "False",
            "ownership tags are missing; the pass that finds them missing puts them back",
            BY_ITSELF,
        ),
        "NotPurchased": _NOT_YET,
        "NotVisible": _NOT_VISIBLE,
        "NotOurs": _NOT_OURS,
        "NotChecked": _NOT_CHECKED,
    },
    "ExpiryHealthy": {
        "Paid": Entry("True", "the end of the paid time is far enough away"),
        "NotApplicable": Entry("True", "billed as pay-as-you-go"),
        "ExpiresSoon": Entry("False", "the paid time ends within days", "renew it in the console"),
        "Expired": Entry("False", "the paid time is over", "renew it in the console"),
        "NotTold": Entry(
            "Unknown", "the cloud does not report the end of the paid time", "look in the console"
        ),
        "NotPurchased": _NOT_YET,
        "NotVisible": _NOT_VISIBLE,
        "NotOurs": _NOT_OURS,
        "NotChecked": _NOT_CHECKED,
    },
    "CloudReachable": {
        "Answered": Entry(
            "True", "the last calls were answered. If an emulator answered, the message says so"
        ),
        "Throttled": Entry(
            "False",
            "the account makes too many calls",
            "wait; if it lasts, see who else calls so often",
        ),
        "Unavailable": Entry(
            "False",
            "no usable answer came back",
            "wait; if it lasts, see the network and the cloud's status page",
        ),
        "KeyUnavailable": Entry(
            "False",
            "no access key could be fetched, so nothing was asked",
            "wait; if it lasts, do what the message says",
        ),
        "Unauthorized": Entry(
            "True",
            "the cloud answers, and refuses: a key is not valid, or a permission is missing. So"
            " what is reported about the workspace may be out of date",
            _AS_IT_SAYS,
        ),
        "Refused": Entry(
            "True",
            "the cloud answers, and refuses for another reason",
            _AS_IT_SAYS,
        ),
        **dict.fromkeys(
            ("SecretMissing", "SecretIncomplete", "SecretRefused", "IdentityNotAllowed"), _NOBODY
        ),
        **dict.fromkeys(("KeyRefused", "CredentialsRefused"), _NOBODY),
        "NotAsked": Entry("Unknown", "this pass had nothing to ask"),
    },
}
"""By condition. An unreadable prerequisite is Unknown, with the failure's name as reason."""

QUIET: Final[Mapping[str, Entry]] = {
    "Idle": Entry("Reconciling is False", "nothing is under way that ends by itself"),
    "NotStalled": Entry("Stalled is False", "nothing has failed for good"),
    "WithinGrace": Entry(
        "Stalled is False",
        "a prerequisite is missing, and has until the time in the message to appear",
        SEE_READY,
    ),
    "NotSuspended": Entry(
        "Suspended is False", "nothing suspends it, or Ready reports something more urgent"
    ),
}
"""Reasons of those three where they are False."""
