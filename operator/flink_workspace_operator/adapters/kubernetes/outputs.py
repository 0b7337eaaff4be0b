"""The ConfigMap with a workspace's ids: read by name, never listed; writes are conditional."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.collection import (
    FIELD_MANAGER,
    JSON_PATCH,
    TIMEOUT_SECONDS,
    answer,
)
from flink_workspace_operator.core.facts.config_map import ConfigMap, Content, Reference
from flink_workspace_operator.core.facts.failures import (
    ClusterRefused,
    ClusterUnreachable,
    OutputsRefused,
    Vanished,
)
from flink_workspace_operator.core.facts.identity import Key

T = TypeVar("T")


@dataclass(frozen=True)
class OutputsMaps:
    """ConfigMaps by key and name. Raises `ClusterFailure`; without a right `OutputsRefused`."""

    core: client.CoreV1Api

    async def read(self, key: Key, name: str) -> ConfigMap | None:
        """The ConfigMap, None if there is none."""
        try:
            found = await _let(
                self.core.read_namespaced_config_map(
                    name, key.namespace, _request_timeout=TIMEOUT_SECONDS
                )
            )
        except Vanished:
            return None
        return _config_map(name, found)

    async def write(self, key: Key, name: str, content: Content, over: ConfigMap | None) -> None:
        """Create it (`over` None), or replace its content; Conflict unless it is as it was read."""
        if over is None:
            await self._create(key, name, content)
            return
        lock = {
            "op": "replace",
            "path": "/metadata/resourceVersion",
            "value": over.resource_version,
        }
        changes = {
            "/data": dict(content.data),
            "/binaryData": None,
            "/metadata/labels": dict(content.labels),
            "/metadata/ownerReferences": [_wire(owner) for owner in content.owners],
        }
        await _let(
            self.core.patch_namespaced_config_map(
                name,
                key.namespace,
                [
                    lock,
                    *(
                        {"op": "add", "path": path, "value": value}
                        for path, value in changes.items()
                    ),
                ],
                field_manager=FIELD_MANAGER,
                _content_type=JSON_PATCH,
                _request_timeout=TIMEOUT_SECONDS,
            )
        )

    async def _create(self, key: Key, name: str, content: Content) -> None:
        owners = [client.V1OwnerReference(**_wire(owner)) for owner in content.owners]
        metadata = client.V1ObjectMeta(
            name=name, labels=dict(content.labels), owner_references=owners
        )
        body = client.V1ConfigMap(metadata=metadata, data=dict(content.data))
        call = self.core.create_namespaced_config_map(
            key.namespace, body, field_manager=FIELD_MANAGER, _request_timeout=TIMEOUT_SECONDS
        )
        try:
            await _let(call)
        except Vanished as missing:
            raise OutputsRefused(f"{missing}, so the namespace is missing") from missing

    async def delete(self, key: Key, config_map: ConfigMap) -> None:
        """Delete it; Conflict unless it is as it was read; fine if it is gone."""
        condition = client.V1Preconditions(
            uid=config_map.uid, resource_version=config_map.resource_version
        )
        call = self.core.delete_namespaced_config_map(
            config_map.name,
            key.namespace,
            body=client.V1DeleteOptions(preconditions=condition),
            _request_timeout=TIMEOUT_SECONDS,
        )
        try:
            await _let(call)
        except Vanished:
            return


async def _let(call: Awaitable[T]) -> T:
    try:
        return await answer(call)
    except ClusterRefused as refused:
        if getattr(refused.__cause__, "status", None) == 401:
            raise  # 401: our identity is not known, which says nothing about this right
        raise OutputsRefused(str(refused)) from refused


def _config_map(name: str, found: client.V1ConfigMap) -> ConfigMap:
    metadata = found.metadata
    if metadata is None or metadata.uid is None or metadata.resource_version is None:
        raise ClusterUnreachable(f"the API server answered ConfigMap '{name}' without its metadata")
    data = {**dict.fromkeys(found.binary_data or {}, ""), **(found.data or {})}
    owners = tuple(_reference(owner) for owner in metadata.owner_references or ())
    return ConfigMap(
        name, metadata.uid, metadata.resource_version, Content(data, metadata.labels or {}, owners)
    )


def _reference(owner: client.V1OwnerReference) -> Reference:
    said = (owner.api_version, owner.kind, owner.name, owner.uid)
    return Reference(
        *said, controller=bool(owner.controller), blocks_deletion=bool(owner.block_owner_deletion)
    )


def _wire(owner: Reference) -> dict[str, Any]:
    return {
        "apiVersion": owner.api_version,
        "kind": owner.kind,
        "name": owner.name,
        "uid": owner.uid,
        "controller": owner.controller,
        "blockOwnerDeletion": owner.blocks_deletion,
    }
