"""The ConfigMap that hands a workspace's ids on, as it is stored; what decides about it is `core/checks/outputs.py`."""

from collections.abc import Mapping
from dataclasses import dataclass

from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.failures import OutputsRefused


@dataclass(frozen=True)
class Reference:
    """An ownerReference: whose deletion takes the ConfigMap along."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool = False
    blocks_deletion: bool = False


@dataclass(frozen=True)
class Content:
    """All of a ConfigMap that the operator looks after. `data` has the keys of binaryData too, which we never write."""

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
    """Not known: the API server refused to tell, or was not asked in this pass (None)."""

    refusal: OutputsRefused | None = None


def names_of_outputs(workspace: FlinkWorkspace) -> tuple[str, ...]:
    """The ConfigMaps that concern a resource: the one that it wants, and the one that was written for it."""
    wanted, written = workspace.spec.outputs, workspace.status.outputs
    return tuple(dict.fromkeys(each.config_map_name for each in (wanted, written) if each is not None))
