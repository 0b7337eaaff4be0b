"""What people see of the resources through kubectl: columns, explanations, names."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from flink_local.cluster import Cluster
from flink_local.manifests import REPOSITORY
from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.names import API_VERSION
from flink_workspace_operator.api.status import (
    FlinkWorkspaceStatus,
    Instance,
    OrderSummary,
    Provisioning,
    QuotedPrice,
)
from tests.objects import Objects
from tests.scenario.api.samples import ORDER, PLACED, TIME, WORKSPACE
from tests.scenario.api.server import Kind, Wire, accepted, changed

THEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
IN_A_YEAR = datetime(2027, 11, 23, 16, tzinfo=UTC)
STATUS = FlinkWorkspaceStatus(
    observed_generation=1,
    conditions=(
        Condition(
            type="Purchased",
            status="True",
            reason="Bought",
            last_transition_time=THEN,
            observed_generation=1,
        ),
        Condition(
            type="Suspended",
            status="False",
            reason="NotSuspended",
            last_transition_time=THEN,
            observed_generation=1,
        ),
        Condition(
            type="Ready",
            status="True",
            reason="Running",
            message="The workspace runs",
            last_transition_time=THEN,
            observed_generation=1,
        ),
    ),
    instance=Instance(
        instance_id="f-cn-1", workspace_id="ws-1", expire_time=IN_A_YEAR, expires_in="365d", cu=20
    ),
    order=OrderSummary(name="realtime-prod-1", state="Fulfilled", price="CNY 2760.00 for 1 month"),
).as_wire()


def _table(text: str) -> dict[str, str]:
    """Heading to cell; kubectl parts columns by three blanks, so a heading or a cell may hold
    one."""
    head, row = text.splitlines()
    starts = [0] + [
        at + 3 for at in range(len(head) - 3) if head[at : at + 3] == "   " and head[at + 3] != " "
    ]
    bounds = list(zip(starts, [*starts[1:], None], strict=True))
    return {head[start:end].strip(): row[start:end].strip() for start, end in bounds}


def _get(cluster: Cluster, namespace: str, kind: str, *more: str) -> dict[str, str]:
    cells = _table(cluster.kubectl("get", kind, "--namespace", namespace, *more))
    assert cells.pop("AGE").endswith("s")
    return cells


def test_the_columns_of_a_workspace(cluster: Cluster, workspaces: Kind, namespace: str) -> None:
    """State, size that is paid for, price and days until the end; region and id for the console
    with -o wide."""
    accepted(workspaces.replace_status(accepted(workspaces.create(WORKSPACE)), STATUS))
    narrow = {
        "NAME": "realtime-prod",
        "READY": "True",
        "REASON": "Running",
        "%": "",
        "SUSPENDED": "False",
        "DELETING": "",
        "CU": "20",
        "PRICE": "CNY 2760.00 for 1 month",
        "EXPIRES": "365d",
    }

    assert _get(cluster, namespace, "fws") == narrow
    assert _get(cluster, namespace, "flinkworkspaces", "--output=wide") == {
        **narrow,
        "REGION": "cn-hangzhou",
        "INSTANCE ID": "f-cn-1",
    }


QUOTE = QuotedPrice(
    price="CNY 3.00 for 1 month", observed_generation=1, quoted_at=THEN, valid_until=THEN
)
PRICES = (
    (None, None, ""),
    (QUOTE, None, "CNY 3.00 for 1 month"),
    (
        QUOTE,
        OrderSummary(name="realtime-prod-1", state="Rejected", price="CNY 2.00 for 1 month"),
        "CNY 3.00 for 1 month",
    ),
    (
        None,
        OrderSummary(name="realtime-prod-1", state="Placed", price="CNY 2.00 for 1 month"),
        "CNY 2.00 for 1 month",
    ),
)


def test_the_price_is_that_of_now_before_the_purchase_and_that_of_the_order_after_it(
    cluster: Cluster, workspaces: Kind, namespace: str
) -> None:
    """One column for both: before anything is announced, `status.quote` is there."""
    stored = accepted(workspaces.create(WORKSPACE))
    for quote, order, price in PRICES:
        status = FlinkWorkspaceStatus(observed_generation=1, quote=quote, order=order)
        stored = accepted(workspaces.replace_status(stored, status.as_wire()))
        assert _get(cluster, namespace, "fws")["PRICE"] == price


LONGEST = FlinkWorkspaceStatus(
    observed_generation=1,
    conditions=(
        Condition(
            type="Suspended",
            status="True",
            reason="Any",
            last_transition_time=THEN,
            observed_generation=1,
        ),
        Condition(
            type="Ready",
            status="Unknown",
            reason="PurchaseUncertain",
            last_transition_time=THEN,
            observed_generation=1,
        ),
    ),
    instance=Instance(
        instance_id="sc_flinkserverlesspost_public_cn-3e95c11f84b",
        expire_time=IN_A_YEAR,
        expires_in="1096d",
        cu=10000,
        provisioning=Provisioning(stage="Deploy services", percent=70),
    ),
    order=OrderSummary(
        name="realtime-prod-1", state="Fulfilled", price="CNY 31200.00 for 12 months"
    ),
).as_wire()


def test_a_wide_row_fits_on_a_screen(cluster: Cluster, workspaces: Kind) -> None:
    """Less than 200 columns, by the API server's Table; while it is created and deleted, that is
    seen."""
    held = changed(WORKSPACE, "metadata.finalizers", ["example.com/held"])
    accepted(workspaces.replace_status(accepted(workspaces.create(held)), LONGEST))
    objects = Objects.of(cluster, workspaces.namespace)
    objects.delete("flinkworkspaces/realtime-prod")
    table = _table_of(objects)
    cells = dict(
        zip(
            [each["name"] for each in table["columnDefinitions"]],
            table["rows"][0]["cells"],
            strict=True,
        )
    )
    objects.let_go("flinkworkspaces/realtime-prod")

    assert (cells["%"], cells["Suspended"], cells["CU"]) == (70, "True", 10000)
    assert cells["Deleting"]
    widths = [max(len(name), len(str(cell))) for name, cell in cells.items()]
    assert sum(widths) + 3 * (len(widths) - 1) < 200


def _table_of(objects: Objects) -> Wire:
    """All columns, the wide ones too, as kubectl asks for them."""
    connection = objects.connection
    answer = connection.pool.request(
        "GET",
        f"{connection.url}/apis/{API_VERSION}/namespaces/{objects.namespace}/flinkworkspaces",
        headers={**connection.identity, "Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"},
    )
    table: Wire = json.loads(answer.data)
    return table


def test_orders_are_selected_by_workspace_action_and_state(
    cluster: Cluster, orders: Kind, namespace: str
) -> None:
    """`kubectl get fwo --field-selector`."""
    accepted(orders.replace_status(accepted(orders.create(ORDER)), PLACED))
    get = ("get", "fwo", "--namespace", namespace, "--output=name")
    for field, fits, other in (
        ("spec.workspaceRef.name", "realtime-prod", "x"),
        ("spec.action", "Create", "Renew"),
        ("status.state", "Placed", "Quoted"),
    ):
        assert "realtime-prod-1" in cluster.kubectl(*get, f"--field-selector={field}={fits}")
        assert cluster.kubectl(*get, f"--field-selector={field}={other}") == ""


def test_the_columns_of_an_order(cluster: Cluster, orders: Kind, namespace: str) -> None:
    """What was paid for which workspace; with -o wide who paid, when, for how long, and what to
    name to the support."""
    told = {
        "orderId": "o-1",
        "requestIds": ["r-1", "r-2"],
        "message": "Bought",
        "evidence": "Answer",
    }
    status = {**PLACED, **told, "times": [{"state": "Placed", "time": TIME}]}
    accepted(orders.replace_status(accepted(orders.create(ORDER)), status))
    narrow = {
        "NAME": "realtime-prod-1",
        "WORKSPACE": "realtime-prod",
        "ACTION": "Create",
        "STATE": "Placed",
        "AMOUNT": "1200.00",
        "CURRENCY": "CNY",
    }

    assert _get(cluster, namespace, "fwo") == narrow
    assert _get(cluster, namespace, "flinkworkspaceorders", "--output=wide") == {
        **narrow,
        "BASIS": "Term",
        "BOUGHT AT": TIME,
        "ACCOUNT": "1234567890",
        "REGION": "cn-hangzhou",
        "ORDER ID": "o-1",
        "INSTANCE ID": "f-cn-1",
        "APPROVED BY": "",
        "EVIDENCE": "Answer",
        "REQUEST ID": "r-2",
        "DIGEST": "sha256:1",
        "MESSAGE": "Bought",
    }


def test_the_category_flink_holds_both_and_all_holds_neither(
    cluster: Cluster, workspaces: Kind, orders: Kind, namespace: str
) -> None:
    """`kubectl delete all --all` must not reach what has been paid for."""
    accepted(workspaces.create(WORKSPACE))
    accepted(orders.create(ORDER))
    names = cluster.kubectl("get", "flink", "--namespace", namespace, "--output=name").split()

    assert [name.split(".")[0] for name in names] == ["flinkworkspaceorder", "flinkworkspace"]
    assert "flink" not in cluster.kubectl("get", "all", "--namespace", namespace, "--output=name")


def _levels(plural: str) -> dict[str, list[str]]:
    """The path of each object in the schema, and the names of its fields."""
    definition = yaml.safe_load((REPOSITORY / "crds" / f"{plural}.yaml").read_text())["spec"]
    schema = definition["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    return {
        path: fields
        for top in ("spec", "status")
        for path, fields in _objects(
            schema[top], f"{definition['names']['singular']}.{top}"
        ).items()
    }


def _objects(node: Wire, path: str) -> dict[str, list[str]]:
    fields: dict[str, Any] = node.get("items", node).get("properties", {})
    below = {
        at: inner
        for name, field in fields.items()
        for at, inner in _objects(field, f"{path}.{name}").items()
    }
    return {path: list(fields), **below} if fields else {}


@pytest.mark.parametrize("plural", ["flinkworkspaces", "flinkworkspaceorders"])
def test_kubectl_explains_every_field_on_every_level(cluster: Cluster, plural: str) -> None:
    """Nobody needs the documentation to write a manifest."""
    levels = _levels(plural)
    assert len(levels) > 8

    for path, fields in levels.items():
        told = cluster.kubectl("explain", path)
        assert "<empty>" not in told, path
        assert "<no description>" not in told, path
        for field in fields:
            assert f"\n  {field}\t<" in told, (path, field)
