"""What those who run the operator get of it: numbers that agree with the cloud, and logs that a
collector can read."""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flink_cloud_emulator.foasconsole.answer import SECRET_IN_ANSWER
from flink_local.cluster import Cluster
from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from tests.e2e.processes import Operator, running_operator
from tests.emulator_fixture import EmulatedAccount
from tests.objects import Objects
from tests.scenario.manifests import apply, pay_as_you_go, subscription

CANARY_CODE = "Canary.Code"


@pytest.fixture
def operator(own_cluster: Cluster, account: EmulatedAccount, tmp_path: Path) -> Iterator[Operator]:
    """An operator that logs JSON, and asks the cloud in every pass."""
    account.control.settings(provisioningSeconds=1)
    with running_operator(
        own_cluster, account, tmp_path, {"log_format": "json", "listing_max_age_seconds": 0.001}
    ) as running:
        yield running
        Objects.of(own_cluster).delete("flinkworkspaces")


def scraped(operator: Operator) -> dict[str, dict[str, float]]:
    """The series by name, each by the values of its labels in the order of their names."""
    series: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(operator.asked("/metrics")[1]):
        for sample in family.samples:
            labels = " ".join(sample.labels[name] for name in sorted(sample.labels))
            series.setdefault(sample.name, {})[labels] = sample.value
    return series


def ledger(operator: Operator) -> dict[str, float]:
    """Orders by action and state, as far as there are any."""
    return {
        labels: number
        for labels, number in scraped(operator).get("flink_workspace_orders", {}).items()
        if number
    }


def orphaned(operator: Operator) -> float:
    """Workspaces that nobody manages, by the last survey."""
    return scraped(operator)["flink_operator_orphans"]["Orphan cn-hangzhou"]


def test_a_scrape_agrees_with_the_cloud(operator: Operator, account: EmulatedAccount) -> None:
    """What was bought, for how much, until when; and after a deletion the ledger is left.

    What was deleted counts as orphaned at once, not only with the next hourly survey.
    """
    before = ledger(operator).get("Create Fulfilled", 0)
    paid = scraped(operator).get("flink_workspace_orders_placed_amount", {}).get("Create CNY", 0)
    items = [pay_as_you_go("by-use"), subscription("by-month")]
    apply(operator.cluster, "default", {"apiVersion": "v1", "kind": "List", "items": items})
    operator.until(lambda: ledger(operator).get("Create Fulfilled", 0) == before + 2)
    ready = {f"{name} default Running True Ready" for name in ("by-month", "by-use")}
    operator.until(
        lambda: ready <= set(scraped(operator).get("flink_workspace_status_condition", {}))
    )

    series = scraped(operator)
    [bought] = [each for each in account.control.purchases() if each["name"] == "by-month"]
    in_all = Decimal(str(paid)) + Decimal(str(bought["amount"]))
    assert series["flink_workspace_orders_placed_amount"] == {
        f"Create {bought['currency']}": float(in_all)
    }
    assert series["flink_operator_cloud_calls_total"]["CreateInstance OK Answered foasconsole"] == 2
    assert series["flink_operator_passes_total"]["Done"] > 0
    assert series["flink_operator_leader"] == {"": 1}
    assert (
        series["flink_workspace_vswitch_capacity"][
            f"Enough by-month default {account.v_switches[0]}"
        ]
        == 1
    )
    assert (
        series["flink_workspace_vswitch_free_addresses"][
            f"by-month default {account.v_switches[0]}"
        ]
        == 250
    )
    expires = operator.workspace("by-month")["status"]["instance"]["expireTime"]
    expected = {"by-month default": datetime.fromisoformat(expires).timestamp()}
    assert series["flink_workspace_expiration_timestamp_seconds"] == expected

    orphans = orphaned(operator)
    operator.let_go()
    operator.until(lambda: "flink_workspace_status_condition" not in scraped(operator))
    operator.until(lambda: orphaned(operator) == orphans + 2)
    assert ledger(operator)["Create Fulfilled"] == before + 2


def test_an_open_purchase_is_told_with_its_moment(
    operator: Operator, account: EmulatedAccount
) -> None:
    """As the order itself has it, and until it is settled."""
    unsettled = "flink_workspace_order_unsettled_timestamp_seconds"
    account.control.settings(visibilityDelaySeconds=600)
    account.control.faults(
        [{"service": "foasconsole", "action": "CreateInstance", "fault": "drop-after-commit"}]
    )
    apply(operator.cluster, "default", pay_as_you_go("lost"))
    operator.until(lambda: operator.reason("lost") == "PurchaseUncertain")
    order = Objects.of(operator.cluster).get("flinkworkspaceorders/lost-1")
    since = datetime.fromisoformat(order["status"]["intentTime"]).timestamp()
    expected = {"Create lost-1 default Uncertain lost": since}
    operator.until(lambda: scraped(operator).get(unsettled) == expected)
    account.control.advance(700)
    Objects.of(operator.cluster).annotate("flinkworkspaces/lost", RECONCILE_REQUESTED_AT, "now")
    operator.until(lambda: unsettled not in scraped(operator))
    assert len(account.control.purchases()) == 1


def test_logs_are_json_and_no_secret_is_told(operator: Operator, account: EmulatedAccount) -> None:
    """Whatever goes wrong: each line is an object; no key, no part of an answer, no made-up code is
    in a metric."""
    apply(operator.cluster, "default", pay_as_you_go("watched"))
    operator.until(lambda: operator.reason("watched") == "Running")
    rules = [
        {"fault": "reject", "code": CANARY_CODE},
        {"fault": "garbage", "kind": "truncated"},
        {"fault": "hang-before"},
    ]
    for rule in rules:
        account.control.faults([{"service": "foasconsole", "action": "DescribeInstances", **rule}])
        Objects.of(operator.cluster).annotate(
            "flinkworkspaces/watched", RECONCILE_REQUESTED_AT, rule["fault"]
        )
        operator.until(lambda: account.control.struck() != [0])
    account.control.faults([])
    lines = [json.loads(line) for line in operator.log.read_text().splitlines()]
    assert {"time", "level", "logger", "message"} <= set(lines[0])
    assert {line["state"] for line in lines if line.get("order") == "default/watched-1"} >= {
        "Quoted",
        "Placed",
    }
    metrics = operator.asked("/metrics")[1]
    secrets = (account.access_key_id, account.access_key_secret, SECRET_IN_ANSWER, CANARY_CODE)
    assert [secret for secret in secrets if secret in metrics] == []
    assert 'code="Other"' in metrics
