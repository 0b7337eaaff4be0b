"""Secrets with an access key: read by name, never listed; the only write is our finalizer."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.collection import (
    FIELD_MANAGER,
    JSON_PATCH,
    TIMEOUT_SECONDS,
    answer,
)
from flink_workspace_operator.api.names import secret_finalizer
from flink_workspace_operator.core.facts.failures import (
    ClusterRefused,
    ClusterUnreachable,
    Vanished,
)
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.key_failures import SecretRefused
from flink_workspace_operator.core.facts.observed import Absent
from flink_workspace_operator.core.facts.secret import AccessKey, Secret, lacking

ID: Final = "accessKeyId"
SECRET: Final = "accessKeySecret"  # noqa: S105 - the name of a key, not its content
TOKEN: Final = "securityToken"  # noqa: S105 - the same


@dataclass(frozen=True)
class Secrets:
    """Secrets by key and name. Raises `ClusterFailure`; a missing right is a value."""

    core: client.CoreV1Api

    async def read(self, key: Key, name: str) -> Secret | Absent | SecretRefused:
        """The Secret, or why there is none to read."""
        try:
            found = await answer(
                self.core.read_namespaced_secret(
                    name, key.namespace, _request_timeout=TIMEOUT_SECONDS
                )
            )
        except Vanished:
            return Absent()
        except ClusterRefused as refused:
            return _refusal(name, refused)
        return _secret(name, found)

    async def hold(self, key: Key, secret: Secret) -> SecretRefused | None:
        """Add the key's finalizer to the Secret as it was read."""
        return await self._set_finalizers(
            key, secret, [*_others(key, secret), secret_finalizer(key.name)]
        )

    async def release(self, key: Key, secret: Secret) -> SecretRefused | None:
        """Remove the key's finalizer from the Secret as it was read."""
        return await self._set_finalizers(key, secret, _others(key, secret))

    async def _set_finalizers(
        self, key: Key, secret: Secret, finalizers: list[str]
    ) -> SecretRefused | None:
        change: list[dict[str, Any]] = [
            {
                "op": "replace",
                "path": "/metadata/resourceVersion",
                "value": secret.resource_version,
            },
            {"op": "add", "path": "/metadata/finalizers", "value": finalizers},
        ]
        try:
            await answer(
                self.core.patch_namespaced_secret(
                    secret.name,
                    key.namespace,
                    change,
                    field_manager=FIELD_MANAGER,
                    _content_type=JSON_PATCH,
                    _request_timeout=TIMEOUT_SECONDS,
                )
            )
        except ClusterRefused as refused:
            return _refusal(secret.name, refused)
        return None


def _others(key: Key, secret: Secret) -> list[str]:
    return [each for each in secret.finalizers if each != secret_finalizer(key.name)]


def _refusal(name: str, refused: ClusterRefused) -> SecretRefused:
    if getattr(refused.__cause__, "status", None) == 401:
        raise refused  # 401: our identity is not known, which says nothing about this right
    return SecretRefused(name)


def _secret(name: str, found: client.V1Secret) -> Secret:
    metadata = found.metadata
    if metadata is None or metadata.resource_version is None:
        raise ClusterUnreachable(f"the API server answered Secret '{name}' without its metadata")
    return Secret(
        name=name,
        resource_version=metadata.resource_version,
        finalizers=tuple(metadata.finalizers or ()),
        deleting=metadata.deletion_timestamp is not None,
        access_key=_access_key(found.data or {}),
        lacks=_lacking(found.data or {}),
    )


def _access_key(data: Mapping[str, bytes | str]) -> AccessKey | None:
    key_id, secret, token = (_text(data.get(each)) for each in (ID, SECRET, TOKEN))
    return AccessKey(key_id, secret, token) if key_id and secret else None


def _lacking(data: Mapping[str, bytes | str]) -> str:
    unusable = {each for each in (ID, SECRET) if each in data and _text(data[each]) is None}
    return lacking((ID, SECRET), data.keys(), unusable)


def _text(encoded: bytes | str | None) -> str | None:
    """The decoded text without a trailing newline of `echo`: with it, every signature fails.

    None if it cannot be in an HTTP header: reported as an incomplete Secret, not a bad answer.
    """
    try:
        text = base64.b64decode(encoded or "", validate=True).decode("ascii").strip()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text if text and text.isprintable() else None
