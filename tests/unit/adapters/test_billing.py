"""What is read out of the bill, and what is taken for Flink's."""

import pytest

from flink_workspace_operator.adapters.alibaba.billing import is_for_flink, read_instance_ids
from flink_workspace_operator.adapters.alibaba.wire_billing import Order, OrdersPage
from flink_workspace_operator.core.facts.failures import Garbled
from tests.unit.adapters.replies import reply

ORDER = {"OrderId": "1", "CreateTime": "2026-11-23T09:00:00Z", "PaymentStatus": "Paid"}


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        ({"ProductCode": "sc"}, True),
        ({"ProductCode": "SC"}, True),
        ({"ProductType": "sc_flinkserverless_public_cn"}, True),
        ({"ProductType": "sc_flinkserverless_public_intl"}, True),
        ({"CommodityCode": "sc_flinkserverlesspost_public_cn"}, True),
        ({"ProductCode": "foasconsole"}, True),
        ({"ProductCode": "flink"}, True),
        ({"ProductCode": "ecs", "ProductType": "ecs", "CommodityCode": "ecs"}, False),
        ({"ProductCode": "scdn"}, False),
        ({"ProductCode": "sca"}, False),
        ({"ProductCode": ""}, False),
        ({}, False),
    ],
)
def test_flinks_orders_are_known_by_any_of_three_words(words: dict[str, str], ours: bool) -> None:
    """And those of other products are not."""
    assert is_for_flink(Order.model_validate({**ORDER, **words})) is ours


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ('["id-1"]', ("id-1",)),
        ('["id-1", "id-2"]', ("id-1", "id-2")),
        ("[]", ()),
        ('["id-1", 2]', ()),
        ('["id 1"]', ()),
        ('{"id": "id-1"}', ()),
        ('"id-1"', ()),
        ("id-1", ()),
        ("[" * 100_000, ()),
        ("", ()),
        (None, ()),
        (["id-1"], ()),
        (7, ()),
    ],
)
def test_instance_ids_come_as_a_list_in_a_text(text: object, ids: tuple[str, ...]) -> None:
    """Anything else names none."""
    assert read_instance_ids(text) == ids


@pytest.mark.parametrize(
    "change",
    [
        {"OrderId": None},
        {"OrderId": 1},
        {"CreateTime": None},
        {"CreateTime": 1},
        {"CreateTime": "2026-11-23"},
        {"CreateTime": "2026-99-23T09:00:00Z"},
        {"PaymentStatus": None},
        {"ProductCode": 1},
    ],
)
def test_an_order_of_another_shape_is_garbled(change: dict[str, object]) -> None:
    """It must not be taken for no order."""
    body = {"Data": {"TotalCount": 1, "OrderList": {"Order": [{**ORDER, **change}]}}}
    with pytest.raises(Garbled):
        reply(body).read(OrdersPage)
