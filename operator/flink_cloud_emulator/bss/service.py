"""Billing (BssOpenApi 2017-12-14), as far as it is evidence of a purchase."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flink_cloud_emulator.bss.state import Order, Purchase
from flink_cloud_emulator.foasconsole.state import Workspace
from flink_cloud_emulator.http import CloudError
from flink_cloud_emulator.rpc import Answer, RpcAction, RpcCall, RpcService, invalid
from flink_cloud_emulator.settings import Settings

_DEFAULT_PERIOD = timedelta(hours=1)
_FILTERS = ("OrderType", "PaymentStatus", "ProductCode", "ProductType", "SubscriptionType")
_PERIOD = ("CreateTimeStart", "CreateTimeEnd")
_SUBSCRIPTION_TYPES = {"PRE": "Subscription", "POST": "PayAsYouGo"}
_PRODUCT_TYPES = {"PRE": "sc_flinkserverless_public_cn", "POST": "sc_flinkserverlesspost_public_cn"}


def query_orders(call: RpcCall) -> Answer:
    """Orders of a period (by default the last hour) that the bill shows yet, newest first."""
    start = _time(call, "CreateTimeStart") or call.now - _DEFAULT_PERIOD
    end = _time(call, "CreateTimeEnd") or call.now
    shown_up_to = call.now - timedelta(seconds=call.account.settings.bill_delay_seconds)
    orders = [order for time, order in _bill(call) if start <= time <= end and time <= shown_up_to]
    for name in _FILTERS:
        wanted = call.text(name)
        orders = [order for order in orders if wanted in (None, order[name])]
    page, size = call.number("PageNum", 1) or 1, call.number("PageSize", 20) or 20
    shown = orders[(page - 1) * size : page * size]
    return _success(
        {
            "HostName": "",
            "PageNum": page,
            "PageSize": size,
            "TotalCount": len(orders),
            "OrderList": {"Order": shown},
        }
    )


def get_order_detail(call: RpcCall) -> Answer:
    """One order, with the instances it paid for."""
    order_id = call.require("OrderId")
    bss, settings = call.account.bss, call.account.settings
    paid = {"Quantity": "1", "Operator": call.account.id}
    details = [
        {
            **_paid(each, settings),
            **paid,
            "InstanceIDs": f'["{each.instance_id}"]',
            "Region": each.region,
        }
        for each in bss.purchases
        if each.order_id == order_id
    ]
    details += [
        {**_not_paid(each, status, settings), "Region": each.region}
        for status, orders in (("Unpaid", bss.unpaid), ("Cancelled", bss.cancelled))
        for each in orders
        if each.order_id == order_id
    ]
    if not details:
        raise CloudError(400, "InvalidOrderId", "The specified order does not exist.")
    return _success(
        {
            "HostName": "",
            "PageNum": 1,
            "PageSize": 20,
            "TotalCount": len(details),
            "OrderList": {"Order": details},
        }
    )


def query_account_balance(call: RpcCall) -> Answer:
    """The money left; amounts are text, as the real API writes them."""
    balance = f"{call.account.settings.balance:,.2f}"
    data = {
        "AvailableAmount": balance,
        "AvailableCashAmount": balance,
        "CreditAmount": "0.00",
        "Currency": call.account.settings.currency,
    }
    return _success(data)


def query_available_instances(call: RpcCall) -> Answer:
    """Subscriptions and how they are renewed.

    An unknown product code gives an empty list (Terraform's provider).
    """
    account, page, size = (
        call.account,
        call.number("PageNum", 1) or 1,
        call.number("PageSize", 20) or 20,
    )
    ids = (call.text("InstanceIDs") or "").split(",")
    paid = [each for each in account.foasconsole.workspaces.values() if each.charge_type == "PRE"]
    ours = call.text("ProductCode") in (None, account.settings.bill_product_code)
    found = [_renewable(each) for each in paid if ours and (ids == [""] or each.instance_id in ids)]
    shown = found[(page - 1) * size : page * size]
    return _success(
        {"PageNum": page, "PageSize": size, "TotalCount": len(found), "InstanceList": shown}
    )


def inquiry_price_refund_instance(call: RpcCall) -> Answer:
    """What a refund would give back: here all that was paid, whenever it was paid (made up)."""
    instance_id = call.require("InstanceId")
    paid = [each for each in call.account.bss.purchases if each.instance_id == instance_id]
    if not paid or call.require("ProductCode") != call.account.settings.bill_product_code:
        raise CloudError(400, "ResourceNotExists", "The resource does not exist.")
    return _success(
        {
            "HostId": "",
            "InstanceId": instance_id,
            "RefundAmount": paid[-1].amount,
            "Currency": paid[-1].currency,
        }
    )


def _renewable(workspace: Workspace) -> dict[str, Any]:
    return {
        "InstanceID": workspace.instance_id,
        "ProductType": _PRODUCT_TYPES["PRE"],
        "SubscriptionType": "Subscription",
        "Region": workspace.region,
        "Status": "Normal",
        "CreateTime": _text(workspace.created_at),
        **({"EndTime": _text(workspace.expires_at)} if workspace.expires_at else {}),
        "RenewStatus": "ManualRenewal",
    }


def _success(data: dict[str, Any]) -> Answer:
    return {"Success": True, "Code": "Success", "Message": "Successful!", "Data": data}


def _bill(call: RpcCall) -> list[tuple[datetime, dict[str, Any]]]:
    """All orders with the time they were placed at, newest first."""
    bss, settings = call.account.bss, call.account.settings
    orders = [(each.time, _paid(each, settings)) for each in bss.purchases]
    orders += [(each.time, _not_paid(each, "Unpaid", settings)) for each in bss.unpaid]
    orders += [(each.time, _not_paid(each, "Cancelled", settings)) for each in bss.cancelled]
    return sorted(orders, key=lambda order: order[0], reverse=True)


def _paid(order: Purchase, settings: Settings) -> dict[str, Any]:
    times = {
        "CreateTime": _text(order.time),
        "PaymentTime": _text(order.paid_at),
        "PaymentStatus": "Paid",
    }
    return {**_priced(order.order_id, order.charge_type, order.amount, settings), **times}


def _not_paid(order: Order, status: str, settings: Settings) -> dict[str, Any]:
    charge_type = order.workspace.charge_type if order.workspace else "PRE"
    times = {"CreateTime": _text(order.time), "PaymentStatus": status}
    return {**_priced(order.order_id, charge_type, order.amount, settings), **times}


def _priced(order_id: str, charge_type: str, amount: float, settings: Settings) -> dict[str, Any]:
    return {
        "OrderId": order_id,
        "OrderType": "New",
        "ProductCode": settings.bill_product_code,
        "ProductType": _PRODUCT_TYPES[charge_type],
        "CommodityCode": _PRODUCT_TYPES[charge_type],
        "SubscriptionType": _SUBSCRIPTION_TYPES[charge_type],
        "Currency": settings.currency,
        "PretaxAmount": f"{amount:.2f}",
        "AfterTaxAmount": f"{amount:.2f}",
        "RelatedOrderId": "",
    }


def _time(call: RpcCall, name: str) -> datetime | None:
    text = call.text(name)
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise invalid(name, "must be a time like 2026-11-23T12:00:00Z") from None


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


SERVICE = RpcService(
    name="bss",
    version="2017-12-14",
    actions={
        "QueryOrders": RpcAction(
            query_orders,
            (*_PERIOD, *_FILTERS, "PageNum", "PageSize"),
            permission="bssapi:QueryOrders",
        ),
        "GetOrderDetail": RpcAction(
            get_order_detail, ("OrderId",), permission="bssapi:GetOrderDetail"
        ),
        "QueryAvailableInstances": RpcAction(
            query_available_instances,
            ("InstanceIDs", "ProductCode", "PageNum", "PageSize"),
            permission="bssapi:QueryAvailableInstances",
        ),
        "InquiryPriceRefundInstance": RpcAction(
            inquiry_price_refund_instance,
            ("InstanceId", "ProductCode"),
            permission="bssapi:InquiryPriceRefundInstance",
        ),
        "QueryAccountBalance": RpcAction(
            query_account_balance, permission="bssapi:QueryAccountBalance"
        ),
    },
)
