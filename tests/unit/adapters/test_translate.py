"""Between the wire's words and ours."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic.alias_generators import to_snake

from flink_workspace_operator.adapters.alibaba import wire
from flink_workspace_operator.adapters.alibaba.translate import amount, order_id, seen_instance
from flink_workspace_operator.adapters.alibaba.workspaces import read_quote
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.status import Instance, Provisioning
from flink_workspace_operator.core.facts.failures import Garbled, Unexplained, UnpaidOrder
from flink_workspace_operator.core.facts.observed import SeenInstance
from tests.unit.adapters.replies import instance, reply

LONG = "x" * 100_000


def see(**changes: object) -> SeenInstance:
    """An instance as the operator sees it."""
    return seen_instance(wire.Instance.model_validate(instance("id-1", **changes)), "cn-hangzhou")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (0.0, "0.00"),
        (2760.0, "2760.00"),
        (2760, "2760.00"),
        (0.1 + 0.2, "0.30"),
        (0.5, "0.50"),
        (0.0123, "0.0123"),
        (1e-9, "0.00"),
        (-3.5, "-3.50"),
        (1e12, "1000000000000.00"),
    ],
)
def test_amounts_are_decimal_text(value: float | None, text: str | None) -> None:
    """At least two places, at most six."""
    assert amount(value) == text


@given(st.floats(-wire.LARGEST_AMOUNT, wire.LARGEST_AMOUNT))
def test_every_amount_fits_into_a_quote(value: float) -> None:
    """The ledger bounds its length."""
    text = amount(value)
    assert text is not None
    assert len(text) <= 30
    assert float(text) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (207582337443917, "207582337443917"),
        ("2075", "2075"),
        ("", None),
        (None, None),
        (True, None),
        ([], None),
    ],
)
def test_an_order_id_is_text(value: object, text: str | None) -> None:
    """The wire writes a number, and an odd one must not cost the instance id beside it."""
    created = wire.CreatedInstance.model_validate(
        {"OrderInfo": {"InstanceId": "id-1", "OrderId": value}}
    )
    assert (created.order_info.instance_id, order_id(created.order_info.order_id)) == ("id-1", text)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("PRE", "Subscription"), ("POST", "PayAsYouGo"), ("HYBRID", "HYBRID"), (None, None)],
)
def test_charge_types_are_ours_where_they_are_known(theirs: str | None, ours: str | None) -> None:
    """Unknown words stay as the cloud wrote them."""
    assert see(ChargeType=theirs).charge_type == ours


@pytest.mark.parametrize(
    ("theirs", "ours"), [("ARMS", "ARMS"), ("TAIHAO", "CloudMonitor"), ("NEW", "NEW"), ("", None)]
)
def test_monitoring_is_ours_where_it_is_known(theirs: str, ours: str | None) -> None:
    """TAIHAO is the wire's word for CloudMonitor."""
    assert see(MonitorType=theirs).monitoring == ours


@pytest.mark.parametrize(("charge_type", "shown"), [("PRE", 10), (None, 10), ("POST", None)])
def test_only_a_subscription_pays_for_cu(charge_type: str | None, shown: int | None) -> None:
    """By use the cloud may show 0, or a limit: neither is paid for."""
    assert see(ChargeType=charge_type, ResourceSpec={"Cpu": 10, "MemoryGB": 40}).cu == shown


@pytest.mark.parametrize(
    ("charge_type", "shown"), [("PRE", datetime(2021, 11, 19, 8, 0, tzinfo=UTC)), ("POST", None)]
)
def test_only_subscriptions_end(charge_type: str, shown: datetime | None) -> None:
    """What is billed by use may carry a date all the same."""
    assert see(ChargeType=charge_type, ResourceExpiredTime=1637308800000).expire_time == shown


@pytest.mark.parametrize(
    ("stage", "percent"),
    [
        ({"CurrentStage": 0, "Status": "CREATING"}, 0),
        ({"CurrentStage": 1, "Status": "CREATING"}, 25),
        ({"CurrentStage": 1, "Status": "SUCCESS"}, 100),
        ({"CurrentStage": 1, "Status": "FAILED"}, 25),
        ({"Status": "CREATING"}, None),
        ({"CurrentStage": 1, "TotalStageWithWeight": []}, None),
        ({"CurrentStage": 1, "TotalStageWithWeight": [{"StepIndex": 0, "Weight": -1}]}, None),
    ],
)
def test_percent_is_the_weight_of_finished_steps(
    stage: dict[str, object], percent: int | None
) -> None:
    """None where the cloud gives no steps."""
    steps = [
        {"StepIndex": 0, "StepName": "one", "Weight": 1},
        {"StepIndex": 1, "StepName": "two", "Weight": 3},
    ]
    state = {"ClusterStage": {"TotalStageWithWeight": steps, **stage}}
    assert see(ClusterState=state).percent == percent


def test_an_instance_with_the_bare_minimum_is_seen() -> None:
    """A new one may have nothing but id and name."""
    seen = see()
    assert (seen.instance_id, seen.region, seen.cluster_status, seen.tags) == (
        "id-1",
        "cn-hangzhou",
        "",
        {},
    )


