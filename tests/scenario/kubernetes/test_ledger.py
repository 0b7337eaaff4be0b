"""The orders of one workspace are read completely, whether or not the API server can select
them."""

import json
import logging
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_workspace_operator.adapters.kubernetes.collection import Collection, OwnWrites
from flink_workspace_operator.adapters.kubernetes.ledger import Ledger
from flink_workspace_operator.api.crd import RESOURCES, crd
from flink_workspace_operator.api.names import GROUP, ORDERS, VERSION
from flink_workspace_operator.core.facts.failures import ClusterRefused
from flink_workspace_operator.core.facts.identity import Key
from tests.contract.servers import Server, serving
from tests.patience import patience
from tests.scenario.world import configuration_in

PARAMETERS = {
    "chargeType": "PayAsYouGo",
    "network": {"vpcId": "vpc-1", "vSwitchIds": ["vsw-1"]},
    "storage": {"type": "OSS", "oss": {"bucket": "bucket-1"}},
}
OPENED = {"reports": (1, 2, 10), "reports-2": (1,), "report": (1,)}
"""Numbers of orders by workspace; two have names that begin alike."""


def order(workspace: str, number: int, group: str = GROUP) -> dict[str, Any]:
    """An order as it is opened."""
    return {
        "apiVersion": f"{group}/{VERSION}",
        "kind": "FlinkWorkspaceOrder",
        "metadata": {"name": f"{workspace}-{number}"},
        "spec": {
            "workspaceRef": {"name": workspace, "uid": "u", "generation": 1},
            "accountId": "1",
            "region": "cn-hangzhou",
            "workspaceName": workspace,
            "action": "Create",
            "parameters": PARAMETERS,
            "token": "t" * 32,
        },
    }


@pytest.fixture
async def api(cluster: Cluster) -> AsyncIterator[client.CustomObjectsApi]:
    """The API server, as its administrator."""
    async with client.ApiClient(await configuration_in(cluster.kubeconfig)) as opened:
        yield client.CustomObjectsApi(opened)


@pytest.fixture
def old_group(cluster: Cluster) -> Iterator[str]:
    """A group with the same kind of orders, but without a field that selects them."""
    group, definition = f"old-{uuid.uuid4().hex[:8]}.example", crd(RESOURCES[1])
    definition["metadata"]["name"] = f"{ORDERS}.{group}"
    definition["spec"]["group"] = group
    del definition["spec"]["versions"][0]["selectableFields"]
    cluster.kubectl("create", "--filename=-", stdin=json.dumps(definition))
    cluster.kubectl(
        "wait",
        "--for=condition=Established",
        f"--timeout={patience(30):.0f}s",
        "crd",
        definition["metadata"]["name"],
    )
    yield group
    cluster.kubectl("delete", "crd", definition["metadata"]["name"])


async def opened(api: client.CustomObjectsApi, namespace: str, group: str) -> Ledger:
    """The ledger of a namespace in which these orders were opened."""
    for workspace, numbers in OPENED.items():
        for number in numbers:
            body = order(workspace, number, group)
            await api.create_namespaced_custom_object(group, VERSION, namespace, ORDERS, body)
    return Ledger(Collection(api, group, VERSION, ORDERS, OwnWrites()))


async def names(ledger: Ledger, namespace: str) -> dict[str, list[str]]:
    """What is read for each workspace."""
    return {
        workspace: [each.metadata.name for each in await ledger.read(Key(namespace, workspace))]
        for workspace in OPENED
    }


EXPECTED = {
    workspace: [f"{workspace}-{number}" for number in numbers]
    for workspace, numbers in OPENED.items()
}


async def test_orders_are_selected(
    api: client.CustomObjectsApi, namespace: str, caplog: pytest.LogCaptureFixture
) -> None:
    """By number, and none of a workspace whose name begins alike."""
    caplog.set_level(logging.INFO)
    assert await names(await opened(api, namespace, GROUP), namespace) == EXPECTED
    assert "listed by namespace" not in caplog.text


async def test_where_they_cannot_be_selected_they_are_listed(
    api: client.CustomObjectsApi, namespace: str, old_group: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The API server refuses a field that it does not know, and is asked for it once."""
    caplog.set_level(logging.INFO)
    assert await names(await opened(api, namespace, old_group), namespace) == EXPECTED
    assert caplog.text.count("listed by namespace") == 1


async def test_another_refusal_is_not_taken_for_that(
    api: client.CustomObjectsApi, namespace: str
) -> None:
    """Whoever may not read the ledger does not know that it is empty."""
    ledger = Ledger(Collection(api, "no-such-group.example", VERSION, ORDERS, OwnWrites()))
    with pytest.raises(ClusterRefused):
        await ledger.read(Key(namespace, "reports"))


@pytest.fixture
async def ignoring() -> AsyncIterator[client.CustomObjectsApi]:
    """An API server that knows nothing of selectors, and gives all that it has."""
    read = {
        "uid": "u",
        "namespace": "a",
        "resourceVersion": "1",
        "creationTimestamp": "2026-01-01T00:00:00Z",
    }
    items = [
        order(workspace, number) for workspace, numbers in OPENED.items() for number in numbers
    ]
    stored = [{**each, "metadata": {**each["metadata"], **read}} for each in items]
    body = json.dumps({"items": stored, "metadata": {}})
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {len(body)}"
    async with (
        serving(Server(f"{head}\r\n\r\n{body}".encode()).handle) as here,
        client.ApiClient(client.Configuration(host=f"http://{here}")) as asked,
    ):
        yield client.CustomObjectsApi(asked)


async def test_who_ignores_the_selector_does_no_harm(ignoring: client.CustomObjectsApi) -> None:
    """What is read is looked at once more."""
    ledger = Ledger(Collection(ignoring, GROUP, VERSION, ORDERS, OwnWrites()))
    assert await names(ledger, "a") == EXPECTED
