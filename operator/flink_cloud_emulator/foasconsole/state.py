"""What the Flink console knows about one account."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass
class Workspace:
    """A workspace that was ordered, here or by hand."""

    instance_id: str
    name: str
    region: str
    zone_id: str
    charge_type: Literal["PRE", "POST"]
    vpc_id: str
    v_switch_ids: tuple[str, ...]
    bucket: str
    cu: int
    """Compute quota; 0 for pay-as-you-go."""
    resource_id: str
    """The id users know as workspace id; the cloud shows it once the cluster runs."""
    order_id: int
    created_at: datetime
    expires_at: datetime | None
    """End of the paid time; None for pay-as-you-go."""
    term_months: int = 0
    """What was paid for, where that decides about the end."""
    overdue_since: datetime | None = None
    """When the account could not pay for it any more; of pay-as-you-go alone."""
    released_at: datetime | None = None
    """When its release was asked for."""
    default_namespace_cu: int | None = None
    """What the default namespace has of it; None means all."""
    provisioning_seconds: float = 0
    fails: bool = False
    architecture: str = "X86"
    monitor_type: str = "ARMS"
    resource_group_id: str = "rg-default"
    tags: dict[str, str] = field(default_factory=dict)
    status: str | None = None
    """Set from outside, it is shown instead of what the time since the order would give."""
    order_state: str | None = None
    """Set from outside, likewise."""


@dataclass
class FoasconsoleState:
    """Workspaces by instance id, and what this account may use."""

    workspaces: dict[str, Workspace] = field(default_factory=dict)
    supported_zones: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Zones by region where they differ from ``regions.ZONES``."""
