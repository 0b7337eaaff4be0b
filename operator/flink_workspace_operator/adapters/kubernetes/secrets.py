"""Secrets with an access key: one is read by its name, never listed or watched; the only write is our finalizer."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.collection import FIELD_MANAGER, JSON_PATCH, TIMEOUT_SECONDS, answer
from flink_workspace_operator.api.names import secret_finalizer
from flink_workspace_operator.core.facts.failures import ClusterRefused, ClusterUnreachable, SecretRefused, Vanished
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.observed import Absent
from flink_workspace_operator.core.facts.secret import AccessKey, Secret

ID: Final = "accessKeyId"
SECRET: Final = "accessKeySecret"  # noqa: S105 - the name of a key, not its content
TOKEN: Final = "securityToken"  # noqa: S105 - the same


@dataclass(frozen=True)
class Secrets:
    """Secrets by key and name. Raises `ClusterFailure`, but for a right that is missing: that is an answer."""

    core: client.CoreV1Api

    async def read(self, key: Key, name: str) -> Secret | Absent | SecretRefused:
        """As it is."""
        try:
            found = await answer(
                self.core.read_namespaced_secret(name, key.namespace, _request_timeout=TIMEOUT_SECONDS)
            )
        except Vanished:
            return Absent()
        except ClusterRefused as refused:
            return _refusal(name, refused)
        return _secret(name, found)

    async def hold(self, key: Key, secret: Secret, held: bool) -> SecretRefused | None:
        """Put the key's finalizer on, or take it off; conditional on what was read. Fine if there is no Secret."""
        ours = secret_finalizer(key.name)
        finalizers = [each for each in secret.finalizers if each != ours] + ([ours] if held else [])
        change: list[dict[str, Any]] = [
            {"op": "replace", "path": "/metadata/resourceVersion", "value": secret.resource_version},
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


def _refusal(name: str, refused: ClusterRefused) -> SecretRefused:
    if getattr(refused.__cause__, "status", None) == 401:
        raise refused  # who we are is not known: that says nothing about this right
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
    )


def _access_key(data: Mapping[str, bytes | str]) -> AccessKey | None:
    key_id, secret, token = (_text(data.get(each)) for each in (ID, SECRET, TOKEN))
    return AccessKey(key_id, secret, token) if key_id and secret else None


def _text(encoded: bytes | str | None) -> str | None:
    """Without the line's end that `echo` and editors leave: with it, no signature would be right.

    None for what can't stand in a header of HTTP, so that it is told here, and not as an answer that makes no sense.
    """
    try:
        text = base64.b64decode(encoded or "", validate=True).decode("ascii").strip()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text if text and text.isprintable() else None
