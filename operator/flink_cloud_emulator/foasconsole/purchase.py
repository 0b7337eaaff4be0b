"""Actions that cost money or tell what something would cost, and the one that releases."""

from datetime import datetime, timedelta

from flink_cloud_emulator.bss.state import Purchase
from flink_cloud_emulator.exchange import BusinessError
from flink_cloud_emulator.foasconsole import prices
from flink_cloud_emulator.foasconsole.checks import UNPAID_MESSAGE, UNPAID_ORDER, check_purchase
from flink_cloud_emulator.foasconsole.lifecycle import new_instance_id, new_order_id, new_resource_id
from flink_cloud_emulator.foasconsole.parameters import Offer, Wish, read_offer, read_region, read_wish
from flink_cloud_emulator.foasconsole.state import Workspace
from flink_cloud_emulator.rpc import Answer, RpcCall

NOT_FOUND = "903021"
"""Seen for an instance that is not there: right after its creation, or after its end."""
_DAYS_PER_MONTH = 30


def create_instance(call: RpcCall) -> Answer:
    """Sell a workspace: check, take the money, book the order, start provisioning."""
    wish = read_wish(call)
    price = _price(wish.offer)
    zone = check_purchase(wish, call.account, price)
    workspace = _start(call, wish, zone)
    call.account.foasconsole.workspaces[workspace.instance_id] = workspace
    _book(call, workspace, price)
    order = {"InstanceId": workspace.instance_id, "OrderId": workspace.order_id}
    return {"Success": True, "OrderInfo": order}


def query_create_instance_price(call: RpcCall) -> Answer:
    """Tell the price; an unpaid order shows as a code inside it, as in the published example."""
    offer = read_offer(call)
    price = _price(offer)
    if price is None and call.account.settings.pay_as_you_go_price:
        price = prices.hourly()
    info = price.as_json() if price else {"Currency": prices.CURRENCY}
    if call.account.bss.unpaid:
        info |= {"Code": UNPAID_ORDER, "Message": UNPAID_MESSAGE}
    return {"Success": True, "PriceInfo": {**info, "OptionalPromotions": [], "Rules": [], "IsContractActivity": False}}


def delete_instance(call: RpcCall) -> Answer:
    """Release a pay-as-you-go workspace."""
    region, instance_id = read_region(call), call.require("InstanceId")
    workspace = call.account.foasconsole.workspaces.get(instance_id)
    if workspace is None or workspace.region != region:
        raise BusinessError(NOT_FOUND, "The instance does not exist.")
    if workspace.charge_type == "PRE":
        raise BusinessError("InvalidChargeType", "A subscription cannot be released by this action.")
    del call.account.foasconsole.workspaces[instance_id]
    return {"Success": True}


def _price(offer: Offer) -> prices.Price | None:
    if offer.term is None:
        return None
    return prices.subscription(offer.cu, prices.months(offer.term.cycle, offer.term.duration), offer.architecture)


def _start(call: RpcCall, wish: Wish, zone: str) -> Workspace:
    offer, settings = wish.offer, call.account.settings
    return Workspace(
        instance_id=new_instance_id(offer.charge_type),
        name=wish.name,
        region=offer.region,
        zone_id=zone,
        charge_type=offer.charge_type,
        vpc_id=wish.vpc_id,
        v_switch_ids=wish.v_switch_ids,
        bucket=wish.bucket,
        cu=offer.cu,
        resource_id=new_resource_id(),
        order_id=new_order_id(),
        created_at=call.now,
        expires_at=_end_of_term(offer, call.now),
        provisioning_seconds=settings.provisioning_seconds,
        fails=settings.creation_fails,
        architecture=offer.architecture,
        monitor_type=wish.monitor_type,
        resource_group_id=wish.resource_group_id,
        tags=wish.tags,
    )


def _end_of_term(offer: Offer, start: datetime) -> datetime | None:
    if offer.term is None:
        return None
    return start + timedelta(days=_DAYS_PER_MONTH * prices.months(offer.term.cycle, offer.term.duration))


def _book(call: RpcCall, workspace: Workspace, price: prices.Price | None) -> None:
    amount = price.trade if price else 0.0
    account = call.account
    account.settings = account.settings.model_copy(update={"balance": account.settings.balance - amount})
    account.bss.purchases.append(
        Purchase(
            account=account.id,
            action=call.action,
            region=workspace.region,
            name=workspace.name,
            instance_id=workspace.instance_id,
            order_id=workspace.order_id,
            charge_type=workspace.charge_type,
            amount=amount,
            currency=prices.CURRENCY,
            tags=tuple(workspace.tags.items()),
            request_id=call.request_id,
            time=call.now,
        )
    )
