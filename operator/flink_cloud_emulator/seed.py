"""``PUT /_emulator/state``: open accounts, and change things behind the operator's back.

The body, and how it merges: `changes.py`.
"""

import uuid
from datetime import datetime

from flink_cloud_emulator.accounts import DEFAULT_ACCOUNT, Account, Cloud
from flink_cloud_emulator.bss.state import Order
from flink_cloud_emulator.changes import (
    BucketSeed,
    Changes,
    KeySeed,
    PolicySeed,
    UnpaidOrderSeed,
    VpcSeed,
    VSwitchSeed,
    WorkspaceSeed,
)
from flink_cloud_emulator.foasconsole.lifecycle import new_instance_id, new_resource_id
from flink_cloud_emulator.foasconsole.purchase import deliver
from flink_cloud_emulator.foasconsole.state import Workspace
from flink_cloud_emulator.foasconsole.terms import end_of_term
from flink_cloud_emulator.keys import KeyPair
from flink_cloud_emulator.oss.state import Bucket, StoredObject, WormPolicy
from flink_cloud_emulator.ram.state import OidcProvider, Role
from flink_cloud_emulator.vpc.state import Vpc, VSwitch

DEFAULT_REGIONS = ("hangzhou", "beijing", "shanghai", "shenzhen")


def open_cloud() -> Cloud:
    """A cloud with the default account in it."""
    cloud = Cloud()
    open_default_account(cloud)
    return cloud


def open_default_account(cloud: Cloud) -> None:
    """Open the account that works without any preparation, with a network and a bucket in the
    usual regions.
    """
    changes = Changes(access_keys=[KeySeed(id="emulatorAccessKey", secret="emulatorAccessSecret")])  # noqa: S106 - made up
    for city in DEFAULT_REGIONS:
        region, vpc_id = f"cn-{city}", f"vpc-emulator-{city}"
        changes.vpcs.append(VpcSeed(id=vpc_id, region=region))
        changes.v_switches += [
            VSwitchSeed(
                id=f"vsw-emulator-{city}-{zone}",
                vpc_id=vpc_id,
                region=region,
                zone_id=f"{region}-{zone}",
            )
            for zone in ("i", "j")
        ]
        changes.buckets.append(BucketSeed(name=f"flink-emulator-{city}", region=region))
    apply(changes, cloud.account(DEFAULT_ACCOUNT), cloud)


def apply(changes: Changes, account: Account, cloud: Cloud) -> None:
    """Change an account.

    Raises ValueError for what does not fit to the account, and then changes nothing.
    """
    _check(changes, account, cloud)
    account.keys |= {
        key.id: KeyPair(key.id, key.secret, key.active, key.user) for key in changes.access_keys
    }
    _add_things(changes, account)
    _remove_things(changes, account)
    if changes.balance is not None:
        account.settings = account.settings.model_copy(update={"balance": changes.balance})
    if changes.oss_opened is not None:
        account.oss.opened = changes.oss_opened
    if changes.denied_actions is not None:
        account.denied_actions = tuple(changes.denied_actions)
    if changes.supported_zones is not None:
        account.foasconsole.supported_zones = {
            key: tuple(zones) for key, zones in changes.supported_zones.items()
        }
    _end_orders(changes, account)
    for instance_id, tags in changes.workspace_tags.items():
        workspace = account.foasconsole.workspaces[instance_id]
        workspace.tags = {
            key: value for key, value in {**workspace.tags, **tags}.items() if value is not None
        }


def _check(changes: Changes, account: Account, cloud: Cloud) -> None:
    for key in changes.access_keys:
        owner = cloud.owner_of(key.id)
        if owner is not None and owner[0] is not account:
            raise ValueError(f"access key {key.id} belongs to another account")
    orders = account.bss.unpaid if changes.unpaid_orders is None else changes.unpaid_orders
    unpaid = {each.order_id: each.workspace is not None for each in orders}
    for order_id in (*changes.pay_orders, *changes.cancel_orders):
        if order_id not in unpaid:
            raise ValueError(f"there is no unpaid order {order_id}")
        if order_id in changes.pay_orders and not unpaid[order_id]:
            raise ValueError(f"nothing is known to deliver for order {order_id}")
    for instance_id in changes.workspace_tags:
        if instance_id not in account.foasconsole.workspaces:
            raise ValueError(f"there is no workspace {instance_id}")


