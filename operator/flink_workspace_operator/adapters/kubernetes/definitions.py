"""The check that the CRDs in the cluster have all fields that this version writes.

The API server drops fields that a CRD does not have. Under an older CRD an order would lose the
record of its call, silently. So the operator checks before it begins. Everybody may read the
schemas of the API: this needs no right.
"""

import asyncio
import json
from collections.abc import Iterator
from typing import Any, Final

from kubernetes.aio import client

from flink_workspace_operator import __version__
from flink_workspace_operator.adapters.kubernetes.collection import TIMEOUT_SECONDS, answer
from flink_workspace_operator.api.crd import RESOURCES
from flink_workspace_operator.api.names import API_VERSION
from flink_workspace_operator.api.schema import structural_schema
from flink_workspace_operator.core.facts.failures import ClusterRefused, ClusterUnreachable

Node = dict[str, Any]

PATH: Final = f"/openapi/v3/apis/{API_VERSION}"
PATIENCE_SECONDS: Final = 10.0
"""Schemas are served a moment after a CRD was applied, and often both are applied together."""
FIELDS_NAMED: Final = 5


async def check_definitions(api_client: client.ApiClient) -> None:
    """Raises ClusterRefused, naming what to apply, if a CRD is missing or older."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while problem := _problem(await _served(api_client)):
        if asyncio.get_running_loop().time() > deadline:
            raise ClusterRefused(
                f"{problem}. Apply crds/ of version {__version__}; nothing is bought meanwhile"
            )
        await asyncio.sleep(1)


async def _served(api_client: client.ApiClient) -> dict[str, Node]:
    """The served schema of each of our kinds."""
    request = await api_client.param_serialize(
        "GET", PATH, header_params={"Accept": "application/json"}, auth_settings=["BearerToken"]
    )
    response = await answer(api_client.call_api(*request, _request_timeout=TIMEOUT_SECONDS))
    body = await answer(response.read())  # type: ignore[no-untyped-call]  # its own gap
    if response.status == 404:
        return {}
    try:
        if response.status != 200:
            raise ValueError
        schemas: dict[str, Node] = json.loads(body)["components"]["schemas"]
    except (ValueError, KeyError, TypeError) as garbled:
        raise ClusterUnreachable(
            f"the API server answered {response.status} to {PATH}"
        ) from garbled
    return {each["kind"]: schema for schema in schemas.values() for each in _kinds(schema)}


def _kinds(schema: Node) -> list[Node]:
    found: list[Node] = schema.get("x-kubernetes-group-version-kind", [])
    return found


def _problem(served: dict[str, Node]) -> str | None:
    for resource in RESOURCES:
        kind = resource.model.__name__
        if kind not in served:
            return f"the cluster has no CRD of {kind}"
        missing = list(_missing_fields(structural_schema(resource.model), served[kind]))
        if missing:
            others = (
                f" and {len(missing) - FIELDS_NAMED} more" if len(missing) > FIELDS_NAMED else ""
            )
            named = ", ".join(missing[:FIELDS_NAMED])
            return (
                f"the CRD of {kind} in the cluster is older than this operator: it lacks"
                f" {named}{others}"
            )
    return None


def _missing_fields(own: Node, served: Node, path: str = "") -> Iterator[str]:
    """The outermost paths that we write and the API server would drop."""
    there = served.get("properties", {})
    for name, field in own.get("properties", {}).items():
        where = f"{path}.{name}".removeprefix(".")
        if name in there:
            yield from _missing_fields(field, there[name], where)
        else:
            yield where
    if "items" in own:
        yield from _missing_fields(own["items"], served.get("items", {}), f"{path}[]")
