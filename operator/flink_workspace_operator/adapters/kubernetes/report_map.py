"""The ConfigMap with the operator's report: one object by name, replaced by a conditional write."""

from dataclasses import dataclass
from typing import Any, Final

from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.collection import (
    FIELD_MANAGER,
    JSON_PATCH,
    TIMEOUT_SECONDS,
    answer,
)
from flink_workspace_operator.api.operator_report import REPORT_KEY, REPORT_NAME
from flink_workspace_operator.core.facts.failures import Vanished

_APPLY: Final = "application/apply-patch+yaml"


@dataclass(frozen=True)
class ReportMap:
    """The ConfigMap in the operator's own namespace. Raises `ClusterFailure`."""

    core: client.CoreV1Api
    namespace: str

    async def write(self, text: str) -> None:
        """Replace all that is in it; Conflict if somebody else wrote it at the same time."""
        version = await self._version()
        if version is None:
            await self._create(text)
            return
        changes: list[dict[str, Any]] = [
            {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
            {"op": "add", "path": "/data", "value": {REPORT_KEY: text}},
            {"op": "add", "path": "/binaryData", "value": None},
        ]
        await answer(
            self.core.patch_namespaced_config_map(
                REPORT_NAME,
                self.namespace,
                changes,
                field_manager=FIELD_MANAGER,
                _content_type=JSON_PATCH,
                _request_timeout=TIMEOUT_SECONDS,
            )
        )

    async def _version(self) -> str | None:
        """Its resourceVersion, None if there is none."""
        try:
            found = await answer(
                self.core.read_namespaced_config_map(
                    REPORT_NAME, self.namespace, _request_timeout=TIMEOUT_SECONDS
                )
            )
        except Vanished:
            return None
        return found.metadata.resource_version if found.metadata else None

    async def _create(self, text: str) -> None:
        """By server-side apply, where RBAC can say which name may be created; of a POST it can't
        know the name."""
        body = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": REPORT_NAME},
            "data": {REPORT_KEY: text},
        }
        await answer(
            self.core.patch_namespaced_config_map(
                REPORT_NAME,
                self.namespace,
                body,
                field_manager=FIELD_MANAGER,
                force=True,
                _content_type=_APPLY,
                _request_timeout=TIMEOUT_SECONDS,
            )
        )