def _end_orders(changes: Changes, account: Account) -> None:
    """Replace, pay and cancel unpaid orders."""
    now = account.clock.now()
    if changes.unpaid_orders is not None:
        account.bss.unpaid = [_unpaid(each, now) for each in changes.unpaid_orders]
    for order in account.bss.unpaid:
        if order.order_id in changes.pay_orders and order.workspace is not None:
            deliver(account, order, order.workspace, now)
        elif order.order_id in changes.cancel_orders:
            account.bss.cancelled.append(order)
    ended = {*changes.pay_orders, *changes.cancel_orders}
    account.bss.unpaid = [order for order in account.bss.unpaid if order.order_id not in ended]


def _add_things(changes: Changes, account: Account) -> None:
    account.vpc.vpcs |= {each.id: Vpc(**each.model_dump()) for each in changes.vpcs}
    account.vpc.v_switches |= {each.id: VSwitch(**each.model_dump()) for each in changes.v_switches}
    account.oss.buckets |= {each.name: _bucket(each) for each in changes.buckets}
    for role in changes.roles:
        policies = [
            each if isinstance(each, PolicySeed) else PolicySeed(name=each)
            for each in role.policies
        ]
        names: list[tuple[str, str]] = [(each.type, each.name) for each in policies]
        account.ram.roles[role.name] = Role(
            role.name, names, role.trust, max_session_seconds=role.max_session_seconds
        )
    account.ram.oidc_providers |= {
        each.name: OidcProvider(each.name, each.issuer, tuple(each.client_ids), each.public_key)
        for each in changes.oidc_providers
    }
    for each in changes.workspaces:
        workspace = _workspace(each, account.clock.now())
        if each.billed:
            order = Order(str(workspace.order_id), workspace.region, 0, workspace.created_at)
            deliver(account, order, workspace, workspace.created_at)
        else:
            account.foasconsole.workspaces[workspace.instance_id] = workspace


def _remove_things(changes: Changes, account: Account) -> None:
    for names, things in (
        (changes.remove_access_keys, account.keys),
        (changes.remove_vpcs, account.vpc.vpcs),
        (changes.remove_v_switches, account.vpc.v_switches),
        (changes.remove_buckets, account.oss.buckets),
        (changes.remove_roles, account.ram.roles),
        (changes.remove_oidc_providers, account.ram.oidc_providers),
        (changes.remove_workspaces, account.foasconsole.workspaces),
    ):
        for name in names:
            things.pop(name, None)


def _bucket(seed: BucketSeed) -> Bucket:
    worm = WormPolicy(seed.retention_days) if seed.retention_days is not None else None
    return Bucket(
        seed.name,
        seed.region,
        seed.versioning,
        worm,
        objects={key: StoredObject() for key in seed.keys},
    )


def _unpaid(seed: UnpaidOrderSeed, now: datetime) -> Order:
    workspace = _workspace(seed.workspace, now) if seed.workspace else None
    return Order(seed.order_id, seed.region, seed.amount, now, workspace=workspace)


def _workspace(seed: WorkspaceSeed, now: datetime) -> Workspace:
    values = seed.model_dump(
        exclude={"instance_id", "resource_id", "created_at", "expires_at", "v_switch_ids", "billed"}
    )
    created_at = seed.created_at or now
    by_term = seed.charge_type == "PRE" and seed.expires_at is None
    return Workspace(
        **values,
        instance_id=seed.instance_id or new_instance_id(seed.charge_type),
        v_switch_ids=tuple(seed.v_switch_ids),
        resource_id=seed.resource_id or new_resource_id(),
        order_id=uuid.uuid4().int % 10**15,
        created_at=created_at,
        expires_at=end_of_term(created_at, 1) if by_term else seed.expires_at,
        term_months=1 if by_term else 0,
    )
