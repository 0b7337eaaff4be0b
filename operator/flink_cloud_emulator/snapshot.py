"""``GET /_emulator/state``: all that exists in an account, without any secret."""

from datetime import datetime
from typing import Any

from flink_cloud_emulator.accounts import Account
from flink_cloud_emulator.bss.state import Order
from flink_cloud_emulator.foasconsole.lifecycle import progress
from flink_cloud_emulator.foasconsole.state import Workspace
from flink_cloud_emulator.keys import TemporaryKey
from flink_cloud_emulator.oss.state import Bucket
from flink_cloud_emulator.vpc.state import VSwitch


def describe(account: Account) -> dict[str, Any]:
    """The things of an account, as tests and the demo read them."""
    now = account.clock.now()
    return {
        "account": account.id,
        **_keys(account),
        "balance": account.settings.balance,
        "ossOpened": account.oss.opened,
        "deniedActions": list(account.denied_actions),
        "supportedZones": {
            region: list(zones) for region, zones in account.foasconsole.supported_zones.items()
        },
        "unpaidOrders": [_order(each) for each in account.bss.unpaid],
        "cancelledOrders": [_order(each) for each in account.bss.cancelled],
        "vpcs": [{"id": each.id, "region": each.region} for each in account.vpc.vpcs.values()],
        "vSwitches": [_v_switch(each) for each in account.vpc.v_switches.values()],
        "buckets": [_bucket(each) for each in account.oss.buckets.values()],
        "roles": [
            {"name": role.name, "policies": [name for _, name in role.policies]}
            for role in account.ram.roles.values()
        ],
        "workspaces": [_workspace(each, now) for each in account.foasconsole.workspaces.values()],
    }


def _keys(account: Account) -> dict[str, Any]:
    """Lasting keys, and temporary ones with the role that they are of."""
    lasting, temporary = [], []
    for key in account.keys.values():
        if isinstance(key, TemporaryKey):
            expires = key.expires.isoformat()
            temporary.append(
                {"id": key.id, "role": key.role, "session": key.session, "expires": expires}
            )
        else:
            lasting.append({"id": key.id, "active": key.active})
    return {"accessKeys": lasting, "temporaryKeys": temporary}


def _order(order: Order) -> dict[str, Any]:
    return {"orderId": order.order_id, "amount": order.amount}


def _v_switch(v_switch: VSwitch) -> dict[str, Any]:
    return {
        "id": v_switch.id,
        "vpcId": v_switch.vpc_id,
        "zoneId": v_switch.zone_id,
        "availableIps": v_switch.available_ips,
    }


def _bucket(bucket: Bucket) -> dict[str, Any]:
    return {
        "name": bucket.name,
        "region": bucket.region,
        "versioning": bucket.versioning,
        "keys": sorted(bucket.objects),
    }


def _workspace(workspace: Workspace, now: datetime) -> dict[str, Any]:
    return {
        "instanceId": workspace.instance_id,
        "name": workspace.name,
        "region": workspace.region,
        "chargeType": workspace.charge_type,
        "tags": workspace.tags,
        "status": progress(workspace, now).cluster_status,
    }
