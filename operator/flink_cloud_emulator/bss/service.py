"""Billing (BssOpenApi 2017-12-14), as far as it is evidence of a purchase."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flink_cloud_emulator.bss.state import Purchase, UnpaidOrder
from flink_cloud_emulator.exchange import CloudError
from flink_cloud_emulator.rpc import Answer, RpcCall, RpcService, invalid

_DEFAULT_PERIOD = timedelta(hours=1)
_SUBSCRIPTION_TYPES = {"PRE": "Subscription", "POST": "PayAsYouGo"}
_PRODUCT_TYPES = {"PRE": "sc_flinkserverless_public_cn", "POST": "sc_flinkserverlesspost_public_cn"}


def query_orders(call: RpcCall) -> Answer:
    """Orders of a period (by default the last hour), newest first."""
    start = _time(call, "CreateTimeStart") or call.now - _DEFAULT_PERIOD
    end = _time(call, "CreateTimeEnd") or call.now
    orders = [_unpaid(order) for order in call.account.bss.unpaid if start <= order.time <= end]
    orders += [_paid(order) for order in reversed(call.account.bss.purchases) if start <= order.time <= end]
    for name in ("OrderType", "PaymentStatus", "ProductCode", "ProductType", "SubscriptionType"):
        wanted = call.text(name)
        orders = [order for order in orders if wanted in (None, order[name])]
    page, size = call.number("PageNum", 1) or 1, call.number("PageSize", 20) or 20
    shown = orders[(page - 1) * size : page * size]
    return _success({"PageNum": page, "PageSize": size, "TotalCount": len(orders), "OrderList": {"Order": shown}})


def get_order_detail(call: RpcCall) -> Answer:
    """One order, with the instances it paid for."""
    order_id = call.require("OrderId")
    details = [
        {
            **_paid(each),
            "InstanceIDs": f'["{each.instance_id}"]',
            "Region": each.region,
            "Quantity": "1",
            "Operator": call.account.id,
        }
        for each in call.account.bss.purchases
        if str(each.order_id) == order_id
    ]
    details += [
        {**_unpaid(each), "Region": each.region} for each in call.account.bss.unpaid if each.order_id == order_id
    ]
    if not details:
        raise CloudError(400, "InvalidOrderId", "The specified order does not exist.")
    return _success({"PageNum": 1, "PageSize": 20, "TotalCount": len(details), "OrderList": {"Order": details}})


def query_account_balance(call: RpcCall) -> Answer:
    """The money left; amounts are text, as the real API writes them."""
    balance = f"{call.account.settings.balance:,.2f}"
    data = {"AvailableAmount": balance, "AvailableCashAmount": balance, "CreditAmount": "0.00", "Currency": "CNY"}
    return _success(data)


def _success(data: dict[str, Any]) -> Answer:
    return {"Success": True, "Code": "Success", "Message": "Successful!", "Data": {"HostName": "", **data}}


def _paid(order: Purchase) -> dict[str, Any]:
    return {
        "OrderId": str(order.order_id),
        "OrderType": "New",
        "CreateTime": _text(order.time),
        "PaymentTime": _text(order.time),
        "PaymentStatus": "Paid",
        "ProductCode": "sc",
        "ProductType": _PRODUCT_TYPES[order.charge_type],
        "CommodityCode": _PRODUCT_TYPES[order.charge_type],
        "SubscriptionType": _SUBSCRIPTION_TYPES[order.charge_type],
        "Currency": order.currency,
        "PretaxAmount": f"{order.amount:.2f}",
        "AfterTaxAmount": f"{order.amount:.2f}",
        "RelatedOrderId": "",
    }


def _unpaid(order: UnpaidOrder) -> dict[str, Any]:
    return {
        "OrderId": order.order_id,
        "OrderType": "New",
        "CreateTime": _text(order.time),
        "PaymentStatus": "Unpaid",
        "ProductCode": "sc",
        "ProductType": _PRODUCT_TYPES["PRE"],
        "CommodityCode": _PRODUCT_TYPES["PRE"],
        "SubscriptionType": "Subscription",
        "Currency": "CNY",
        "PretaxAmount": f"{order.amount:.2f}",
        "AfterTaxAmount": f"{order.amount:.2f}",
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
    handlers={
        "QueryOrders": query_orders,
        "GetOrderDetail": get_order_detail,
        "QueryAccountBalance": query_account_balance,
    },
    ram_code="bssapi",
)
