"""The line of an order in one state: all that an auditor asks, and nothing that is not known."""

import json

from flink_workspace_operator.core.orders.audit import entry
from tests.builders import ID, NOW, an_order, token


def test_a_placed_order_tells_its_whole_story() -> None:
    """Which token, when announced, for how much, on what evidence, and what it bought."""
    order = an_order(
        "Placed",
        intent=NOW,
        at=NOW,
        instance_id=ID,
        order_id="b-1",
        request_ids=("r-1",),
        evidence="Answer",
    )
    assert json.loads(json.dumps(entry(order))) == {
        "order": "team/demo-1",
        "workspace": "team/demo",
        "state": "Placed",
        "time": "2026-11-23T09:00:00Z",
        "action": "Create",
        "accountId": "1000000000000001",
        "region": "cn-hangzhou",
        "workspaceName": "demo",
        "token": token(1),
        "amount": "1200.00",
        "currency": "CNY",
        "basis": "Term",
        "intentTime": "2026-11-23T09:00:00Z",
        "instanceId": ID,
        "orderId": "b-1",
        "requestIds": ["r-1"],
        "evidence": "Answer",
    }


def test_what_is_not_known_is_left_out() -> None:
    """An order that was only created has no price, no time and no evidence yet."""
    assert entry(an_order(None)).keys() == {
        "order", "workspace", "action", "accountId", "region", "workspaceName", "token",
    }  # fmt: skip
