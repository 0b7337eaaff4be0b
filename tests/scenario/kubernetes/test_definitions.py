"""The operator begins only under definitions that have all that it writes."""

from typing import Any

import pytest
from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes import definitions
from flink_workspace_operator.adapters.kubernetes.definitions import check_definitions
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failures import ClusterRefused


async def test_those_of_this_version_will_do(api: client.ApiClient) -> None:
    """With no more rights than the operator has."""
    await check_definitions(api)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "/openapi/v3/apis/none.example.com/v1",
            "the cluster has no CRD of FlinkWorkspace. Apply crds/",
        ),
        (
            "/openapi/v3/apis/apps/v1",
            "the cluster has no CRD of FlinkWorkspace. Apply crds/",
        ),
    ],
)
async def test_missing_ones_are_named(
    path: str, said: str, api: client.ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the whole group is missing or a kind of it, once they had time to come."""
    monkeypatch.setattr(definitions, "PATH", path)
    monkeypatch.setattr(definitions, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(ClusterRefused, match=said):
        await check_definitions(api)


async def test_older_ones_are_named_with_what_they_lack(
    api: client.ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also deep inside, in lists too; of many fields a few."""
    monkeypatch.setattr(definitions, "structural_schema", newer)
    monkeypatch.setattr(definitions, "PATIENCE_SECONDS", 0.0)
    said = r"FlinkWorkspace in .* is older .* lacks spec\.tags\[\]\.colour, spec\.new0, .* and 2 more\. Apply crds/"
    with pytest.raises(ClusterRefused, match=said):
        await check_definitions(api)


def newer(model: type[Any]) -> dict[str, Any]:
    """The schema of a version that is to come."""
    if model is FlinkWorkspaceOrder:
        return {}
    tags: dict[str, Any] = {"items": {"properties": {"colour": {}}}}
    return {
        "properties": {"spec": {"properties": {"tags": tags, **{f"new{n}": {} for n in range(6)}}}}
    }
