"""How a workspace comes into being and ends: its state is a function of the times of its order and
its end.

Words of OrderState: the cloud's OpenAPI metadata of DescribeInstances has CEASE for expired and
RELEASE for overdue. What is either is still listed, and its data are kept for 15 days; then it is
gone (help.aliyun.com/en/flink/realtime-flink/product-overview/overdue-payments). What ClusterStatus
says meanwhile is not published: here it stays as it was.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flink_cloud_emulator.foasconsole.state import FoasconsoleState, Workspace
from flink_cloud_emulator.settings import Settings

STAGES = (
    ("Check order", 10),
    ("Create cluster resources", 30),
    ("Connect network", 20),
    ("Deploy services", 30),
    ("Create default namespace", 10),
)
"""(name, weight in percent); made up, the real names are not published."""
FAILURE = "Failed to create cluster resources: insufficient stock in the zone."

_ID_PREFIXES = {"PRE": "sc_flinkserverless_public_cn", "POST": "sc_flinkserverlesspost_public_cn"}


@dataclass(frozen=True)
class Progress:
    """Where a workspace stands."""

    cluster_status: str
    stage: int
    """Index into STAGES of the stage in work, or of the last one."""
    stage_status: str
    message: str
    order_state: str


def progress(workspace: Workspace, now: datetime) -> Progress:
    """The state at a time; what was set from outside wins."""
    natural = _natural(workspace, now)
    order_state = workspace.order_state or natural.order_state
    status = workspace.status or natural.cluster_status
    return Progress(status, natural.stage, natural.stage_status, natural.message, order_state)


def let_time_pass(state: FoasconsoleState, settings: Settings, now: datetime) -> None:
    """Note what the account can't pay for any more, and take away what is over."""
    for workspace in list(state.workspaces.values()):
        if workspace.charge_type == "POST":
            unpaid = settings.balance < 0
            workspace.overdue_since = (workspace.overdue_since or now) if unpaid else None
        if _is_gone(workspace, settings, now):
            del state.workspaces[workspace.instance_id]


def _is_gone(workspace: Workspace, settings: Settings, now: datetime) -> bool:
    if workspace.released_at is not None:
        return now - workspace.released_at >= timedelta(seconds=settings.release_seconds)
    over_since = workspace.overdue_since or workspace.expires_at
    return over_since is not None and now - over_since >= timedelta(days=settings.grace_days)


def visible(workspace: Workspace, now: datetime, delay_seconds: float) -> bool:
    """Whether look-ups show the workspace yet."""
    return now - workspace.created_at >= timedelta(seconds=delay_seconds)


def shown_tags(workspace: Workspace, now: datetime, delay_seconds: float) -> dict[str, str]:
    """The tags that look-ups show yet."""
    return workspace.tags if visible(workspace, now, delay_seconds) else {}


def new_instance_id(charge_type: str) -> str:
    """An id in the form of the real ones."""
    return f"{_ID_PREFIXES[charge_type]}-{uuid.uuid4().hex[:11]}"


def new_resource_id() -> str:
    return uuid.uuid4().hex[:14]


def new_order_id() -> int:
    return 2 * 10**14 + uuid.uuid4().int % 10**13


def _natural(workspace: Workspace, now: datetime) -> Progress:
    created = _creation(workspace, now)
    if workspace.released_at is not None:
        return Progress("DELETING", 0, "DELETING", "", created.order_state)
    if workspace.overdue_since is not None:
        return replace(created, order_state="RELEASE")
    if workspace.expires_at is not None and now >= workspace.expires_at:
        return replace(created, order_state="CEASE")
    return created


def _creation(workspace: Workspace, now: datetime) -> Progress:
    elapsed = (now - workspace.created_at).total_seconds()
    last = len(STAGES) - 1
    if elapsed >= workspace.provisioning_seconds and not workspace.fails:
        return Progress("RUNNING", last, "SUCCESS", "", "NORMAL")
    share = (
        100 * elapsed / workspace.provisioning_seconds if workspace.provisioning_seconds else 100
    )
    if workspace.fails and share >= STAGES[0][1]:
        return Progress("CREATING", 1, "FAILED", FAILURE, "NORMAL")
    return Progress(
        "CREATING",
        _stage_at(share),
        "CREATING",
        "",
        "NOT_INIT" if share < STAGES[0][1] else "NORMAL",
    )


def _stage_at(percent: float) -> int:
    done = 0
    for index, (_, weight) in enumerate(STAGES):
        done += weight
        if percent < done:
            return index
    return len(STAGES) - 1
