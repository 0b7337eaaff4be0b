"""``GET /_emulator/state``: what exists in an account, without any secret."""

from typing import Any

from flink_cloud_emulator.accounts import Account
from flink_cloud_emulator.foasconsole.lifecycle import progress
from flink_cloud_emulator.keys import TemporaryKey


def describe(account: Account) -> dict[str, Any]:
    """What tests and the demo want to see."""
    now = account.clock.now()
    return {
        "account": account.id,
        "accessKeys": [
            {"id": key.id, "active": key.active}
            for key in account.keys.values()
            if not isinstance(key, TemporaryKey)
        ],
        "temporaryKeys": [
            {
                "id": key.id,
                "role": key.role,
                "session": key.session,
                "expires": key.expires.isoformat(),
            }
            for key in account.keys.values()
            if isinstance(key, TemporaryKey)
        ],
        "balance": account.settings.balance,
        "ossOpened": account.oss.opened,
        "deniedActions": list(account.denied_actions),
        "supportedZones": {
            region: list(zones) for region, zones in account.foasconsole.supported_zones.items()
        },
        "unpaidOrders": [
            {"orderId": each.order_id, "amount": each.amount} for each in account.bss.unpaid
        ],
        "cancelledOrders": [
            {"orderId": each.order_id, "amount": each.amount} for each in account.bss.cancelled
        ],
        "vpcs": [{"id": each.id, "region": each.region} for each in account.vpc.vpcs.values()],
        "vSwitches": [
            {
                "id": each.id,
                "vpcId": each.vpc_id,
                "zoneId": each.zone_id,
                "availableIps": each.available_ips,
            }
            for each in account.vpc.v_switches.values()
        ],
        "buckets": [
            {
                "name": each.name,
                "region": each.region,
                "versioning": each.versioning,
                "keys": sorted(each.objects),
            }
            for each in account.oss.buckets.values()
        ],
        "roles": [
            {"name": role.name, "policies": [name for _, name in role.policies]}
            for role in account.ram.roles.values()
        ],
        "workspaces": [
            {
                "instanceId": each.instance_id,
                "name": each.name,
                "region": each.region,
                "chargeType": each.charge_type,
                "tags": each.tags,
                "status": progress(each, now).cluster_status,
            }
            for each in account.foasconsole.workspaces.values()
        ],
    }
