"""The operator's report, as it stands in a ConfigMap: what only the leader knows.

Everybody who may read it reads the same; it has no secret, and reading it asks the cloud nothing.
"""

from typing import Final, Literal

from flink_workspace_operator.api.base import ApiModel, Time

REPORT_NAME: Final = "flink-workspace-operator-report"
"""The ConfigMap, in the operator's own namespace. RBAC names it, so it is no setting."""
REPORT_KEY: Final = "report.json"

ActionVerdict = Literal["Proven", "Denied", "NotTried"]
OrphanKind = Literal["Orphan", "DuplicateName"]


class ReportedTag(ApiModel):
    """A tag that is no ownership tag."""

    key: str
    value: str


class ReportedOwner(ApiModel):
    """The owner that the ownership tags name."""

    cluster: str
    workspace: str | None
    """`namespace/name`, or its hash if that does not fit into a tag."""


class ReportedInstance(ApiModel):
    """An instance that no FlinkWorkspace owns, with all that its resource would say."""

    instance_id: str
    name: str
    region: str
    zone_id: str | None
    cluster_status: str
    charge_type: str | None
    cu: int | None
    create_time: Time | None
    expire_time: Time | None
    vpc_id: str | None
    v_switch_ids: tuple[str, ...]
    bucket: str | None
    architecture: str | None
    monitoring: str | None
    resource_group_id: str | None
    tags: tuple[ReportedTag, ...]
    owner: ReportedOwner | None


class PaidInstance(ApiModel):
    """What an instance of a finding costs. `last_amount` is the price of the newest order that
    bought it; None where no order of this cluster did, or none can be read."""

    instance_id: str
    charge_type: str | None
    cu: int | None
    create_time: Time | None
    expire_time: Time | None
    last_order: str | None
    last_amount: str | None


class ReportedOrphan(ApiModel):
    """An instance without a resource, or a name that several instances have."""

    kind: OrphanKind
    account_id: str
    region: str
    name: str
    marked_as: str | None
    instances: tuple[PaidInstance, ...]
    what_to_do: str


class UnreadRegion(ApiModel):
    """A region that could not be listed: nothing is known there."""

    region: str
    why: str


class ReportedSurvey(ApiModel):
    """The last survey that was made."""

    time: Time
    regions: int
    unread: tuple[UnreadRegion, ...]
    orphans: tuple[ReportedOrphan, ...]
    orphans_left_out: int
    importable: tuple[ReportedInstance, ...]
    importable_left_out: int


class FailedSurvey(ApiModel):
    """The last survey, if it failed."""

    since: Time
    why: str


class ReportedIdentity(ApiModel):
    """The operator's own identity in the cloud."""

    account_id: str
    arn: str | None


class ReportedAction(ApiModel):
    """A RAM action that the operator may need, and the evidence in its own calls."""

    action: str
    verdict: ActionVerdict
    since: Time | None


class ReportedProxy(ApiModel):
    """A proxy to the cloud, without user and password."""

    variable: str
    address: str


class ReportedConnection(ApiModel):
    """The way to the cloud."""

    endpoint: str | None
    """The setting; None means the cloud's own endpoints."""
    emulated: bool
    hosts: dict[str, str]
    proxies: tuple[ReportedProxy, ...]
    clock_ahead_seconds: int | None
    """This node's clock against the cloud's, in whole seconds; None where nothing was dated."""


class OperatorReport(ApiModel):
    """All of it."""

    version: str
    leader: str
    cluster_id: str
    survey_seconds: int
    namespaces: tuple[str, ...] | None
    identity_namespaces: tuple[str, ...]
    adoption_namespaces: tuple[str, ...]
    identity: ReportedIdentity | None
    connection: ReportedConnection
    actions: tuple[ReportedAction, ...]
    survey: ReportedSurvey | None
    survey_failure: FailedSurvey | None
