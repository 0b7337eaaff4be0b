"""What can be set per account through ``PATCH /_emulator/settings``, with its defaults.

Times are seconds of the account's clock.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Camel(BaseModel):
    """A body of the control interface: camelCase names, unknown names refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", allow_inf_nan=False
    )

    @classmethod
    def read(cls, body: object) -> Self:
        """The model from a JSON body. Raises ValidationError."""
        return cls.model_validate(body, by_alias=True, by_name=False)


Seconds = Annotated[float, Field(ge=0, le=10 * 365 * 86400)]


class Settings(Camel):
    """How the cloud treats one account."""

    provisioning_seconds: Seconds = 8
    """From the order to RUNNING; fixed for a workspace when it is ordered."""
    creation_fails: bool = False
    """Workspaces ordered from now on end in stage FAILED instead of RUNNING."""
    release_seconds: Seconds = 8
    """From DeleteInstance until the workspace is gone; the real cloud takes minutes."""
    grace_days: Annotated[float, Field(ge=0, le=3650)] = 15
    """How long what has expired, or is overdue, is kept."""
    visibility_delay_seconds: Seconds = 0
    """From the order until DescribeInstances shows the workspace."""
    id_visibility_delay_seconds: Seconds | None = None
    """The same for look-ups by InstanceId; unset: as visibilityDelaySeconds."""
    tag_visibility_delay_seconds: Seconds | None = None
    """The same for look-ups by tag; unset: as visibilityDelaySeconds."""
    listed_tags_delay_seconds: Seconds = 0
    """From the order until DescribeInstances shows the tags of a workspace, beside it and as a
    filter.
    """
    tags_lost: bool = False
    """Tags given in CreateInstance are accepted and never put on the workspace."""
    bill_delay_seconds: Seconds = 0
    """From the order until QueryOrders shows it."""
    missing_instance: Literal["empty", "903021"] = "empty"
    """How DescribeInstances answers for an unknown InstanceId: an empty list, which Terraform's
    provider expects of the real cloud in its tests, or the business code 903021, which others
    saw.
    """
    missing_network: Literal["empty", "error"] = "empty"
    """How DescribeVSwitches answers for what does not exist: an empty list, or
    InvalidVSwitchId.NotFound and Forbidden.VpcNotFound, which its page lists.
    """
    zone_shown: bool = True
    """DescribeInstances tells the zone.

    Terraform's provider stopped reading it, so it may be missing by now.
    """
    bill_product_code: Literal["sc", "foasconsole"] = "sc"
    """What the bill calls Flink: the code of refunds, or that of renewals in Terraform's
    provider.
    """
    commit_delay_seconds: Seconds = 60
    """From the request to the booking under the fault ``commit-late``."""
    temporary_key_seconds: Seconds | None = None
    """How long keys of STS are good; unset: as long as they were asked for."""
    signature_validity_seconds: Seconds = 900
    nonce_memory_seconds: Seconds = 1860
    unique_names: Literal["account", "region", "off"] = "account"
    """Where a workspace name may exist only once."""
    failure_style: Literal["http", "success-false"] = "http"
    """Business failures of foasconsole: HTTP 400 with Code, or HTTP 200 with Success=false."""
    currency: Literal["CNY", "USD", "JPY"] = "CNY"
    """What the account is billed in: USD or JPY on the international site, at the same numbers."""
    price_factor: Annotated[float, Field(ge=0, le=1000)] = 1.0
    """Times the list price, in price queries and purchases from now on."""
    purchase_price_factor: Annotated[float, Field(ge=0, le=1000)] | None = None
    """The same for purchases alone: the price changed after it was asked. Unset: as priceFactor."""
    balance: float = 100_000.0
    """Money left, in the account's currency; subscriptions are paid from it.

    Below 0, pay-as-you-go workspaces are overdue.
    """
    unaffordable: Literal["refused", "unpaid-order"] = "refused"
    """A subscription that the balance cannot pay is refused, and leaves nothing, or an order to
    be paid by hand.
    """
    pay_as_you_go_minimum_balance: float = 100.0
    """Pay-as-you-go workspaces are refused below it."""
    pay_as_you_go_price: bool = False
    """Whether a price query for pay-as-you-go names the price of a CU and hour, or no amounts at
    all.
    """
    require_role: bool = True
    """Refuse to sell where the RAM role below is missing."""
    role_name: str = "AliyunStreamAsiDefaultRole"