def test_texts_fit_into_a_status() -> None:
    """Whatever length the cloud writes: a status that the API server refuses would stop the
    workspace."""
    stage = {"Status": LONG, "Message": LONG, "CurrentStage": 0}
    stage["TotalStageWithWeight"] = [{"StepIndex": 0, "StepName": LONG, "Weight": 1}]
    seen = see(
        ClusterStatus=LONG,
        OrderState=LONG,
        ResourceId=LONG,
        ZoneId=LONG,
        ChargeType=LONG,
        MonitorType=LONG,
        ClusterState={"ClusterStage": stage, "UserSlbDto": {"SlbId": LONG}},
    )
    progress = Provisioning(stage=seen.stage, percent=seen.percent, message=seen.message)
    Instance(
        instance_id=seen.instance_id,
        workspace_id=seen.workspace_id,
        zone_id=seen.zone_id,
        charge_type=seen.charge_type,
        cluster_status=seen.cluster_status,
        order_state=seen.order_state,
        load_balancer=seen.load_balancer,
        monitoring=seen.monitoring,
        provisioning=progress,
    )


def each(field: str, *values: object) -> list[dict[str, object]]:
    """Rows that differ in one field."""
    return [{field: value} for value in values]


STEPS = {"ClusterStage": {"TotalStageWithWeight": [{"StepIndex": "1"}]}}
IDENTITY = [
    *each("InstanceName", 42, "", None, "x" * 300, ["a"]),
    *each(
        "Tags", "a list", {}, 7, [{"Value": "without key"}], [{"Key": None, "Value": "x"}], ["a"]
    ),
]
"""What a list is worthless with: it may be our instance, and nobody can tell."""
DECORATION = [
    *each(
        "ResourceExpiredTime",
        -1,
        2**63 - 1,
        10**18,
        "1798156697000",
        1.5e12,
        "2026-12-24",
        [],
        True,
    ),
    *each("ResourceCreateTime", -1, 10**18, "1637308800000", {}),
    *each("ResourceSpec", {"Cpu": "10"}, {"Cpu": 10.5}, {"Cpu": -1}, [], "10"),
    *each("ClusterState", "RUNNING", [], STEPS),
    *each("VSwitchIds", "vsw-1", {}, [1]),
    *each("Storage", "oss", {"Oss": []}, {"Oss": {"Bucket": 1}}),
    *(
        {field: 7}
        for field in (
            "Region",
            "ClusterStatus",
            "OrderState",
            "ResourceId",
            "ZoneId",
            "ChargeType",
            "VpcId",
        )
    ),
    *each("MonitorType", False),
]
"""What nobody needs to know whose an instance is."""


@pytest.mark.parametrize("broken", IDENTITY, ids=str)
def test_a_row_that_does_not_say_whose_it_is_makes_the_list_worthless(
    broken: dict[str, object],
) -> None:
    """And the failure names field and instance, not what stands there."""
    with pytest.raises(Garbled) as caught:
        reply({"TotalCount": 1, "Instances": [instance("id-1", **broken)]}).read(wire.InstancesPage)
    assert next(iter(broken)) in caught.value.code
    assert "of id-1" in caught.value.code


@pytest.mark.parametrize("broken", DECORATION, ids=str)
def test_one_odd_row_blinds_nobody(broken: dict[str, object]) -> None:
    """What cannot be read of it is not known; whose it is is known, and so are the rows beside
    it."""
    rows = [instance("id-1", **broken), instance("id-2")]
    page = reply({"TotalCount": 2, "Instances": rows}).read(wire.InstancesPage)
    odd, _ = (seen_instance(row, "cn-hangzhou") for row in page.rows)
    assert (odd.instance_id, odd.name, odd.region) == ("id-1", "name-of-id-1", "cn-hangzhou")
    (field,) = broken
    assert getattr(page.rows[0], to_snake(field)) is None


def quote(basis: str, **price: object) -> Quote:
    """The quote in an answer with this PriceInfo."""
    return read_quote(reply({"PriceInfo": price}), basis)


def test_a_term_without_a_price_is_garbled() -> None:
    """Nobody buys at an unknown price."""
    with pytest.raises(Garbled):
        quote("Term", Currency="CNY")
    assert quote("Hour", Currency="CNY").trade_amount is None


def test_a_code_beside_a_price_counts_only_where_it_is_known() -> None:
    """It might as well say that all is well."""
    assert quote("Term", Code="SUCCESS", TradeAmount=1.0).trade_amount == "1.00"
    with pytest.raises(UnpaidOrder):
        quote("Term", Code="ORDER.INST_HAS_UNPAID_ORDER", TradeAmount=1.0)
    with pytest.raises(Unexplained):
        quote("Term", Code="Something.New")


@pytest.mark.parametrize("trade", ["1.00", float("nan"), float("inf"), 1e300, [], True])
def test_what_is_no_amount_is_garbled(trade: object) -> None:
    """The ledger takes no odd numbers."""
    with pytest.raises(Garbled):
        quote("Term", TradeAmount=trade)
