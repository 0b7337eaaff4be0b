"""The cloud's resources as values.

Three answers that must never be confused: present (a value), `Absent` (a complete list lacks it)
and `Unknown` (failed, or not asked). Nothing that decides about money takes Unknown for Absent.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from flink_workspace_operator.api.names import WORKSPACE_TAG
from flink_workspace_operator.core.facts.failures import CloudFailure


@dataclass(frozen=True)
class Absent:
    """Asked for, and not there."""


@dataclass(frozen=True)
class Unknown:
    """Not known: the call failed with `failure`, or was not made in this pass (None)."""

    failure: CloudFailure | None = None


@dataclass(frozen=True)
class SeenInstance:
    """One instance of DescribeInstances, without secrets. Unknown words are kept as sent."""

    instance_id: str
    name: str
    region: str
    cluster_status: str
    order_state: str | None = None
    workspace_id: str | None = None
    zone_id: str | None = None
    charge_type: str | None = None
    """Subscription or PayAsYouGo; any other value as the cloud wrote it."""
    cu: int | None = None
    create_time: datetime | None = None
    expire_time: datetime | None = None
    vpc_id: str | None = None
    v_switch_ids: tuple[str, ...] = ()
    bucket: str | None = None
    monitoring: str | None = None
    """ARMS or CloudMonitor; any other value as the cloud wrote it."""
    architecture: str | None = None
    """X86 or ARM; any other value as the cloud wrote it."""
    resource_group_id: str | None = None
    load_balancer: str | None = None
    stage: str | None = None
    stage_status: str | None = None
    """Status of the current stage in the cloud's word, for example FAILED."""
    percent: int | None = None
    message: str | None = None
    create_timeout: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """A complete list: every page read, the counts agree.

    `date` is the earliest `Date` of its answers, by the cloud's clock: the list has everything
    that was booked and visible before it.
    """

    instances: tuple[SeenInstance, ...]
    date: datetime

    def concerning(self, *words: str | None) -> tuple[SeenInstance, ...]:
        """The instances with one of these as id, as name, or as the workspace in their tags."""
        found = {id(each): each for word in words for each in self._index.get(word, ())}
        return tuple(found.values())

    @cached_property
    def _index(self) -> Mapping[str | None, Sequence[SeenInstance]]:
        """Made once for all who share the list: a thousand passes must not read it whole each."""
        index: defaultdict[str | None, list[SeenInstance]] = defaultdict(list)
        for each in self.instances:
            for word in {each.instance_id, each.name, each.tags.get(WORKSPACE_TAG)} - {None}:
                index[word].append(each)
        return index


@dataclass(frozen=True)
class BillingOrder:
    """A billing order for a workspace: evidence that it was or may still be bought.

    `instance_ids` is empty if the bill does not name the instance.
    """

    order_id: str
    created: datetime
    paid: bool
    instance_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """A RAM policy by name; `type` is System or Custom."""

    name: str
    type: str = "System"


@dataclass(frozen=True)
class Role:
    """A RAM role and its policies."""

    name: str
    arn: str
    policies: frozenset[Policy]


@dataclass(frozen=True)
class SeenVSwitch:
    """One existing vSwitch. `free_addresses` counts the unused ones."""

    id: str
    vpc_id: str
    zone_id: str
    free_addresses: int


@dataclass(frozen=True)
class SeenNetwork:
    """The wanted VPC and vSwitches that exist; missing ones are left out."""

    vpc_exists: bool
    v_switches: tuple[SeenVSwitch, ...]


@dataclass(frozen=True)
class Bucket:
    """A bucket in the right region, and those of our directories that it has."""

    name: str
    directories: frozenset[str]


@dataclass(frozen=True)
class BucketElsewhere:
    """The bucket exists in another region; `region` is None if OSS does not name it."""

    name: str
    region: str | None


@dataclass(frozen=True)
class OssNotActivated:
    """OSS was never opened in this account."""


SeenStorage = Bucket | BucketElsewhere | OssNotActivated | Absent | Unknown


@dataclass(frozen=True)
class Bought:
    """The cloud's answer to the purchase: it was booked."""

    instance_id: str
    order_id: str | None
    request_id: str | None


@dataclass(frozen=True)
class NotBought:
    """The call was refused, or its answer was lost: `failure.fate` is what that proves."""

    failure: CloudFailure


Answer = Bought | NotBought
