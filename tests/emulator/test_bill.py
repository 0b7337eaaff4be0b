"""The bill of the emulated cloud, as the official SDK of the billing API sees it, and orders that
are paid late."""

import urllib.error
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alibabacloud_bssopenapi20171214 import models as bss
from alibabacloud_bssopenapi20171214.client import Client as BillingClient
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.emulator.clients import refusal, rpc_config
from tests.emulator.sdk import Sdk
from tests.emulator_fixture import EmulatedAccount, grant_role

BY_HAND = {"name": "by-hand", "instanceId": "id-1", "tags": {"k": "v"}}


@pytest.fixture
def sdk(account: EmulatedAccount) -> Sdk:
    """A client of an account that may buy."""
    grant_role(account)
    return Sdk(account)


async def query(account: EmulatedAccount, **parameters: object) -> list[Any]:
    """The orders of a page."""
    client = BillingClient(rpc_config(account))
    return list(
        (
            await client.query_orders_async(bss.QueryOrdersRequest(**parameters))
        ).body.data.order_list.order
    )


async def detail(account: EmulatedAccount, order_id: str) -> Any:  # noqa: ANN401 - the SDK is untyped
    """An order in detail."""
    client = BillingClient(rpc_config(account))
    (found,) = (
        await client.get_order_detail_async(bss.GetOrderDetailRequest(order_id))
    ).body.data.order_list.order
    return found


@pytest.mark.parametrize("by_use", [False, True], ids=["Subscription", "PayAsYouGo"])
async def test_a_purchase_is_on_the_bill_at_once(
    account: EmulatedAccount, sdk: Sdk, by_use: bool
) -> None:
    """With what it is for and how it is paid; its detail names instance and region."""
    post = {"ChargeType": "POST", "ResourceSpec": None, "PricingCycle": None, "Duration": None}
    order = (await sdk.create("a", **(post if by_use else {})))["OrderInfo"]
    (one,) = await query(account)
    assert (one.order_id, one.order_type, one.payment_status) == (
        str(order["OrderId"]),
        "New",
        "Paid",
    )
    assert (one.subscription_type, one.product_code) == (
        "PayAsYouGo" if by_use else "Subscription",
        "sc",
    )
    told = await detail(account, one.order_id)
    assert (told.instance_ids, told.region) == (f'["{order["InstanceId"]}"]', account.region)


async def test_the_bill_may_lag_behind(account: EmulatedAccount, sdk: Sdk) -> None:
    """`billDelaySeconds` after the order it is there."""
    account.control.settings(billDelaySeconds=60)
    await sdk.create("a")
    assert await query(account) == []
    account.control.advance(60)
    assert len(await query(account)) == 1


async def test_what_is_bought_by_hand_may_be_billed(account: EmulatedAccount) -> None:
    """`billed` puts it into the ledger and on the bill, at the time it was created."""
    created = datetime.now(UTC) - timedelta(minutes=30)
    account.control.state(
        {"workspaces": [{**BY_HAND, "billed": True, "createdAt": created.isoformat()}]}
    )
    account.control.state({"workspaces": [{"name": "long-ago"}]})
    (one,) = await query(account)
    assert one.create_time == created.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (await detail(account, one.order_id)).instance_ids == '["id-1"]'
    assert [(each["action"], each["name"]) for each in account.control.purchases()] == [
        ("ByHand", "by-hand")
    ]


async def test_an_order_can_be_paid_days_later(account: EmulatedAccount, sdk: Sdk) -> None:
    """Then its workspace is made, and its term begins; the order keeps its date, and the bill tells
    both."""
    account.control.state({"unpaidOrders": [{"orderId": "77", "amount": 5, "workspace": BY_HAND}]})
    (unpaid,) = await query(account, order_type="New", payment_status="Unpaid")
    told = await detail(account, "77")
    assert (unpaid.order_id, told.region, told.instance_ids) == ("77", account.region, None)
    assert account.control.purchases() == []
    account.control.advance(2 * 86_400)
    account.control.state({"payOrders": ["77"]})
    (paid,) = await query(account, create_time_start=unpaid.create_time)
    assert (paid.payment_status, paid.create_time) == ("Paid", unpaid.create_time)
    assert (await detail(account, "77")).instance_ids == '["id-1"]'
    (seen,) = (await sdk.instances())["Instances"]
    assert (seen["InstanceId"], seen["Tags"]) == ("id-1", [{"Key": "k", "Value": "v"}])
    age = account.control.purchases()[0]
    assert timedelta(days=2) <= datetime.fromisoformat(age["paidAt"]) - datetime.fromisoformat(
        age["time"]
    )
    assert account.control.state()["balance"] == 100_000 - 5


async def test_a_cancelled_order_brings_nothing(account: EmulatedAccount, sdk: Sdk) -> None:
    """It stays on the bill, and new ones can be placed."""
    account.control.state({"unpaidOrders": [{"orderId": "77", "workspace": BY_HAND}]})
    state = account.control.state({"cancelOrders": ["77"]})
    assert (state["unpaidOrders"], state["cancelledOrders"]) == (
        [],
        [{"orderId": "77", "amount": 0.0}],
    )
    assert [one.payment_status for one in await query(account)] == ["Cancelled"]
    assert (await detail(account, "77")).payment_status == "Cancelled"
    await sdk.create("a")


async def test_a_purchase_refused_for_money_may_leave_an_order(
    account: EmulatedAccount, sdk: Sdk
) -> None:
    """With `unaffordable` so set it can be paid later, and then it is the workspace that was asked
    for."""
    account.control.settings(unaffordable="unpaid-order", balance=0)
    for code in ("InsufficientBalance", "ORDER.INST_HAS_UNPAID_ORDER"):
        with pytest.raises(ClientException) as refused:
            await sdk.create("a", Tag='[{"Key":"k","Value":"v"}]')
        assert refused.value.code == code
    (unpaid,) = account.control.state()["unpaidOrders"]
    assert (account.control.purchases(), (await sdk.instances())["TotalCount"]) == ([], 0)
    account.control.state({"balance": 10_000, "payOrders": [unpaid["orderId"]]})
    (booked,) = account.control.purchases()
    assert (booked["action"], booked["name"], booked["tags"]) == ("CreateInstance", "a", {"k": "v"})
    assert (await sdk.instances())["TotalCount"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"payOrders": ["78"]},
        {"cancelOrders": ["78"]},
        {"payOrders": ["77"]},
        {"unpaidOrders": [], "cancelOrders": ["77"]},
        {"workspaceTags": {"nobody": {"k": "v"}}},
    ],
)
async def test_what_does_not_fit_is_refused(
    account: EmulatedAccount, changes: dict[str, object]
) -> None:
    """An order or workspace that is not there, and an order for which nothing is known to
    deliver."""
    before = account.control.state({"unpaidOrders": [{"orderId": "77"}]})
    with pytest.raises(urllib.error.HTTPError) as refused:
        account.control.state({"balance": 1, **changes})
    assert refused.value.code == 400
    assert account.control.state() == before


async def test_rights_are_needed(account: EmulatedAccount) -> None:
    """Its own ones."""
    account.control.state({"deniedActions": ["bssapi:*"]})
    assert await refusal(query(account)) == (403, "NoPermission")
    assert await refusal(detail(account, "1")) == (403, "NoPermission")
