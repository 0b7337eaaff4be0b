"""The ConfigMap with a workspace's ids, as stored; `core/checks/outputs.py` decides about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.failures import OutputsRefused


@dataclass(frozen=True)
class Reference:
    """An ownerReference: deletion of its owner deletes the ConfigMap."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool = False
    blocks_deletion: bool = False


@dataclass(frozen=True)
class Content:
    """The managed parts of a ConfigMap. `data` has the keys of binaryData too, never written."""

    data: Mapping[str, str]
    labels: Mapping[str, str]
    owners: tuple[Reference, ...]


@dataclass(frozen=True)
class ConfigMap:
    """A ConfigMap as it was read."""

    name: str
    uid: str
    resource_version: str
    content: Content


@dataclass(frozen=True)
class Unread:
    """Not known: the API server refused the read, or was not asked in this pass (None)."""

    refusal: OutputsRefused | None = None


def names_of_outputs(workspace: FlinkWorkspace) -> tuple[str, ...]:
    """The ConfigMaps of a resource: the one that it wants, and the one that was written for it."""
    wanted, written = workspace.spec.outputs, workspace.status.outputs
    return tuple(
        dict.fromkeys(each.config_map_name for each in (wanted, written) if each is not None)
    )
