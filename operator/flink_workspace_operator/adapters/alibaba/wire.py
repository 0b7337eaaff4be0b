"""Alibaba Cloud's answers, as far as they are used.

Anything else in them, secrets included, is never kept.

Types are strict: an answer of another shape must become `Garbled`, and never "there is none".
Source of the shapes: the official SDKs' response models.
"""

from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_pascal

LARGEST_AMOUNT: Final = 1e12
_LAST_MILLISECOND: Final = 253_402_300_799_000  # the end of the year 9999

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{1,128}$")]
Name = Annotated[str, Field(min_length=1, max_length=256)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Amount = Annotated[float, Field(ge=-LARGEST_AMOUNT, le=LARGEST_AMOUNT)]
Milliseconds = Annotated[int, Field(ge=0, le=_LAST_MILLISECOND)]


T = TypeVar("T")


def _if_readable(value: object, read: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 - of any field
    try:
        return read(value)
    except ValidationError:
        return None


Decoration = Annotated[T | None, WrapValidator(_if_readable)]
"""A field that does not tell whose an instance is: one that cannot be read is not known."""


class Wire(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(
        strict=True,
        extra="ignore",
        frozen=True,
        alias_generator=to_pascal,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )


class Page(Wire):
    """One page of a list. `rows` are its entries, each with an `id`."""

    total_count: Count


class Step(Wire):
    """A step of creating or changing a workspace; weights of all steps add up to the whole."""

    step_index: int | None = None
    step_name: str | None = None
    weight: float | None = None


class ClusterStage(Wire):
    """How far creating or changing is."""

    current_stage: int | None = None
    status: str | None = None
    message: str | None = None
    total_stage_with_weight: list[Step] | None = None


class LoadBalancer(Wire):
    """The SLB instance of a workspace."""

    slb_id: str | None = None


class ClusterState(Wire):
    """What the cloud tells about the cluster under a workspace."""

    create_timeout: bool | None = None
    cluster_stage: ClusterStage | None = None
    user_slb_dto: LoadBalancer | None = None


class ResourceSpec(Wire):
    """Compute quota."""

    cpu: Count | None = None


class OssStorage(Wire):
    """The bucket of a workspace."""

    bucket: str | None = None


class Storage(Wire):
    """Where a workspace keeps its files."""

    oss: OssStorage | None = None


class Tag(Wire):
    """One tag."""

    key: str
    value: str | None = None


class Instance(Wire):
    """One workspace. `OssInfo`, which can hold an access key, is left out on purpose.

    Only what tells whose it is makes a row worthless where it cannot be read: id, name and tags.
    One odd row of anybody's must not blind the region. Open questions: ZoneInList, StateWords,
    EndOfTerm.
    """

    instance_id: Identifier
    instance_name: Name
    tags: list[Tag] | None = None
    region: Decoration[Identifier] = None
    cluster_status: Decoration[str] = None
    order_state: Decoration[str] = None
    resource_id: Decoration[str] = None
    zone_id: Decoration[str] = None
    charge_type: Decoration[str] = None
    monitor_type: Decoration[str] = None
    architecture_type: Decoration[str] = None
    resource_group_id: Decoration[str] = None
    resource_spec: Decoration[ResourceSpec] = None
    resource_create_time: Decoration[Milliseconds] = None
    resource_expired_time: Decoration[Milliseconds] = None
    vpc_id: Decoration[str] = None
    v_switch_ids: Decoration[list[str]] = None
    storage: Decoration[Storage] = None
    cluster_state: Decoration[ClusterState] = None

    @property
    def id(self) -> str:
        return self.instance_id


class InstancesPage(Page):
    """A page of DescribeInstances."""

    instances: list[Instance]

    @property
    def rows(self) -> list[Instance]:
        return self.instances


class Region(Wire):
    """A region where workspaces are sold."""

    region: Identifier


class Regions(Wire):
    """The answer of DescribeSupportedRegions."""

    regions: Annotated[list[Region], Field(min_length=1)]


class Zones(Wire):
    """The answer of DescribeSupportedZones."""

    zone_ids: list[Identifier]


class PriceInfo(Wire):
    """A price; `code` is set where an order would meet a problem.

    Open questions: PriceOfUse, PriceOfManagement.
    """

    code: str | None = None
    currency: Annotated[str, Field(max_length=10)] | None = None
    original_amount: Amount | None = None
    discount_amount: Amount | None = None
    trade_amount: Amount | None = None


class Price(Wire):
    """The answer of QueryCreateInstancePrice."""

    price_info: PriceInfo


class OrderInfo(Wire):
    """What was bought. `order_id` takes any shape: an instance id must not be lost over it."""

    instance_id: Identifier
    order_id: object = None


class CreatedInstance(Wire):
    """The answer of CreateInstance."""

    order_info: OrderInfo


class Caller(Wire):
    """The answer of GetCallerIdentity."""

    account_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,40}$")]
    arn: Decoration[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:/@._-]{1,300}$")]] = None


class Role(Wire):
    """One RAM role."""

    role_name: Name
    arn: Name


class FoundRole(Wire):
    """The answer of GetRole."""

    role: Role


class AttachedPolicy(Wire):
    """A policy of a role."""

    policy_name: Name
    policy_type: Name


class AttachedPolicies(Wire):
    """The list inside of the answer."""

    policy: list[AttachedPolicy]


class PoliciesOfRole(Wire):
    """The answer of ListPoliciesForRole, which is not paged."""

    policies: AttachedPolicies
