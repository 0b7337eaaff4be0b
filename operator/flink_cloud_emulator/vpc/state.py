"""What the network service knows about one account."""

from dataclasses import dataclass, field


@dataclass
class Vpc:
    """A private network."""

    id: str
    region: str
    name: str = ""
    cidr: str = "10.0.0.0/8"
    status: str = "Available"
    """Pending while it is being made, then Available."""


@dataclass
class VSwitch:
    """A subnet in one zone."""

    id: str
    vpc_id: str
    region: str
    zone_id: str
    name: str = ""
    cidr: str = "10.0.0.0/20"
    available_ips: int = 4000
    status: str = "Available"
    """Pending while it is being made, then Available."""


@dataclass
class VpcState:
    """Networks and vSwitches by id."""

    vpcs: dict[str, Vpc] = field(default_factory=dict)
    v_switches: dict[str, VSwitch] = field(default_factory=dict)
