"""Actions that cost money or tell what something would cost, and the one that releases."""

from dataclasses import replace
from datetime import datetime

from flink_cloud_emulator.accounts import Account
from flink_cloud_emulator.bss.state import Order, Purchase
from flink_cloud_emulator.foasconsole import prices, terms
from flink_cloud_emulator.foasconsole.checks import (
    UNPAID_MESSAGE,
    UNPAID_ORDER,
    Unaffordable,
    check_money,
    check_purchase,
)
from flink_cloud_emulator.foasconsole.lifecycle import (
    new_instance_id,
    new_order_id,
    new_resource_id,
    progress,
)
from flink_cloud_emulator.foasconsole.parameters import (
    CreateRequest,
    PricedOffer,
    read_create_request,
    read_offer,
    read_region,
)
from flink_cloud_emulator.foasconsole.state import Workspace
from flink_cloud_emulator.http import BusinessError
from flink_cloud_emulator.rpc import Answer, RpcCall

NOT_FOUND = "903021"
"""Seen for an instance that is not there: right after its creation, or after its end."""


def create_instance(call: RpcCall) -> Answer:
    """Sell a workspace: check, take the money, book the order, start provisioning."""
    request = read_create_request(call)
    price = _sold_at(request.offer, call.account)
    workspace = _start(call, request, check_purchase(request, call.account))
    order = _order(call, workspace, price)
    try:
        check_money(call.account, price)
    except Unaffordable:
        if price is not None and call.account.settings.unaffordable == "unpaid-order":
            call.account.bss.unpaid.append(order)
        raise
    deliver(call.account, order, workspace, call.now)
    return {
        "Success": True,
        "OrderInfo": {"InstanceId": workspace.instance_id, "OrderId": workspace.order_id},
    }


def deliver(account: Account, order: Order, ordered: Workspace, now: datetime) -> None:
    """Take the money for an order, enter it into the ledger, and start the workspace.

    No name is checked any more.
    """
    lost = order.action == "CreateInstance" and account.settings.tags_lost
    end = terms.end_of_term(now, ordered.term_months) if ordered.term_months else ordered.expires_at
    workspace = replace(ordered, created_at=now, expires_at=end, tags={} if lost else ordered.tags)
    account.settings = account.settings.model_copy(
        update={"balance": account.settings.balance - order.amount}
    )
    account.foasconsole.workspaces[workspace.instance_id] = workspace
    account.bss.purchases.append(
        Purchase(
            account=account.id,
            action=order.action,
            region=workspace.region,
            name=workspace.name,
            instance_id=workspace.instance_id,
            order_id=order.order_id,
            charge_type=workspace.charge_type,
            amount=order.amount,
            currency=account.settings.currency,
            tags=tuple(ordered.tags.items()),
            request_id=order.request_id,
            time=order.time,
            paid_at=now,
        )
    )


def query_create_instance_price(call: RpcCall) -> Answer:
    """Tell the price; an unpaid order shows as a code inside it, as in the published example."""
    offer = read_offer(call)
    settings = call.account.settings
    price = _price(offer)
    if price is None and settings.pay_as_you_go_price:
        price = prices.hourly()
    amounts = price.times(settings.price_factor).as_json() if price else {}
    info = {"Currency": settings.currency, **amounts}
    if call.account.bss.unpaid:
        info |= {"Code": UNPAID_ORDER, "Message": UNPAID_MESSAGE}
    return {
        "Success": True,
        "PriceInfo": {**info, "OptionalPromotions": [], "Rules": [], "IsContractActivity": False},
    }


def delete_instance(call: RpcCall) -> Answer:
    """Release a pay-as-you-go workspace, which takes a while.

    That it is refused for a subscription, and while the workspace is created or released, is
    documented; the codes are made up.
    """
    region, instance_id = read_region(call), call.require("InstanceId")
    workspace = call.account.foasconsole.workspaces.get(instance_id)
    if workspace is None or workspace.region != region:
        raise BusinessError(NOT_FOUND, "The instance does not exist.")
    if workspace.charge_type == "PRE":
        raise BusinessError(
            "InvalidChargeType", "A subscription cannot be released by this action."
        )
    status = progress(workspace, call.now).cluster_status
    if status in ("CREATING", "DELETING"):
        raise BusinessError("OperationConflict", f"The instance is {status}.")
    workspace.released_at = call.now
    call.account.settle()
    return {"Success": True}


def _price(offer: PricedOffer) -> prices.Price | None:
    if offer.term is None:
        return None
    return prices.subscription(offer.cu, _months(offer), offer.architecture)


def _sold_at(offer: PricedOffer, account: Account) -> prices.Price | None:
    """The price of a purchase, which is not always the one that was asked before."""
    settings, price = account.settings, _price(offer)
    chosen = settings.purchase_price_factor
    return price and price.times(settings.price_factor if chosen is None else chosen)


def _months(offer: PricedOffer) -> int:
    return terms.months(offer.term.cycle, offer.term.duration) if offer.term else 0


def _start(call: RpcCall, request: CreateRequest, zone: str) -> Workspace:
    offer, settings = request.offer, call.account.settings
    return Workspace(
        instance_id=new_instance_id(offer.charge_type),
        name=request.name,
        region=offer.region,
        zone_id=zone,
        charge_type=offer.charge_type,
        vpc_id=request.vpc_id,
        v_switch_ids=request.v_switch_ids,
        bucket=request.bucket,
        cu=offer.cu,
        resource_id=new_resource_id(),
        order_id=new_order_id(),
        created_at=call.now,
        expires_at=terms.end_of_term(call.now, _months(offer)) if offer.term else None,
        term_months=_months(offer),
        provisioning_seconds=settings.provisioning_seconds,
        fails=settings.creation_fails,
        architecture=offer.architecture,
        monitor_type=request.monitor_type,
        resource_group_id=request.resource_group_id,
        tags=request.tags,
        default_namespace_cu=request.default_namespace_cu,
    )


def _order(call: RpcCall, workspace: Workspace, price: prices.Price | None) -> Order:
    return Order(
        order_id=str(workspace.order_id),
        region=workspace.region,
        amount=price.trade if price else 0.0,
        time=call.now,
        action=call.action,
        request_id=call.request_id,
        workspace=workspace,
    )
