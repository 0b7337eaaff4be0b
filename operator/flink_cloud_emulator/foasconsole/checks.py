"""What the product refuses after the gateway has let a purchase through.

The real codes of most of these refusals are not published; those here are made up in the style of
the cloud, except ``ORDER.INST_HAS_UNPAID_ORDER``, an example value of the price query. Clients must
not rely on them.
"""

from flink_cloud_emulator.accounts import Account
from flink_cloud_emulator.foasconsole import regions
from flink_cloud_emulator.foasconsole.parameters import CreateRequest
from flink_cloud_emulator.foasconsole.prices import Price
from flink_cloud_emulator.http import BusinessError

UNPAID_ORDER = "ORDER.INST_HAS_UNPAID_ORDER"
UNPAID_MESSAGE = "There is an unpaid order. Pay or cancel it first."


class Unaffordable(BusinessError):
    """The balance of the account is too low."""


def check_purchase(request: CreateRequest, account: Account) -> str:
    """Refuse what cannot be sold; the answer is the zone of the workspace."""
    _check_role(account)
    _check_storage(request, account)
    zone = _zone(request, account)
    _check_name(request, account)
    return zone


def check_money(account: Account, price: Price | None) -> None:
    """Refuse what cannot be paid: while an order is unpaid, anything."""
    if account.bss.unpaid:
        raise BusinessError(UNPAID_ORDER, UNPAID_MESSAGE)
    needed = price.trade if price else account.settings.pay_as_you_go_minimum_balance
    if account.settings.balance < needed:
        raise Unaffordable("InsufficientBalance", "The balance of the account is not sufficient.")


def supported_zones(account: Account, region: str) -> tuple[str, ...]:
    """Where the account can buy."""
    return account.foasconsole.supported_zones.get(region, regions.ZONES.get(region, ()))


def _check_role(account: Account) -> None:
    settings = account.settings
    if settings.require_role and settings.role_name not in account.ram.roles:
        raise BusinessError(
            "RoleNotAuthorized", f"The service role {settings.role_name} has not been granted."
        )


def _check_storage(request: CreateRequest, account: Account) -> None:
    if not account.oss.opened:
        raise BusinessError(
            "OssNotOpened", "Object Storage Service has not been activated for the account."
        )
    bucket = account.oss.buckets.get(request.bucket)
    if bucket is None:
        raise BusinessError(
            "InvalidBucket.NotFound", f"The bucket {request.bucket} does not exist."
        )
    if bucket.region != request.offer.region:
        raise BusinessError(
            "InvalidBucket.Region", f"The bucket {request.bucket} is in {bucket.region}."
        )


def _zone(request: CreateRequest, account: Account) -> str:
    vpc, region = account.vpc.vpcs.get(request.vpc_id), request.offer.region
    if vpc is None or vpc.region != region:
        raise BusinessError(
            "InvalidVpcId.NotFound", f"The VPC {request.vpc_id} does not exist in {region}."
        )
    zones = set()
    for v_switch_id in request.v_switch_ids:
        v_switch = account.vpc.v_switches.get(v_switch_id)
        if v_switch is None or v_switch.vpc_id != request.vpc_id:
            raise BusinessError(
                "InvalidVSwitchId.NotFound", f"The vSwitch {v_switch_id} does not exist in the VPC."
            )
        zones.add(v_switch.zone_id)
    if len(zones) > 1:
        raise BusinessError("InvalidVSwitchId.ZoneMismatch", "All vSwitches must be in one zone.")
    zone = zones.pop()
    if zone not in supported_zones(account, region):
        raise BusinessError("ZoneNotSupported", f"Workspaces are not sold in zone {zone}.")
    return zone


def _check_name(request: CreateRequest, account: Account) -> None:
    scope = account.settings.unique_names
    for workspace in account.foasconsole.workspaces.values():
        if workspace.name != request.name or scope == "off":
            continue
        if scope == "account" or workspace.region == request.offer.region:
            raise BusinessError(
                "InstanceNameAlreadyExists", f"A workspace named {request.name} exists already."
            )
