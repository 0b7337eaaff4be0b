"""Faults: the calls that may fail, and the ways in which they may."""

from typing import Final

from hypothesis import strategies as st

from flink_workspace_operator.core.facts import failures, key_failures
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.key_failures import KeyUnavailable
from tests.simulation.faults import Fault

BUY: Final = "cloud.place"

LOST: Final[tuple[CloudFailure, ...]] = (
    failures.Unreachable(BUY, "ConnectionReset"),
    failures.ServerError(BUY, "503"),
    failures.Garbled(BUY, "NotJson"),
)
"""Answers that tell nothing about what was done."""
REFUSED: Final[tuple[CloudFailure, ...]] = (
    failures.ParametersRefused(BUY, "InvalidParameter", fate="CallRefused"),
    failures.Throttled(BUY, "Throttling.User", fate="CopyRefused"),
    failures.PermissionMissing(
        BUY, "NoPermission", fate="CopyRefused", action="foasconsole:CreateInstance"
    ),
)
"""Refusals by the gateway: of this copy of the call, nothing was done for certain."""
OF_A_COPY: Final = tuple(each for each in REFUSED if each.fate == "CopyRefused")
"""Answers to a copy of the call that was refused, while another one buys."""
DECLINED: Final[tuple[CloudFailure, ...]] = (
    failures.BalanceTooLow(BUY, "InsufficientBalance"),
    failures.NameTaken(BUY, "InstanceNameAlreadyExists"),
    failures.Unexplained(BUY, "Whatever"),
    failures.Throttled(BUY, "Throttling"),
)
"""Refusals that may hide that something was or will be done."""
UNANSWERED: Final[tuple[CloudFailure, ...]] = (
    *LOST,
    failures.Throttled("cloud.read", "Throttling.User"),
    KeyUnavailable("cloud.read", "HTTP502", why="STS gave no usable answer"),
    key_failures.CredentialsRefused(
        "cloud.read", "InvalidAccessKeyId.Inactive", fate="CopyRefused"
    ),
    failures.PermissionMissing(
        "cloud.read", "NoPermission", fate="CopyRefused", action="foasconsole:DescribeInstances"
    ),
)
"""Why a question was not answered."""

purchase_faults = st.one_of(
    st.builds(
        Fault,
        st.just(BUY),
        st.sampled_from(("before", "at-gateway", "after", "late")),
        st.sampled_from(LOST),
    ),
    st.builds(
        Fault, st.just(BUY), st.sampled_from(("before", "at-gateway")), st.sampled_from(REFUSED)
    ),
    st.builds(Fault, st.just(BUY), st.sampled_from(("after", "late")), st.sampled_from(OF_A_COPY)),
    st.just(Fault(BUY, "twice")),
    st.builds(
        Fault,
        st.just(BUY),
        st.sampled_from(("at-gateway", "after", "late")),
        st.sampled_from(DECLINED),
    ),
)
READS: Final = (
    "identify", "list_regions", "list_zones", "list_instances", "look_up", "find_role", "describe_network",
    "describe_bucket", "quote", "read_bill", "create_role", "attach_policy", "create_directory", "tag_instance",
)  # fmt: skip
WRITES: Final = (
    "read_workspace", "read_orders", "read_claim", "read_claims_of", "add_purchase_finalizer",
    "remove_purchase_finalizer", "write_status", "take_claim", "give_back_claim", "create_order", "move_order",
    "reread_order", "release_order", "post_event",
    "read_outputs", "write_outputs", "delete_outputs", "read_secret", "hold_secret", "release_secret",
)  # fmt: skip
strikes = st.sampled_from(("before", "after"))
times, skips = st.sampled_from((1, 2, 5)), st.integers(0, 3)
cloud_faults = st.builds(
    Fault,
    st.sampled_from([f"cloud.{each}" for each in READS]),
    strikes,
    st.sampled_from(UNANSWERED),
    times,
    skips,
)
cluster_faults = st.builds(
    Fault, st.sampled_from([f"cluster.{each}" for each in WRITES]), strikes, st.none(), times, skips
)
