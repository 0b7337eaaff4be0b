"""The bill as evidence: what was bought in a region since a time, complete, or a failure."""

from datetime import UTC, datetime, timedelta

import pytest

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    Garbled,
    PermissionMissing,
    ServerError,
)
from flink_workspace_operator.core.facts.observed import BillingOrder, Bought
from tests.contract.calls import an_hour_ago
from tests.contract.clients import NAME, pay_as_you_go, purchase
from tests.emulator_fixture import EmulatedAccount, grant_role


def buy_by_hand(account: EmulatedAccount, count: int, **changes: object) -> None:
    """Workspaces whose orders are on the bill."""
    workspaces = [
        {"name": f"by-hand-{n}", "instanceId": f"id-{n}", "billed": True, **changes}
        for n in range(count)
    ]
    account.control.state({"workspaces": workspaces})


async def read(cloud: AlibabaCloud, account: EmulatedAccount) -> tuple[BillingOrder, ...]:
    """The bill of the last hour."""
    return await cloud.read_bill(account.region, an_hour_ago())


@pytest.mark.parametrize("by_use", [False, True], ids=["Subscription", "PayAsYouGo"])
async def test_a_purchase_shows_with_its_instance(
    cloud: AlibabaCloud, account: EmulatedAccount, by_use: bool
) -> None:
    """Whatever way it is paid for."""
    grant_role(account)
    changes = {"block": pay_as_you_go(account)} if by_use else {}
    before = datetime.now(UTC).replace(microsecond=0)
    bought = await cloud.place(purchase(account, **changes))
    assert isinstance(bought, Bought)
    (order,) = await read(cloud, account)
    assert (order.order_id, order.paid, order.instance_ids) == (
        bought.order_id,
        True,
        (bought.instance_id,),
    )
    assert before <= order.created <= datetime.now(UTC)


async def test_an_unpaid_order_shows_without_instance(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Until it is cancelled; once it is paid, with the instance that came of it."""
    orders = [
        {"orderId": number, "workspace": {"name": NAME, "instanceId": "id-1"}}
        for number in ("1", "2")
    ]
    account.control.state({"unpaidOrders": orders})
    assert {
        (each.order_id, each.paid, each.instance_ids) for each in await read(cloud, account)
    } == {
        ("1", False, ()),
        ("2", False, ()),
    }
    account.control.state({"cancelOrders": ["1"], "payOrders": ["2"]})
    assert [
        (each.order_id, each.paid, each.instance_ids) for each in await read(cloud, account)
    ] == [("2", True, ("id-1",))]


async def test_nothing_from_before_and_nothing_from_elsewhere(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """The bill is the account's for all regions; what tells no region may be of this one."""
    buy_by_hand(account, 1, createdAt=(datetime.now(UTC) - timedelta(hours=2)).isoformat())
    buy_by_hand(account, 1, instanceId="elsewhere", region="cn-beijing")
    buy_by_hand(account, 1, instanceId="here")
    assert [order.instance_ids for order in await read(cloud, account)] == [("here",)]


async def test_what_is_bought_while_the_clock_goes_on_is_not_cut_off(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """The end of the period asks no clock of ours: here the cloud's is hours ahead of it."""
    account.control.advance(7200)
    buy_by_hand(account, 1)
    assert len(await read(cloud, account)) == 1


@pytest.mark.parametrize("count", [0, 1, 20, 21, 45])
async def test_every_page_is_read(
    cloud: AlibabaCloud, account: EmulatedAccount, count: int
) -> None:
    """Pages hold twenty; none is left out, and each order is asked for once."""
    buy_by_hand(account, count)
    found = await read(cloud, account)
    assert {order.instance_ids for order in found} == {(f"id-{number}",) for number in range(count)}
    pages = account.control.calls("bss.QueryOrders")
    assert len(pages) == max(1, -(-count // 20))
    assert {call["parameters"]["PageSize"] for call in pages} == {"20"}
    assert len(account.control.calls("bss.GetOrderDetail")) == count


@pytest.mark.parametrize(
    ("rule", "failure"),
    [
        ({"action": "QueryOrders", "fault": "server-error", "after": 1, "times": 1}, ServerError),
        (
            {
                "action": "QueryOrders",
                "fault": "garbage",
                "kind": "wrong-types",
                "after": 1,
                "times": 1,
            },
            Garbled,
        ),
        (
            {"action": "GetOrderDetail", "fault": "server-error", "after": 20, "times": 1},
            ServerError,
        ),
        (
            {
                "action": "GetOrderDetail",
                "fault": "garbage",
                "kind": "truncated",
                "after": 20,
                "times": 1,
            },
            Garbled,
        ),
    ],
)
async def test_a_bill_with_a_part_missing_is_no_bill(
    cloud: AlibabaCloud,
    account: EmulatedAccount,
    rule: dict[str, object],
    failure: type[CloudFailure],
) -> None:
    """A failed second page, or a failed detail of the last order."""
    buy_by_hand(account, 21)
    account.control.faults([rule])
    with pytest.raises(failure):
        await read(cloud, account)


@pytest.mark.parametrize("action", ["QueryOrders", "GetOrderDetail"])
@pytest.mark.parametrize("named", [True, False], ids=["named by the refusal", "not named"])
async def test_missing_rights_name_the_action_to_grant(
    cloud: AlibabaCloud, account: EmulatedAccount, action: str, named: bool
) -> None:
    """Many operators never get them."""
    buy_by_hand(account, 1)
    if named:
        account.control.state({"deniedActions": [f"bssapi:{action}"]})
    else:
        account.control.faults(
            [{"action": action, "fault": "reject", "code": "NotAuthorized", "httpStatus": 403}]
        )
    with pytest.raises(PermissionMissing) as refused:
        await read(cloud, account)
    assert refused.value.action == f"bssapi:{action}"
